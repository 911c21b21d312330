"""Concerts and venues for machines, in the words of schema.org; nothing that the pages do not say."""

from collections.abc import Iterable
from typing import Any

from portfolio.common.local_time import local_time
from portfolio.live.choices import ShowStatus
from portfolio.live.models import Concert, Show, Venue
from portfolio.website.structured_data import Data, address, cited, names, organisation, person

STATUS = {
    ShowStatus.CANCELLED.value: "EventCancelled",
    ShowStatus.POSTPONED.value: "EventPostponed",
}


def place(row: Venue, origin: str) -> Data:
    """A venue by its name and address."""
    return {
        "@type": "Place",
        "@id": address(origin, "venue", row.slug),
        "url": address(origin, "venue", row.slug),
        **names(row),
    }


def venue(row: Venue, origin: str) -> Data:
    """A venue with where it stands and how many it holds."""
    data = {**place(row, origin), **cited(row, origin)}
    postal: Data = {"@type": "PostalAddress"}
    if row.address_en or row.address_zh_hant or row.address_zh_hans:
        postal["streetAddress"] = row.address_en or row.address_zh_hant or row.address_zh_hans
    if row.district_en or row.district_zh_hant or row.district_zh_hans:
        postal["addressLocality"] = row.district_en or row.district_zh_hant or row.district_zh_hans
    if row.country:
        postal["addressCountry"] = row.country
    if len(postal) > 1:
        data["address"] = postal
    if row.latitude is not None and row.longitude is not None:
        data["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": str(row.latitude),
            "longitude": str(row.longitude),
        }
    whole = [c.people for c in row.capacities.all() if c.space_id is None]
    if whole:
        data["maximumAttendeeCapacity"] = max(whole)
    return data


def event(show: Show, origin: str) -> Data:
    """One show: when by the clocks there, where, and whether it stands."""
    zone = show.venue.time_zone
    data: Data = {
        "@type": "MusicEvent",
        "@id": f"{address(origin, 'concert', show.concert.slug)}#show-{show.slug}",
        "url": address(origin, "concert", show.concert.slug),
        **names(show.concert),
        "startDate": show.date.isoformat(),
        "location": place(show.venue, origin),
        "eventStatus": f"https://schema.org/{STATUS.get(show.status, 'EventScheduled')}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
    }
    for name, at in (
        ("startDate", show.starts_at), ("endDate", show.ends_at), ("doorTime", show.doors_at),
    ):  # fmt: skip
        if at is not None:
            data[name] = local_time(at, zone).isoformat(timespec="minutes")
    return data


def concert(row: Concert, shows: Iterable[Show], origin: str) -> list[Data]:
    """A concert as its shows, each with who performs and who promotes it; a series where they are several."""
    performers: list[Data] = []
    for billing in row.billings.all():
        artist: Any = billing.person or billing.act
        performers.append(
            person(artist, origin)
            if billing.person_id
            else {"@type": "MusicGroup", **names(artist)}
        )
    common: Data = {"performer": performers} if performers else {}
    if promoter := getattr(row, "promoter", None):
        common["organizer"] = organisation(promoter, origin)
    events = [{**event(show, origin), **common} for show in shows]
    series = {
        "@type": "EventSeries",
        "@id": address(origin, "concert", row.slug),
        "url": address(origin, "concert", row.slug),
        **names(row),
        **common,
        **cited(row, origin),
    }
    return [series, *({**data, "superEvent": {"@id": series["@id"]}} for data in events)]
