"""What the database refuses of seasons and episodes, each beside what it accepts."""

import pytest
from django.db.models.functions import Now

from portfolio.common.publishing import Publication
from portfolio.productions.choices import SERIES_FORMATS, Format
from portfolio.productions.models import Production, Season
from tests.factories import EpisodeFactory, ProductionFactory, SeasonFactory
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("form", Format)
def test_only_a_series_has_seasons(form):
    production = ProductionFactory(format=form)

    if form in SERIES_FORMATS:
        SeasonFactory(production=production)
    else:
        with refused("season_is_of_a_series"):
            SeasonFactory(production=production)


def test_a_season_does_not_move_to_a_film():
    season = SeasonFactory()

    with refused("season_is_of_a_series"):
        Season.objects.filter(pk=season.pk).update(production=ProductionFactory())


def test_what_has_seasons_stays_a_series():
    season = SeasonFactory()
    rows = Production.objects.filter(pk=season.production_id)

    rows.update(format=Format.VARIETY_SHOW)
    with refused("production_with_seasons_is_a_series"):
        rows.update(format=Format.FEATURE_FILM)
    season.delete()
    rows.update(format=Format.FEATURE_FILM)


def test_seasons_and_episodes_have_numbers_of_their_own():
    one = EpisodeFactory(number=1)
    EpisodeFactory(season=one.season, number=2)
    EpisodeFactory(season=SeasonFactory(production=one.season.production, number=2), number=1)

    with refused("episode_has_a_number_of_its_own"):
        EpisodeFactory(season=one.season, number=1)
    with refused("season_has_a_number_of_its_own"):
        SeasonFactory(production=one.season.production, number=1)


@pytest.mark.parametrize(
    ("make", "accepted", "wrong", "rule"),
    [
        (SeasonFactory, {"number": 999}, {"number": 0}, "season_number_begins_at_one"),
        (SeasonFactory, {"number": 1}, {"number": 1000}, "season_number_begins_at_one"),
        (
            SeasonFactory,
            {"planned_episodes": 1},
            {"planned_episodes": 0},
            "season_plans_an_episode_at_least",
        ),
        (EpisodeFactory, {"number": 9999}, {"number": 0}, "episode_number_begins_at_one"),
        (
            EpisodeFactory,
            {"runtime_minutes": 1440},
            {"runtime_minutes": 1441},
            "episode_runtime_is_of_a_day_at_most",
        ),
    ],
)
def test_numbers_are_of_this_world(make, accepted, wrong, rule):
    make(**accepted)

    with refused(rule):
        make(**wrong)


def test_an_embargoed_season_has_its_moment():
    with refused("season_publication_is_known"):
        SeasonFactory(publication=Publication.EMBARGOED)


def test_a_season_is_public_when_its_series_is():
    shown = SeasonFactory()
    SeasonFactory(production=shown.production, number=2, publication=Publication.DRAFT)
    SeasonFactory(
        production=ProductionFactory(format=Format.TV_DRAMA, publication=Publication.DRAFT)
    )

    assert list(Season.objects.public(Now())) == [shown]
