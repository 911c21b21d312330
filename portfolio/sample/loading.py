"""Loads the sample: streams made-up lives by COPY, then takes every step of theirs, month by month.

By one hand all is one transaction: either the whole sample is there or nothing of it. By several hands
each has a connection and strands of its own, and commits as it goes, which is how millions of entries
are there in minutes. No trigger is off. What is slow about that and what was done about it:
docs/benchmarks.md.
"""

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, nullcontext
from threading import Condition
from typing import Any

from django.db import connection, transaction
from psycopg import Connection, Cursor

from portfolio.common.refusals import Refused
from portfolio.programmes.models import Programme
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
from portfolio.sample.teller import STAGES, Teller, World
from portfolio.sample.world import make_world, read_market, revisions, set_envelope

# Entries whose rows are held in memory at once.
AT_ONCE = 20_000

type Report = Callable[[str, int, int], None]
type Hands = "list[Connection[Any]]"


class SampleExists(Refused):
    """There is a sample already; its ledger cannot be deleted."""


def load_sample(
    *,
    projects: int,
    entries: int,
    seed: int,
    hands: int = 1,
    report: Report = lambda _what, _done, _of: None,
) -> Programme:
    """Make the fictional programme with exactly so many projects and entries.

    The rows are the same for a seed, by however many hands.
    Raises: SampleExists.
    """
    if Programme.objects.filter(is_fictional=True).exists():
        raise SampleExists(
            "There is a sample already, and no ledger is ever emptied: use a new database for another."
        )
    connection.ensure_connection()
    if hands == 1:
        with transaction.atomic():
            world = begin(connection.connection, projects, seed)
            fill([connection.connection], world, entries, seed, report)
    else:
        with transaction.atomic():
            world = begin(connection.connection, projects, seed)
        with ExitStack() as stack:
            fill([stack.enter_context(own()) for _ in range(hands)], world, entries, seed, report)
    return Programme.objects.get(pk=world.programme)


@contextmanager
def own() -> Iterator["Connection[Any]"]:
    """A connection of a hand of its own, which commits each statement."""
    with closing(connection.get_new_connection(connection.get_connection_params())) as pg:
        pg.autocommit = True
        yield pg


def begin(pg: "Connection[Any]", projects: int, seed: int) -> World:
    """Make the world of the sample."""
    with pg.cursor() as cursor:
        set_up(cursor, is_local=True)
        world = make_world(cursor, projects=projects, seed=seed)
        continue_numbering(
            cursor, ["partners.Organisation", "programmes.Project", "productions.Participation"]
        )
    return world


def fill(hands: Hands, world: World, entries: int, seed: int, report: Report) -> None:
    """Tell the lives, and let the hands load them."""
    cursors = [pg.cursor() for pg in hands]
    for cursor in cursors:
        set_up(cursor, is_local=len(hands) == 1)
    first = cursors[0]
    analyze(first)  # the rules of commitments look projects up
    run(first, "stages.sql")
    teller, first_entry = tell(cursors, world, entries, seed, report)
    allocate(first, world, teller, seed)
    run(first, "order.sql", first=first_entry)
    take_steps(hands, world, entries, report)
    run(first, "end.sql")
    continue_numbering(first, NUMBERED.values())
    first.execute("SELECT topsheet_fold_ledger()")


def tell(
    cursors: "list[Cursor[Any]]", world: World, entries: int, seed: int, report: Report
) -> tuple[Teller, int]:
    """Tell the lives; meanwhile send what is drafted to the tables, and the rest to the stages."""
    counters = {
        name: itertools.count(first_free_id(cursors[0], label)) for name, label in NUMBERED.items()
    }
    first_entry = next(counters["entry"])
    teller = Teller(
        world=world, market=read_market(), seed=seed, ids=lambda name: next(counters[name]),
        hands=len(cursors),
    )  # fmt: skip
    sent = 0
    under_way: deque[Future[None]] = deque()
    turns = itertools.cycle(cursors)
    with ThreadPoolExecutor(len(cursors)) as pool:
        for told in lives(teller, entries):
            if told - sent >= AT_ONCE or told >= entries:
                if len(under_way) == len(cursors):
                    under_way.popleft().result()
                under_way.append(pool.submit(send, next(turns), teller.rows))
                teller.rows = {name: [] for name in STAGES}
                sent = told
                report("telling", told, entries)
        for sending in under_way:
            sending.result()
    analyze(cursors[0])
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


class Turns:
    """Lets the hands post in turn, whatever each does meanwhile: so the chain is always the same."""

    def __init__(self, turns: list[int]) -> None:
        self.order, self.place, self.is_broken = turns, 0, False
        self.passed = Condition()

    @contextmanager
    def wait_for(self, turn: int) -> Iterator[None]:
        """Hold the turn; where another hand fails, fail."""
        with self.passed:
            self.passed.wait_for(lambda: self.is_broken or self.order[self.place] == turn)
            if self.is_broken:
                raise RuntimeError("Another hand failed.")
        yield
        with self.passed:
            self.place += 1
            self.passed.notify_all()

    def stop(self) -> None:
        """Let nobody wait any more."""
        with self.passed:
            self.is_broken = True
            self.passed.notify_all()


def take_steps(hands: Hands, world: World, entries: int, report: Report) -> None:
    """Take the steps of every month, from the first to the last."""
    with hands[0].cursor() as cursor:
        found = cursor.execute(
            "SELECT turn, max(posted) FROM ("
            "SELECT turn, 0 AS posted FROM sample_request UNION ALL SELECT turn, 0 FROM sample_end "
            "UNION ALL SELECT turn, count(*) OVER (ORDER BY turn) FROM sample_ledger"
            ") m GROUP BY turn ORDER BY turn"
        ).fetchall()
    turns = Turns([turn for turn, _posted in found])

    def work(hand: int) -> None:
        pg = hands[hand]
        given = {"programme": world.programme, "finance": world.finance}
        try:
            with pg.cursor() as cursor:
                for number, (turn, posted) in enumerate(found, start=1):
                    if turn % len(hands) != hand:
                        continue
                    run(cursor, "steps.sql", turn=turn, **given)
                    with turns.wait_for(turn):
                        with pg.transaction() if pg.autocommit else nullcontext():
                            run(cursor, "posting.sql", turn=turn, **given)
                        if number & (number - 1) == 0:  # after 1, 2, 4, 8 … months
                            analyze(cursor)
                        report("posting", posted, entries)
        except BaseException:
            turns.stop()
            raise

    if len(hands) == 1:
        work(0)
    else:
        with ThreadPoolExecutor(len(hands)) as pool:
            for done in [pool.submit(work, hand) for hand in range(len(hands))]:
                done.result()
    with hands[0].cursor() as cursor:
        analyze(cursor)
