"""The public shows of a venue as an iCalendar file. Source: RFC 5545, written by the package icalendar."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vGeo

from portfolio.common.local_time import local_time
from portfolio.live.choices import ShowStatus
from portfolio.live.models import Show, Venue
from portfolio.website.templatetags.catalogue import plain_name

# How sure a show is, in the words of RFC 5545; it has none for what is postponed.
STATUS = {
    ShowStatus.PLANNED.value: "TENTATIVE",
    ShowStatus.ON_SALE.value: "CONFIRMED",
    ShowStatus.HELD.value: "CONFIRMED",
    ShowStatus.CANCELLED.value: "CANCELLED",
    ShowStatus.POSTPONED.value: "CANCELLED",
}
AT_LEAST = datetime.timedelta(hours=2)


def calendar_of(venue: Venue, shows: Iterable[Show], addresses: dict[int, str]) -> bytes:
    """The shows of a venue by the clocks there; `addresses` leads from a concert to its page.

    A show without a time takes its day; one without an end is taken to last two hours.
    The same shows give the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Topsheet//Shows//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", plain_name(venue))
    for show in shows:
        calendar.add_component(event_of(show, venue, addresses.get(show.concert_id, "")))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def event_of(show: Show, venue: Venue, address: str) -> Event:
    """One show as an event."""
    event = Event()
    title = plain_name(show.concert)
    if show.status in (ShowStatus.CANCELLED, ShowStatus.POSTPONED):
        title = _("%(status)s: %(title)s") % {"status": show.get_status_display(), "title": title}
    event.add("uid", f"{show.slug}@topsheet")
    event.add("dtstamp", show.status_at.astimezone(datetime.UTC).replace(microsecond=0))
    event.add("summary", title)
    event.add("status", STATUS[show.status])
    if show.starts_at is None:
        event.add("dtstart", show.date)
        event.add("dtend", show.date + datetime.timedelta(days=1))
    else:
        ends_at = show.ends_at or show.starts_at + AT_LEAST
        event.add("dtstart", local_time(show.starts_at, venue.time_zone))
        event.add("dtend", local_time(ends_at, venue.time_zone))
    event.add("location", ", ".join(place_of(show, venue)))
    if venue.latitude is not None and venue.longitude is not None:
        event.add("geo", vGeo((float(venue.latitude), float(venue.longitude))))
    if address:
        event.add("url", address)
    return event


def place_of(show: Show, venue: Venue) -> list[Any]:
    """The space, the venue, its street and its district, as far as they are known."""
    parts = [plain_name(show.space) if show.space else "", plain_name(venue)]
    parts += [plain_name(venue, "address"), plain_name(venue, "district")]
    return [part for part in parts if part]
