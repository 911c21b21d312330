"""Loads the sample: streams made-up lives by COPY, then takes every step of theirs, month by month.

All in one transaction: either the whole sample is there or nothing of it. No trigger is off; what
is slow about that and what was done about it: docs/benchmarks.md.
"""

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from psycopg import Cursor, sql

from portfolio.common.refusals import Refused
from portfolio.programmes.models import Programme
from portfolio.sample.lives import lives
from portfolio.sample.tables import (
    COLUMNS,
    NUMBERED,
    STAGED,
    continue_numbering,
    copy_rows,
    copy_to_stage,
    first_free_id,
)
from portfolio.sample.teller import STAGES, Teller, World
from portfolio.sample.world import make_world, read_market, revisions, set_envelope

FOLDER = Path(__file__).parent
# Entries whose rows are held in memory at once.
AT_ONCE = 20_000
# The tables whose rules look each other's rows up: without figures about them plans are guesses.
LOOKED_UP = (
    "funding.Commitment", "funding.Tranche", "funding.CommitmentSplit", "funding.Condition",
    "funding.ApprovalRequest", "funding.ApprovalDecision", "funding.LedgerEntry",
    "funding.LedgerLink", "funding.CommitmentPosition", "funding.CommitmentAmendment",
    "funding.AmendmentSplit", "partners.Agreement", "partners.AgreementParty",
    "partners.AgreementAmendment", "programmes.Project",
)  # fmt: skip

type Report = Callable[[str, int, int], None]


class SampleExists(Refused):
    """There is a sample already; its ledger cannot be deleted."""


def load_sample(
    *, projects: int, entries: int, seed: int, report: Report = lambda _what, _done, _of: None
) -> Programme:
    """Make the fictional programme with exactly so many projects and entries.

    Raises: SampleExists.
    """
    if Programme.objects.filter(is_fictional=True).exists():
        raise SampleExists(
            "There is a sample already, and no ledger is ever emptied: use a new database for another."
        )
    with transaction.atomic():
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            # A minute without a statement is nothing while lives are told.
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SET LOCAL work_mem = '64MB'")
            # Millions of small look-ups by number: one plan for each is enough, and none is compiled.
            cursor.execute("SET LOCAL plan_cache_mode = 'force_generic_plan'")
            cursor.execute("SET LOCAL jit = off")
            world = make_world(cursor, projects=projects, seed=seed)
            continue_numbering(
                cursor,
                ["partners.Organisation", "programmes.Project", "productions.Participation"],
            )
            analyze(cursor)  # the rules of commitments look projects up
            run(cursor, "stages.sql")
            teller, first_entry = tell(cursor, world, entries, seed, report)
            allocate(cursor, world, teller, seed)
            run(cursor, "order.sql", first=first_entry)
            take_steps(cursor, world, entries, report)
            continue_numbering(cursor, NUMBERED.values())
            cursor.execute("SELECT topsheet_fold_ledger()")
    return Programme.objects.get(pk=world.programme)


def tell(
    cursor: Cursor[Any], world: World, entries: int, seed: int, report: Report
) -> tuple[Teller, int]:
    """Tell the lives and send what is drafted to the tables, and the rest to the stages."""
    counters = {
        name: itertools.count(first_free_id(cursor, label)) for name, label in NUMBERED.items()
    }
    first_entry = next(counters["entry"])
    teller = Teller(
        world=world, market=read_market(), seed=seed, ids=lambda name: next(counters[name])
    )
    sent = 0
    for told in lives(teller, entries):
        if told - sent >= AT_ONCE or told >= entries:
            send(cursor, teller)
            sent = told
            report("telling", told, entries)
    analyze(cursor)
    return teller, first_entry


def send(cursor: Cursor[Any], teller: Teller) -> None:
    """Write what was told so far."""
    for name, (label, columns) in COLUMNS.items():
        copy_rows(cursor, label, columns, teller.rows[name])
    for name in STAGED:
        copy_to_stage(cursor, name, teller.rows[name])
    for name in STAGES:
        teller.rows[name].clear()
    # Looked at now and then, so that what is still to be looked at fits into memory.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def allocate(cursor: Cursor[Any], world: World, teller: Teller, seed: int) -> None:
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


def take_steps(cursor: Cursor[Any], world: World, entries: int, report: Report) -> None:
    """Take the steps of every month, from the first to the last."""
    found = cursor.execute(
        "SELECT month, max(posted) FROM ("
        "SELECT month, 0 AS posted FROM sample_request UNION ALL SELECT month, 0 FROM sample_end "
        "UNION ALL SELECT month, count(*) OVER (ORDER BY id) FROM sample_ledger"
        ") m GROUP BY month ORDER BY month"
    ).fetchall()
    for number, (month, posted) in enumerate(found, start=1):
        run(cursor, "steps.sql", month=month, programme=world.programme, finance=world.finance)
        if number & (number - 1) == 0:  # after 1, 2, 4, 8 … months
            analyze(cursor)
        report("posting", posted, entries)
    analyze(cursor)


def analyze(cursor: Cursor[Any]) -> None:
    """Fresh figures for the planner."""
    tables = [sql.Identifier(apps.get_model(label)._meta.db_table) for label in LOOKED_UP]
    cursor.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(tables)))


def run(cursor: Cursor[Any], name: str, **parameters: Any) -> None:
    """Run the statements of a file, one by one."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    for statement in re.split(r";\n", text):
        if re.sub(r"--.*", "", statement).strip():
            # The triggers' plans were made for the number of rows of the statement before.
            cursor.execute("DISCARD PLANS")
            cursor.execute(statement.encode(), parameters or None)
