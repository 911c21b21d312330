"""Measures posting: with and without the totals, and sixteen clients at one allocation.

    python -m benchmarks.postings --spoil [--seconds 4] [--rounds 3] [--clients 16] [--json FILE]

DATABASE_URL names a database that may be spoiled, as its owner, with a sample in it (manage.py
load_sample). Totals are left wrong in it, because some postings are made without them.

Contention: each client signs commitments, approved beforehand, that bear on one allocation with room
for three quarters of them. Beside it, on plain tables without any rule, what physics allows: one
statement that takes from the limit where there is room and inserts the row. In between, the statement
that the operation comes down to, with every rule of ours. Each client begins with some that are not
timed, for the connections of a server have been used before. A server has two workers with a
connection each, and whoever else comes waits outside: the operation is measured with two as well.
"""

import argparse
import datetime
import functools
import itertools
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.addresses import database_parameters

AMOUNT = 1000
NOT_TIMED = 8
WORKERS = 2
DAY = datetime.date(2026, 10, 20)
AT = datetime.datetime(2026, 10, 20, 4, tzinfo=datetime.UTC)

RECOUP = """
    INSERT INTO funding_ledgerentry (posting, kind, programme_id, strand_id, fiscal_year,
        allocation_id, project_id, counterparty_id, commitment_id, amount, currency, rate, rate_date,
        rate_source, base_amount, promised_base_amount, value_date, recorded_by_id, reference, remarks)
    SELECT gen_random_uuid(), 'RECOUPMENT', c.programme_id, a.strand_id, a.fiscal_year, a.id,
        c.project_id, c.payee_id, c.id, 12.34, c.currency, 1, %(day)s, 'SAME_CURRENCY', 12.34, 12.34,
        %(day)s, c.state_by_id, '', ''
    FROM funding_commitmentposition p
    JOIN funding_commitment c ON c.id = p.commitment_id
    JOIN programmes_allocation a ON a.id = p.allocation_id
    WHERE p.id = %(position)s
"""
SIGN = """
    SELECT topsheet_sign(c.id, NULL, %(at)s, c.state_by_id, NULL, NULL, NULL, NULL, NULL, NULL)
    FROM funding_commitment c WHERE c.id = %(commitment)s
"""
PLAIN = """
    WITH taken AS (
        UPDATE bench_limit SET committed = committed + %(amount)s
        WHERE id = 1 AND committed + %(amount)s <= allocated RETURNING id
    )
    INSERT INTO bench_entry (limit_id, amount, value_date, reference)
    SELECT id, %(amount)s, %(day)s, 'x' FROM taken
"""
# Commitments that are approved and wait to be signed, made in sets, each rule and trigger on.
PREPARE = """
    INSERT INTO programmes_allocation (strand_id, fiscal_year)
        SELECT min(id), %(year)s FROM programmes_strand WHERE programme_id = %(programme)s;
    INSERT INTO programmes_allocationrevision (allocation_id, number, kind, change_amount,
        effective_date, decision, reason, recorded_by_id)
        SELECT max(id), 0, 'ORIGINAL', %(room)s, '2026-10-01', 'Benchmark', 'Benchmark', %(officer)s
        FROM programmes_allocation;
    INSERT INTO partners_agreement (reference, title, kind, start_date, notes)
        SELECT %(prefix)s || n, 'Fictional', 'INVESTMENT', %(day)s, '' FROM generate_series(1, %(count)s) n;
    INSERT INTO partners_agreementparty (agreement_id, organisation_id, role, signatory, signed_date)
        SELECT a.id, o.id, CASE o.id WHEN %(payee)s THEN 'PAYEE' ELSE 'FUNDER' END, '', %(day)s
        FROM partners_agreement a, partners_organisation o
        WHERE a.reference LIKE %(prefix)s || '%%' AND o.id IN (%(payee)s, %(funder)s);
    INSERT INTO funding_commitment (reference, title, programme_id, project_id, payee_id,
        agreement_id, amount, currency, state, state_at, state_by_id, state_reason, rate_source, notes)
        SELECT reference, 'Fictional', %(programme)s, %(project)s, %(payee)s, id, %(amount)s, 'HKD',
            'DRAFT', now(), %(officer)s, '', '', ''
        FROM partners_agreement WHERE reference LIKE %(prefix)s || '%%';
    INSERT INTO funding_commitmentsplit (commitment_id, allocation_id, amount)
        SELECT id, (SELECT max(id) FROM programmes_allocation), amount
        FROM funding_commitment WHERE reference LIKE %(prefix)s || '%%';
    INSERT INTO funding_tranche (commitment_id, number, title, amount, due_date, state, state_at,
        state_by_id)
        SELECT id, 1, '', amount, %(day)s, 'SCHEDULED', now(), %(officer)s
        FROM funding_commitment WHERE reference LIKE %(prefix)s || '%%';
    UPDATE funding_commitment SET state = 'SUBMITTED' WHERE reference LIKE %(prefix)s || '%%';
    INSERT INTO funding_approvalrequest (kind, programme_id, commitment_id, amount, currency, reason,
        state, requested_at, requested_by_id)
        SELECT 'COMMITMENT', programme_id, id, amount, currency, '', 'OPEN', now(), %(officer)s
        FROM funding_commitment WHERE reference LIKE %(prefix)s || '%%';
    INSERT INTO funding_approvaldecision (request_id, decision, reason, decided_at, decided_by_id,
        authority_id)
        SELECT r.id, 'APPROVE', '', now(), %(approver)s, %(approver)s
        FROM funding_approvalrequest r JOIN funding_commitment c ON c.id = r.commitment_id
        WHERE c.reference LIKE %(prefix)s || '%%';
    UPDATE funding_commitment SET state = 'APPROVED' WHERE reference LIKE %(prefix)s || '%%';
"""

