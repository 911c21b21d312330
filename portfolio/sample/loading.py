"""Loads the sample: streams made-up lives by COPY, then takes every step of theirs, turn by turn.

All is one transaction: either the whole sample is there or nothing of it. A turn is a month, and every
rule looks at every row, as it does when an officer takes the step. Millions are loaded in bulk: then
a turn is of all lives at once, and rules that look at rows one by one look at all of them at the end
(`portfolio.sample.bulk`). Both ways make the same database.
"""

import itertools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

from django.db import connection, transaction
from psycopg import Cursor

from portfolio.common.refusals import Refused
from portfolio.programmes.models import Programme
from portfolio.sample.bulk import chain_all, set_aside
from portfolio.sample.lives import lives
from portfolio.sample.statements import analyze, run, set_up
from portfolio.sample.tables import (
    COLUMNS,
    NUMBERED,
    STAGED,
    Rows,
    continue_numbering,
    copy_rows,
    copy_to_stage,
    first_free_id,
)
from portfolio.sample.teller import STAGES, Months, Steps, Teller, World
from portfolio.sample.world import make_world, read_market, revisions, set_envelope

# Entries whose rows are held in memory at once.
AT_ONCE = 20_000

type Report = Callable[[str, int, int], None]


class SampleExists(Refused):
    """There is a sample already; its ledger cannot be deleted."""


def load_sample(
    *,
    projects: int,
    entries: int,
    seed: int,
    in_bulk: bool = False,
    report: Report = lambda _what, _done, _of: None,
) -> Programme:
    """Make the fictional programme with exactly so many projects and entries.

    The rows are the same for a seed, in bulk or not.
    Raises: SampleExists, LedgerInUse.
    """
    if Programme.objects.filter(is_fictional=True).exists():
        raise SampleExists(
            "There is a sample already, and no ledger is ever emptied: use a new database for another."
        )
    with transaction.atomic(), connection.connection.cursor() as cursor:
        set_up(cursor)
        world = make_world(cursor, projects=projects, seed=seed)
        continue_numbering(
            cursor, ["partners.Organisation", "programmes.Project", "productions.Participation"]
        )
        with set_aside(cursor) if in_bulk else nullcontext():
            fill(cursor, world, entries, seed, in_bulk=in_bulk, report=report)
    return Programme.objects.get(pk=world.programme)


def fill(
    cursor: "Cursor[Any]", world: World, entries: int, seed: int, *, in_bulk: bool, report: Report
) -> None:
    """Tell the lives, and take their steps."""
    analyze(cursor)  # the rules of commitments look projects up
    run(cursor, "stages.sql")
    teller, first_entry = tell(cursor, world, entries, seed, in_bulk=in_bulk, report=report)
    allocate(cursor, world, teller, seed)
    run(cursor, "order.sql", first=first_entry)
    take_steps(cursor, world, entries, in_bulk=in_bulk, report=report)
    if in_bulk:
        chain_all(cursor)
    run(cursor, "end.sql")
    continue_numbering(cursor, NUMBERED.values())
    cursor.execute("SELECT topsheet_fold_ledger()")
    analyze(cursor)


def tell(
    cursor: "Cursor[Any]", world: World, entries: int, seed: int, *, in_bulk: bool, report: Report
) -> tuple[Teller, int]:
    """Tell the lives; meanwhile send what is drafted to the tables, and the rest to the stages."""
    counters = {
        name: itertools.count(first_free_id(cursor, label)) for name, label in NUMBERED.items()
    }
    first_entry = next(counters["entry"])
    market = read_market()
    teller = Teller(
        world=world, market=market, seed=seed, ids=lambda name: next(counters[name]),
        turns=Steps() if in_bulk else Months(market),
    )  # fmt: skip
    sent = 0
    under_way: Future[None] | None = None
    with ThreadPoolExecutor(1) as pool:
        for told in lives(teller, entries):
            if told - sent >= AT_ONCE or told >= entries:
                if under_way:
                    under_way.result()
                under_way = pool.submit(send, cursor, teller.rows)
                teller.rows = {name: [] for name in STAGES}
                sent = told
                report("telling", told, entries)
        if under_way:
            under_way.result()
    analyze(cursor)
    return teller, first_entry


def send(cursor: "Cursor[Any]", rows: Rows) -> None:
    """Write what was told so far."""
    for name, (label, columns) in COLUMNS.items():
        copy_rows(cursor, label, columns, rows[name])
    for name in STAGED:
        copy_to_stage(cursor, name, rows[name])
    # Looked at now and then, so that what is still to be looked at fits into memory.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def allocate(cursor: "Cursor[Any]", world: World, teller: Teller, seed: int) -> None:
    """Give each allocation what its promises need and some more."""
    first = first_free_id(cursor, "programmes.AllocationRevision")
    copy_rows(
        cursor, "programmes.AllocationRevision",
        ("id", "allocation_id", "number", "kind", "change_amount", "effective_date", "decision",
         "reason", "recorded_at", "recorded_by_id"),
        [(first + n, *row) for n, row in enumerate(revisions(world, teller.promised, seed))],
    )  # fmt: skip
    continue_numbering(cursor, ["programmes.AllocationRevision"])
    set_envelope(world)


def take_steps(
    cursor: "Cursor[Any]", world: World, entries: int, *, in_bulk: bool, report: Report
) -> None:
    """Take the steps of every turn, from the first to the last."""
    turns = cursor.execute(
        "SELECT turn, max(posted) FROM ("
        "SELECT turn, 0 AS posted FROM sample_request UNION ALL SELECT turn, 0 FROM sample_end "
        "UNION ALL SELECT turn, count(*) OVER (ORDER BY turn) FROM sample_ledger"
        ") m GROUP BY turn ORDER BY turn"
    ).fetchall()
    given = {"programme": world.programme, "finance": world.finance}
    for number, (turn, posted) in enumerate(turns, start=1):
        run(cursor, "steps.sql", turn=turn, **given)
        if in_bulk and number == 1:
            analyze(cursor)
        run(cursor, "posting.sql", turn=turn, **given)
        # In bulk most is there after the first turn; else after 1, 2, 4, 8 … months.
        if number == 1 or (not in_bulk and number & (number - 1) == 0):
            analyze(cursor)
        report("posting", posted, entries)
    analyze(cursor)
