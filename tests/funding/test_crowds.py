"""Sixteen at once: limits are never passed, nothing is lost, nobody meets a deadlock. Threat L5."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connections

from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.funding.choices import RequestKind
from portfolio.funding.models import (
    ApprovalDecision,
    ApprovalRequest,
    Commitment,
    CommitmentSplit,
    LedgerEntry,
    LedgerLink,
    Tranche,
)
from portfolio.funding.operations import commitments, tranches
from portfolio.programmes.models import AllocationBalance
from tests.books import AT, DAY, Books
from tests.funding.naive import assert_the_books_are_right
from tests.own_database import own_database

PROVING = os.environ.get("TOPSHEET_PROVE") == "1"
CLIENTS = 16
ATTEMPTS = 10_000 if PROVING else 320


@pytest.fixture
def books(db: None) -> Iterator[Books]:
    """Books that are really committed, in a database of their own."""
    with own_database():
        yield Books(allocated="100000000")


@pytest.fixture
def crowd(record_property: Any) -> Any:
    """All clients at once; what came of it is told at the end."""

    def act_at_once(act: Any) -> Counter[str]:
        began = time.monotonic()
        outcomes = everybody(act)
        seconds = time.monotonic() - began
        record_property("proved", f"{dict(outcomes)} in {seconds:.0f} s")
        return outcomes

    return act_at_once


def everybody(act: Any) -> Counter[str]:
    """Let all clients try, each on a connection of its own; what came of it, by outcome."""
    outcomes: Counter[str] = Counter()
    start = threading.Barrier(CLIENTS)
    lock = threading.Lock()

    def client(number: int) -> None:
        found: Counter[str] = Counter()
        start.wait()
        for attempt in range(ATTEMPTS // CLIENTS):
            try:
                act(number, attempt)
                found["accepted"] += 1
            except (Refused, IntegrityError) as refusal:
                found[str(refusal).partition(":")[0]] += 1
            except Exception as error:
                found[f"FAULT {type(error).__name__} {error}"[:120]] += 1
        connections.close_all()
        with lock:
            outcomes.update(found)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def approved_commitments(books: Books, number: int, size: Decimal, *allocations: Any) -> list[int]:
    """Many commitments that are approved and wait to be signed, made set by set."""
    agreement = books.agreement()
    stamp = {"state_at": AT, "state_by": books.officer}
    made = Commitment.objects.bulk_create(
        Commitment(
            reference=f"CROWD-{n}", title="A film", programme=books.programme,
            project=books.project, payee=books.payee, agreement=agreement, amount=size,
            currency="HKD", **stamp,
        )
        for n in range(number)
    )  # fmt: skip
    CommitmentSplit.objects.bulk_create(
        CommitmentSplit(commitment=c, allocation=a, amount=size / len(allocations))
        for c in made
        for a in allocations
    )
    Tranche.objects.bulk_create(
        Tranche(commitment=c, number=1, amount=size, due_date=DAY, **stamp) for c in made
    )
    rows = Commitment.objects.filter(pk__in=[c.pk for c in made])
    rows.update(state="SUBMITTED")
    requests = ApprovalRequest.objects.bulk_create(
        ApprovalRequest(
            kind=RequestKind.COMMITMENT, programme=books.programme, commitment=c, amount=size,
            currency="HKD", requested_by=books.officer, requested_at=AT,
        )
        for c in made
    )  # fmt: skip
    ApprovalDecision.objects.bulk_create(
        ApprovalDecision(
            request=r, decision="APPROVE", decided_by=books.approver, authority=books.approver,
            decided_at=AT,
        )
        for r in requests
    )  # fmt: skip
    rows.update(state="APPROVED")
    return [c.pk for c in made]


def test_sixteen_commit_against_one_allocation_and_never_pass_it(books, crowd):
    size = Decimal(2_000)
    waiting = approved_commitments(books, ATTEMPTS, size, books.first)
    # Room for about half of the attempts.
    books.allocate(str(size * (ATTEMPTS // 2)))
    each = ATTEMPTS // CLIENTS

    def sign(number: int, attempt: int) -> None:
        commitments.sign_commitment(
            commitment=Commitment(pk=waiting[number * each + attempt]), at=AT, actor=books.officer
        )

    outcomes = crowd(sign)

    balance = AllocationBalance.objects.get(allocation=books.first)
    assert outcomes == {
        "accepted": ATTEMPTS // 2,
        "commitments_stay_within_the_allocation": ATTEMPTS - ATTEMPTS // 2,
    }
    assert balance.committed == balance.allocated
    assert Commitment.objects.filter(state="SIGNED").count() == ATTEMPTS // 2
    assert LedgerEntry.objects.count() == LedgerLink.objects.count() == ATTEMPTS // 2
    assert_the_books_are_right()


def test_sixteen_pay_one_commitment_and_never_more_than_it_is(books, crowd):
    size = Decimal(100)
    commitment = books.signed(str(size * ATTEMPTS // 2))
    tranche = books.payable(commitment)

    def pay(number: int, attempt: int) -> None:
        tranches.pay_tranche(
            tranche=tranche, amount=size, value_date=DAY, at=AT, actor=books.officer
        )

    outcomes = crowd(pay)

    tranche.refresh_from_db()
    assert outcomes["accepted"] == ATTEMPTS // 2
    assert sum(outcomes.values()) == ATTEMPTS
    assert not [fault for fault in outcomes if fault.startswith("FAULT")], outcomes
    assert tranche.state == "PAID"
    assert_the_books_are_right()


def test_who_drafts_at_the_same_time_gets_another_reference(books, crowd):
    agreement = books.agreement()

    def draft(number: int, attempt: int) -> None:
        commitments.draft_commitment(
            programme=books.programme, project=books.project, payee=books.payee, title="A film",
            amount=Decimal(10), currency="HKD", agreement=agreement, at=AT, actor=books.officer,
            shares=[commitments.Share(books.first, percentage=Decimal(100))],
            slices=[commitments.Slice(Decimal(10), DAY)],
        )  # fmt: skip

    assert crowd(draft) == {"accepted": ATTEMPTS}
    assert sorted(Commitment.objects.values_list("reference", flat=True)) == [
        f"C-{AT.year}-{number:06d}" for number in range(1, ATTEMPTS + 1)
    ]


def test_a_deadlock_starts_anew_and_no_caller_hears_of_it(books):
    """Two hold what the other wants, on purpose; whom PostgreSQL ends tries again."""
    pairs = approved_commitments(books, 2, Decimal(10), books.first)
    both_hold_one = threading.Barrier(2)
    runs: list[int] = []
    faults: list[BaseException] = []

    def client(number: int) -> None:
        @atomic_retrying
        def sign_and_touch_the_other() -> None:
            runs.append(number)
            own, other = pairs[number], pairs[1 - number]
            Commitment.objects.filter(pk=own).update(notes=f"by {number}")
            if len(runs) <= 2:
                both_hold_one.wait(timeout=20)
            Commitment.objects.filter(pk=other).update(notes=f"by {number}")
            commitments.sign_commitment(commitment=Commitment(pk=own), at=AT, actor=books.officer)

        try:
            sign_and_touch_the_other()
        except BaseException as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    assert len(runs) == 3
    assert Commitment.objects.filter(state="SIGNED").count() == 2
    assert_the_books_are_right()