type Work = Callable[[psycopg.Connection[Any], int], bool]


def connect() -> "psycopg.Connection[Any]":
    """A connection as the site has them."""
    return psycopg.connect(
        **database_parameters(), autocommit=True, options="-c pgtrigger.ignore={}"
    )


def one(pg: "psycopg.Connection[Any]", query: str, *values: Any) -> Any:
    """The first value of the first row."""
    row = pg.execute(query, values).fetchone()
    return row[0] if row else None


def refused_as_full(refusal: Exception) -> bool:
    """False, where the allocation is full; any other refusal is a fault of the benchmark."""
    if "commitments_stay_within_the_allocation" not in str(refusal):
        raise refusal
    return False


# --- What the clients do -------------------------------------------------------------------------


def recoup(pg: "psycopg.Connection[Any]", position: int) -> bool:
    """One entry, as `entries.record_recoupment` posts it."""
    pg.execute(RECOUP, {"position": position, "day": DAY})
    return True


def sign_in_sql(pg: "psycopg.Connection[Any]", commitment: int) -> bool:
    """The statement of a signature."""
    try:
        pg.execute(SIGN, {"commitment": commitment, "at": AT})
    except psycopg.errors.CheckViolation as refusal:
        return refused_as_full(refusal)
    return True


def sign(_pg: "psycopg.Connection[Any]", commitment: int) -> bool:
    """The operation itself, as the admin calls it."""
    from django.db import IntegrityError

    from portfolio.funding.models import Commitment
    from portfolio.funding.operations.commitments import sign_commitment

    try:
        sign_commitment(commitment=Commitment(pk=commitment), at=AT, actor=officer())
    except IntegrityError as refusal:
        return refused_as_full(refusal)
    return True


@functools.cache
def officer() -> Any:
    """Who signs."""
    from portfolio.staff.models import User

    return User.objects.get(username="sample-officer-1")


def take_from_a_plain_limit(pg: "psycopg.Connection[Any]", _number: int) -> bool:
    """One statement on tables without a rule."""
    return pg.execute(PLAIN, {"amount": AMOUNT, "day": DAY}).rowcount == 1


def client(work: Work, jobs: list[int], seconds: float | None, barrier: Any, results: Any) -> None:
    """Do one job after the other, all of them or for some seconds; say how many were accepted."""
    if work is sign:
        import django

        django.setup()
        from django.db import connection

        connection.ensure_connection()
    accepted = refused = 0
    try:
        with connect() as pg:
            first = [work(pg, job) for job in jobs[:NOT_TIMED]]
            barrier.wait()
            began = time.perf_counter()
            rest = jobs[NOT_TIMED:]
            for job in rest if seconds is None else itertools.cycle(rest):
                if work(pg, job):
                    accepted += 1
                else:
                    refused += 1
                if seconds is not None and time.perf_counter() - began > seconds:
                    break
            results.put(
                (accepted, refused, began, time.perf_counter(), first.count(True), len(first), "")
            )
    except Exception as error:
        barrier.abort()
        results.put((accepted, refused, 0.0, 0.0, 0, 0, repr(error)))


