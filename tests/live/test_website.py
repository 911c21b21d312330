"""Public pages of concerts and venues, and the calendar of a venue for anyone's own."""

import datetime
import json
import re

import pytest
from django.utils import timezone
from icalendar import Calendar

from portfolio.common.publishing import Publication
from tests.factories import OrganisationFactory, PersonFactory
from tests.live.factories import (
    BillingFactory,
    BookingFactory,
    CapacityFactory,
    CollaborationFactory,
    ConcertFactory,
    ReportFactory,
    SeasonFactory,
    ShowFactory,
    SpaceFactory,
    VenueFactory,
    hk,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(client):
    def fetch(path):
        answer = client.get(path)
        assert answer.status_code == 200, path
        return re.sub(r"\s+", " ", answer.content.decode())

    return fetch


def graph(page):
    return json.loads(re.search(r'application/ld\+json">(.*?)</script>', page).group(1))["@graph"]


def ahead(days=10):
    return timezone.localdate() + datetime.timedelta(days=days)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/concerts/", "No concert is public yet."),
        ("/venues/", "No venue is public yet."),
        ("/zh-hant/concerts/", "尚未有公開的演唱會。"),
        ("/zh-hans/venues/", "尚未有公开的场地。"),
    ],
)
def test_an_empty_list_says_so(read, path, said):
    assert said in read(path)


def test_a_concert_shows_who_performs_where_and_when(read):
    concert = ConcertFactory(slug="nights", name_en="Amber Nights", promoter=OrganisationFactory())
    BillingFactory(concert=concert, act=None, person=PersonFactory(slug="singer"))
    BillingFactory(concert=concert, act__name_en="The Amber Band", role="BAND")
    first = ShowFactory(
        concert=concert, date=datetime.date(2026, 5, 2), doors_at=hk("2026-05-02T19:15"),
        ends_at=hk("2026-05-02T22:30"),
    )  # fmt: skip
    ShowFactory(concert=concert, date=datetime.date(2026, 5, 3), starts_at=None)

    page = read("/concerts/nights/")

    assert 'href="/people/singer/"' in page
    assert "The Amber Band" in page
    assert f'href="/venues/{first.venue.slug}/"' in page
    assert "20:00–22:30" in page
    assert "doors 19:15" in page
    assert "time not announced" in page
    assert "not disclosed" in page
    events = [data for data in graph(page) if data["@type"] == "MusicEvent"]
    assert [e["startDate"] for e in events] == ["2026-05-02T20:00+08:00", "2026-05-03"]
    assert {p["@type"] for p in events[0]["performer"]} == {"Person", "MusicGroup"}
    assert events[0]["location"]["@type"] == "Place"


def test_figures_are_shown_only_where_they_are_public(read):
    concert = ConcertFactory(slug="nights")
    show = ShowFactory(concert=concert)
    ReportFactory(show=show, tickets_sold=1234, is_public=True)
    ReportFactory(show=show, tickets_sold=4321, as_of_date=datetime.date(2026, 6, 1))

    page = read("/concerts/nights/")

    assert "1,234 tickets sold" in page
    assert "gross not disclosed" in page
    assert "4321" not in page


def test_a_postponed_show_leads_to_its_new_date_and_to_no_hidden_place(read):
    concert = ConcertFactory(slug="nights")
    later = ShowFactory(concert=concert, date=datetime.date(2026, 7, 1))
    ShowFactory(concert=concert, status="POSTPONED", moved_to=later)
    hidden = ShowFactory(
        concert=concert, date=datetime.date(2026, 8, 9),
        venue=VenueFactory(publication=Publication.DRAFT),
    )  # fmt: skip
    ShowFactory(
        concert=concert, status="POSTPONED", moved_to=hidden, date=datetime.date(2026, 5, 9)
    )

    page = read("/concerts/nights/")

    assert re.search(r"Postponed → <time datetime=\"2026-07-01\"", page)
    assert "2026-08-09" not in page
    assert "https://schema.org/EventPostponed" in page


def test_a_venue_shows_its_shows_and_none_of_its_bookings(read):
    venue = VenueFactory(slug="hall", name_en="City Hall", owner=OrganisationFactory(slug="owner"))
    stage = SpaceFactory(venue=venue, name_en="Main stage")
    CapacityFactory(venue=venue, people=5000)
    coming = ShowFactory(venue=venue, space=stage, date=ahead(), concert__name_en="Amber Nights")
    ShowFactory(venue=venue, date=datetime.date(2024, 5, 2), concert__name_en="Amber Past")
    ShowFactory(venue=venue, date=ahead(), concert__name_en="Secret", concert__publication="DRAFT")
    BookingFactory(venue=venue, title="Private rehearsal", day=ahead())

    page = read("/venues/hall/")

    assert page.index("Amber Nights") < page.index("Earlier shows") < page.index("Amber Past")
    assert f'href="/concerts/{coming.concert.slug}/"' in page
    assert 'href="/partners/owner/"' in page
    assert 'Capacity · Seated</dt><dd class="figures">5,000</dd>' in page
    assert "Secret" not in page
    assert "rehearsal" not in page.lower()
    place = graph(page)[0]
    assert (place["@type"], place["maximumAttendeeCapacity"]) == ("Place", 5000)


