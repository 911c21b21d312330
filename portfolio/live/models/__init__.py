"""Venues and their calendars, concerts and their shows, venue collaborations."""

from portfolio.live.models.calendar import LAST_RANK, Booking, BookingQuerySet
from portfolio.live.models.collaboration import RevenueShare, Season, VenueCollaboration
from portfolio.live.models.concert import Act, Billing, Concert, ConcertQuerySet
from portfolio.live.models.show import Show, ShowQuerySet, ShowReport
from portfolio.live.models.venue import Capacity, Space, Venue, VenueCitation, VenueQuerySet

__all__ = [
    "LAST_RANK",
    "Act",
    "Billing",
    "Booking",
    "BookingQuerySet",
    "Capacity",
    "Concert",
    "ConcertQuerySet",
    "RevenueShare",
    "Season",
    "Show",
    "ShowQuerySet",
    "ShowReport",
    "Space",
    "Venue",
    "VenueCitation",
    "VenueCollaboration",
    "VenueQuerySet",
]
