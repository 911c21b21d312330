"""Concerts, venues, the calendar of a venue, and venue collaborations."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portfolio.common.alternates import path_in
from portfolio.common.local_time import local_time
from portfolio.live.choices import Form, ShowStatus
from portfolio.live.models import Show
from portfolio.website import parameters, structured_live
from portfolio.website.ical import calendar_of
from portfolio.website.page import public_page, render_page
from portfolio.website.queries.common import best_matches, page_of, public_claims
from portfolio.website.queries.live import (
    MOST_SHOWS,
    public_collaborations,
    public_concerts,
    public_shows,
    public_venues,
)
from portfolio.website.structured_data import breadcrumbs


@public_page
def concerts(request: HttpRequest) -> HttpResponse:
    """The concerts of the programme, by form or by words."""
    now = timezone.now()
    query = parameters.words(request)
    form = parameters.choice(request, "form", Form.values)
    rows = public_concerts(now).in_programme()  # type: ignore[attr-defined]
    if form is None:
        rows = rows.none()
    elif form:
        rows = rows.filter(form=form)
    listed = best_matches(rows, query) if query else page_of(rows, after=parameters.after(request))
    context = {
        "listed": listed,
        "query": query,
        "form": form,
        "forms": Form.choices,
        "is_filtered": bool(query) or form != "",
    }
    return render_page(request, "website/concerts.html", context, section="concerts")


@public_page
def concert(request: HttpRequest, slug: str) -> HttpResponse:
    """One concert: who performs, where and when, and what was publicly reported."""
    now = timezone.now()
    row = public_concerts(now).filter(slug=slug).first()
    if row is None:
        raise Http404
    origin = request.build_absolute_uri("/").rstrip("/")
    shows = list(row.shows.all())
    return render_page(
        request,
        "website/concert.html",
        {
            "concert": row,
            "shows": [line(show) for show in shows[:MOST_SHOWS]],
            "claims": list(public_claims(now).filter(project=row.pk)[:50]),
            "structured": [
                *structured_live.concert(row, shows[:MOST_SHOWS], origin),
                breadcrumbs(
                    origin,
                    (_("Home"), reverse("website:home")),
                    (_("Concerts"), reverse("website:concerts")),
                    (row.name_for(request.LANGUAGE_CODE), request.path),
                ),
            ],
        },
        section="concerts",
    )


@public_page
def venues(request: HttpRequest) -> HttpResponse:
    """Where shows are held."""
    now = timezone.now()
    query = parameters.words(request)
    rows = public_venues(now)
    listed = best_matches(rows, query) if query else page_of(rows, after=parameters.after(request))
    context = {"listed": listed, "query": query, "is_filtered": bool(query)}
    return render_page(request, "website/venues.html", context, section="venues")


@public_page
def venue(request: HttpRequest, slug: str) -> HttpResponse:
    """One venue: whose it is, how many it holds, and its public shows."""
    now = timezone.now()
    row = public_venues(now).filter(slug=slug).first()
    if row is None:
        raise Http404
    today = local_time(now, row.time_zone).date()
    shows = public_shows(now).filter(venue=row)
    coming = list(shows.filter(date__gte=today)[:MOST_SHOWS])
    past = list(shows.filter(date__lt=today).order_by("-date", "-starts_at", "-pk")[:MOST_SHOWS])
    origin = request.build_absolute_uri("/").rstrip("/")
    return render_page(
        request,
        "website/venue.html",
        {
            "venue": row,
            "coming": [line(show) for show in coming],
            "past": [line(show) for show in past],
            "collaborations": list(
                public_collaborations(now).filter(venue=row).order_by("sort_name", "pk")[:50]
            ),
            "structured": [
                structured_live.venue(row, origin),
                *(structured_live.event(show, origin) for show in coming[:50]),
                breadcrumbs(
                    origin,
                    (_("Home"), reverse("website:home")),
                    (_("Venues"), reverse("website:venues")),
                    (row.name_for(request.LANGUAGE_CODE), request.path),
                ),
            ],
        },
        section="venues",
    )


@require_safe
def venue_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The public shows of a venue as an iCalendar file, for anyone's own calendar."""
    now = timezone.now()
    row = public_venues(now).filter(slug=slug).first()
    if row is None:
        raise Http404
    shows = list(public_shows(now).filter(venue=row).order_by("-date", "-pk")[:MOST_SHOWS])
    base = request.build_absolute_uri("/").rstrip("/")
    language = request.LANGUAGE_CODE
    addresses = {
        show.concert_id: base
        + path_in(language, reverse("website:concert", args=[show.concert.slug]))
        for show in shows
    }
    body = calendar_of(row, sorted(shows, key=lambda show: (show.date, show.pk)), addresses)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.slug}.ics"'
    return response


@public_page
def collaboration(request: HttpRequest, slug: str) -> HttpResponse:
    """One venue collaboration: with whom, over which seasons, with which shows."""
    now = timezone.now()
    row = public_collaborations(now).filter(slug=slug).first()
    if row is None:
        raise Http404
    shows = list(public_shows(now).filter(collaboration=row)[:MOST_SHOWS])
    origin = request.build_absolute_uri("/").rstrip("/")
    return render_page(
        request,
        "website/venue_collaboration.html",
        {
            "collaboration": row,
            "shows": [line(show) for show in shows],
            "claims": list(public_claims(now).filter(project=row.pk)[:50]),
            "structured": [
                breadcrumbs(
                    origin,
                    (_("Home"), reverse("website:home")),
                    (_("Venues"), reverse("website:venues")),
                    (row.name_for(request.LANGUAGE_CODE), request.path),
                )
            ],
        },
        section="venues",
    )


def line(show: Show) -> dict[str, Any]:
    """A show as a line of a list: its day and its times by the clocks there."""
    zone = show.venue.time_zone
    start = local_time(show.starts_at, zone) if show.starts_at else None
    times = f"{start:%H:%M}" if start else ""
    if start and show.ends_at:
        times += f"–{local_time(show.ends_at, zone):%H:%M}"
    reports = show.reports.all()
    return {
        "show": show,
        "times": times,
        "starts": start,
        "doors": f"{local_time(show.doors_at, zone):%H:%M}" if show.doors_at else "",
        "is_off": show.status in (ShowStatus.CANCELLED, ShowStatus.POSTPONED),
        "report": reports[0] if reports else None,
    }
