"""Two at once, where it matters: each with a connection and a transaction of its own."""

import datetime
import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from portfolio.common.refusals import Refused
from portfolio.funding.models import ApprovalDecision, LedgerEntry, PeriodClosing
from portfolio.funding.operations import approvals, commitments, entries, tranches
from portfolio.programmes.models import AllocationBalance
from tests.books import AT, DAY, Books
from tests.factories import StrandFactory
from tests.funding.naive import assert_the_books_are_right
from tests.own_database import own_database

ONE = datetime.timedelta(days=1)


@pytest.fixture
def books(db: None) -> Iterator[Books]:
    """Books that are really committed, in a database of their own."""
    with own_database():
        yield Books()


def both(*acts: Any) -> list[str]:
    """Let each act begin at once; what came of it: "done", or the rule that refused it."""
    outcomes = [""] * len(acts)
    start = threading.Barrier(len(acts))

    def run(number: int) -> None:
        start.wait(timeout=20)
        try:
            acts[number]()
            outcomes[number] = "done"
        except (DatabaseError, Refused) as error:
            outcomes[number] = str(error).partition(":")[0]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def test_two_approvers_at_once_close_a_request_once(books):
    for amount, decisions in (("1000000", 1), ("1000000.01", 2)):
        commitment = books.draft(amount)
        request = commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)

        def say_yes(person: Any, request: Any = request) -> None:
            approvals.decide(
                request=type(request)(pk=request.pk), decision="APPROVE", actor=person, at=AT
            )

        outcomes = both(lambda: say_yes(books.approver), lambda: say_yes(books.second_approver))

        request.refresh_from_db()
        commitment.refresh_from_db()
        assert (request.state, commitment.state) == ("APPROVED", "APPROVED")
        assert ApprovalDecision.objects.filter(request=request).count() == decisions
        assert outcomes.count("done") == decisions
        assert set(outcomes) <= {"done", "approval_request_is_open"}


def test_one_approver_twice_at_once_is_one_approver(books):
    commitment = books.draft("1000000.01")
    request = commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)

    def say_yes() -> None:
        approvals.decide(
            request=type(request)(pk=request.pk), decision="APPROVE", actor=books.approver, at=AT
        )

    outcomes = both(say_yes, say_yes)

    request.refresh_from_db()
    assert request.state == "OPEN"
    assert sorted(outcomes) == ["approver_decides_once", "done"]


def test_an_approval_and_a_take_back_at_once_leave_no_approved_draft(books):
    for _ in range(4):
        commitment = books.draft("1000")
        request = commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)
        of_other = type(commitment).objects.get(pk=commitment.pk)

        both(
            lambda request=request: approvals.decide(
                request=request, decision="APPROVE", actor=books.approver, at=AT
            ),
            lambda of_other=of_other: commitments.take_back_commitment(
                commitment=of_other, at=AT, actor=books.officer, reason="Mistake"
            ),
        )

        commitment.refresh_from_db()
        request.refresh_from_db()
        assert (commitment.state, request.state) in {("DRAFT", "VOID"), ("APPROVED", "APPROVED")}


def test_two_payments_of_one_tranche_pay_it_once(books):
    tranche = books.payable(books.signed("5000"))

    def pay() -> None:
        tranches.pay_tranche(tranche=tranche, value_date=DAY, at=AT, actor=books.officer)

    outcomes = both(pay, pay)

    assert outcomes.count("done") == 1
    assert LedgerEntry.objects.filter(kind="DISBURSEMENT").count() == 1
    assert_the_books_are_right()


def test_two_officers_at_the_edge_of_the_envelope_do_not_both_fit(books):
    books.programme.envelope_amount = Decimal(150_000_100)
    books.programme.save()
    second = StrandFactory(programme=books.programme)

    outcomes = both(
        lambda: books.allocate("100000100"), lambda: books.allocate("100", strand=second)
    )

    assert sorted(outcomes) == ["allocations_stay_within_the_envelope", "done"]
    allocated = AllocationBalance.objects.filter(
        allocation__strand__programme=books.programme
    ).values_list("allocated", flat=True)
    assert sum(allocated) == Decimal(150_000_100)


def test_closing_a_period_waits_for_a_posting_that_is_under_way(books):
    commitment = books.paid("5000")
    posted, closing = threading.Event(), threading.Event()
    order: list[str] = []

    def post() -> None:
        with transaction.atomic():
            entries.record_refund(
                commitment=commitment, amount=Decimal(1), value_date=DAY, actor=books.officer
            )
            posted.set()
            closing.wait(timeout=20)
            # Long enough for a closing that does not wait to be through.
            threading.Event().wait(0.3)
            order.append("posted")

    def close() -> None:
        posted.wait(timeout=20)
        closing.set()
        entries.close_period(
            programme=books.programme, through_date=DAY, actor=books.officer, reason="Audit"
        )
        order.append("closed")

    assert both(post, close) == ["done", "done"]

    assert order == ["posted", "closed"]
    assert LedgerEntry.objects.filter(kind="REFUND").count() == 1


def test_a_posting_waits_for_a_closing_and_is_refused(books):
    commitment = books.paid("5000")
    closed = threading.Event()

    def close() -> None:
        with transaction.atomic():
            entries.close_period(
                programme=books.programme, through_date=DAY, actor=books.officer, reason="Audit"
            )
            closed.set()
            threading.Event().wait(0.3)

    def post() -> None:
        closed.wait(timeout=20)
        entries.record_refund(
            commitment=commitment, amount=Decimal(1), value_date=DAY, actor=books.officer
        )

    assert both(close, post) == ["done", "ledger_entry_period_is_open"]

    assert not LedgerEntry.objects.filter(kind="REFUND").exists()
    assert PeriodClosing.objects.count() == 1


def test_shares_do_not_change_while_a_draft_is_submitted(books):
    commitment = books.draft("5000")
    changed, submitting = threading.Event(), threading.Event()

    def change() -> None:
        with transaction.atomic():
            commitment.splits.update(allocation=books.second)
            changed.set()
            submitting.wait(timeout=20)
            threading.Event().wait(0.3)

    def submit() -> None:
        changed.wait(timeout=20)
        submitting.set()
        other = type(commitment).objects.get(pk=commitment.pk)
        commitments.submit_commitment(commitment=other, at=AT, actor=books.officer)

    assert both(change, submit) == ["done", "done"]

    request = commitment.approval_requests.get()
    assert request.state == "OPEN"
    assert commitment.splits.get().allocation == books.second