def test_a_collaboration_shows_its_seasons_and_none_of_its_terms(read):
    row = CollaborationFactory(slug="seasons", minimum_shows=31_777, terms="Secret terms")
    SeasonFactory(collaboration=row, title="First season")
    show = ShowFactory(venue=row.venue, collaboration=row, concert__name_en="Amber Nights")

    page = read("/venue-collaborations/seasons/")

    assert "First season" in page
    assert "Amber Nights" in page
    # Long enough that no identifier on the page holds it by chance.
    assert not {"31777", "31,777"} & set(re.findall(r"[\d,]+", page))
    assert "Secret" not in page
    assert f'href="/venue-collaborations/{row.slug}/"' in read(f"/venues/{show.venue.slug}/")
    assert row.name_en in read(f"/strands/{row.strand.slug}/")


def test_search_finds_concerts_and_venues(read):
    ConcertFactory(slug="nights", name_en="Amber Nights")
    VenueFactory(slug="amber-hall", name_en="Amber Hall")

    page = read("/search/?q=amber")

    assert 'href="/concerts/nights/"' in page
    assert 'href="/venues/amber-hall/"' in page


# --- iCalendar ------------------------------------------------------------------------------------


def test_the_calendar_of_a_venue_is_one_that_programs_read(client):
    venue = VenueFactory(
        slug="hall",
        name_en="City Hall",
        time_zone="Europe/London",
        latitude="51.5",
        longitude="-0.1",
    )
    concert = ConcertFactory(
        slug="nights", name_en="Amber; Nights, and a very long title " + "x" * 80
    )
    at = datetime.datetime(2026, 10, 25, 20, tzinfo=datetime.UTC)
    show = ShowFactory(
        concert=concert, venue=venue, date=at.date(), starts_at=at, status="ON_SALE",
        ends_at=at + datetime.timedelta(hours=3),
    )  # fmt: skip
    day = ShowFactory(concert=concert, venue=venue, date=datetime.date(2026, 7, 4), starts_at=None)
    off = ShowFactory(
        concert=concert, venue=venue, date=datetime.date(2026, 7, 5), starts_at=None,
        status="CANCELLED",
    )  # fmt: skip
    BookingFactory(venue=venue, title="Private rehearsal")

    answer = client.get("/venues/hall/shows.ics")

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert 'filename="hall.ics"' in answer["Content-Disposition"]
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    calendar = Calendar.from_ical(answer.content)
    events = {str(e["UID"]): e for e in calendar.walk("VEVENT")}
    assert set(events) == {f"{s.slug}@topsheet" for s in (show, day, off)}
    timed = events[f"{show.slug}@topsheet"]
    assert timed.decoded("DTSTART") == at
    assert timed["DTSTART"].params["TZID"] == "Europe/London"
    assert str(timed["SUMMARY"]) == concert.name_en
    assert (str(timed["STATUS"]), str(events[f"{off.slug}@topsheet"]["STATUS"])) == (
        "CONFIRMED", "CANCELLED",
    )  # fmt: skip
    assert events[f"{day.slug}@topsheet"].decoded("DTSTART") == day.date
    assert str(timed["URL"]) == "http://testserver/concerts/nights/"
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/London"]
    assert b"rehearsal" not in answer.content
    assert client.get("/venues/hall/shows.ics").content == answer.content


def test_the_calendar_speaks_the_language_of_its_address(client):
    venue = VenueFactory(slug="hall", name_en="City Hall", name_zh_hant="大會堂")
    ShowFactory(venue=venue, concert__name_zh_hant="琥珀之夜", status="CANCELLED")

    answer = client.get("/zh-hant/venues/hall/shows.ics").content.decode()

    assert "取消：琥珀之夜" in answer
    assert "大會堂" in answer
    assert client.post("/venues/hall/shows.ics").status_code == 405


# The row, promoter, artists, shows with their new dates and reports, sources; claims.
CONCERT_QUERIES = 8
# The venue, owner, operator, spaces, capacities, sources; shows to come and past, each with their
# reports and new dates; its collaborations.
VENUE_QUERIES = 13


@pytest.mark.parametrize("size", [3, 30])
def test_pages_take_the_same_queries_whatever_there_is(client, size, django_assert_max_num_queries):
    venue = VenueFactory(slug="hall")
    concert = ConcertFactory(slug="nights", promoter=OrganisationFactory())
    for n in range(size):
        BillingFactory(concert=concert)
        show = ShowFactory(concert=concert, venue=venue, date=ahead(n - 1))
        ReportFactory(show=show, is_public=True)
        CollaborationFactory(venue=venue)
    client.get("/venues/")

    with django_assert_max_num_queries(CONCERT_QUERIES):
        client.get("/concerts/nights/")
    with django_assert_max_num_queries(VENUE_QUERIES):
        client.get("/venues/hall/")
