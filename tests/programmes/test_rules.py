"""What the database refuses of programmes and projects, each beside what it accepts."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models.functions import Now

from portfolio.common.publishing import Publication
from portfolio.programmes.models import (
    ProgrammeCitation,
    ProgrammePartner,
    Project,
    ProjectCitation,
    Strand,
    StrandCitation,
)
from tests.conftest import drop_rule
from tests.factories import (
    ProductionFactory,
    ProgrammeFactory,
    ProgrammePartnerFactory,
    QuotedEquivalentFactory,
    SourceFactory,
    StrandFactory,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db

FACTORIES = {"programme": ProgrammeFactory, "strand": StrandFactory, "project": ProductionFactory}


@pytest.mark.parametrize("what", FACTORIES)
def test_each_has_a_name_and_an_address(what):
    FACTORIES[what](name_en="", name_zh_hant="港藝振興計劃")

    with refused(f"{what}_has_a_name"):
        FACTORIES[what](name_en="")
    with refused(f"{what}_slug_is_lower_case"):
        FACTORIES[what](slug="Hong Kong")


@pytest.mark.parametrize("what", ["programme", "project"])
def test_an_embargo_needs_its_moment(what):
    with refused(f"{what}_publication_is_known"):
        FACTORIES[what](publication=Publication.EMBARGOED)


@pytest.mark.parametrize("amount", ["0.01", "5000000000.00", "999999999999999999.99"])
def test_amounts_up_to_the_largest_fit(amount):
    programme = ProgrammeFactory(envelope_amount=Decimal(amount))
    programme.refresh_from_db()

    assert programme.envelope_amount == Decimal(amount)


def test_an_envelope_may_be_undisclosed_but_is_never_zero():
    ProgrammeFactory(envelope_amount=None, envelope_currency="")

    for amount, currency in (
        (Decimal(0), "HKD"),
        (Decimal(-1), "HKD"),
        (Decimal(1), ""),
        (None, "HKD"),
    ):
        with refused("programme_envelope_has_its_currency"):
            ProgrammeFactory(envelope_amount=amount, envelope_currency=currency)


def test_not_a_number_is_no_amount():
    programme = ProgrammeFactory()

    with refused("programme_envelope_has_its_currency"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE programmes_programme SET envelope_amount = 'NaN' WHERE id = %s", [programme.pk]
        )


def test_currencies_are_of_iso_4217():
    with refused("quoted_equivalent_currency_is_iso4217"):
        QuotedEquivalentFactory(currency="usd")
    with refused("project_currency_is_iso4217"):
        ProductionFactory(announced_amount=1, announced_currency="XXX")
    # The books are kept in the envelope's currency: that rule speaks first.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    drop_rule("programme_base_currency_is_of_the_envelope")
    with refused("programme_currency_is_iso4217"):
        ProgrammeFactory(envelope_currency="HKX")


def test_an_envelope_is_stated_in_a_known_way_and_for_a_year_or_more():
    ProgrammeFactory(years=None)
    ProgrammeFactory(years=1)

    with refused("programme_qualifier_is_known"):
        ProgrammeFactory(envelope_qualifier="MAYBE")
    with refused("programme_lasts_at_least_a_year"):
        ProgrammeFactory(years=0)


def test_an_equivalent_is_positive_and_one_a_currency():
    programme = QuotedEquivalentFactory(currency="USD").programme
    QuotedEquivalentFactory(programme=programme, currency="EUR")

    with refused("quoted_equivalent_is_one_a_currency"):
        QuotedEquivalentFactory(programme=programme, currency="USD")
    with refused("quoted_equivalent_amount_is_positive"):
        QuotedEquivalentFactory(amount=0)


def test_an_organisation_has_a_known_role_in_a_programme_once():
    partner = ProgrammePartnerFactory()
    ProgrammePartnerFactory(
        programme=partner.programme, organisation=partner.organisation, role="FUNDER"
    )

    with refused("programme_partner_has_a_role_once"):
        ProgrammePartner.objects.create(
            programme=partner.programme, organisation=partner.organisation, role=partner.role
        )
    with refused("programme_partner_role_is_known"):
        ProgrammePartnerFactory(role="FRIEND")


def test_two_strands_may_change_places_in_one_transaction():
    programme = ProgrammeFactory()
    one = StrandFactory(programme=programme, position=1)
    two = StrandFactory(programme=programme, position=2)
    StrandFactory(position=1)

    one.position, two.position = 2, 1
    one.save()
    two.save()

    with refused("strand_has_a_place_of_its_own"):
        StrandFactory(programme=programme, position=2)


def test_a_strand_stays_in_its_programme():
    strand = StrandFactory()
    strand.programme = ProgrammeFactory()

    with refused("strand_stays_in_its_programme"):
        strand.save()


def test_a_project_of_the_programme_has_a_strand_and_a_track_record_has_none():
    current = ProductionFactory()
    programme = current.programme
    past = ProductionFactory(standing="TRACK_RECORD", strand=None, programme=programme)

    assert list(Project.objects.track_record()) == [past.project_ptr]
    assert list(Project.objects.in_programme()) == [current.project_ptr]
    with refused("project_in_programme_has_a_strand"):
        ProductionFactory(strand=None, programme=programme)
    with refused("project_in_programme_has_a_strand"):
        ProductionFactory(standing="TRACK_RECORD")
    with refused("project_in_programme_has_a_strand"):
        ProductionFactory(standing="PERHAPS")


def test_a_strand_of_another_programme_is_refused():
    project = ProductionFactory()
    stranger = StrandFactory()

    with refused("project_strand_is_of_its_programme"):
        ProductionFactory(strand=stranger, programme=project.programme)
    with refused("project_strand_is_of_its_programme"):
        Project.objects.filter(pk=project.pk).update(strand=stranger)


def test_a_project_is_a_known_sort_of_work_and_stays_it():
    project = ProductionFactory()

    with refused("project_kind_is_known"):
        ProductionFactory(kind="CIRCUS")
    with refused("project_kind_never_changes"):
        Project.objects.filter(pk=project.pk).update(kind="SCHOLARSHIP_SCHEME")


def test_an_announced_amount_has_its_currency_and_is_never_zero():
    ProductionFactory(announced_amount=Decimal("12000000.00"), announced_currency="HKD")

    for amount, currency in ((0, "HKD"), (1, ""), (None, "HKD")):
        with refused("project_amount_has_its_currency"):
            ProductionFactory(announced_amount=amount, announced_currency=currency)


def test_a_source_is_given_once():
    source = SourceFactory()
    programme = ProgrammeFactory(sources=[source])
    strand, project = StrandFactory(sources=[source]), ProductionFactory(sources=[source])

    with refused("programme_citation_is_made_once"):
        ProgrammeCitation.objects.create(programme=programme, source=source)
    with refused("strand_citation_is_made_once"):
        StrandCitation.objects.create(strand=strand, source=source)
    with refused("project_citation_is_made_once"):
        ProjectCitation.objects.create(project_id=project.pk, source=source)


def test_a_draft_programme_hides_its_strands_and_projects():
    shown = ProductionFactory()
    hidden = ProductionFactory()
    hidden.programme.publication = Publication.DRAFT
    hidden.programme.save()
    ProductionFactory(publication=Publication.DRAFT, strand=shown.strand, programme=shown.programme)

    assert list(Project.objects.public(Now())) == [shown.project_ptr]
    strands = Strand.objects.public(Now())
    assert shown.strand in strands
    assert hidden.strand not in strands
