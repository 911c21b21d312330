"""What is never passed: allocations, commitments, tranches, payments, to the cent."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection

from portfolio.funding.operations import amendments, commitments, entries
from portfolio.funding.operations.approvals import ask
from portfolio.funding.operations.exchange import Rate
from tests.books import AT, DAY, Books
from tests.funding.rows import add, payment, reversal
from tests.refusals import refused

pytestmark = pytest.mark.django_db

USD = Rate(Decimal("7.812345"), DAY, "AGREEMENT")
ONE = datetime.timedelta(days=1)


def at_commit():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_commitments_stay_within_the_allocation():
    books = Books(allocated="1000.00")
    books.signed("600.00")

    with refused("commitments_stay_within_the_allocation"):
        books.signed("400.01")
    books.signed("400.00")


def test_what_was_never_allocated_bears_nothing():
    books = Books(allocated="1000.00")
    empty = books.first.strand.allocations.create(fiscal_year=2030)

    with refused("commitments_stay_within_the_allocation"):
        books.signed("0.01", shares=[commitments.Share(empty, amount=Decimal("0.01"))])


def test_an_amendment_stays_within_the_allocation():
    books = Books(allocated="1000.00")
    commitment = books.signed("600.00")

    with refused("commitments_stay_within_the_allocation"):
        books.amend(commitment, "400.01")
    books.amend(commitment, "400.00")
    books.amend(commitment, "-0.01")


def test_a_de_commitment_is_not_taken_back_where_the_room_is_gone():
    books = Books(allocated="1000.00", over_commitment="WARN")
    books.amend(books.signed("600.00"), "-100.00")
    row = books.programme.commitments.get().entries.get(kind="DE_COMMITMENT")
    books.signed("500.00")
    request = entries.request_reversal(entry=row, at=AT, actor=books.officer, reason="Wrong")
    books.approve(request)

    with refused("commitments_stay_within_the_allocation"):
        reversal(row, approval=request).save()


def test_where_the_programme_warns_an_approval_lets_one_promise_pass():
    books = Books(allocated="1000.00", over_commitment="WARN")
    commitment = books.approved("1500.00")

    with refused("commitments_stay_within_the_allocation"):
        commitments.sign_commitment(commitment=commitment, at=AT, actor=books.officer)
    books.approve(
        commitments.request_over_commitment(
            commitment=commitment, at=AT, actor=books.officer, reason="Next year's money"
        )
    )
    commitments.sign_commitment(commitment=commitment, at=AT, actor=books.officer)
    at_commit()
    # It was for that promise: neither another nor an amendment of it passes with it.
    with refused("commitments_stay_within_the_allocation"):
        books.signed("0.01")
    commitment.refresh_from_db()
    with refused("commitments_stay_within_the_allocation"):
        books.amend(commitment, "0.01")


def test_an_amendment_passes_with_an_approval_of_its_own():
    books = Books(allocated="1000.00", over_commitment="WARN")
    commitment = books.signed("1000.00")
    amendment = books.amend(commitment, "500.00", sign=False)
    books.approve(amendments.submit_amendment(amendment=amendment, at=AT, actor=books.officer))
    amendment.refresh_from_db()
    books.approve(
        ask(
            kind="OVER_COMMITMENT", commitment=commitment, amendment=amendment,
            amount=Decimal(500), actor=books.officer, at=AT, reason="Next year's money",
        )
    )  # fmt: skip

    amendments.sign_amendment(amendment=amendment, at=AT, actor=books.officer)
    at_commit()

    assert commitment.positions.get().committed == Decimal(1500)


def test_an_approval_to_pass_does_not_help_where_the_programme_stops():
    books = Books(allocated="1000.00", over_commitment="WARN")
    commitment = books.approved("1000.01")
    books.approve(
        commitments.request_over_commitment(
            commitment=commitment, at=AT, actor=books.officer, reason="Next year's money"
        )
    )
    books.programme.over_commitment = "STOP"
    books.programme.save()

    with refused("commitments_stay_within_the_allocation"):
        commitments.sign_commitment(commitment=commitment, at=AT, actor=books.officer)


def test_payments_stay_within_the_commitment(books):
    pieces = [commitments.Slice(Decimal(500), DAY), commitments.Slice(Decimal(500), DAY)]
    shares = [
        commitments.Share(books.first, amount=Decimal(600)),
        commitments.Share(books.second, amount=Decimal(400)),
    ]
    commitment = books.signed("1000", slices=pieces, shares=shares)
    first, second = books.payable(commitment), books.payable(commitment)
    payment(first, "500").save()

    # The tranche has room, the allocation that bears it has less.
    with refused("disbursements_stay_within_the_commitment"):
        payment(second, "100.01").save()
    payment(second, "100").save()


def test_payments_stay_within_the_tranche(books):
    pieces = [commitments.Slice(Decimal(500), DAY), commitments.Slice(Decimal(500), DAY)]
    tranche = books.payable(books.signed("1000", slices=pieces))
    payment(tranche, "400").save()

    with refused("disbursements_stay_within_the_tranche"):
        payment(tranche, "100.01").save()
    payment(tranche, "100").save()


def test_two_payments_of_one_statement_are_added_up(books):
    pieces = [commitments.Slice(Decimal(500), DAY), commitments.Slice(Decimal(500), DAY)]
    tranche = books.payable(books.signed("1000", slices=pieces))
    rows = [payment(tranche, "250"), payment(tranche, "250.01")]

    with refused("disbursements_stay_within_the_tranche"):
        type(rows[0]).objects.bulk_create(rows)


def test_de_commitments_stay_within_what_is_outstanding(books):
    commitment = books.signed("1000")
    request = commitments.request_cancellation(
        commitment=commitment, at=AT, actor=books.officer, reason="Abandoned"
    )
    books.approve(request)
    payment(books.payable(commitment), "400").save()

    with refused("de_commitments_stay_within_what_is_outstanding"):
        add(commitment, "DE_COMMITMENT", "600.01", approval=request)
    # What fits is refused only because the tranches do not follow.
    with refused("tranches_add_up_to_the_commitment"):
        add(commitment, "DE_COMMITMENT", "600", approval=request)


def test_refunds_and_write_offs_stay_within_the_payments(books):
    commitment = books.paid("1000")
    request = entries.request_write_off(
        commitment=commitment, amount=Decimal(900), at=AT, actor=books.officer, reason="Lost"
    )
    books.approve(request)
    add(commitment, "REFUND", "600")

    with refused("refunds_stay_within_the_disbursements"):
        add(commitment, "REFUND", "400.01")
    with refused("refunds_stay_within_the_disbursements"):
        add(commitment, "WRITE_OFF", "400.01", approval=request)
    add(commitment, "WRITE_OFF", "400", approval=request)
    with refused("refunds_stay_within_the_disbursements"):
        add(commitment, "REFUND", "0.01")


def test_a_payment_that_came_back_is_not_taken_back_too(books):
    commitment = books.paid("1000")
    row = commitment.entries.get(kind="DISBURSEMENT")
    add(commitment, "REFUND", "0.01")
    request = entries.request_reversal(entry=row, at=AT, actor=books.officer, reason="Wrong")
    books.approve(request)

    with refused("refunds_stay_within_the_disbursements"):
        reversal(row, approval=request).save()


def test_the_last_payment_leaves_no_cent_in_base_currency(books):
    pieces = [commitments.Slice(Decimal(part), DAY) for part in ("33.33", "33.33", "33.34")]
    commitment = books.signed("100.00", currency="USD", rate=USD, slices=pieces)
    for _ in range(2):
        books.pay(books.payable(commitment), rate=USD)
    last = books.payable(commitment)
    left = commitment.positions.get()
    left = left.committed_base - left.disbursed_base

    with refused("a_commitment_that_is_used_up_leaves_no_cent"):
        payment(last, rate=USD.rate, promised_base_amount=left + Decimal("0.01")).save()
    payment(last, rate=USD.rate, promised_base_amount=left).save()
