"""Nobody who does not own the tables says when something was recorded, asked for or decided."""

import datetime

import pytest

from portfolio.funding.models import (
    ApprovalDecision,
    ApprovalRequest,
    DrawdownRequest,
    PeriodClosing,
)
from portfolio.programmes.models import AllocationRevision
from tests.books import DAY
from tests.funding.rows import payment

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.datetime(1999, 12, 31, tzinfo=datetime.UTC)


def test_ledger_entry_is_recorded_now(books, as_app_role):
    row = payment(books.payable(), recorded_at=LONG_AGO)
    row.save()
    row.refresh_from_db()

    assert row.recorded_at.year > 2000


def test_allocation_revision_is_recorded_now(books, as_app_role):
    row = AllocationRevision.objects.create(
        allocation=books.first, number=1, kind="REVISION", change_amount=1, effective_date=DAY,
        decision="Board paper 2", reason="Plan", recorded_by=books.officer, recorded_at=LONG_AGO,
    )  # fmt: skip
    row.refresh_from_db()

    assert row.recorded_at.year > 2000


def test_period_closing_is_recorded_now(books, as_app_role):
    row = PeriodClosing.objects.create(
        programme=books.programme, through_date=DAY, reason="Year end", recorded_by=books.officer,
        recorded_at=LONG_AGO,
    )  # fmt: skip
    row.refresh_from_db()

    assert row.recorded_at.year > 2000


def test_drawdown_request_is_recorded_now(books, as_app_role):
    row = DrawdownRequest.objects.create(
        tranche=books.signed().tranches.get(), received_date=DAY, recorded_by=books.officer,
        recorded_at=LONG_AGO,
    )  # fmt: skip
    row.refresh_from_db()

    assert row.recorded_at.year > 2000


def test_approval_request_is_requested_now(books, as_app_role):
    commitment = books.signed()
    row = ApprovalRequest.objects.create(
        kind="WRITE_OFF", programme=books.programme, commitment=commitment, amount=1,
        currency="HKD", reason="Lost", requested_by=books.officer, requested_at=LONG_AGO,
    )  # fmt: skip
    row.refresh_from_db()

    assert row.requested_at.year > 2000


def test_approval_decision_is_decided_now(books, as_app_role):
    request = ApprovalRequest.objects.create(
        kind="WRITE_OFF", programme=books.programme, commitment=books.signed(), amount=1,
        currency="HKD", reason="Lost", requested_by=books.officer,
    )  # fmt: skip
    # A day on which no limit was in force yet: who could set the clock would be refused here.
    row = ApprovalDecision.objects.create(
        request=request, decision="APPROVE", decided_by=books.approver, authority=books.approver,
        decided_at=LONG_AGO,
    )  # fmt: skip
    row.refresh_from_db()

    assert row.decided_at.year > 2000
