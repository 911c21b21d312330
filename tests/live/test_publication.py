"""S3: drafts of concerts and venues leak nowhere: on no page, in no feed, sitemap, calendar or answer."""

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from portfolio.common.publishing import Publication
from tests.factories import PersonFactory, ProgrammeFactory, StrandFactory
from tests.live.factories import (
    ActFactory,
    BillingFactory,
    BookingFactory,
    CollaborationFactory,
    ConcertFactory,
    ReportFactory,
    ShowFactory,
    VenueFactory,
)

HIDDEN = [
    "/concerts/ghost-concert/",
    "/concerts/ghost-of-hidden-programme/",
    "/venues/ghost-venue/",
    "/venues/ghost-venue/shows.ics",
    "/venue-collaborations/ghost-season/",
    "/api/v1/concerts/ghost-concert/",
    "/api/v1/venues/ghost-venue/",
]
SHOWN = [
    "/",
    "/concerts/",
    "/concerts/?q=ghost",
    "/concerts/open-concert/",
    "/venues/",
    "/venues/?q=ghost",
    "/venues/open-venue/",
    "/venues/open-venue/shows.ics",
    "/strands/open-strand/",
    "/people/open-person/",
    "/search/?q=ghost",
    "/sitemap-concerts.xml",
    "/sitemap-venues.xml",
    "/sitemap-venue-collaborations.xml",
    "/feeds/concerts.atom",
    "/api/v1/concerts/?standing=ALL&page_size=200",
    "/api/v1/venues/?page_size=200",
    "/api/v1/shows/?page_size=200",
    "/api/v1/projects/?page_size=200",
    "/api/v1/concerts/?artist=ghost-act",
    "/api/v1/concerts/?artist=ghost-person",
    "/api/v1/concerts/?venue=ghost-venue",
    "/api/v1/shows/?venue=ghost-venue",
    "/api/v1/shows/?concert=ghost-concert",
]


@pytest.fixture(params=["draft", "embargoed"])
def drafts(request, db, settings):
    """Ghosts of every sort, tied to rows that anyone may see."""
    settings.API_RATE = 0
    hidden = {"publication": Publication.DRAFT}
    if request.param == "embargoed":
        later = timezone.now() + datetime.timedelta(hours=1)
        hidden = {"publication": Publication.EMBARGOED, "embargoed_until": later}
    strand = StrandFactory(slug="open-strand")
    ghost = ConcertFactory(slug="ghost-concert", name_en="Ghost concert", strand=strand, **hidden)
    house = VenueFactory(slug="ghost-venue", name_en="Ghost venue", **hidden)
    secret = StrandFactory(programme=ProgrammeFactory(name_en="Ghost programme", **hidden))
    ConcertFactory(slug="ghost-of-hidden-programme", name_en="Ghost two", strand=secret)
    CollaborationFactory(
        slug="ghost-season", name_en="Ghost season", strand=strand, venue=house, **hidden
    )
    CollaborationFactory(slug="open-season", strand=strand, venue=house)
    concert = ConcertFactory(slug="open-concert", strand=strand)
    venue = VenueFactory(slug="open-venue")
    person = PersonFactory(slug="ghost-person", name_en="Ghost person", **hidden)
    BillingFactory(concert=concert, act=ActFactory(slug="ghost-act", name_en="Ghost act", **hidden))
    BillingFactory(concert=concert, act=None, person=person)
    BillingFactory(concert=ghost, act=None, person=PersonFactory(slug="open-person"))
    ShowFactory(concert=concert, venue=house)
    ShowFactory(concert=ghost, venue=venue)
    shown = ShowFactory(concert=concert, venue=venue)
    ReportFactory(show=shown, reported_by="Ghost writer", remarks="Ghost remark", is_public=True)
    BookingFactory(venue=venue, title="Ghost rehearsal")


def test_a_draft_answers_as_what_does_not_exist(drafts):
    client = Client()
    for path in HIDDEN:
        hidden = client.get(path)
        missing = client.get(re.sub("ghost-[a-z-]+", "never-was", path))

        assert hidden.status_code == missing.status_code == 404, path
        assert hidden.content.replace(b"ghost", b"") == missing.content.replace(b"ghost", b"") or (
            path.startswith("/api/") and hidden["Content-Type"] == missing["Content-Type"]
        ), path


def test_a_draft_leaks_on_no_page_and_in_no_answer(drafts):
    client = Client()
    for path in SHOWN:
        answer = client.get(path)
        assert answer.status_code == 200, path
        # What the reader typed may stand in the search box and in the language switch.
        said = re.sub(r'value="ghost[a-z-]*"|\?\w+=ghost[a-z-]*', "", answer.content.decode())

        assert "ghost" not in said.lower(), path


def test_the_feed_of_concerts_is_the_same_each_time_also_when_it_is_empty(client, db):
    empty = client.get("/feeds/concerts.atom").content
    assert client.get("/feeds/concerts.atom").content == empty

    ConcertFactory(slug="nights", name_en="Amber Nights")

    feed = client.get("/zh-hant/feeds/concerts.atom").content.decode()
    assert "Amber Nights" in feed
    assert 'xml:lang="zh-Hant-HK"' in feed
