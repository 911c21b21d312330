"""What the database refuses of an entry of the ledger: it agrees with all that it belongs to."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from portfolio.funding.models import Commitment, LedgerEntry, LedgerLink
from portfolio.funding.operations import commitments, entries
from portfolio.funding.operations.exchange import Rate
from portfolio.staff.models import User
from tests.books import AT, DAY, Books
from tests.conftest import drop_rule
from tests.factories import ProductionFactory, StrandFactory
from tests.funding.rows import add, entry, payment, reversal
from tests.refusals import refused

pytestmark = pytest.mark.django_db

ONE = datetime.timedelta(days=1)
USD = Rate(Decimal("7.8"), DAY, "AGREEMENT")


def reversal_of(books, row):
    """An approved request to take back what was posted with a row."""
    request = entries.request_reversal(entry=row, at=AT, actor=books.officer, reason="Wrong")
    return books.approve(request)


# --- One row -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"kind": "GIFT"}, "ledger_entry_kind_is_known"),
        ({"rate_source": "GUESS"}, "ledger_entry_rate_source_is_known"),
        ({"currency": "XXX"}, "ledger_entry_currency_is_iso4217"),
        (
            {"currency": "JPY", "amount": Decimal("0.50")},
            "ledger_entry_amount_fits_its_currency",
        ),
        ({"amount": Decimal(0)}, "ledger_entry_amount_is_positive_unless_it_reverses"),
        ({"amount": Decimal("-0.01")}, "ledger_entry_amount_is_positive_unless_it_reverses"),
        ({"base_amount": Decimal("-0.01")}, "ledger_entry_amount_is_positive_unless_it_reverses"),
        ({"rate": Decimal(0)}, "ledger_entry_has_a_rate"),
        ({"rate": Decimal(2)}, "ledger_entry_has_a_rate"),
        ({"rate_source": "SERIES"}, "ledger_entry_has_a_rate"),
        ({"rate_date": DAY + ONE}, "ledger_entry_rate_is_not_of_a_later_day"),
        ({"tranche": None}, "ledger_entry_disbursement_has_a_tranche"),
        ({"approval": None}, "ledger_entry_has_an_approval"),
    ],
)
def test_an_entry_is_whole(books, other, rule):
    tranche = books.payable()

    with refused(rule):
        payment(tranche, "1", **other).save()
    payment(tranche, "0.01").save()


def test_a_reversal_has_a_minus(books):
    row = books.paid("5000").entries.get(kind="DISBURSEMENT")
    approval = reversal_of(books, row)

    with refused("ledger_entry_amount_is_positive_unless_it_reverses"):
        reversal(row, approval=approval, amount=row.amount).save()


# --- What it belongs to --------------------------------------------------------------------------


def test_an_entry_is_of_its_commitment(books):
    tranche, elsewhere = books.payable(books.signed("5000")), Books()
    other = books.payable(books.signed("5000"))

    for wrong in (
        {"programme": elsewhere.programme},
        {"project": ProductionFactory(strand=books.strand).project_ptr},
        {"counterparty": books.funder},
        {"currency": "USD"},
        {"strand": StrandFactory(programme=books.programme)},
        {"fiscal_year": 2027},
        {"tranche": other},
    ):
        with refused("ledger_entry_is_of_its_commitment"):
            payment(tranche, "1", **wrong).save()
    with refused("ledger_entry_is_of_its_commitment"):
        entry(
            tranche.commitment, "DISBURSEMENT", "1", allocation=elsewhere.first, tranche=tranche,
            approval=tranche.approval_requests.get(),
        ).save()  # fmt: skip


def test_only_a_payment_names_a_tranche(books):
    commitment = books.paid("5000")
    tranche = commitment.tranches.get()

    with refused("ledger_entry_only_a_payment_names_a_tranche"):
        add(commitment, "REFUND", "1", tranche=tranche)
    add(commitment, "REFUND", "1")


def test_nothing_is_posted_to_what_is_not_signed(books):
    approved = books.approved("5000")
    approved.rate = Decimal(1)

    with refused("ledger_entry_commitment_is_signed"):
        add(approved, "COMMITMENT", "5000", approval=approved.approval_requests.get())


def test_what_ended_still_takes_what_comes_back(books):
    commitment = books.paid("5000")
    Commitment.objects.filter(pk=commitment.pk).update(state="CLOSED")
    commitment.refresh_from_db()

    add(commitment, "RECOUPMENT", "1")
    add(commitment, "REFUND", "1")
    with refused("ledger_entry_commitment_is_signed"):
        add(commitment, "DE_COMMITMENT", "1", approval=commitment.approval_requests.first())


def test_the_value_date_is_from_the_signature_to_31_days_ahead(books):
    commitment = books.paid("5000")

    with refused("ledger_entry_is_not_before_the_agreement"):
        add(commitment, "REFUND", "1", value_date=DAY - ONE, rate_date=DAY - ONE)
    add(commitment, "REFUND", "1", value_date=DAY)
    with refused("ledger_entry_is_not_in_the_far_future"):
        add(commitment, "REFUND", "1", value_date=DAY + 32 * ONE, recorded_at=AT)
    add(commitment, "REFUND", "1", value_date=DAY + 31 * ONE, recorded_at=AT)


def test_nothing_more_is_paid_for_a_closed_project(books):
    tranche = books.payable(books.signed("5000"))
    books.project.closed_date = DAY
    books.project.save()

    with refused("ledger_entry_project_is_open"):
        payment(tranche, "1", value_date=DAY + ONE).save()
    payment(tranche, "1", value_date=DAY).save()
    add(tranche.commitment, "REFUND", "1", value_date=DAY + ONE)


def test_nothing_is_posted_into_closed_books(books):
    commitment = books.paid("5000")
    entries.close_period(
        programme=books.programme, through_date=DAY, actor=books.officer, reason="Audit"
    )

    with refused("ledger_entry_period_is_open"):
        add(commitment, "REFUND", "1", value_date=DAY)
    add(commitment, "REFUND", "1", value_date=DAY + ONE)


def test_closed_books_are_opened_again_by_who_may(books):
    def close(through, actor):
        entries.close_period(
            programme=books.programme, through_date=through, actor=actor, reason="Late advice"
        )

    keeper = User.objects.create(username="keeper")
    keeper.groups.add(Group.objects.get(name="Administrator"))
    close(DAY, books.officer)
    close(DAY, books.officer)

    with refused("period_is_reopened_by_who_may"):
        close(DAY - ONE, books.officer)
    close(DAY - ONE, keeper)
    add(books.paid("5000"), "REFUND", "1", value_date=DAY)
    close(DAY, books.officer)


def test_closing_has_a_reason(books):
    with refused("period_closing_has_a_reason"):
        entries.close_period(
            programme=books.programme, through_date=DAY, actor=books.officer, reason=""
        )


# --- Rates ---------------------------------------------------------------------------------------


def test_an_amount_is_converted_at_its_rate_half_to_even(books):
    commitment = books.paid("5000", currency="USD", rate=USD, pay_rate=USD)
    terms = {"rate": Decimal("0.5"), "promised_base_amount": Decimal("0.08")}

    # 0.01 × 0.5 is half a cent: to even is 0.00; 0.03 × 0.5 is one and a half: to even is 0.02.
    for wrong in ("0.01", "0.02"):
        with refused("ledger_entry_is_converted_at_its_rate"):
            add(commitment, "REFUND", "0.01", base_amount=Decimal(wrong), **terms)
    add(commitment, "REFUND", "0.01", base_amount=Decimal(0), **terms)
    terms["promised_base_amount"] = Decimal("0.23")
    add(commitment, "REFUND", "0.03", base_amount=Decimal("0.02"), **terms)


def test_the_programmes_own_currency_needs_no_rate_and_others_do(books):
    commitment = books.paid("5000", currency="USD", rate=USD, pay_rate=USD)
    same = {"rate": Decimal(1), "rate_source": "SAME_CURRENCY"}
    terms = {"base_amount": 1, "promised_base_amount": Decimal("7.80")}

    with refused("ledger_entry_is_converted_at_its_rate"):
        add(commitment, "REFUND", "1", **same, **terms)
    with refused("ledger_entry_is_converted_at_its_rate"):
        add(books.paid("5000"), "REFUND", "1", rate_source="BANK")


def test_the_budget_is_counted_at_the_rate_of_the_commitment(books):
    commitment = books.paid("5000", currency="USD", rate=USD, pay_rate=USD)

    for promised in ("6.79", "8.81"):
        with refused("ledger_entry_is_promised_at_the_rate_of_the_commitment"):
            add(commitment, "REFUND", "1", promised_base_amount=Decimal(promised))
    add(commitment, "REFUND", "1", rate=Decimal("7.9"))


def test_cents_do_not_drift_from_the_rate_of_the_commitment(books):
    pieces = [commitments.Slice(Decimal(5000), DAY)]
    commitment = books.signed("5000", currency="USD", rate=USD, slices=pieces)
    tranche = books.payable(commitment)
    terms = {"rate": USD.rate, "promised_base_amount": Decimal("8.79")}
    payment(tranche, "1", **terms).save()

    with refused("promises_keep_the_rate_of_the_commitment"):
        payment(tranche, "1", **terms).save()
    payment(tranche, "1", rate=USD.rate).save()


# --- Approvals and reversals ---------------------------------------------------------------------


def test_an_entry_is_approved_for_what_it_is(books):
    commitment = books.paid("5000")
    promise = commitment.approval_requests.get(kind="COMMITMENT")
    tranche = books.payable(books.signed("5000"))

    with refused("ledger_entry_is_approved"):
        payment(tranche, "1", approval=promise).save()
    with refused("ledger_entry_is_approved"):
        add(commitment, "WRITE_OFF", "1", approval=promise)
    with refused("ledger_entry_is_approved"):
        add(commitment, "DE_COMMITMENT", "1", approval=promise)


def test_a_request_that_is_not_approved_is_no_approval(books):
    commitment = books.paid("5000")
    request = entries.request_write_off(
        commitment=commitment, amount=Decimal(1), at=AT, actor=books.officer, reason="Lost"
    )

    with refused("ledger_entry_is_approved"):
        add(commitment, "WRITE_OFF", "1", approval=request)
    books.approve(request)
    add(commitment, "WRITE_OFF", "1", approval=request)


def test_an_approval_is_spent_to_the_cent_and_not_beyond(books):
    commitment = books.paid("5000")
    request = entries.request_write_off(
        commitment=commitment, amount=Decimal(100), at=AT, actor=books.officer, reason="Lost"
    )
    books.approve(request)
    add(commitment, "WRITE_OFF", "99.99", approval=request)

    with refused("ledger_entry_stays_within_its_approval"):
        add(commitment, "WRITE_OFF", "0.02", approval=request)
    add(commitment, "WRITE_OFF", "0.01", approval=request)


def test_a_promise_is_borne_by_the_allocations_that_were_approved(books):
    commitment = books.approved("5000")
    terms = {"rate": 1, "rate_date": DAY, "rate_source": "SAME_CURRENCY", "signed_date": DAY}
    Commitment.objects.filter(pk=commitment.pk).update(state="SIGNED", **terms)
    commitment.refresh_from_db()
    approval = commitment.approval_requests.get()

    with refused("ledger_entry_is_borne_as_approved"):
        add(commitment, "COMMITMENT", "5000", allocation=books.second, approval=approval)
    add(commitment, "COMMITMENT", "5000", approval=approval)


def test_a_tranche_is_paid_once_it_is_approved(books):
    tranche = books.payable(books.signed("5000"))
    approval = tranche.approval_requests.get()
    books.pay(tranche)

    with refused("ledger_entry_tranche_is_approved"):
        payment(tranche, "1", approval=approval).save()


def test_a_reversal_takes_back_exactly_what_was_posted(books):
    commitment = books.paid("5000")
    row = commitment.entries.get(kind="DISBURSEMENT")
    approval = reversal_of(books, row)

    for wrong in (
        {"amount": Decimal("-4999.99"), "base_amount": -4999, "promised_base_amount": -4999},
        {"kind": "REFUND", "tranche": None},
        {"value_date": DAY - ONE, "rate_date": DAY - ONE},
    ):
        with refused("ledger_entry_(reverses_what_was_posted|is_not_before_the_agreement)"):
            reversal(row, approval=approval, **wrong).save()
    with refused("ledger_entry_reverses_what_was_posted"):
        reversal(row, approval=approval, base_amount=Decimal("-4999.99")).save()
    reversal(row, approval=approval, value_date=DAY + ONE).save()
    commitment.tranches.update(state="SCHEDULED")


def test_a_reversal_is_not_dated_before_what_it_takes_back(books):
    commitment = books.paid("5000")
    row = add(commitment, "REFUND", "1", value_date=DAY + ONE)
    approval = reversal_of(books, row)

    with refused("ledger_entry_reverses_what_was_posted"):
        reversal(row, approval=approval, value_date=DAY).save()
    taken_back = reversal(row, approval=approval)
    taken_back.save()
    with refused("ledger_entry_(reverses_what_was_posted|amount_is_positive)"):
        reversal(taken_back, approval=approval).save()
    with refused("reversal_of"):
        reversal(row, approval=approval).save()


def test_what_was_posted_together_is_taken_back_together(books):
    shares = [
        commitments.Share(books.first, percentage=Decimal(60)),
        commitments.Share(books.second, percentage=Decimal(40)),
    ]
    commitment = books.paid("5000", shares=shares)
    Commitment.objects.filter(pk=commitment.pk).update(state="CLOSED")
    back = entries.record_recoupment(
        commitment=commitment, amount=Decimal(100), value_date=DAY, actor=books.officer
    )
    assert len(back) == 2
    approval = reversal_of(books, back[0])
    posting = uuid.uuid4()
    rows = [reversal(row, approval=approval, posting=posting) for row in back]

    with refused("ledger_entry_reversal_is_of_the_whole_posting"):
        rows[0].save()
    LedgerEntry.objects.bulk_create(
        reversal(row, approval=approval, posting=posting) for row in back
    )


# --- It stays ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE funding_ledgerentry SET remarks = 'x'", "ledger_entry_never_changes"),
        ("DELETE FROM funding_ledgerentry", "ledger_entry_never_changes"),
        ("TRUNCATE funding_ledgerentry CASCADE", "ledger_entry_is_never_emptied"),
        ("UPDATE funding_ledgerlink SET sequence = sequence + 1", "ledger_link_never_changes"),
        ("DELETE FROM funding_ledgerlink", "ledger_link_never_changes"),
        ("TRUNCATE funding_ledgerlink", "ledger_link_is_never_emptied"),
        ("UPDATE funding_periodclosing SET reason = 'x'", "period_closing_never_changes"),
        ("DELETE FROM funding_periodclosing", "period_closing_never_changes"),
    ],
)
def test_the_ledger_only_ever_grows(books, statement, rule):
    books.signed("5000")
    entries.close_period(
        programme=books.programme, through_date=DAY, actor=books.officer, reason="Audit"
    )

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with refused(rule):
            cursor.execute(statement)


def test_two_entries_have_two_places_in_the_chain(books):
    books.paid("5000")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    first, second = LedgerLink.objects.order_by("sequence")

    drop_rule("ledger_link_never_changes")
    with refused("ledger_link_has_one_place"):
        LedgerLink.objects.filter(pk=second.pk).update(sequence=first.sequence)
