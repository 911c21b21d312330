"""The calendar of a venue: a month or a list of what is held and confirmed, and the form that books."""

import datetime
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_steps import (
    DayField,
    FoundRowField,
    LineField,
    ListField,
    StepForm,
    carried_out,
    reason_field,
    step_page,
)
from portfolio.common.local_time import local_time
from portfolio.live.admin.months import Month, days_of
from portfolio.live.admin.times import LocalTimes, TimeField
from portfolio.live.choices import OPTIONS, BookingState, Purpose
from portfolio.live.models import Booking, Show, Space, Venue
from portfolio.live.operations.calendar import book_time, period_in_words

CONFIRMED = "confirmed"
MOST_LISTED = 500


@dataclass(frozen=True)
class Item:
    """A booking, or a show that has none, as the calendar shows it."""

    title: str
    url: str
    what: str
    where: str
    when: str
    tone: str
    state: Any
    starts_at: datetime.datetime | None = None
    ends_at: datetime.datetime | None = None
    date: datetime.date | None = None
    days: str = ""
    by: str = ""
    note: str = ""
    hours: tuple[datetime.datetime, datetime.datetime] | None = None

    def when_on(self, day: datetime.date) -> str:
        """What of a day it takes: nothing is said of a whole one."""
        if self.hours is None:
            return self.when
        start, end = self.hours
        begins, stops = start.date() == day, end.date() == day
        midnight = datetime.time.min
        if begins and stops:
            return f"{start:%H:%M}–{end:%H:%M}"
        if begins and start.time() != midnight:
            return _t("from %(time)s") % {"time": f"{start:%H:%M}"}
        if stops:
            return _t("until %(time)s") % {"time": f"{end:%H:%M}"}
        return ""


def calendar_page(admin: Any, request: HttpRequest, venue: Venue) -> HttpResponse:
    """A month of a venue, as weeks or as a list. Queries: four, whatever is booked."""
    now = timezone.now()
    today = local_time(now, venue.time_zone).date()
    language = get_language() or "en"
    month = Month.read(request.GET.get("month", ""), today, venue.time_zone)
    as_list = request.GET.get("view") == "list"
    spaces = list(venue.spaces.order_by("position", "pk"))
    chosen = next((s for s in spaces if str(s.pk) == request.GET.get("space", "")), None)
    items = items_of(venue, month, language, today, space=chosen, released=as_list)
    first_day = month.weeks(language)[0][0].weekday()
    request.current_app = admin.admin_site.name
    base = reverse("admin:live_venue_calendar", args=[venue.pk])
    context = {
        **admin.admin_site.each_context(request),
        "title": _t("Calendar of %(venue)s") % {"venue": venue},
        "opts": admin.opts,
        "venue": venue,
        "venue_url": reverse("admin:live_venue_change", args=[venue.pk]),
        "month": month,
        "as_list": as_list,
        "spaces": spaces,
        "chosen": chosen,
        "weekdays": [WEEKDAYS_ABBR[(first_day + n) % 7] for n in range(7)],
        "weeks": [] if as_list else month.filled(language, today, items),
        "items": items,
        "has_items": bool(items),
        "base": base,
        "this_month": today.replace(day=1),
        "may_book": request.user.has_perm("live.add_booking"),
        "book_url": reverse("admin:live_venue_book", args=[venue.pk]),
    }
    return TemplateResponse(request, "admin/live/calendar.html", context)


def items_of(
    venue: Venue,
    month: Month,
    language: str,
    today: datetime.date,
    *,
    space: Space | None,
    released: bool,
) -> list[Item]:
    """What lies in a month: bookings in their order, and shows that nobody booked a space for."""
    start, end = month.span(language)
    bookings = (
        Booking.objects.filter(venue=venue)
        .between(start, end)
        .in_space(space)
        .select_related("space", "state_by", "show", "venue")
        .order_by("starts_at", "rank", "pk")
    )
    if not released:
        bookings = bookings.standing()
    shows = (
        Show.objects.filter(
            venue=venue,
            date__gte=local_time(start, venue.time_zone).date(),
            date__lt=local_time(end, venue.time_zone).date(),
        )
        .exclude(bookings__state__in=[BookingState.HELD, BookingState.CONFIRMED])
        .exclude(status__in=["CANCELLED", "POSTPONED"])
        .select_related("concert", "space")
        .order_by("date", "starts_at", "pk")
    )
    if space is not None:
        shows = shows.filter(space=space)
    listed = list(bookings[:MOST_LISTED])
    found = [_booked(booking, today) for booking in listed]
    return found + [
        _unbooked(show, venue)
        for show in shows[:MOST_LISTED]
        if not any(_covers(booking, show) for booking in listed)
    ]


def _covers(booking: Booking, show: Show) -> bool:
    """Whether a show lies in time that is booked, though the booking does not name it."""
    if booking.purpose != Purpose.SHOW or booking.state == BookingState.RELEASED:
        return False
    if booking.space_id and show.space_id and booking.space_id != show.space_id:
        return False
    if show.starts_at is None:
        return show.date in days_of(booking, booking.venue.time_zone)
    return booking.starts_at <= show.starts_at < booking.ends_at


def _booked(booking: Booking, today: datetime.date) -> Item:
    tone = booking.state.lower()
    note = ""
    if booking.lapses_date and booking.state == BookingState.HELD:
        lapsed = booking.lapses_date < today
        note = _t("lapsed") if lapsed else ""
        tone = "lapsed" if lapsed else tone
    return Item(
        title=booking.title,
        url=reverse("admin:live_booking_change", args=[booking.pk]),
        what=booking.get_purpose_display(),
        where=str(booking.space) if booking.space else _t("Whole venue"),
        when=hours_in_words(booking),
        tone=tone,
        state=state_in_words(booking),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        days=days_in_words(booking),
        hours=(
            local_time(booking.starts_at, booking.venue.time_zone),
            local_time(booking.ends_at, booking.venue.time_zone),
        ),
        by=str(booking.state_by),
        note=note,
    )