def together(
    work: Work, jobs: list[int], clients: int, seconds: float | None
) -> tuple[float, int, int]:
    """Accepted a second, accepted and refused in all, of so many clients at once."""
    fork = multiprocessing.get_context("fork")
    barrier, results = fork.Barrier(clients), fork.SimpleQueue()
    processes = [
        fork.Process(target=client, args=(work, jobs[n::clients], seconds, barrier, results))
        for n in range(clients)
    ]
    for process in processes:
        process.start()
    found = [results.get() for _ in processes]
    for process in processes:
        process.join()
    faults = [fault for *_rest, fault in found if fault]
    if faults:
        raise SystemExit(f"A client failed: {faults[0]}")
    accepted, refused = sum(f[0] for f in found), sum(f[1] for f in found)
    length = max(f[3] for f in found) - min(f[2] for f in found)
    first_accepted, first = sum(f[4] for f in found), sum(f[5] for f in found)
    return accepted / length, accepted + first_accepted, refused + first - first_accepted


# --- The two measurements ------------------------------------------------------------------------


def measure_posting(clients: int, seconds: float, rounds: int) -> dict[str, Any]:
    """Entries a second with and without the totals, in turns."""
    with connect() as pg:
        positions = [
            row[0]
            for row in pg.execute(
                "SELECT p.id FROM funding_commitmentposition p JOIN funding_commitment c "
                "ON c.id = p.commitment_id WHERE p.disbursed > 0 AND c.currency = 'HKD' "
                "AND c.signed_date < %s ORDER BY p.id LIMIT 4000",
                [DAY],
            )
        ]
    found: dict[str, list[float]] = {"with": [], "without": []}
    for number in range(rounds + 1):
        for which in ("with", "without") if number % 2 else ("without", "with"):
            verb = "ENABLE" if which == "with" else "DISABLE"
            with connect() as pg:
                pg.execute(
                    f"ALTER TABLE funding_ledgerentry {verb} TRIGGER ledger_entry_2_is_counted"
                )
            speed, _accepted, _refused = together(recoup, positions, clients, seconds)
            if number:
                found[which].append(speed)
    with connect() as pg:
        pg.execute("ALTER TABLE funding_ledgerentry ENABLE TRIGGER ledger_entry_2_is_counted")
    middle = {which: statistics.median(speeds) for which, speeds in found.items()}
    return {
        **{k: round(v) for k, v in middle.items()},
        "ratio": round(middle["with"] / middle["without"], 2),
    }


def approved_commitments(count: int, number: int) -> tuple[list[int], int]:
    """Commitments ready to be signed on an allocation of their own, and that allocation."""
    with connect() as pg, pg.transaction():
        pg.execute("SET LOCAL jit = off")
        programme = one(pg, "SELECT id FROM programmes_programme WHERE is_fictional")
        pg.execute(
            "UPDATE programmes_programme SET envelope_amount = 99999999999999 WHERE id = %s",
            [programme],
        )
        payee = one(
            pg, "SELECT min(payee_id) FROM funding_commitment WHERE programme_id = %s", programme
        )
        given = {
            "programme": programme, "payee": payee, "count": count, "amount": AMOUNT, "day": DAY,
            "room": count * AMOUNT * 3 // 4, "year": 2100 + number, "prefix": f"BENCH-{number}-",
            "project": one(pg, "SELECT min(id) FROM programmes_project WHERE programme_id = %s", programme),
            "funder": one(pg, "SELECT sponsor_id FROM programmes_programme WHERE id = %s", programme),
            "officer": one(pg, "SELECT id FROM staff_user WHERE username = 'sample-officer-1'"),
            "approver": one(pg, "SELECT id FROM staff_user WHERE username = 'sample-approver-1'"),
        }  # fmt: skip
        for statement in PREPARE.split(";\n"):
            if statement.strip():
                pg.execute(statement.encode(), given)
        found = pg.execute(
            "SELECT id FROM funding_commitment WHERE reference LIKE %s ORDER BY id",
            [f"BENCH-{number}-%"],
        ).fetchall()
        allocation = one(pg, "SELECT max(id) FROM programmes_allocation")
    with connect() as pg:
        pg.execute("ANALYZE")
    return [row[0] for row in found], allocation


