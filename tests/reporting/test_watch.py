"""The watch names who is close to the other side, and nobody else."""

import datetime
from decimal import Decimal

import pytest

from partners.models import AgreementParty, Interest, Ownership
from portfolio.productions.operations import financing
from portfolio.reporting.watch import concentrations, financiers, interests, watch
from tests.books import AT, DAY
from tests.factories import OrganisationFactory
from tests.productions.purse import Purse

pytestmark = pytest.mark.django_db

# Decisions are made when they are made, so that the watch looks from a day after today.
LATER = datetime.date(2100, 1, 1)


def test_a_partner_above_the_share_is_named_and_one_at_it_is_not(books):
    large = books.payee
    books.signed("600")
    books.payee = OrganisationFactory()
    books.signed("400")

    def found(share):
        rows = concentrations(programme=books.programme, day=DAY, share=Decimal(share))
        return [(row["strand"], row["partner"], row["committed"], row["share"]) for row in rows]

    assert found("60") == []
    assert found("59.9") == [(books.strand.slug, large.slug, Decimal("600.00"), Decimal("60.0"))]
    assert [row[1] for row in found("40")] == [large.slug]
    assert [row[1] for row in found("39")] == [large.slug, books.payee.slug]


def test_what_was_promised_after_the_day_is_not_in_the_share(books):
    books.signed("600")

    before = DAY - datetime.timedelta(days=1)

    assert concentrations(programme=books.programme, day=before, share=Decimal(0)) == []


def declared(person, organisation, **period):
    return Interest.objects.create(
        person=person, organisation=organisation, nature="Shareholder", **period
    )


def names(rows):
    return [(row["person"], row["organisation"], row["payee"]) for row in rows]


def test_an_approver_with_an_interest_in_the_payee_is_named(books):
    commitment = books.signed("1000")
    declared(books.approver, books.payee)
    declared(books.second_approver, books.payee)

    rows = interests(programme=books.programme, day=LATER)

    assert names(rows) == [(books.approver.username, books.payee.slug, books.payee.slug)]
    assert (rows[0]["commitment"], rows[0]["nature"]) == (commitment.pk, "Shareholder")


def test_an_interest_in_a_parent_or_an_owner_of_it_counts(books):
    grandparent, owner, other = (OrganisationFactory() for _ in range(3))
    parent = OrganisationFactory(parent=grandparent)
    books.payee.parent = parent
    books.payee.save()
    Ownership.objects.create(owner=owner, owned=grandparent, share=Decimal("0.5"))
    books.signed("1000")
    for organisation in (grandparent, owner, other):
        declared(books.approver, organisation)

    rows = interests(programme=books.programme, day=LATER)

    assert {row["organisation"] for row in rows} == {grandparent.slug, owner.slug}


def test_an_interest_that_ended_before_both_days_does_not_count(books):
    books.signed("1000")
    row = declared(
        books.approver, books.payee,
        start_date=datetime.date(2020, 1, 1), end_date=datetime.date(2020, 12, 31),
    )  # fmt: skip

    assert interests(programme=books.programme, day=LATER) == []
    row.end_date = LATER
    row.start_date = LATER
    row.save()
    assert len(interests(programme=books.programme, day=LATER)) == 1


def test_a_decision_after_the_day_is_not_looked_at(books):
    books.signed("1000")
    declared(books.approver, books.payee)

    assert interests(programme=books.programme, day=datetime.date(2026, 5, 31)) == []


def pairs(rows):
    return [(row["financier"], row["common"]) for row in rows]


def test_a_financier_owned_by_the_payee_is_named(books):
    Ownership.objects.create(owner=books.payee, owned=books.funder, share=Decimal(100))
    commitment = books.signed("1000")

    rows = financiers(programme=books.programme, day=DAY)

    assert pairs(rows) == [(books.funder.slug, books.payee.slug)]
    assert (rows[0]["commitment"], rows[0]["role"]) == (commitment.pk, "FUNDER")


def test_a_financier_with_an_owner_in_common_is_named_through_any_number_of_steps(books):
    top = OrganisationFactory()
    middle = OrganisationFactory(parent=top)
    books.payee.parent = middle
    books.payee.save()
    holding = OrganisationFactory(parent=top)
    Ownership.objects.create(owner=holding, owned=books.funder, share=Decimal(5))
    books.signed("1000")

    assert pairs(financiers(programme=books.programme, day=DAY)) == [(books.funder.slug, top.slug)]


def test_an_ownership_counts_on_its_days_both_ends_included(books):
    Ownership.objects.create(
        owner=books.payee, owned=books.funder, share=Decimal(50), start_date=DAY, end_date=DAY
    )
    books.signed("1000")

    assert len(financiers(programme=books.programme, day=DAY)) == 1
    assert financiers(programme=books.programme, day=DAY + datetime.timedelta(days=1)) == []


def test_a_circle_of_owners_is_walked_once(books):
    Ownership.objects.create(owner=books.payee, owned=books.funder, share=Decimal(50))
    Ownership.objects.create(owner=books.funder, owned=books.payee, share=Decimal(50))
    books.signed("1000")

    assert len(financiers(programme=books.programme, day=DAY)) == 1


def test_a_producer_is_no_financier(books):
    commitment = books.signed("1000")
    producer = OrganisationFactory(parent=books.payee)
    AgreementParty.objects.create(
        agreement=commitment.agreement, organisation=producer, role="PRODUCER"
    )

    assert financiers(programme=books.programme, day=DAY) == []


def test_a_financier_of_the_titles_locked_plan_is_named_as_well(books):
    commitment = books.signed("1000")
    purse = Purse(books.project.production)
    owned = OrganisationFactory(parent=books.payee)
    first = purse.plan()
    purse.source(first, "500", party=owned, kind="PRESALE")
    purse.source(first, "400")
    purse.source(first, "100", is_programme=True)

    assert financiers(programme=books.programme, day=LATER) == []
    locked = AT + datetime.timedelta(days=40)
    financing.lock_plan(plan=first, actor=purse.maker, at=locked)
    (row,) = financiers(programme=books.programme, day=locked.date())
    assert (row["financier"], row["common"]) == (owned.slug, books.payee.slug)
    assert (row["commitment"], row["role"], row["is_of_plan"]) == (commitment.pk, "PRESALE", True)
    before = locked.date() - datetime.timedelta(days=1)
    assert financiers(programme=books.programme, day=before) == []


def test_of_several_locked_plans_the_last_one_counts(books):
    books.signed("1000")
    purse = Purse(books.project.production)
    first = purse.plan()
    own = purse.source(first, "500", party=OrganisationFactory(parent=books.payee))
    purse.lock_plan(first)
    second = purse.plan()
    second.sources.filter(party=own.party).delete()
    purse.source(second, "500")
    assert len(financiers(programme=books.programme, day=LATER)) == 1

    purse.lock_plan(second)

    assert financiers(programme=books.programme, day=LATER) == []


def test_the_watch_is_three_queries(books, django_assert_num_queries):
    books.signed("1000")

    # One for each list.
    with django_assert_num_queries(3):
        found = watch(programme=books.programme, day=DAY, share=Decimal(100))

    assert found.is_clear
