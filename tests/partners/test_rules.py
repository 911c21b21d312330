"""What the database refuses of organisations and people, each beside what it accepts."""

import pytest
from django.db import connection
from django.db.models import ProtectedError

from partners.models import (
    Contact,
    OrganisationCitation,
    OrganisationIdentifier,
    PersonCitation,
    Position,
)
from portfolio.common.publishing import Publication
from tests.factories import (
    OrganisationFactory,
    ParticipationFactory,
    PersonFactory,
    PositionFactory,
    SourceFactory,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("factory", [OrganisationFactory, PersonFactory])
def test_one_name_in_any_script_is_enough_and_none_is_not(factory):
    model = factory._meta.model._meta.model_name
    factory(name_en="", name_zh_hant="電視廣播有限公司")
    factory(name_en="", name_zh_hans="优酷")

    with refused(f"{model}_has_a_name"):
        factory(name_en="")
    with refused(f"{model}_slug_is_lower_case"):
        factory(slug="TVB")
    with refused(f"{model}_publication_is_known"):
        factory(publication=Publication.EMBARGOED)


@pytest.mark.parametrize("country", ["HK", "CN", ""])
def test_a_country_of_iso_3166_or_none_is_accepted(country):
    OrganisationFactory(country=country)


@pytest.mark.parametrize("country", ["hk", "XX", "UK", "H"])
def test_another_country_is_refused(country):
    with refused("organisation_country_is_iso3166"):
        OrganisationFactory(country=country)


def test_an_organisation_is_of_one_or_several_known_kinds():
    OrganisationFactory(kinds=["STUDIO", "DISTRIBUTOR"])

    with refused("organisation_kinds_are_known"):
        OrganisationFactory(kinds=[])
    with refused("organisation_kinds_are_known"):
        OrganisationFactory(kinds=["STUDIO", "CIRCUS"])


def test_an_organisation_does_not_belong_to_itself():
    organisation = OrganisationFactory()
    organisation.parent = organisation

    with refused("organisation_is_not_its_own_parent"):
        organisation.save()


def test_a_group_has_no_circle():
    top = OrganisationFactory()
    middle = OrganisationFactory(parent=top)
    bottom = OrganisationFactory(parent=middle)
    top.parent = bottom

    with refused("organisation_tree_has_no_circle"):
        top.save()

    top.parent = OrganisationFactory()
    top.save()


def test_a_circle_is_refused_to_raw_sql_as_well():
    top = OrganisationFactory()
    bottom = OrganisationFactory(parent=top)

    with refused("organisation_tree_has_no_circle"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partners_organisation SET parent_id = %s WHERE id = %s", [bottom.pk, top.pk]
        )


def test_a_number_of_a_register_belongs_to_one():
    one = OrganisationFactory()
    OrganisationIdentifier.objects.create(organisation=one, scheme="WIKIDATA", value="Q1")
    OrganisationIdentifier.objects.create(organisation=one, scheme="HKEX", value="Q1")

    with refused("organisation_identifier_belongs_to_one"):
        OrganisationIdentifier.objects.create(
            organisation=OrganisationFactory(), scheme="WIKIDATA", value="Q1"
        )
    with refused("organisation_identifier_scheme_is_known"):
        OrganisationIdentifier.objects.create(organisation=one, scheme="MINE", value="1")
    with refused("organisation_identifier_has_a_value"):
        OrganisationIdentifier.objects.create(organisation=one, scheme="LEI", value="")


def test_a_position_may_last_one_day_but_not_end_before_it_starts(day):
    PositionFactory(start_date=day("2026-01-01"), end_date=day("2026-01-01"))
    PositionFactory(end_date=day("2026-01-01"))

    with refused("position_period_is_ordered"):
        PositionFactory(start_date=day("2026-01-02"), end_date=day("2026-01-01"))


def test_a_position_has_a_title():
    with refused("position_has_a_title"):
        PositionFactory(title_en="")


def test_a_position_is_public_when_both_ends_are():
    from django.db.models.functions import Now

    shown = PositionFactory()
    freelance = PositionFactory(organisation=None, title_en="Director")
    PositionFactory(organisation__publication=Publication.DRAFT)
    PositionFactory(person__publication=Publication.DRAFT)

    assert set(Position.objects.public(Now())) == {shown, freelance}


def test_a_contact_can_be_reached():
    organisation = OrganisationFactory()
    Contact.objects.create(organisation=organisation, name="Front desk", phone="2000 0000")

    with refused("contact_can_be_reached"):
        Contact.objects.create(organisation=organisation, name="Nobody")


def test_a_source_is_given_once():
    source = SourceFactory()
    organisation, person = OrganisationFactory(sources=[source]), PersonFactory(sources=[source])

    with refused("organisation_citation_is_made_once"):
        OrganisationCitation.objects.create(organisation=organisation, source=source)
    with refused("person_citation_is_made_once"):
        PersonCitation.objects.create(person=person, source=source)


def test_an_organisation_that_takes_part_is_not_deleted():
    participation = ParticipationFactory()

    with pytest.raises(ProtectedError):
        participation.organisation.delete()
