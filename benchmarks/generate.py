"""Fills a database with fictional productions, organisations and participations, by COPY.

    python -m benchmarks.generate [--productions 100000] [--organisations 5000] [--seed 7]

Deterministic by its seed. Everything is skewed, as real portfolios are: a few organisations take
part in thousands of titles, most in a handful. Nothing is disabled: every constraint, trigger and
history table of the installation sees each row. Refuses a database that holds productions.
"""

import argparse
import os
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import django
from django.apps import apps
from psycopg import Connection, sql

from portfolio.sample.words import FIRM, FIRST, PLACE, SECOND

NOTE = "Fictional; made by benchmarks/generate.py."
STRANDS = ["film", "rights", "tv", "concerts", "venues", "talent"]
STRAND_WEIGHTS = [45, 8, 30, 7, 6, 4]
FORMATS = ["FEATURE_FILM", "TV_DRAMA", "DOCUMENTARY", "ANIMATION", "SHORT_FILM", "VARIETY_SHOW"]
FORMAT_WEIGHTS = [40, 30, 12, 8, 6, 4]
STAGES = [
    "ANNOUNCED", "DEVELOPMENT", "GREENLIT", "FINANCED", "PRE_PRODUCTION", "PRINCIPAL_PHOTOGRAPHY",
    "POST_PRODUCTION", "DELIVERED", "RELEASED", "ARCHIVED", "ABANDONED",
]  # fmt: skip
STAGE_WEIGHTS = [15, 18, 8, 7, 5, 6, 7, 4, 24, 3, 3]
ROLES = ["FINANCIER", "BACKER", "INVESTOR", "PRODUCER", "CO_PRODUCER", "DISTRIBUTOR"]
KINDS = ["STUDIO", "BROADCASTER", "DISTRIBUTOR", "INVESTOR", "STREAMING_PLATFORM"]

type Row = Sequence[Any]


