"""Venues, concerts and shows in the API: exactly the declared fields of exactly the rows asked for."""

import datetime
import json
from decimal import Decimal

import pytest
from django.test import Client

from partners.models import Organisation
from portfolio.common.publishing import Publication
from tests.factories import OrganisationFactory, PersonFactory, SourceFactory
from tests.live.factories import (
    ActFactory,
    BillingFactory,
    CapacityFactory,
    ConcertFactory,
    ReportFactory,
    ShowFactory,
    SpaceFactory,
    VenueFactory,
    hk,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def get(settings):
    settings.API_RATE = 0
    client = Client(headers={"host": "localhost"})

    def fetch(path):
        response = client.get(f"/api/v1/{path}")
        assert response.status_code == 200, response.content
        return json.loads(response.content)

    return fetch


def named(row):
    return {"slug": row.slug, "name": {"en": row.name_en, "zh-hant": None, "zh-hans": None}}


def ids(page):
    return [row["slug"] for row in page["results"]]


def test_a_venue_has_exactly_its_declared_fields(get):
    owner: Organisation = OrganisationFactory()
    venue = VenueFactory(
        slug="hall", name_en="City Hall", name_zh_hant="大會堂", latitude=Decimal("22.282"),
        longitude=Decimal("114.161"), owner=owner, address_en="1 Road", notes="Never public.",
        operator=OrganisationFactory(publication=Publication.DRAFT),
    )  # fmt: skip
    stage = SpaceFactory(venue=venue, name_en="Main stage")
    CapacityFactory(venue=venue, people=5000)
    CapacityFactory(venue=venue, space=stage, configuration="STANDING", people=900)

    row = get("venues/hall/")

    name = {"en": "Main stage", "zh-hant": None, "zh-hans": None}
    assert row == {
        "slug": "hall",
        "name": {"en": "City Hall", "zh-hant": "大會堂", "zh-hans": None},
        "aliases": [],
        "street": {"en": "1 Road", "zh-hant": None, "zh-hans": None},
        "district": {"en": "Hung Hom", "zh-hant": None, "zh-hans": None},
        "country": "HK",
        "latitude": "22.282000",
        "longitude": "114.161000",
        "time_zone": "Asia/Hong_Kong",
        "owner": named(owner),
        "operator": None,
        "spaces": [{"name": name}],
        "capacities": [
            {"space": name, "configuration": "STANDING", "people": 900},
            {"space": None, "configuration": "SEATED", "people": 5000},
        ],
        "website": None,
        "remarks": None,
        "sources": [],
    }
    assert get("venues/")["results"] == [row]


def test_a_concert_has_its_artists_and_its_public_shows(get):
    concert = ConcertFactory(slug="nights", form="TOUR", notes="Never public.", budget_amount=5,
                             budget_currency="HKD", break_even_amount=9, break_even_currency="HKD")  # fmt: skip
    person, act = PersonFactory(), ActFactory()
    BillingFactory(concert=concert, act=None, person=person, position=1)
    BillingFactory(concert=concert, act=act, role="SUPPORT", position=2)
    BillingFactory(concert=concert, act=ActFactory(publication=Publication.DRAFT), position=3)
    show = ShowFactory(concert=concert)
    ShowFactory(concert=concert, venue=VenueFactory(publication=Publication.DRAFT))

    row = get("concerts/nights/")

    assert row["form"] == "TOUR"
    assert row["artists"] == [
        {"artist": {"type": "PERSON", **named(person)}, "role": "HEADLINER"},
        {"artist": {"type": "ACT", **named(act)}, "role": "SUPPORT"},
    ]
    assert row["shows"] == [
        {
            "slug": show.slug,
            "date": "2026-05-02",
            "starts_at": "2026-05-02T12:00:00.000000Z",
            "venue": named(show.venue),
            "status": "PLANNED",
        }
    ]
    # What the books and the budget say is for staff.
    assert not [key for key in row if "budget" in key or "break" in key or "notes" in key]


def test_a_show_tells_the_last_public_report_as_a_whole(get):
    source = SourceFactory(slug="press", title="An article")
    show = ShowFactory(doors_at=hk("2026-05-02T19:00"), ends_at=hk("2026-05-02T22:30"))
    ReportFactory(show=show, tickets_sold=1, is_public=True)
    ReportFactory(
        show=show, tickets_offered=3000, tickets_sold=2500, source=source, is_public=True,
        gross_amount=Decimal("1234567.80"), gross_currency="HKD",
    )  # fmt: skip
    ReportFactory(show=show, tickets_sold=2999, as_of_date=datetime.date(2026, 6, 1))

    row = get(f"shows/{show.slug}/")

    assert row == {
        "slug": show.slug,
        "concert": named(show.concert),
        "venue": named(show.venue),
        "space": None,
        "date": "2026-05-02",
        "doors_at": "2026-05-02T11:00:00.000000Z",
        "starts_at": "2026-05-02T12:00:00.000000Z",
        "ends_at": "2026-05-02T14:30:00.000000Z",
        "status": "PLANNED",
        "figures": {
            "as_of_date": "2026-05-03",
            "tickets_offered": 3000,
            "tickets_sold": 2500,
            "tickets_free": None,
            "gross": {"amount": "1234567.80", "currency": "HKD"},
            "source": {"slug": "press", "title": "An article"},
        },
    }


def test_a_show_tells_what_was_reported_by_a_day_and_known_by_an_instant(get):
    first, later = hk("2026-05-03T10:00"), hk("2026-05-20T10:00")
    show = ShowFactory()
    ReportFactory(show=show, tickets_sold=1, is_public=True, recorded_at=first)
    ReportFactory(
        show=show, tickets_sold=9, is_public=True, recorded_at=later,
        as_of_date=datetime.date(2026, 5, 18),
    )  # fmt: skip

    def sold(query=""):
        (row,) = get(f"shows/?{query}")["results"]
        return row["figures"] and row["figures"]["tickets_sold"]

    assert sold() == 9
    assert sold("as_of=2026-05-17") == 1
    assert sold("as_of=2026-05-02") is None
    assert sold("known_at=2026-05-10T00:00:00Z") == 1
    assert sold("known_at=2026-05-01T00:00:00Z") is None
    assert sold("as_of=2026-05-18&known_at=2026-05-20T10:00:00%2B08:00") == 9
    assert get(f"shows/{show.slug}/")["figures"]["tickets_sold"] == 9


def test_figures_that_are_not_public_are_null_and_undisclosed_ones_are_not_0(get):
    hidden, open_ = ShowFactory(), ShowFactory(date=datetime.date(2026, 5, 3))
    ReportFactory(show=hidden)
    ReportFactory(show=open_, is_public=True)

    first, second = get("shows/")["results"]

    assert first["figures"] is None
    assert second["figures"]["gross"] is None
    assert second["figures"]["source"] is None


def test_shows_are_found_by_venue_date_artist_and_status(get):
    one = ShowFactory(date=datetime.date(2026, 5, 1), status="ON_SALE")
    two = ShowFactory(concert=one.concert, date=datetime.date(2026, 5, 2))
    three = ShowFactory(venue=one.venue, date=datetime.date(2026, 5, 3))
    act, person = ActFactory(slug="band"), PersonFactory(slug="singer")
    BillingFactory(concert=one.concert, act=act)
    BillingFactory(concert=three.concert, act=None, person=person)

    assert ids(get("shows/")) == [one.slug, two.slug, three.slug]
    assert ids(get("shows/?ordering=-date")) == [three.slug, two.slug, one.slug]
    assert ids(get(f"shows/?venue={one.venue.slug}")) == [one.slug, three.slug]
    assert ids(get(f"shows/?concert={one.concert.slug}")) == [one.slug, two.slug]
    assert ids(get("shows/?artist=band")) == [one.slug, two.slug]
    assert ids(get("shows/?artist=singer")) == [three.slug]
    assert ids(get("shows/?status=ON_SALE")) == [one.slug]
    assert ids(get("shows/?date_from=2026-05-02&date_to=2026-05-02")) == [two.slug]
    assert [row["slug"] for row in get("concerts/?artist=band")["results"]] == [one.concert.slug]
    assert len(get(f"concerts/?venue={one.venue.slug}")["results"]) == 2


def test_nothing_is_found_by_what_nobody_may_see(get):
    draft = Publication.DRAFT
    act, venue = ActFactory(publication=draft), VenueFactory(publication=draft)
    show = ShowFactory(venue=venue)
    BillingFactory(concert=show.concert, act=act)
    open_ = ShowFactory(concert=show.concert)

    assert ids(get("shows/")) == [open_.slug]
    assert ids(get(f"shows/?venue={venue.slug}")) == []
    assert get(f"shows/?artist={act.slug}")["results"] == []
    assert get(f"concerts/?artist={act.slug}")["results"] == []
    assert get(f"concerts/?venue={venue.slug}")["results"] == []
    assert Client().get(f"/api/v1/shows/{show.slug}/").status_code == 404


@pytest.mark.parametrize(
    "query", ["venu=x", "date_from=2026-5-1", "status=SOLD_OUT", "artist=Not+So", "date=2026-05-01"]
)
def test_a_question_that_is_misspelt_is_refused(query):
    assert Client().get(f"/api/v1/shows/?{query}").status_code == 400
