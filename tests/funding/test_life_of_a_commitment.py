"""A commitment from draft to its end, as an officer and an approver live it."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection

from partners.models import AgreementDocument
from portfolio.funding.models import LedgerEntry, LedgerLink
from portfolio.funding.operations import commitments, entries
from portfolio.funding.operations.exchange import Rate
from tests.books import AT, DAY
from tests.factories import DocumentFactory

pytestmark = pytest.mark.django_db


def at_commit():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def totals(commitment):
    sums = {}
    for kind, amount in LedgerEntry.objects.filter(commitment=commitment).values_list(
        "kind", "amount"
    ):
        sums[kind] = sums.get(kind, 0) + amount
    return sums


def test_a_promise_names_the_agreement_that_was_filed_last(books):
    agreement = books.agreement()
    for title, kind in (
        ("Term sheet", "AGREEMENT"), ("Long form", "AGREEMENT"), ("Budget", "REPORT"),
    ):  # fmt: skip
        paper = DocumentFactory(title=title, kind=kind)
        AgreementDocument.objects.create(agreement=agreement, document=paper)
    AgreementDocument.objects.create(
        agreement=books.agreement(), document=DocumentFactory(title="Another", kind="AGREEMENT")
    )

    entry = books.signed("1000", agreement=agreement).entries.get()

    assert entry.document.title == "Long form"
    assert books.signed("1000").entries.get().document is None


def test_a_commitment_is_paid_in_part_amended_and_cancelled(books):
    commitment = books.signed(
        "30000000",
        shares=[
            commitments.Share(books.first, percentage=Decimal(60)),
            commitments.Share(books.second, percentage=Decimal(40)),
        ],
        slices=[
            commitments.Slice(Decimal(10000000), datetime.date(2026, 7, 1)),
            commitments.Slice(Decimal(20000000), datetime.date(2027, 7, 1)),
        ],
    )
    books.pay(books.payable(commitment))
    books.amend(commitment, "-5000000")
    request = commitments.request_cancellation(
        commitment=commitment, at=AT, actor=books.officer, reason="The film is abandoned"
    )
    books.approve(request)
    commitments.cancel_commitment(commitment=commitment, value_date=DAY, at=AT, actor=books.officer)
    at_commit()

    commitment.refresh_from_db()
    assert commitment.state == "CANCELLED"
    assert totals(commitment) == {
        "COMMITMENT": Decimal("30000000.00"),
        "DISBURSEMENT": Decimal("10000000.00"),
        "DE_COMMITMENT": Decimal("20000000.00"),
    }
    assert LedgerLink.objects.count() == LedgerEntry.objects.count()


def test_a_payment_in_another_currency_leaves_no_cent_outstanding(books):
    rate = Rate(Decimal("7.812345678901"), DAY, "BANK")
    commitment = books.signed(
        "100.01", currency="USD", rate=Rate(Decimal("7.8"), DAY, "AGREEMENT"),
        slices=[commitments.Slice(Decimal(part), DAY) for part in ("33.33", "33.33", "33.35")],
    )  # fmt: skip
    for _ in range(3):
        books.pay(books.payable(commitment), rate=rate)
    commitments.close_commitment(commitment=commitment, at=AT, actor=books.officer)
    at_commit()

    position = commitment.positions.get()
    assert position.committed_base == position.disbursed_base == Decimal("780.08")
    assert position.disbursed_paid_base == Decimal("781.32")


def test_a_refund_is_outstanding_again_until_it_is_taken_back(books):
    commitment = books.paid("500000")
    entries.record_refund(
        commitment=commitment, amount=Decimal(100000), value_date=DAY, actor=books.officer
    )
    request = commitments.request_cancellation(
        commitment=commitment, at=AT, actor=books.officer, reason="Not needed"
    )
    books.approve(request)
    commitments.cancel_commitment(commitment=commitment, value_date=DAY, at=AT, actor=books.officer)
    at_commit()

    assert totals(commitment)["DE_COMMITMENT"] == Decimal("100000.00")
