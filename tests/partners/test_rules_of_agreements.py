"""What the database refuses of agreements, documents, blocks, ownership and declared interests."""

import datetime
from decimal import Decimal

import pytest

from partners.models import (
    Agreement,
    AgreementAmendment,
    AgreementDocument,
    AgreementParty,
    Block,
    Document,
    Interest,
    Ownership,
)
from portfolio.staff.models import User
from tests.conftest import drop_rule
from tests.factories import OrganisationFactory
from tests.refusals import refused

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 6, 1)
BEFORE = DAY - datetime.timedelta(days=1)


def agreement(**other):
    values = {"reference": "AG-1", "title": "Investment agreement", "kind": "INVESTMENT"}
    return Agreement.objects.create(**(values | {"start_date": DAY} | other))


def amendment(of, number=1, **other):
    values = {"kind": "TERMS", "summary": "By agreement"} | other
    return AgreementAmendment.objects.create(agreement=of, number=number, **values)


def test_an_agreement_may_last_one_day_but_not_end_before_it_starts():
    agreement(end_date=DAY)

    with refused("agreement_period_is_ordered"):
        agreement(reference="AG-2", end_date=BEFORE)


def test_an_agreement_has_reference_title_and_a_known_kind():
    with refused("agreement_has_a_title"):
        agreement(title="")
    with refused("agreement_has_a_title"):
        agreement(reference="")
    with refused("agreement_kind_is_known"):
        agreement(kind="HANDSHAKE")


def test_a_party_has_a_known_role_and_each_once():
    of, party = agreement(), OrganisationFactory()
    for role in ("PAYEE", "PRODUCER"):
        AgreementParty.objects.create(agreement=of, organisation=party, role=role)

    with refused("agreement_party_has_a_role_once"):
        AgreementParty.objects.create(agreement=of, organisation=party, role="PAYEE")
    with refused("agreement_party_role_is_known"):
        AgreementParty.objects.create(agreement=of, organisation=party, role="FRIEND")


@pytest.mark.parametrize(
    ("kind", "amount"),
    [("INCREASE", "0.01"), ("INCREASE", "999999999999999999.99"), ("DECREASE", "-0.01")],
)
def test_an_increase_adds_and_a_decrease_takes(kind, amount):
    amendment(agreement(), kind=kind, change_amount=Decimal(amount), currency="HKD")


@pytest.mark.parametrize(
    ("kind", "amount", "end"),
    [
        ("INCREASE", "-1", None),
        ("INCREASE", "0", None),
        ("INCREASE", None, None),
        ("DECREASE", "1", None),
        ("DECREASE", "0", None),
        ("DECREASE", None, None),
        ("EXTENSION", None, None),
        ("EXTENSION", "1", DAY),
        ("TERMS", "1", None),
    ],
)
def test_a_difference_that_does_not_fit_its_kind_is_refused(kind, amount, end):
    of = agreement()
    amendment(of, 1, kind="EXTENSION", new_end_date=DAY)
    change = None if amount is None else Decimal(amount)

    with refused("agreement_amendment_difference_fits_its_kind"):
        amendment(
            of, 2, kind=kind, change_amount=change, currency="HKD" if amount else "",
            new_end_date=end,
        )  # fmt: skip


def test_a_difference_has_its_currency_and_a_number():
    of = agreement()
    amendment(of, 1, kind="INCREASE", change_amount=1, currency="USD")

    with refused("agreement_amendment_amount_has_its_currency"):
        amendment(of, 2, kind="INCREASE", change_amount=1, currency="")
    with refused("agreement_amendment_amount_has_its_currency"):
        amendment(of, 2, currency="HKD")
    with refused("agreement_amendment_currency_is_iso4217"):
        amendment(of, 2, kind="INCREASE", change_amount=1, currency="HKK")
    with refused("agreement_amendment_has_a_number_of_its_own"):
        amendment(of, 1)


def test_an_amendment_of_no_known_kind_is_refused():
    of = agreement()

    with refused("agreement_amendment_difference_fits_its_kind"):
        amendment(of, kind="MOOD")
    # The rule about kinds stands behind the one about differences, which such a row breaks as well.
    drop_rule("agreement_amendment_difference_fits_its_kind")
    with refused("agreement_amendment_kind_is_known"):
        amendment(of, kind="MOOD")


def test_a_document_can_be_found_and_is_given_once():
    of = agreement()
    document = Document.objects.create(title="Agreement", kind="AGREEMENT", reference="Safe 3")
    Document.objects.create(title="Scan", kind="OTHER", file="documents/scan.pdf")
    AgreementDocument.objects.create(agreement=of, document=document)

    with refused("agreement_document_is_given_once"):
        AgreementDocument.objects.create(agreement=of, document=document)
    with refused("document_can_be_found"):
        Document.objects.create(title="Agreement", kind="AGREEMENT")
    with refused("document_can_be_found"):
        Document.objects.create(title="", kind="AGREEMENT", reference="Safe 3")
    with refused("document_kind_is_known"):
        Document.objects.create(title="A", kind="NAPKIN", reference="Safe 3")


def test_a_block_says_why_and_may_last_one_day():
    organisation = OrganisationFactory()
    block = Block.objects.create(
        organisation=organisation, start_date=DAY, end_date=DAY, reason="Audit"
    )

    assert set(Block.objects.active_on(DAY)) == {block}
    assert not Block.objects.active_on(BEFORE)
    with refused("block_has_a_reason"):
        Block.objects.create(organisation=organisation, start_date=DAY)
    with refused("block_period_is_ordered"):
        Block.objects.create(
            organisation=organisation, start_date=DAY, end_date=BEFORE, reason="Audit"
        )


def test_an_ownership_is_of_another_and_stated_once():
    owner, owned = OrganisationFactory(), OrganisationFactory()
    Ownership.objects.create(owner=owner, owned=owned, share=100, start_date=DAY, end_date=DAY)
    Ownership.objects.create(owner=owner, owned=owned, share=Decimal("0.01"))

    with refused("ownership_is_stated_once"):
        Ownership.objects.create(owner=owner, owned=owned, share=50)
    with refused("ownership_is_of_another"):
        Ownership.objects.create(owner=owner, owned=owner, share=50)
    with refused("ownership_period_is_ordered"):
        Ownership.objects.create(owner=owned, owned=owner, share=1, start_date=DAY, end_date=BEFORE)


@pytest.mark.parametrize("share", ["0", "-1", "100.01"])
def test_a_share_is_a_percentage(share):
    with refused("ownership_share_is_a_percentage"):
        Ownership.objects.create(
            owner=OrganisationFactory(), owned=OrganisationFactory(), share=Decimal(share)
        )


def test_a_declared_interest_says_what_it_is():
    person, organisation = User.objects.create(username="alice"), OrganisationFactory()
    terms = {"person": person, "organisation": organisation}
    Interest.objects.create(nature="Shareholder", start_date=DAY, end_date=DAY, **terms)

    with refused("interest_has_a_nature"):
        Interest.objects.create(**terms)
    with refused("interest_period_is_ordered"):
        Interest.objects.create(nature="Spouse", start_date=DAY, end_date=BEFORE, **terms)
