"""What the API says of a production beyond its list, and what its new filters find."""

import datetime

import pytest

from portfolio.common.publishing import Publication
from portfolio.productions.models import ProductionIdentifier
from tests.factories import (
    CreditFactory,
    EpisodeFactory,
    MilestoneFactory,
    PersonFactory,
    ProductionFactory,
    ProductionImageFactory,
    SeasonFactory,
)

pytestmark = pytest.mark.django_db


def names(en: str | None = None) -> dict[str, str | None]:
    return {"en": en, "zh-hant": None, "zh-hans": None}


@pytest.fixture
def series():
    return ProductionFactory(
        slug="series", format="TV_DRAMA", genres=["CRIME", "DRAMA"], spoken_languages=["yue"],
        countries=["HK", "CN"], runtime_minutes=45, logline_en="Two cooks.", synopsis_en="Long.",
    )  # fmt: skip


def test_a_detail_tells_of_seasons_dates_numbers_and_images(series, get):
    season = SeasonFactory(production=series, planned_episodes=25)
    EpisodeFactory(season=season, number=1, title_en="One", runtime_minutes=44)
    hidden = SeasonFactory(production=series, number=2, publication=Publication.DRAFT)
    EpisodeFactory(season=hidden, number=1)
    MilestoneFactory(production=series, kind="RELEASE", planned_date=datetime.date(2027, 6, 1))
    MilestoneFactory(production=series, kind="DELIVERY", publication=Publication.DRAFT)
    ProductionIdentifier.objects.create(production=series, scheme="IMDB", value="tt0118694")
    image = ProductionImageFactory(production=series)
    ProductionImageFactory(production=series, publication=Publication.DRAFT)

    row = get("productions/series/")

    assert (row["synopsis"], row["logline"]) == (names("Long."), names("Two cooks."))
    assert row["seasons"] == [
        {
            "number": 1, "title": names(), "planned_episodes": 25,
            "episodes": [{
                "number": 1, "title": names("One"), "first_shown_date": None, "runtime_minutes": 44,
            }],
        }
    ]  # fmt: skip
    assert row["milestones"] == [
        {
            "kind": "RELEASE", "title": names(), "planned_date": "2027-06-01",
            "revised_date": None, "actual_date": None,
        }
    ]  # fmt: skip
    assert row["identifiers"] == [{"scheme": "IMDB", "value": "tt0118694"}]
    assert [shown["path"] for shown in row["images"]] == [f"/images/{image.sha256}-640.jpg"]


def test_a_person_has_a_filmography_with_characters_and_first_works(series, get):
    person = PersonFactory(slug="mei")
    CreditFactory(
        person=person, production=series, role="CAST", character_en="Dr Yarn", debut="NEW_ACTOR",
        debut_declared_by="The producer",
    )  # fmt: skip
    CreditFactory(person=person, production=ProductionFactory(publication=Publication.DRAFT))

    (row,) = get("people/mei/")["credits"]

    assert (row["role"], row["character"], row["debut"]) == ("CAST", names("Dr Yarn"), "NEW_ACTOR")
    assert "declared" not in str(row)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("genre=CRIME", ["series"]),
        ("genre=WAR", []),
        ("genre=WAR&genre=DRAMA", ["series"]),
        ("country=CN", ["series"]),
        ("country=TW", []),
        ("language=yue", ["series"]),
        ("language=en-GB", []),
        ("debut=FIRST_FEATURE", ["series"]),
        ("debut=NEW_ACTOR", []),
    ],
)
def test_filters_find_exactly_what_they_say(series, get, question, found):
    CreditFactory(
        production=series, role="DIRECTOR", debut="FIRST_FEATURE", debut_declared_by="She"
    )
    hidden = PersonFactory(publication=Publication.DRAFT)
    CreditFactory(
        production=ProductionFactory(), person=hidden, role="DIRECTOR", debut="FIRST_FEATURE",
        debut_declared_by="She",
    )  # fmt: skip

    rows = get(f"productions/?{question}")["results"]

    assert [row["slug"] for row in rows] == found