def copy(pg: Connection[Any], model: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Put rows into the table of a model by one COPY; one statement, so one call of each trigger.

    A column that is not given gets what a new row of the model would have.
    """
    meta = apps.get_model(model)._meta
    others = [
        f for f in meta.local_concrete_fields
        if not f.generated and not f.primary_key and f.column not in columns
    ]  # fmt: skip
    rest = tuple(f.get_default() for f in others)
    names = sql.SQL(", ").join(map(sql.Identifier, [*columns, *(f.column for f in others)]))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(meta.db_table), names)
    count = 0
    with pg.cursor() as cursor, cursor.copy(statement) as stream:
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the count
            stream.write_row((*row, *rest))
    # Without figures about the new rows the triggers of the next tables would read them all.
    pg.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(meta.db_table)))
    return count


def publication(chance: random.Random) -> str:
    """One row in fifty is a draft, so that hiding them is part of what is measured."""
    return "DRAFT" if chance.random() < 0.02 else "PUBLIC"


def names(chance: random.Random, *parts: Sequence[tuple[str, str, str]]) -> tuple[str, str, str]:
    """A name in three scripts, where one in ten lacks the Chinese ones and one in twenty English."""
    chosen = [chance.choice(part) for part in parts]
    english = " ".join(c[0] for c in chosen)
    sequel = chance.random()
    tail = f" {chance.randint(2, 9)}" if sequel < 0.3 else ""
    hant = "".join(c[1] for c in reversed(chosen)) + tail
    hans = "".join(c[2] for c in reversed(chosen)) + tail
    fate = chance.random()
    if fate < 0.10:
        return english + tail, "", ""
    if fate < 0.15:
        return "", hant, hans
    return english + tail, hant, hans


def organisations(chance: random.Random, count: int) -> Iterator[Row]:
    """Organisations; the first is the sponsor and public."""
    for number in range(1, count + 1):
        state = "PUBLIC" if number == 1 else publication(chance)
        kind = "SPONSOR" if number == 1 else chance.choice(KINDS)
        yield (
            number, f"fictional-firm-{number}", *names(chance, FIRST, SECOND, FIRM), [], [kind],
            chance.choice(["HK", "HK", "HK", "CN", "TW", ""]), NOTE, state,
        )  # fmt: skip


def projects(chance: random.Random, count: int) -> Iterator[Row]:
    """The projects of which the productions are the detail."""
    for number in range(1, count + 1):
        strand = chance.choices(range(1, 7), STRAND_WEIGHTS)[0]
        yield (
            number, f"fictional-title-{number}", *names(chance, FIRST, SECOND, PLACE), [],
            "PRODUCTION", 1, strand, NOTE, publication(chance),
        )  # fmt: skip


def productions(chance: random.Random, count: int) -> Iterator[Row]:
    """The form and stage of each project."""
    for number in range(1, count + 1):
        stage = chance.choices(STAGES, STAGE_WEIGHTS)[0]
        year = chance.randint(2000, 2026) if stage in ("RELEASED", "ARCHIVED") else None
        form = chance.choices(FORMATS, FORMAT_WEIGHTS)[0]
        yield number, form, stage, chance.choice(["", "", "crime", "comedy", "drama"]), year


def participations(chance: random.Random, titles: int, firms: int, count: int) -> Iterator[Row]:
    """Who takes part in what: by Pareto's law, so that few take part in much."""
    seen: set[tuple[int, int, str]] = set()
    while len(seen) < count:
        firm = min(int(20 * chance.paretovariate(0.75)) - 19, firms)
        key = (chance.randint(1, titles), firm, chance.choice(ROLES))
        if key not in seen:
            seen.add(key)
            yield (len(seen), *key)


def fill(pg: Connection[Any], *, titles: int, firms: int, roles: int, seed: int) -> dict[str, int]:
    """Fill an empty database in one transaction and give how many rows each table got."""
    chance = random.Random(seed)
    named = ["id", "slug", "name_en", "name_zh_hant", "name_zh_hans", "aliases"]
    made: dict[str, int] = {}
    with pg.transaction():
        pg.execute("SET LOCAL statement_timeout = 0")
        # No trigger is ignored; said outright, because an unset list costs each call an exception.
        pg.execute("SET LOCAL pgtrigger.ignore = '{}'")
        if pg.execute("SELECT 1 FROM programmes_project LIMIT 1").fetchone():
            raise SystemExit("This database holds projects: generate into an empty one.")
        made["organisations"] = copy(
            pg, "partners.Organisation",
            [*named, "kinds", "country", "notes", "publication"],
            organisations(chance, firms),
        )  # fmt: skip
        copy(
            pg, "sources.Source",
            ["id", "slug", "title", "kind", "language", "publisher", "published_date", "notes",
             "publication"],
            [(1, "fictional-source", "A fictional source", "REPORT", "en", "Fictional", "2024-03-11",
              NOTE, "PUBLIC")],
        )  # fmt: skip
        copy(
            pg, "programmes.Programme",
            [*named, "sponsor_id", "notes", "publication"],
            [(1, "fictional-programme", "Fictional programme", "", "", [], 1, NOTE, "PUBLIC")],
        )  # fmt: skip
        copy(
            pg, "programmes.Strand", [*named, "programme_id", "position"],
            [(n, slug, slug.title(), "", "", [], 1, n) for n, slug in enumerate(STRANDS, start=1)],
        )  # fmt: skip
        made["productions"] = copy(
            pg, "programmes.Project",
            [*named, "kind", "programme_id", "strand_id", "notes", "publication"],
            projects(chance, titles),
        )  # fmt: skip
        copy(
            pg, "productions.Production", ["project_ptr_id", "format", "stage", "genre", "year"],
            productions(chance, titles),
        )  # fmt: skip
        made["participations"] = copy(
            pg, "productions.Participation", ["id", "production_id", "organisation_id", "role"],
            participations(chance, titles, firms, roles),
        )  # fmt: skip
        copy(
            pg, "programmes.ProjectCitation", ["id", "source_id", "project_id"],
            ((n, 1, n) for n in range(1, titles + 1)),
        )  # fmt: skip
        _continue_numbering(pg)
    return made


def _continue_numbering(pg: Connection[Any]) -> None:
    for table in [
        "partners_organisation", "sources_source", "programmes_programme", "programmes_strand",
        "programmes_project", "productions_participation", "programmes_projectcitation",
    ]:  # fmt: skip
        pg.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))"
            ).format(sql.Literal(table), sql.Identifier(table))
        )


def main() -> None:
    """Fill the database that DATABASE_URL names and gather its statistics."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--productions", type=int, default=100_000)
    parser.add_argument("--organisations", type=int, default=5_000)
    parser.add_argument("--participations", type=int, default=250_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
    django.setup()
    from django.db import connection

    connection.ensure_connection()
    pg = connection.connection
    started = time.perf_counter()
    made = fill(
        pg, titles=given.productions, firms=given.organisations, roles=given.participations,
        seed=given.seed,
    )  # fmt: skip
    pg.execute("SET statement_timeout = 0")
    pg.execute("VACUUM ANALYZE")
    print(", ".join(f"{count} {name}" for name, count in made.items()), end="")
    print(f" in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
