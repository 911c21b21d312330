"""Measures reports of money and the export of the ledger beside bare SQL in the same run.

    python -m benchmarks.money [--rounds 20] [--json FILE]

DATABASE_URL names a database with a sample in it (manage.py load_sample --projects N --entries M).
Every question is asked of the report and of the entries themselves, one after the other, and both
have to say the same. Times are of the statement and its rows, in milliseconds; nothing is written.
"""

import argparse
import datetime
import json
import os
import platform
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import Count  # noqa: E402

from portfolio.common.exports.copying import _bound  # noqa: E402
from portfolio.funding.models import LedgerEntry  # noqa: E402
from portfolio.programmes.models import Programme  # noqa: E402
from portfolio.reporting.cash_flow import cash_flow  # noqa: E402
from portfolio.reporting.entries_file import COLUMNS, pieces_of  # noqa: E402
from portfolio.reporting.explanations import MADE_OF, Cell, counted_entries  # noqa: E402
from portfolio.reporting.statements import KINDS, PROMISED, by_allocation, by_party  # noqa: E402
from portfolio.reporting.terms import Terms, rows_of  # noqa: E402
from portfolio.reporting.top_sheet import MOST_LINES  # noqa: E402

SEED = 5
# The best that the entries themselves can do: one pass, no join.
BARE = """
    SELECT {key} AS key, {sums} FROM funding_ledgerentry
    WHERE programme_id = %(programme)s AND value_date <= %(as_of)s {known} GROUP BY 1
"""


def milliseconds(ask: Callable[[], Any]) -> tuple[float, Any]:
    """How long an answer took, and the answer."""
    began = time.perf_counter()
    answer = ask()
    return (time.perf_counter() - began) * 1000, answer


def bare(terms: Terms, key: str) -> list[dict[str, Any]]:
    """The figures from the entries."""
    sums = ", ".join(
        f"coalesce(sum({'promised_base_amount' if name in PROMISED else 'base_amount'}) "
        f"FILTER (WHERE kind = '{kind}'), 0.00) AS {name}"
        for name, kind in KINDS.items()
    )
    known = terms.if_known("AND recorded_at <= %(known_at)s")
    return rows_of(BARE.format(key=key, sums=sums, known=known), terms.values)


