"""Measures avails and the saving of a grant, with 20 000 and with 200 000 grants.

    python -m benchmarks.rights [--titles 10000] [--rounds 30] [--plans]

DATABASE_URL names a prepared database with the facts in it and nobody connected. A copy of it is made and
dropped again; in it are made-up titles with twenty grants each, every rule switched on. Times are of the
statement and its rows, in milliseconds.
"""

import argparse
import datetime
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django
import psycopg
from psycopg import sql

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from portfolio.rights.models.avails import avails_in, avails_of  # noqa: E402

TODAY = datetime.date(2026, 6, 1)
EACH = 20
SEED = 5

TITLES = """
WITH project AS (
    INSERT INTO programmes_project (slug, kind, programme_id, standing, name_en, name_zh_hant, name_zh_hans,
        aliases, announced_currency, claimed_result, remarks, notes, publication)
    SELECT 'rights-bench-' || n, 'PRODUCTION', %(programme)s, 'TRACK_RECORD', 'Made-up title ' || n, '', '',
        '{}', '', '', '', '', 'DRAFT'
    FROM generate_series(%(first)s, %(last)s) n
    RETURNING id
)
INSERT INTO productions_production (project_ptr_id, format, stage, genre)
SELECT id, 'FEATURE_FILM', 'ANNOUNCED', '' FROM project
RETURNING project_ptr_id
"""

# One right that is owned, and nineteen exclusive ones out of it: five media in two regions, in two-year terms.
GRANTS = """
INSERT INTO rights_grant (title_id, direction, basis, exclusivity, other_side_id, agreement_id, may_license_on,
    media, media_except, territories, territories_except, languages,
    start_kind, start_date, start_lag_months, start_lag_days,
    end_kind, end_date, end_lag_months, end_lag_days,
    currency, reversion_condition, state, granted_date, end_reason, state_at, state_by_id, notes)
SELECT t.id, CASE WHEN k = 0 THEN 'IN' ELSE 'OUT' END, CASE WHEN k = 0 THEN 'OWNED' ELSE 'LICENSED' END,
    'EXCLUSIVE', CASE WHEN k > 0 THEN %(holder)s::bigint END, CASE WHEN k > 0 THEN %(agreement)s::bigint END, true,
    CASE WHEN k = 0 THEN ARRAY['ALL'] ELSE ARRAY[(ARRAY['THEATRICAL', 'SUBSCRIPTION_VOD', 'PAY_TV', 'FREE_TV',
        'HOME_VIDEO'])[1 + k %% 5]] END, '{}',
    CASE WHEN k = 0 THEN ARRAY['WORLD'] WHEN k / 5 %% 2 = 0 THEN ARRAY['GREATER_CHINA', 'SG']
        ELSE ARRAY['US_AND_CANADA', 'EUROPEAN_UNION', 'JP'] END, '{}', '{}',
    CASE WHEN k = 0 THEN 'OPEN' ELSE 'DATE' END,
    CASE WHEN k > 0 THEN make_date(2024 + 2 * (k / 10) + t.id::int %% 5, 1, 1) END, 0, 0,
    CASE WHEN k = 0 THEN 'OPEN' ELSE 'DATE' END,
    CASE WHEN k > 0 THEN make_date(2025 + 2 * (k / 10) + t.id::int %% 5, 12, 31) END, 0, 0,
    '', '', 'IN_FORCE', '2024-01-01', '', now(), %(actor)s, ''
FROM unnest(%(titles)s::bigint[]) t (id) CROSS JOIN generate_series(0, %(each)s - 1) k
"""

SAVE = """
INSERT INTO rights_grant (title_id, direction, basis, exclusivity, other_side_id, agreement_id, may_license_on,
    media, media_except, territories, territories_except, languages, start_kind, start_date, start_lag_months,
    start_lag_days, end_kind, end_date, end_lag_months, end_lag_days, currency, reversion_condition, state,
    granted_date, end_reason, state_at, state_by_id, notes)
VALUES (%(title)s, 'OUT', 'LICENSED', 'EXCLUSIVE', %(holder)s, %(agreement)s, true, '{AIRLINES,SHIPS}', '{}',
    '{WORLD}', '{CN}', '{}', 'DATE', '2030-01-01', 0, 0, 'DATE', '2031-12-31', 0, 0, '', '', 'IN_FORCE',
    '2024-01-01', '', now(), %(actor)s, '')
"""


