"""Concerts, venues and their calendars for tests: public, and made up."""

import datetime
from typing import Any

import factory

from portfolio.common.publishing import Publication
from portfolio.live.choices import BookingState, Purpose, ShowStatus
from portfolio.live.models import (
    Act,
    Billing,
    Booking,
    Capacity,
    Concert,
    RevenueShare,
    Season,
    Show,
    ShowReport,
    Space,
    Venue,
    VenueCollaboration,
)
from portfolio.staff.models import User
from tests.factories import CitedFactory, OrganisationFactory, StrandFactory

AT = datetime.datetime(2026, 6, 1, 10, tzinfo=datetime.UTC)
HONG_KONG = datetime.timezone(datetime.timedelta(hours=8))


def hk(text: str) -> datetime.datetime:
    """The instant at which a clock in Hong Kong shows this."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=HONG_KONG)


def officer() -> User:
    """The one officer who books everything that a test does not book by another."""
    return User.objects.get_or_create(username="live-officer", defaults={"is_staff": True})[0]


class VenueFactory(CitedFactory):
    class Meta:
        model = Venue

    slug = factory.Sequence(lambda n: f"venue-{n}")
    name_en = factory.Sequence(lambda n: f"Venue {n}")
    district_en = "Hung Hom"
    country = "HK"
    publication = Publication.PUBLIC


class SpaceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Space

    venue = factory.SubFactory(VenueFactory)
    name_en = factory.Sequence(lambda n: f"Hall {n}")


class CapacityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Capacity

    venue = factory.SubFactory(VenueFactory)
    configuration = "SEATED"
    people = 3000


class ActFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Act

    slug = factory.Sequence(lambda n: f"act-{n}")
    name_en = factory.Sequence(lambda n: f"Act {n}")
    publication = Publication.PUBLIC


class ConcertFactory(CitedFactory):
    """A concert in a strand."""

    class Meta:
        model = Concert

    slug = factory.Sequence(lambda n: f"concert-{n}")
    name_en = factory.Sequence(lambda n: f"Concert {n}")
    strand = factory.SubFactory(StrandFactory)
    programme = factory.LazyAttribute(lambda o: o.strand.programme)
    publication = Publication.PUBLIC


class BillingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Billing

    concert = factory.SubFactory(ConcertFactory)
    act = factory.SubFactory(ActFactory)


class ShowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Show

    concert = factory.SubFactory(ConcertFactory)
    venue = factory.SubFactory(VenueFactory)
    date = datetime.date(2026, 5, 2)
    starts_at = factory.LazyAttribute(lambda o: hk(f"{o.date}T20:00"))
    status = ShowStatus.PLANNED
    status_at = AT
    status_by = factory.LazyFunction(officer)


class ReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ShowReport

    show = factory.SubFactory(ShowFactory)
    as_of_date = datetime.date(2026, 5, 3)
    tickets_sold = 1000
    reported_by = "The promoter"
    recorded_at = AT
    recorded_by = factory.LazyFunction(officer)


class CollaborationFactory(CitedFactory):
    class Meta:
        model = VenueCollaboration

    slug = factory.Sequence(lambda n: f"collaboration-{n}")
    name_en = factory.Sequence(lambda n: f"Collaboration {n}")
    strand = factory.SubFactory(StrandFactory)
    programme = factory.LazyAttribute(lambda o: o.strand.programme)
    venue = factory.SubFactory(VenueFactory)
    publication = Publication.PUBLIC


class SeasonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Season

    collaboration = factory.SubFactory(CollaborationFactory)
    title = factory.Sequence(lambda n: f"Season {n}")
    start_date = datetime.date(2026, 1, 1)
    end_date = datetime.date(2026, 12, 31)


class RevenueShareFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RevenueShare

    collaboration = factory.SubFactory(CollaborationFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    percentage = 30


class BookingFactory(factory.django.DjangoModelFactory):
    """A confirmed booking of one evening; pass `rank` for a hold."""

    class Meta:
        model = Booking
        exclude = ("day",)

    day = datetime.date(2026, 5, 2)
    venue = factory.SubFactory(VenueFactory)
    purpose = Purpose.SHOW
    title = factory.Sequence(lambda n: f"Booking {n}")
    starts_at = factory.LazyAttribute(lambda o: hk(f"{o.day}T18:00"))
    ends_at = factory.LazyAttribute(lambda o: hk(f"{o.day}T23:00"))
    rank: Any = None
    state = factory.LazyAttribute(
        lambda o: BookingState.CONFIRMED if o.rank is None else BookingState.HELD
    )
    state_at = AT
    state_by = factory.LazyFunction(officer)