def figures(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All rows together, to compare two answers."""
    return {name: sum(row[name] or 0 for row in rows) for name in KINDS}


def questions(programme: Programme, rounds: int) -> Iterator[tuple[str, Terms]]:
    """Now, on any day, on any day as known at any moment: seeded, so that every run asks the same."""
    chance = random.Random(SEED)
    first, last = (
        LedgerEntry.objects.filter(programme=programme)
        .order_by(order)
        .values_list("value_date", flat=True)[0]
        for order in ("value_date", "-value_date")
    )
    days = (last - first).days
    for _ in range(rounds):
        yield "now", Terms(programme, last + datetime.timedelta(days=2))
        day = first + datetime.timedelta(days=chance.randrange(30, days))
        yield "as of a day", Terms(programme, day)
        # A moment from the day itself on: mostly soon after it, as for a board paper.
        later = int((last - day).days * chance.random() ** 2)
        moment = datetime.datetime.combine(
            day + datetime.timedelta(days=later),
            datetime.time(chance.randrange(24), 31),
            datetime.UTC,
        )
        yield "as of a day, known at a moment", Terms(programme, day, moment)


def measure_reports(programme: Programme, rounds: int) -> dict[str, dict[str, Any]]:
    """Milliseconds of the top sheet by strand and year, from the totals and from the entries."""
    found: dict[str, dict[str, list[float]]] = {}
    for name, terms in questions(programme, rounds):
        kept, ours = milliseconds(lambda t=terms: rows_of(by_allocation(t), t.values))
        live, theirs = milliseconds(lambda t=terms: bare(t, "allocation_id"))
        if figures(ours) != figures(theirs):
            raise SystemExit(f"The top sheet is wrong: {terms}")
        times = found.setdefault(name, {"ours": [], "bare": []})
        times["ours"].append(kept)
        times["bare"].append(live)
    return {name: summed_up(times) for name, times in found.items()}


def measure_parties(programme: Programme, rounds: int) -> dict[str, dict[str, Any]]:
    """The same by partner and by project: as many lines as a page has, and as the API gives at most."""
    last = LedgerEntry.objects.order_by("-value_date").values_list("value_date", flat=True)[0]
    terms = {
        "now": Terms(programme, last + datetime.timedelta(days=2)),
        "as of a month before": Terms(programme, last - datetime.timedelta(days=30)),
    }
    found = {}
    for group, key in (("partner", "counterparty_id"), ("project", "project_id")):
        for when, asked in terms.items():
            for most in (200, MOST_LINES):
                times: dict[str, list[float]] = {"ours": [], "bare": []}
                for _ in range(rounds):
                    values = {**asked.values, "most": most}
                    kept, ours = milliseconds(
                        lambda g=group, t=asked, v=values: rows_of(by_party(t, g), v)
                    )
                    live, theirs = milliseconds(lambda k=key, t=asked: bare(t, k))
                    if figures(ours) != figures(theirs):
                        raise SystemExit(f"The top sheet by {group} is wrong.")
                    times["ours"].append(kept)
                    times["bare"].append(live)
                found[f"{when}, by {group}, {most} lines"] = summed_up(times)
    return found


def measure_cash_flow(programme: Programme, rounds: int) -> dict[str, dict[str, Any]]:
    """The cash flow of all months, and one pass over the entries beside it."""
    last = LedgerEntry.objects.order_by("-value_date").values_list("value_date", flat=True)[0]
    terms = Terms(programme, last + datetime.timedelta(days=2))
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(rounds):
        kept, _flow = milliseconds(lambda: cash_flow(terms))
        live, _rows = milliseconds(lambda: bare(terms, "date_trunc('month', value_date)"))
        times["ours"].append(kept)
        times["bare"].append(live)
    return {"cash flow, now": summed_up(times)}


def summed_up(times: dict[str, list[float]]) -> dict[str, Any]:
    """Median and slowest of a series; the first round warms caches up and is left out."""
    ours, theirs = times["ours"][1:] or times["ours"], times["bare"][1:] or times["bare"]
    return {
        "ours": round(statistics.median(ours), 1),
        "slowest": round(max(ours), 1),
        "bare": round(statistics.median(theirs), 1),
    }


def resident_kilobytes() -> int:
    """The most memory this process ever held."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def measure_export(programme: Programme, rounds: int) -> dict[str, Any]:
    """Rows a second of the file of one strand and year, and of a COPY of the same rows in any order."""
    today = datetime.date(2200, 1, 1)
    terms = Terms(programme, today)
    fullest = (
        LedgerEntry.objects.filter(programme=programme, kind__in=MADE_OF["outstanding"])
        .values("strand__slug", "fiscal_year")
        .annotate(entries=Count("pk"))
        .order_by("-entries")[0]
    )
    cell = Cell(strand=fullest["strand__slug"], fiscal_year=fullest["fiscal_year"])
    values = {f"column_{n}": value for n, (_column, value) in enumerate(COLUMNS)}
    behind = counted_entries("outstanding", cell, terms)
    query = behind.order_by().values("pk").annotate(**values).values_list(*values).query
    statement, given = query.sql_with_params()
    times: dict[str, list[float]] = {"ours": [], "bare": [], "first": []}
    before = 0
    for number in range(rounds + 1):
        began = time.perf_counter()
        for _piece in pieces_of("outstanding", cell, terms, "csv", for_people=False):
            pass
        ours = time.perf_counter() - began
        live, _size = milliseconds(lambda: bare_copy(statement, given))
        # Of the file of everything: the longest there is.
        whole = pieces_of("outstanding", Cell(), terms, "csv", for_people=False)
        first, _piece = milliseconds(lambda pieces=whole: next(pieces))
        whole.close()  # type: ignore[attr-defined]
        if number:
            times["ours"].append(ours)
            times["bare"].append(live / 1000)
            times["first"].append(first)
        else:
            before = resident_kilobytes()
    count = fullest["entries"]
    return {
        "rows": count,
        "ours": round(count / statistics.median(times["ours"])),
        "bare": round(count / statistics.median(times["bare"])),
        "ratio": round(statistics.median(times["bare"]) / statistics.median(times["ours"]), 2),
        "first byte": round(statistics.median(times["first"])),
        "memory growth": round((resident_kilobytes() - before) / 1024, 1),
    }


def bare_copy(statement: str, given: Any) -> int:
    """The same rows by COPY, read and thrown away."""
    size = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        query = f"COPY ({_bound(statement, given)}) TO STDOUT (FORMAT csv)"
        with cursor.copy(query) as stream:
            for piece in stream:
                size += len(piece)
    return size


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    programme = Programme.objects.filter(is_fictional=True).first()
    if programme is None:
        raise SystemExit("There is no sample: manage.py load_sample --projects N --entries M.")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT count(*) FROM funding_ledgerentry")
        entries = cursor.fetchone()[0]
    print(f"{entries} entries; {platform.platform()}; load {os.getloadavg()[0]:.1f}\n")
    print("| top sheet | ours, ms | slowest | from the entries, ms |\n|---|---|---|---|")
    reports: dict[str, dict[str, Any]] = {}
    for measure, rounds in (
        (measure_reports, given.rounds),
        (measure_parties, max(3, given.rounds // 4)),
        (measure_cash_flow, max(3, given.rounds // 4)),
    ):
        found = measure(programme, rounds)
        for name, row in found.items():
            print(f"| {name} | {row['ours']} | {row['slowest']} | {row['bare']} |", flush=True)
        reports |= found
    export = measure_export(programme, 3)
    print(
        f"\nExport of {export['rows']} entries: {export['ours']} rows/s, bare COPY {export['bare']}, "
        f"ratio {export['ratio']}; first byte {export['first byte']} ms; memory "
        f"+{export['memory growth']} MB"
    )
    if given.json:
        everything = {"entries": entries, "reports": reports, "export": export}
        given.json.write_text(json.dumps(everything, indent=1) + "\n")


if __name__ == "__main__":
    main()
