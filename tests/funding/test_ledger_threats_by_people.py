"""Attacks by people who may post or approve: threats L10, L11, L15 and L16, as the runtime role."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, transaction

from portfolio.funding.models import (
    ApprovalDecision,
    ApprovalRequest,
    Commitment,
    LedgerEntry,
    PeriodClosing,
    Tranche,
)
from portfolio.funding.operations import approvals, commitments, entries, tranches
from portfolio.staff.models import User
from tests.books import AT, DAY
from tests.funding.naive import assert_the_books_are_right, at_commit
from tests.funding.rows import add, payment, reversal

pytestmark = pytest.mark.django_db

ONE = datetime.timedelta(days=1)


# --- L10: reversals ------------------------------------------------------------------------------


def approved_reversal(books, entry):
    return books.approve(
        entries.request_reversal(entry=entry, at=AT, actor=books.officer, reason="Wrong account")
    )


def test_l10_a_posting_is_reversed_once_on_the_day_of_the_reversal(books, as_app_role):
    row = books.paid("5000").entries.get(kind="DISBURSEMENT")
    request = approved_reversal(books, row)

    (back,) = entries.reverse_posting(
        request=request, value_date=DAY + ONE, at=AT, actor=books.officer
    )
    at_commit()

    assert (back.value_date, back.amount, back.reversal_of_id) == (DAY + ONE, -row.amount, row.pk)
    with pytest.raises(entries.AlreadyReversed):
        entries.reverse_posting(request=request, value_date=DAY + ONE, at=AT, actor=books.officer)
    with pytest.raises(entries.AlreadyReversed):
        entries.request_reversal(entry=row, at=AT, actor=books.officer, reason="Again")
    with pytest.raises(IntegrityError), transaction.atomic():
        reversal(row, approval=request).save()
    assert LedgerEntry.objects.filter(reversal_of=row).get() == back
    assert_the_books_are_right()


def test_l10_a_reversal_is_not_reversed(books, as_app_role):
    row = books.paid("5000").entries.get(kind="DISBURSEMENT")
    request = approved_reversal(books, row)
    (back,) = entries.reverse_posting(request=request, value_date=DAY, at=AT, actor=books.officer)

    with pytest.raises(entries.AlreadyReversed):
        entries.request_reversal(entry=back, at=AT, actor=books.officer, reason="Undo")
    for amount in (back.amount, -back.amount):
        with pytest.raises(DatabaseError), transaction.atomic():
            reversal(back, approval=request, amount=amount).save()
    assert not LedgerEntry.objects.filter(reversal_of=back).exists()


def test_l10_nothing_is_reversed_into_a_closed_period(books, as_app_role):
    row = books.paid("5000").entries.get(kind="DISBURSEMENT")
    request = approved_reversal(books, row)
    entries.close_period(
        programme=books.programme, through_date=DAY + ONE, actor=books.officer, reason="Audit"
    )

    with pytest.raises(IntegrityError, match="ledger_entry_period_is_open"):
        entries.reverse_posting(request=request, value_date=DAY + ONE, at=AT, actor=books.officer)
    entries.reverse_posting(request=request, value_date=DAY + 2 * ONE, at=AT, actor=books.officer)


# --- L11: closed periods -------------------------------------------------------------------------


def test_l11_closed_books_take_a_role_and_a_reason_to_open_and_keep_the_trace(books, as_app_role):
    commitment = books.paid("5000")
    close = {"programme": books.programme, "reason": "Year end"}
    entries.close_period(through_date=DAY, actor=books.officer, **close)

    with pytest.raises(IntegrityError, match="ledger_entry_period_is_open"), transaction.atomic():
        add(commitment, "REFUND", "1", value_date=DAY)
    with pytest.raises(IntegrityError, match="reopened_by_who_may"), transaction.atomic():
        entries.close_period(through_date=DAY - ONE, actor=books.officer, **close)
    rows = PeriodClosing.objects.filter(programme=books.programme)
    for attack in (rows.delete, lambda: rows.update(through_date=DAY - ONE)):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            attack()

    keeper = User.objects.create(username="keeper")
    keeper.groups.add(Group.objects.get(name="Administrator"))
    with pytest.raises(IntegrityError, match="has_a_reason"), transaction.atomic():
        entries.close_period(
            programme=books.programme, through_date=DAY - ONE, actor=keeper, reason=""
        )
    entries.close_period(through_date=DAY - ONE, actor=keeper, **close)
    add(commitment, "REFUND", "1", value_date=DAY)

    trace = PeriodClosing.objects.filter(programme=books.programme).order_by("pk")
    assert list(trace.values_list("through_date", "recorded_by")) == [
        (DAY, books.officer.pk),
        (DAY - ONE, keeper.pk),
    ]


# --- L15: the maker approves ---------------------------------------------------------------------


def test_l15_the_maker_does_not_approve_by_any_way(books, as_app_role):
    books.officer.groups.add(*books.approver.groups.all())
    commitment = books.draft("1000")
    request = commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)
    own = {"request": request, "decision": "APPROVE", "decided_by": books.officer}

    attacks = [
        lambda: approvals.decide(request=request, decision="APPROVE", actor=books.officer, at=AT),
        lambda: ApprovalDecision.objects.create(authority=books.officer, **own),
        lambda: ApprovalDecision.objects.create(authority=books.approver, **own),
        lambda: ApprovalDecision.objects.bulk_create(
            [ApprovalDecision(authority=books.officer, **own)]
        ),
        lambda: ApprovalRequest.objects.filter(pk=request.pk).update(state="APPROVED"),
        lambda: ApprovalRequest.objects.filter(pk=request.pk).update(
            requested_by=books.second_officer
        ),
        lambda: Commitment.objects.filter(pk=commitment.pk).update(state="APPROVED"),
        lambda: Commitment.objects.filter(pk=commitment.pk).update(state="SIGNED"),
    ]
    for attack in attacks:
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()

    request.refresh_from_db()
    commitment.refresh_from_db()
    assert (request.state, commitment.state) == ("OPEN", "SUBMITTED")
    assert not ApprovalDecision.objects.filter(request=request).exists()


# --- L16: changed after the approval -------------------------------------------------------------


def test_l16_what_was_approved_is_not_changed_afterwards(books, as_app_role):
    commitment = books.approved("1000")
    tranche = commitment.tranches.get()
    attacks = [
        lambda: Commitment.objects.filter(pk=commitment.pk).update(amount=2000),
        lambda: Commitment.objects.filter(pk=commitment.pk).update(payee=books.funder),
        lambda: commitment.splits.update(amount=2000),
        lambda: commitment.splits.update(allocation=books.second),
        lambda: Tranche.objects.filter(pk=tranche.pk).update(amount=2000),
        lambda: ApprovalRequest.objects.filter(commitment=commitment).update(amount=2000),
    ]
    for attack in attacks:
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()

    # Taken back to draft it may be changed, and the approval is void.
    commitments.take_back_commitment(
        commitment=commitment, at=AT, actor=books.officer, reason="Another budget"
    )
    commitment.amount = Decimal(2000)
    commitment.save()
    with pytest.raises(DatabaseError, match="commitment_takes_only_allowed_steps"):
        Commitment.objects.filter(pk=commitment.pk).update(state="APPROVED")


def test_l16_a_payment_is_of_the_amount_that_was_approved(books, as_app_role):
    pieces = [commitments.Slice(Decimal(500), DAY), commitments.Slice(Decimal(500), DAY)]
    tranche = books.payable(books.signed("1000", slices=pieces))

    with pytest.raises(DatabaseError, match="tranche_amount_stays"), transaction.atomic():
        Tranche.objects.filter(pk=tranche.pk).update(amount=1000)
    with pytest.raises(DatabaseError, match="disbursements_stay_within"), transaction.atomic():
        payment(tranche, "500.01").save()
    tranches.take_back_drawdown(tranche=tranche, at=AT, actor=books.officer, reason="Too early")
    with pytest.raises(DatabaseError, match="ledger_entry_is_approved"), transaction.atomic():
        payment(tranche, "500").save()


# --- The daily work is possible all the same -----------------------------------------------------


def test_the_whole_life_of_a_commitment_is_lived_as_the_runtime_role(books, as_app_role):
    pieces = [
        commitments.Slice(Decimal(400), DAY, conditions=[("REPORT_ACCEPTED", "Script accepted")]),
        commitments.Slice(Decimal(600), DAY + datetime.timedelta(days=90)),
    ]
    commitment = books.signed("1000", slices=pieces)
    first = books.payable(commitment)
    tranches.meet_condition(condition=first.conditions.get(), at=AT, actor=books.officer)
    (payment_row,) = books.pay(first)
    entries.record_refund(
        commitment=commitment, amount=Decimal(100), value_date=DAY, actor=books.officer
    )
    (refund,) = commitment.entries.filter(kind="REFUND")
    entries.reverse_posting(
        request=books.approve(
            entries.request_reversal(entry=refund, at=AT, actor=books.officer, reason="Not ours")
        ),
        value_date=DAY, at=AT, actor=books.officer,
    )  # fmt: skip
    entries.record_recoupment(
        commitment=commitment, amount=Decimal(50), value_date=DAY, actor=books.officer
    )
    books.amend(commitment, "200")
    books.amend(commitment, "-100")
    entries.write_off(
        request=books.approve(
            entries.request_write_off(
                commitment=commitment, amount=Decimal(10), at=AT, actor=books.officer, reason="Lost"
            )
        ),
        value_date=DAY, actor=books.officer,
    )  # fmt: skip
    books.approve(
        commitments.request_cancellation(
            commitment=commitment, at=AT, actor=books.officer, reason="Abandoned"
        )
    )
    commitments.cancel_commitment(commitment=commitment, value_date=DAY, at=AT, actor=books.officer)
    books.allocate("90000000")
    entries.close_period(
        programme=books.programme, through_date=DAY, actor=books.officer, reason="Audit"
    )
    at_commit()

    commitment.refresh_from_db()
    position = commitment.positions.get()
    assert commitment.state == "CANCELLED"
    assert (position.committed, position.de_committed, position.disbursed, position.refunded) == (
        Decimal(1200), Decimal(800), Decimal(400), Decimal(0),
    )  # fmt: skip
    assert (position.recouped, position.written_off) == (Decimal(50), Decimal(10))
    assert payment_row.link.sequence == 2
    assert_the_books_are_right()
