"""Tranches that are due: which ones, what is left of each, and what stands in the way."""

import datetime
from decimal import Decimal

import pytest

from partners.models import Block
from portfolio.funding.choices import ConditionKind
from portfolio.funding.models import Condition
from portfolio.funding.operations.commitments import Slice
from portfolio.reporting.due import overdue_tranches, upcoming_tranches
from tests.books import DAY, Books

pytestmark = pytest.mark.django_db

DUE = datetime.date(2026, 9, 1)
NEXT = DUE + datetime.timedelta(days=1)


def numbers(found):
    return [tranche.number for tranche in found]


def test_a_tranche_is_overdue_from_the_day_after_it_was_due(books):
    books.signed("1000")

    assert numbers(overdue_tranches(programme=books.programme, day=DUE)) == []
    assert numbers(overdue_tranches(programme=books.programme, day=NEXT)) == [1]


def test_upcoming_is_from_the_day_on_both_ends_included(books):
    slices = [Slice(Decimal(100), DUE + datetime.timedelta(days=n)) for n in (0, 30, 31)]
    books.signed("300", slices=slices)

    found = upcoming_tranches(programme=books.programme, day=DUE, days=30)

    assert numbers(found) == [1, 2]
    assert numbers(upcoming_tranches(programme=books.programme, day=NEXT, days=30)) == [2, 3]


def test_what_is_paid_or_not_signed_or_of_another_programme_is_not_due(books):
    books.paid("1000")
    books.approved("1000")
    Books().signed("1000")

    assert numbers(overdue_tranches(programme=books.programme, day=NEXT)) == []


def test_a_tranche_shows_what_is_left_and_what_stands_in_the_way(books, django_assert_num_queries):
    commitment = books.signed("1000")
    tranche = books.payable(commitment)
    books.pay(tranche, amount=Decimal(400))
    Condition.objects.create(
        tranche=tranche, kind=ConditionKind.REPORT_ACCEPTED, description="First report"
    )
    Block.objects.create(organisation=books.payee, start_date=NEXT, reason="Audit")

    # One, with the commitment, the payee and the project.
    with django_assert_num_queries(1):
        (row,) = overdue_tranches(programme=books.programme, day=NEXT)
        shown = (row.commitment.payee, row.commitment.project, row.unpaid)

    assert shown == (books.payee, books.project, Decimal("600.00"))
    assert (row.open_conditions, row.is_blocked) == (1, True)
    assert overdue_tranches(programme=books.programme, day=NEXT, currency="USD").count() == 0
    assert tranche.__class__.objects.as_of(DAY).get().paid == Decimal("400.00")
    before = DAY - datetime.timedelta(days=1)
    assert tranche.__class__.objects.as_of(before).get().paid == 0