def milliseconds(act: Callable[[], Any]) -> float:
    """How long something took."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def one(statement: str, values: Any = ()) -> Any:
    """The first column of the first row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def run(statement: str, values: Any = ()) -> list[Any]:
    """The first column of every row, where there are any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()] if cursor.description else []


def cast() -> dict[str, Any]:
    """A programme, an agreement that two have signed, and somebody who acts."""
    from partners.models import Agreement, AgreementParty, Organisation
    from portfolio.programmes.models import Programme
    from portfolio.staff.models import User

    sides = [
        Organisation.objects.create(
            slug=f"rights-bench-{n}", name_en=f"Made-up firm {n}", kinds=["OTHER"]
        )
        for n in range(2)
    ]
    programme = Programme.objects.order_by("pk").first()
    if programme is None:
        raise SystemExit(
            "The database has no programme: load the facts first (manage.py load_facts)."
        )
    agreement = Agreement.objects.create(
        reference="RIGHTS-BENCH", title="Made-up licence", kind="LICENCE", start_date="2024-01-01"
    )
    for side in sides:
        AgreementParty.objects.create(
            agreement=agreement, organisation=side, role="OTHER", signed_date="2024-01-01"
        )
    actor = User.objects.create(username="rights-bench")
    return {
        "programme": programme.pk, "holder": sides[1].pk, "agreement": agreement.pk,
        "actor": actor.pk, "each": EACH,
    }  # fmt: skip


@contextmanager
def own_copy() -> Iterator[None]:
    """A database of our own that is a copy of the one of DATABASE_URL, for as long as it is needed."""
    home = connection.settings_dict["NAME"]
    name = f"{home}_rights_bench"
    known = connection.get_connection_params()
    wanted = {key: known[key] for key in ("host", "port", "user", "password") if known.get(key)}
    connection.close()
    with psycopg.connect(**wanted, dbname="postgres", autocommit=True) as server:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        server.execute(drop)
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(home)
            )
        )
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = home
            server.execute(drop)


def load(world: dict[str, Any], first: int, last: int) -> list[int]:
    """Make titles with their grants, each thousand titles in a transaction; says how long that took."""
    began = time.perf_counter()
    titles: list[int] = []
    for start in range(first, last + 1, 1000):
        with transaction.atomic():
            made = run(TITLES, {**world, "first": start, "last": min(start + 999, last)})
            run(GRANTS, {**world, "titles": made})
        titles += made
    seconds = time.perf_counter() - began
    print(f"{len(titles) * EACH:>9,} grants made and checked in {seconds:.1f} s", flush=True)
    run("VACUUM ANALYZE")
    return titles


def measure(world: dict[str, Any], titles: list[int], rounds: int) -> dict[str, float]:
    """Medians of each question."""
    chosen = random.Random(SEED)
    times: dict[str, list[float]] = {}

    def note(name: str, act: Callable[[], Any]) -> None:
        times.setdefault(name, []).append(milliseconds(act))

    def save() -> None:
        run(SAVE, {**world, "title": chosen.choice(titles)})
        run("SET CONSTRAINTS ALL IMMEDIATE")

    for _round in range(rounds):
        title = chosen.choice(titles)
        note("avails of one title", lambda: avails_of(title, today=TODAY))  # noqa: B023
        note(
            "avails of one title, one medium and territory",
            lambda: avails_of(title, today=TODAY, media=["FREE_TV"], territories=["HK"]),  # noqa: B023
        )
        note(
            "avails of one territory and medium, first 100",
            lambda: avails_in("HK", today=TODAY, media=["FREE_TV"], on=TODAY),
        )
        note(
            "the same from the middle",
            lambda: avails_in(
                "HK", today=TODAY, media=["FREE_TV"], on=TODAY, after=(titles[len(titles) // 2], -1)
            ),
        )
        with transaction.atomic():
            note("one save, checked", save)
            transaction.set_rollback(True)
    whole = milliseconds(
        lambda: avails_in("HK", today=TODAY, media=["FREE_TV"], on=TODAY, limit=10**7)
    )
    return {name: statistics.median(taken) for name, taken in times.items()} | {
        "avails of one territory and medium, every title": whole
    }


def main() -> None:
    """Measure at a tenth and at the whole, and print the growth."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--titles", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--plans", action="store_true", help="print the plans of the questions")
    given = parser.parse_args()
    with own_copy():
        world = cast()
        tenth = load(world, 1, given.titles // 10)
        few = measure(world, tenth, given.rounds)
        titles = tenth + load(world, given.titles // 10 + 1, given.titles)
        many = measure(world, titles, given.rounds)
        if given.plans:
            plans(titles)
        server = one("SELECT current_setting('server_version')")
    print(f"PostgreSQL {server}, Python {platform.python_version()}, median of {given.rounds}\n")
    print(f"{'ms':<50}{len(tenth) * EACH:>10,}{len(titles) * EACH:>10,}   growth")
    for name, before in few.items():
        print(f"{name:<50}{before:>10.2f}{many[name]:>10.2f}{many[name] / before:>8.2f}x")


def plans(titles: list[int]) -> None:
    """How PostgreSQL answers, with the inside of its functions."""
    of_title = (
        f"SELECT * FROM rights_free_of({titles[-1]}, rights_media_bits('{{ALL}}'), "
        "rights_territories_of('{WORLD}', '{}'), '{}', '2026-06-01')"
    )
    in_place = (
        "SELECT * FROM rights_free_in('HK', rights_media_bits('{FREE_TV}'), '{}', '2026-06-01') f "
        "WHERE f.title_id >= 0 AND (f.title_id, f.leaf) > (0, -1) AND f.shared @> '2026-06-01'::date "
        "ORDER BY f.title_id, f.leaf LIMIT 100"
    )
    for about, question in (("one title", of_title), ("one territory", in_place)):
        print(f"\n{about}")
        print("\n".join(run(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {question}")))


if __name__ == "__main__":
    main()
