"""Reminders as a calendar that a program asks for, at a secret address. Source: RFC 5545."""

import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from icalendar import Calendar, Event

from portfolio.common.api.answers import make_private
from portfolio.reporting.reminders import Reminder, reminders
from portfolio.staff.reminders import owner_of_feed

DAYS_AHEAD = 365


def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """What the owner of the address may see, late or due within a year.

    Whoever has the address has the calendar; a revoked address, or one of a person who left, is none.
    """
    user = owner_of_feed(secret)
    if user is None:
        raise Http404
    now = timezone.now()
    found = reminders(may=user.has_perm, day=timezone.localdate(now), days=DAYS_AHEAD)
    body = written(found, at=now, host=request.build_absolute_uri("/")[:-1])
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="reminders.ics"'
    # Nobody keeps it, no page that it names learns the address, no search engine lists it.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    private: HttpResponse = make_private(response)
    return private


def written(found: list[Reminder], *, at: datetime.datetime, host: str) -> bytes:
    """Reminders as all-day events."""
    calendar = Calendar()
    calendar.add("prodid", "-//Topsheet//Reminders//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", "Topsheet")
    for each in found:
        event = Event()
        event.add("uid", f"{each.key}@topsheet")
        event.add("dtstamp", at.astimezone(datetime.UTC).replace(microsecond=0))
        event.add("summary", f"{each.what}: {each.title}")
        if each.detail:
            event.add("description", each.detail)
        event.add("dtstart", each.date)
        event.add("dtend", each.date + datetime.timedelta(days=1))
        event.add("url", f"{host}{each.url}")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()
