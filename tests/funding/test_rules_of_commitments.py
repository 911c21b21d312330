"""What the database refuses of commitments and their shares, and which steps they take."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection

from partners.models import AgreementParty
from portfolio.funding.models import Commitment, CommitmentPosition, CommitmentSplit
from portfolio.funding.operations import commitments
from tests.books import AT, DAY, Books
from tests.conftest import drop_rule
from tests.factories import ProductionFactory
from tests.funding.rows import add
from tests.refusals import refused

pytestmark = pytest.mark.django_db

NEXT_DAY = DAY + datetime.timedelta(days=1)


def take(commitment, state, **other):
    """A step by raw SQL of the ORM, past every operation."""
    Commitment.objects.filter(pk=commitment.pk).update(state=state, **other)


def submitted(books, **terms):
    commitment = books.draft(**terms)
    request = commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)
    return commitment, request


@pytest.mark.parametrize("amount", ["0", "-0.01"])
def test_a_commitment_is_of_an_amount(books, amount):
    commitment = books.draft("0.01")
    commitment.amount = Decimal(amount)

    with refused("commitment_amount_is_positive"):
        commitment.save()


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"currency": "HKX"}, "commitment_currency_is_iso4217"),
        (
            {"currency": "JPY", "amount": Decimal("100.50")},
            "commitment_amount_fits_its_currency",
        ),
        ({"reference": ""}, "commitment_has_a_reference"),
        ({"title": ""}, "commitment_has_a_reference"),
        ({"rate": Decimal("7.8")}, "commitment_rate_has_a_source"),
        (
            {"rate": Decimal(0), "rate_date": DAY, "rate_source": "BANK"},
            "commitment_rate_has_a_source",
        ),
        (
            {"rate": Decimal("7.8"), "rate_date": DAY, "rate_source": "SERIES"},
            "commitment_rate_has_a_source",
        ),
        (
            {"rate": Decimal("7.8"), "rate_date": DAY, "rate_source": "SAME_CURRENCY"},
            "commitment_rate_has_a_source",
        ),
        (
            {"rate": Decimal("7.8"), "rate_date": DAY, "rate_source": "GUESS"},
            "commitment_rate_has_a_source",
        ),
    ],
)
def test_the_terms_of_a_draft_make_sense(books, other, rule):
    commitment = books.draft("100")
    Commitment.objects.filter(pk=commitment.pk).update(currency="JPY", amount=Decimal(100))
    Commitment.objects.filter(pk=commitment.pk).update(
        rate=Decimal("7.8"), rate_date=DAY, rate_source="BANK"
    )
    Commitment.objects.filter(pk=commitment.pk).update(rate=None, rate_date=None, rate_source="")

    with refused(rule):
        Commitment.objects.filter(pk=commitment.pk).update(**other)


def test_a_commitment_begins_as_a_draft(books):
    draft = books.draft()
    draft.pk, draft.reference = None, "T-other"
    draft.state = "SUBMITTED"

    with refused("commitment_begins_as_a_draft"):
        draft.save(force_insert=True)


def test_only_a_draft_is_deleted(books):
    commitment, _request = submitted(books)
    draft = books.draft()
    draft.tranches.all().delete()
    draft.delete()

    with refused("commitment_is_deleted_only_as_a_draft"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM funding_commitment WHERE id = %s", [commitment.pk])


def test_no_step_leads_past_the_others(books):
    draft, (sent, _request) = books.draft(), submitted(books)

    for commitment, state in ((draft, "SIGNED"), (draft, "APPROVED"), (sent, "SIGNED")):
        with refused("commitment_takes_only_allowed_steps"):
            take(commitment, state)


def test_a_state_that_nobody_knows_is_refused(books):
    commitment = books.draft()

    with refused("commitment_takes_only_allowed_steps"):
        take(commitment, "LOST")
    # The rule about known words stands behind the one about steps.
    drop_rule("commitment_takes_only_allowed_steps")
    with refused("commitment_state_is_known"):
        take(commitment, "LOST")


def test_terms_stay_once_submitted(books):
    commitment, _request = submitted(books)
    other = {
        "amount": Decimal(1), "currency": "USD", "reference": "T-0",
        "payee": books.funder, "programme": Books().programme,
        "project": ProductionFactory(strand=books.strand).project_ptr,
    }  # fmt: skip

    for name, value in other.items():
        with refused(
            "commitment_terms_stay_once_submitted"
            if name != "programme"
            else "commitment_project_is_in_its_programme"
        ):
            Commitment.objects.filter(pk=commitment.pk).update(**{name: value})
    Commitment.objects.filter(pk=commitment.pk).update(notes="Called the producer.")


def test_agreement_day_and_rate_stay_once_signed(books):
    commitment = books.signed()

    for other in (
        {"agreement": books.agreement()},
        {"signed_date": NEXT_DAY},
        {"rate_date": NEXT_DAY},
        {"rate_source": "BANK"},
    ):
        with refused("commitment_agreement_stays_once_signed"):
            Commitment.objects.filter(pk=commitment.pk).update(**other)


def test_a_commitment_is_approved_by_somebody_else(books):
    commitment, request = submitted(books, amount="1000000")

    with refused("commitment_is_approved_by_another"):
        take(commitment, "APPROVED")
    books.approve(request)
    commitment.refresh_from_db()
    assert commitment.state == "APPROVED"


def test_only_an_approver_rejects(books):
    commitment, _request = submitted(books)

    with refused("commitment_is_rejected_by_an_approver"):
        take(commitment, "REJECTED")


def test_a_commitment_is_signed_by_two_parties_the_payee_among_them(books):
    commitment = books.approved("1000000")
    terms = {
        "signed_date": DAY, "rate": 1, "rate_date": DAY, "rate_source": "SAME_CURRENCY",
    }  # fmt: skip
    parties = AgreementParty.objects.filter(agreement=commitment.agreement)
    payee = parties.filter(organisation=books.payee)

    with refused("commitment_is_signed_by_all_parties"):
        take(commitment, "SIGNED", **(terms | {"signed_date": NEXT_DAY}))
    payee.update(signed_date=None)
    with refused("commitment_is_signed_by_all_parties"):
        take(commitment, "SIGNED", **terms)
    payee.update(signed_date=DAY)
    parties.exclude(organisation=books.payee).update(organisation=books.payee)
    with refused("commitment_is_signed_by_all_parties"):
        take(commitment, "SIGNED", **terms)
    parties.update(organisation=books.funder)
    with refused("commitment_is_signed_by_all_parties"):
        take(commitment, "SIGNED", **terms)


def test_a_signed_commitment_has_its_agreement_and_rate(books):
    commitment = books.approved("1000000")

    with refused("commitment_signed_has_agreement_and_rate"):
        take(commitment, "SIGNED", signed_date=DAY)


def test_what_is_signed_is_in_the_ledger(books):
    commitment = books.approved("1000000")
    terms = {"rate": 1, "rate_date": DAY, "rate_source": "SAME_CURRENCY"}

    with refused("tranches_add_up_to_the_commitment"):
        take(commitment, "SIGNED", signed_date=DAY, **terms)


def test_a_commitment_ends_with_nothing_outstanding(books):
    commitment = books.signed("1000000")

    for state in ("CLOSED", "CANCELLED"):
        with refused("commitment_ends_with_nothing_outstanding"):
            take(commitment, state)
    books.pay(books.payable(commitment))
    take(commitment, "CLOSED")


def test_money_is_promised_to_projects_of_the_programme(books):
    elsewhere = Books().project
    past = ProductionFactory(
        programme=books.programme, strand=None, standing="TRACK_RECORD"
    ).project_ptr

    for project in (elsewhere, past):
        with refused("commitment_project_is_in_its_programme"):
            books.draft(project=project)


def test_a_project_with_commitments_stays_in_its_programme(books):
    other = ProductionFactory(strand=books.strand).project_ptr
    other.standing, other.strand = "TRACK_RECORD", None
    other.save()
    books.draft()

    books.project.standing, books.project.strand = "TRACK_RECORD", None
    with refused("project_with_commitments_stays_in_its_programme"):
        books.project.save()


# --- Shares --------------------------------------------------------------------------------------


def test_shares_change_only_in_a_draft(books):
    commitment, _request = submitted(books)
    split = commitment.splits.get()
    draft = books.draft().splits.get()
    draft.amount += 1
    draft.save()
    draft.delete()

    split.amount += 1
    with refused("commitment_split_changes_only_in_a_draft"):
        split.save()
    with refused("commitment_split_changes_only_in_a_draft"):
        split.delete()
    with refused("commitment_split_changes_only_in_a_draft"):
        CommitmentSplit.objects.create(commitment=commitment, allocation=books.second, amount=1)


def test_a_share_is_of_an_allocation_of_the_programme(books):
    draft = books.draft()

    with refused("commitment_split_is_of_its_programme"):
        CommitmentSplit.objects.create(commitment=draft, allocation=Books().first, amount=1)


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"amount": Decimal(0)}, "commitment_split_amount_is_positive"),
        ({"percentage": Decimal(0)}, "commitment_split_percentage_is_one"),
        ({"percentage": Decimal("100.0001")}, "commitment_split_percentage_is_one"),
    ],
)
def test_a_share_is_an_amount_and_perhaps_a_percentage(books, other, rule):
    split = books.draft().splits
    split.update(amount=Decimal("0.01"), percentage=Decimal(100))

    with refused(rule):
        split.update(**other)


def test_an_allocation_bears_one_share(books):
    draft = books.draft()
    CommitmentSplit.objects.create(commitment=draft, allocation=books.second, amount=1)

    with refused("commitment_split_names_an_allocation_once"):
        CommitmentSplit.objects.create(commitment=draft, allocation=books.first, amount=1)


def test_shares_add_up_when_submitted(books):
    commitment = books.draft("100")
    commitment.splits.update(amount=Decimal("99.99"))

    with refused("commitment_splits_add_up"):
        commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)
    commitment.splits.update(amount=Decimal(100))
    take(commitment, "SUBMITTED")


def test_parts_in_a_currency_without_decimals_are_whole(books):
    halves = [commitments.Slice(Decimal("50.5"), DAY), commitments.Slice(Decimal("49.5"), DAY)]
    commitment = books.draft("100", currency="JPY", slices=halves)

    with refused("commitment_parts_fit_its_currency"):
        commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)
    whole, _request = submitted(books, amount="100", currency="JPY")
    assert whole.state == "SUBMITTED"


def test_there_is_one_position_for_a_commitment_and_allocation(books):
    commitment = books.signed()
    position = commitment.positions.get()
    position.pk = None

    with refused("commitment_position_is_one_an_allocation"):
        position.save(force_insert=True)
    assert CommitmentPosition.objects.filter(commitment=commitment).count() == 1


# --- What a signed commitment stands on ----------------------------------------------------------


def test_a_signature_stays_once_a_commitment_stands_on_it(books):
    commitment, free = books.signed(), books.agreement()
    free.parties.update(signed_date=NEXT_DAY)
    free.parties.all().delete()
    parties = commitment.agreement.parties
    parties.update(signatory="A. Chan")

    with refused("agreement_party_stays_once_relied_upon"):
        parties.update(signed_date=NEXT_DAY)
    with refused("agreement_party_stays_once_relied_upon"):
        parties.update(signed_date=None)
    with refused("agreement_party_stays_once_relied_upon"):
        parties.all().delete()


def test_what_comes_back_after_a_cancellation_is_taken_back_too(books):
    commitment = books.paid("500000")
    Commitment.objects.filter(pk=commitment.pk).update(state="CANCELLED")
    add(commitment, "REFUND", "100000")
    request = commitments.request_cancellation(
        commitment=commitment, at=AT, actor=books.officer, reason="Not needed"
    )
    books.approve(request)
    commitment.refresh_from_db()

    commitments.cancel_commitment(commitment=commitment, value_date=DAY, at=AT, actor=books.officer)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    position = commitment.positions.get()
    assert (position.committed, position.de_committed, position.disbursed, position.refunded) == (
        Decimal(500000), Decimal(100000), Decimal(500000), Decimal(100000),
    )  # fmt: skip
