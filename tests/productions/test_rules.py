"""What the database refuses of productions, each beside what it accepts."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.functions import Now

from portfolio.common.publishing import Publication
from portfolio.productions.models import Credit, Participation, Production
from tests.factories import (
    CreditFactory,
    OrganisationFactory,
    ParticipationFactory,
    PersonFactory,
    ProductionFactory,
    SchemeFactory,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "rule"),
    [("format", "production_format_is_known"), ("stage", "production_stage_is_known")],
)
def test_words_outside_the_list_are_refused(field, rule):
    with refused(rule):
        ProductionFactory(**{field: "POSTPONED"})


@pytest.mark.parametrize("year", [None, 1888, 2200])
def test_a_year_of_the_cinema_is_accepted(year):
    ProductionFactory(year=year)


@pytest.mark.parametrize("year", [0, 1887, 2201])
def test_another_year_is_refused(year):
    with refused("production_year_is_of_the_cinema"):
        ProductionFactory(year=year)


def test_the_project_of_a_production_is_no_scheme():
    scheme = SchemeFactory()

    with refused("production_is_a_production"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO productions_production (project_ptr_id, format, stage, genre) "
            "VALUES (%s, 'FEATURE_FILM', 'ANNOUNCED', '')",
            [scheme.pk],
        )


def test_an_organisation_has_a_role_in_a_production_once():
    one = ParticipationFactory(role="BACKER")
    ParticipationFactory(production=one.production, organisation=one.organisation, role="PRODUCER")

    with refused("participation_has_a_role_once"):
        ParticipationFactory(
            production=one.production, organisation=one.organisation, role="BACKER"
        )
    with refused("participation_role_is_known"):
        ParticipationFactory(role="FAN")


def test_a_person_has_a_credit_once():
    one = CreditFactory(role="DIRECTOR")
    CreditFactory(production=one.production, person=one.person, role="WRITER")

    with refused("credit_is_given_once"):
        CreditFactory(production=one.production, person=one.person, role="DIRECTOR")
    with refused("credit_role_is_known"):
        CreditFactory(role="FAN")


def test_participations_and_credits_are_public_when_both_ends_are():
    draft = Publication.DRAFT
    participation, credit = ParticipationFactory(), CreditFactory()
    ParticipationFactory(organisation=OrganisationFactory(publication=draft))
    ParticipationFactory(production=ProductionFactory(publication=draft))
    CreditFactory(person=PersonFactory(publication=draft))
    hidden = CreditFactory()
    hidden.production.programme.publication = draft
    hidden.production.programme.save()

    assert list(Participation.objects.public(Now())) == [participation]
    assert list(Credit.objects.public(Now())) == [credit]


def test_a_deleted_production_takes_its_project_along():
    production = ProductionFactory()

    production.delete()

    assert not Production.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM programmes_project")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("accepted", "wrong", "rule"),
    [
        ({"genres": ["CRIME", "DRAMA"]}, {"genres": ["CRIME", "WESTERNISH"]},
         "production_genres_are_known"),
        ({"countries": ["HK", "CN"]}, {"countries": ["HK", "XX"]},
         "production_countries_are_iso3166"),
        ({"runtime_minutes": 1}, {"runtime_minutes": 0}, "production_runtime_is_of_a_day_at_most"),
        ({"runtime_minutes": 1440}, {"runtime_minutes": 1441},
         "production_runtime_is_of_a_day_at_most"),
        ({"spoken_languages": ["yue", "zh-Hant-HK", "en-GB", "es-419", "sl-rozaj"]},
         {"spoken_languages": ["yue", "Cantonese"]}, "production_spoken_languages_are_bcp47"),
        ({"subtitle_languages": []}, {"subtitle_languages": ["zh-hant"]},
         "production_subtitle_languages_are_bcp47"),
        ({"subtitle_languages": ["en"]}, {"subtitle_languages": ["en,fr"]},
         "production_subtitle_languages_are_bcp47"),
    ],
)  # fmt: skip
def test_a_work_is_described_in_known_words(accepted, wrong, rule):
    ProductionFactory(**accepted)

    with refused(rule):
        ProductionFactory(**wrong)


@pytest.mark.parametrize(
    ("tag", "fault"),
    [
        ("yue", ""),
        ("zh-Hant-HK", ""),
        ("yue_HK", "is no language tag"),
        ("xx", "xx is no language"),
        ("zh-Abcd", "Abcd is no script"),
        ("en-XX", "XX is no territory"),
    ],
)
def test_what_is_wrong_with_a_language_is_said(tag, fault):
    production = ProductionFactory(spoken_languages=[])
    production.spoken_languages = [tag]

    if not fault:
        production.full_clean()
        return
    with pytest.raises(ValidationError, match=fault):
        production.full_clean()