def measure_contention(clients: int, count: int, rounds: int) -> dict[str, Any]:
    """Accepted a second on one allocation: plain, in SQL with our rules, and by the operation.

    The operation by as many clients, and by the two workers of a server.
    """
    with connect() as pg:
        first = one(pg, "SELECT greatest(max(fiscal_year) - 2099, 1) FROM programmes_allocation")
    numbers = itertools.count(first)
    found: dict[str, list[float]] = {"plain": [], "sql": [], "operation": [], "server": []}
    for number in range(rounds + 1):
        with connect() as pg:
            pg.execute("DROP TABLE IF EXISTS bench_entry, bench_limit")
            pg.execute(
                "CREATE TABLE bench_limit (id int PRIMARY KEY, allocated numeric, committed numeric) "
                "WITH (fillfactor = 10)"
            )
            pg.execute(
                "CREATE TABLE bench_entry (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
                "limit_id int REFERENCES bench_limit, amount numeric(20,2), value_date date, reference text)"
            )
            pg.execute("INSERT INTO bench_limit VALUES (1, %s, 0)", [count * 3 * AMOUNT])
        speed, accepted, _refused = together(
            take_from_a_plain_limit, list(range(count * 4)), clients, None
        )
        if accepted != count * 3:
            raise SystemExit("The plain limit was missed.")
        speeds = {"plain": speed}
        for name, work, at_once in (
            ("sql", sign_in_sql, clients), ("operation", sign, clients), ("server", sign, WORKERS)
        ):  # fmt: skip
            jobs, allocation = approved_commitments(count, next(numbers))
            speeds[name], accepted, refused = together(work, jobs, at_once, None)
            with connect() as pg:
                committed, entries = pg.execute(
                    "SELECT b.committed, (SELECT sum(promised_base_amount) FROM funding_ledgerentry e "
                    "WHERE e.allocation_id = b.allocation_id) FROM programmes_allocationbalance b "
                    "WHERE b.allocation_id = %s",
                    [allocation],
                ).fetchone() or (0, 0)
            # Full to the last dollar, and not a dollar more: nothing was passed and nothing was lost.
            if not committed == entries == accepted * AMOUNT == count * AMOUNT * 3 // 4:
                raise SystemExit(
                    f"The limit was missed: {committed}, {entries}, {accepted} accepted."
                )
            if accepted + refused != count:
                raise SystemExit("An attempt was lost.")
        if number:
            for name, value in speeds.items():
                found[name].append(value)
    middle = {name: statistics.median(speeds) for name, speeds in found.items()}
    return {
        **{name: round(value) for name, value in middle.items()},
        "sql ratio": round(middle["sql"] / middle["plain"], 2),
        "operation ratio": round(middle["operation"] / middle["plain"], 2),
        "server ratio": round(middle["server"] / middle["plain"], 2),
    }


def main() -> None:
    """Measure both and print them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--spoil", action="store_true", required=True)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--attempts", type=int, default=4000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
    posting = measure_posting(8, given.seconds, given.rounds)
    print(f"posting, 8 clients, entries/s: {posting['with']} with totals, {posting['without']} without, "
          f"ratio {posting['ratio']} (goal ≥ 0.65)")  # fmt: skip
    contention = measure_contention(given.clients, given.attempts, given.rounds)
    print(f"one allocation, {given.clients} clients, accepted/s: plain {contention['plain']}, our rules in SQL "
          f"{contention['sql']} ({contention['sql ratio']}), operation {contention['operation']} "
          f"({contention['operation ratio']}), by {WORKERS} workers {contention['server']} "
          f"({contention['server ratio']}) (goal ≥ 0.3); load {os.getloadavg()[0]:.1f}")  # fmt: skip
    if given.json:
        given.json.write_text(
            json.dumps({"posting": posting, "contention": contention}, indent=1) + "\n"
        )


if __name__ == "__main__":
    main()