def _unbooked(show: Show, venue: Venue) -> Item:
    start = local_time(show.starts_at, venue.time_zone) if show.starts_at else None
    return Item(
        title=str(show.concert),
        url=reverse("admin:live_concert_change", args=[show.concert_id]),
        what=pgettext("event", "Show"),
        where=str(show.space) if show.space else "",
        when=f"{start:%H:%M}" if start else "",
        tone="unbooked",
        state=_t("no time booked"),
        date=show.date,
        days=date_format(show.date, "DATE_FORMAT"),
    )


def state_in_words(booking: Booking) -> str:
    """Confirmed, released, or which option it is."""
    if booking.state == BookingState.HELD:
        return capfirst(str(OPTIONS[booking.rank or 1]))
    return str(booking.get_state_display())


def days_in_words(booking: Booking) -> str:
    """The day, or the first and the last."""
    days = days_of(booking, booking.venue.time_zone)
    first = date_format(days[0], "DATE_FORMAT")
    return first if len(days) == 1 else f"{first} – {date_format(days[-1], 'DATE_FORMAT')}"


def hours_in_words(booking: Booking) -> str:
    """From when to when within a day; nothing for whole days."""
    zone = booking.venue.time_zone
    start, end = local_time(booking.starts_at, zone), local_time(booking.ends_at, zone)
    if start.time() == end.time() == datetime.time.min:
        return ""
    return f"{start:%H:%M}–{end:%H:%M}"


class BookForm(LocalTimes, StepForm):
    """When, where, for what, and how firmly."""

    title = LineField(label=_("For what"), max_length=200)
    purpose = ListField(label=_("Purpose"), choices=Purpose.choices)
    space = forms.ModelChoiceField(
        label=_("Space"), queryset=Space.objects.none(), required=False,
        empty_label=_("Whole venue"), widget=ListField().widget,
    )  # fmt: skip
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Empty for a single day."))
    from_time = TimeField(label=_("From"), required=False)
    until_time = TimeField(
        label=_("Until"),
        required=False,
        help_text=_("By the clocks of the venue; both empty for whole days."),
    )
    firmness = ListField(
        label=_("How firmly"),
        choices=lambda: [
            *((str(rank), capfirst(words)) for rank, words in OPTIONS.items()),
            (CONFIRMED, _("Confirmed")),
        ],
    )
    lapses_date = DayField(
        label=_("Option lapses after"), required=False, help_text=_("Only of an option.")
    )
    show = FoundRowField(
        Booking._meta.get_field("show"), label=pgettext_lazy("event", "Show"), required=False
    )
    collaboration = FoundRowField(
        Booking._meta.get_field("collaboration"), label=_("Venue collaboration"), required=False
    )
    reason = reason_field(required=False, label=_("Note"))

    def __init__(self, *args: Any, venue: Venue, **kwargs: Any) -> None:
        super().__init__(*args, zone=venue.time_zone, **kwargs)
        self.fields["space"].queryset = venue.spaces.order_by("position", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The instants that the days and hours mean at the venue."""
        said = super().clean() or {}
        self.read_period(said)
        if said.get("firmness") == CONFIRMED and said.get("lapses_date"):
            self.add_error("lapses_date", _("What is confirmed does not lapse."))
        return said


def book_page(admin: Any, request: HttpRequest, venue: Venue) -> HttpResponse:
    """Ask what is to be booked, and book it; whose time it is otherwise is said in words."""
    posted = request.method == "POST"
    first = request.GET.get("day", "")
    initial = {"first_day": first, "firmness": "1", "space": request.GET.get("space", "")}
    form = BookForm(request.POST if posted else None, initial=initial, venue=venue)
    back = reverse("admin:live_venue_calendar", args=[venue.pk])
    if len(first) == 10:
        back += f"?month={first[:7]}"
    if posted and form.is_valid():
        said = form.cleaned_data
        made: list[Booking] = []

        def write() -> None:
            rank = None if said["firmness"] == CONFIRMED else int(said["firmness"])
            made.append(
                book_time(
                    venue=venue,
                    space=said["space"],
                    purpose=said["purpose"],
                    title=said["title"],
                    starts_at=said["starts_at"],
                    ends_at=said["ends_at"],
                    rank=rank,
                    lapses_date=said["lapses_date"],
                    show=said["show"],
                    collaboration=said["collaboration"],
                    reason=said["reason"],
                    actor=request.user,
                    at=timezone.now(),
                )
            )

        if carried_out(form, write):
            words = _t("Booked: %(period)s.") % {
                "period": period_in_words(said["starts_at"], said["ends_at"], venue.time_zone)
            }
            admin.message_user(request, words, messages.SUCCESS)
            day = local_time(said["starts_at"], venue.time_zone)
            calendar = reverse("admin:live_venue_calendar", args=[venue.pk])
            return HttpResponseRedirect(f"{calendar}?month={day:%Y-%m}")
    return step_page(
        request,
        form,
        title=_t("Book %(venue)s") % {"venue": venue},
        button=_("Book"),
        back=back,
        facts=[(_t("Time zone"), venue.time_zone)],
        explanation=_("Two confirmed bookings never overlap, nor do two holds of the same option."),
        opts=admin.opts,
        original=venue,
    )
