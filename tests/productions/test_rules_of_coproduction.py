"""The rules of co-production: all shares at once, and together a hundred."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from portfolio.productions.models import CoproductionShare, CoproductionTerms
from portfolio.productions.operations import coproduction
from portfolio.productions.operations.title_money import shares_on
from tests.factories import OrganisationFactory
from tests.productions.purse import AT, DAY, Purse
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def purse(db):
    return Purse()


@pytest.mark.parametrize(
    "shares", [(), ("99.9999",), ("50", "50.0001"), ("33.3333", "33.3333", "33.3333")]
)
def test_shares_that_do_not_make_a_hundred_are_refused_whole(purse, shares):
    with refused("coproduction_shares_add_up_to_100"):
        purse.share(*shares)
    assert not CoproductionTerms.objects.exists()


@pytest.mark.parametrize("shares", [("100",), ("33.3333", "33.3333", "33.3334")])
def test_shares_that_make_a_hundred_are_kept(purse, shares):
    terms = purse.share(*shares)
    connection.check_constraints()

    assert sorted(s.share for s in terms.shares.all()) == sorted(Decimal(s) for s in shares)
    with refused("coproduction_shares_add_up_to_100"):
        CoproductionShare.objects.create(
            terms=terms, organisation=OrganisationFactory(), share=Decimal("0.0001")
        )


def test_what_is_recorded_stays(purse):
    terms = purse.share("60", "40")
    connection.check_constraints()

    with refused("coproduction_terms_never_change"):
        CoproductionTerms.objects.update(reason="Other")
    with refused("coproduction_terms_never_change"):
        CoproductionTerms.objects.all()._raw_delete("default")
    with refused("coproduction_share_never_changes"):
        terms.shares.update(share=Decimal(50))
    with refused("coproduction_share_never_changes"):
        terms.shares.all()._raw_delete("default")
    with refused("coproduction_terms_is_never_emptied"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE productions_coproductionterms, productions_coproductionshare")
    with refused("coproduction_share_is_never_emptied"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE productions_coproductionshare")


def test_each_producer_has_one_share_that_is_a_part(purse):
    firm = OrganisationFactory()

    def record(*shares):
        coproduction.record_shares(
            production=purse.film, effective_date=DAY, shares=shares, actor=purse.maker, reason="?"
        )

    with refused("coproduction_share_is_one_an_organisation"):
        record((firm, Decimal(50)), (firm, Decimal(50)))
    with refused("coproduction_share_is_a_part"):
        record((firm, Decimal(110)), (OrganisationFactory(), Decimal(-10)))
    with refused("coproduction_terms_are_agreed_or_have_a_reason"):
        purse.share("100", reason="")
    record((firm, Decimal(100)))


def test_the_terms_of_the_latest_day_count(purse):
    later = DAY + datetime.timedelta(days=10)
    first, second = purse.share("100"), purse.share("60", "40", effective_date=later)
    corrected = purse.share("70", "30", effective_date=later)

    assert shares_on(purse.film, DAY) == first
    assert shares_on(purse.film, later) == corrected
    assert second.pk < corrected.pk
    assert shares_on(purse.film, DAY - datetime.timedelta(days=1)) is None


def test_coproduction_terms_are_recorded_now(purse, as_app_role):
    terms = CoproductionTerms.objects.create(
        production=purse.film, effective_date=DAY, reason="?", recorded_at=AT,
        recorded_by=purse.maker,
    )  # fmt: skip
    terms.shares.create(organisation=OrganisationFactory(), share=100)

    terms.refresh_from_db()
    assert abs(terms.recorded_at - timezone.now()) < datetime.timedelta(minutes=5)
