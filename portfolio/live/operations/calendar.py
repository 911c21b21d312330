"""Taking time in a venue and giving it back; the database keeps two from having the same."""

import datetime
from collections.abc import Callable
from typing import Any

import pghistory
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portfolio.common.local_time import local_time
from portfolio.common.refusals import Refused, rule_of
from portfolio.common.transactions import atomic_retrying
from portfolio.live.choices import OPTIONS, BookingState, Purpose
from portfolio.live.models import Booking, Show, Space, Venue, VenueCollaboration

# The rules that another booking breaks, and the state in which that one is.
TAKEN = {
    "booking_confirmed_stands_alone": BookingState.CONFIRMED,
    "booking_option_stands_alone": BookingState.HELD,
}


class TimeIsTaken(Refused):
    """Another booking has the time; the text names it."""


class BetterOption(Refused):
    """Somebody has a better option for a part of the time; the text names it."""


@atomic_retrying
def book_time(
    *,
    venue: Venue,
    space: Space | None,
    purpose: Purpose,
    title: str,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime,
    rank: int | None,
    actor: Any,
    at: datetime.datetime,
    show: Show | None = None,
    collaboration: VenueCollaboration | None = None,
    lapses_date: datetime.date | None = None,
    reason: str = "",
) -> Booking:
    """Hold a space, or the whole venue, as the option `rank`; without a rank, confirm it at once.

    Time: from `starts_at`, included, to `ends_at`, not included.
    Raises: TimeIsTaken; IntegrityError where another rule forbids it.
    """
    booking = Booking(
        venue=venue,
        space=space,
        purpose=purpose,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        show=show,
        collaboration=collaboration,
        state=BookingState.CONFIRMED if rank is None else BookingState.HELD,
        rank=rank,
        lapses_date=None if rank is None else lapses_date,
        state_at=at,
        state_by=actor,
        state_reason=reason,
    )
    _write(booking, actor, booking.save)
    return booking


@atomic_retrying
def confirm_booking(
    *, booking: Booking, actor: Any, at: datetime.datetime, reason: str = ""
) -> Booking:
    """Make a hold firm. Raises: TimeIsTaken; BetterOption; IntegrityError."""
    return _step(
        booking, actor, at, reason, state=BookingState.CONFIRMED, rank=None, lapses_date=None
    )


@atomic_retrying
def rank_booking(
    *, booking: Booking, rank: int, actor: Any, at: datetime.datetime, reason: str = ""
) -> Booking:
    """Give a hold another option, as when the one before it was given up.

    Raises: TimeIsTaken; IntegrityError.
    """
    return _step(booking, actor, at, reason, rank=rank)


@atomic_retrying
def move_booking(
    *,
    booking: Booking,
    space: Space | None,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime,
    actor: Any,
    at: datetime.datetime,
    reason: str = "",
) -> Booking:
    """Take another time or another space of the same venue instead. Raises: TimeIsTaken; IntegrityError."""
    return _step(booking, actor, at, reason, space=space, starts_at=starts_at, ends_at=ends_at)


@atomic_retrying
def release_booking(*, booking: Booking, actor: Any, at: datetime.datetime, reason: str) -> Booking:
    """Give the time back, for a reason; it stays on record. Raises: IntegrityError."""
    return _step(booking, actor, at, reason, state=BookingState.RELEASED)


def _step(
    booking: Booking, actor: Any, at: datetime.datetime, reason: str, **changes: Any
) -> Booking:
    """Save what changes with its moment, its person and its reason in one statement."""
    row = Booking.objects.select_related("venue").get(pk=booking.pk)
    values = {**changes, "state_at": at, "state_by": actor, "state_reason": reason}
    for name, value in values.items():
        setattr(row, name, value)
    _write(row, actor, lambda: row.save(update_fields=list(values)))
    return row


def _write(row: Booking, actor: Any, write: Callable[[], None]) -> None:
    """Write under the lock of the venue; say in words whose time it is where it is taken.

    Without the lock two who want the same time would wait for each other's row until PostgreSQL
    ends one of them; with it, the second is told at once.
    """
    Venue.objects.select_for_update(no_key=True).get(pk=row.venue_id)
    try:
        with transaction.atomic(), pghistory.context(user=actor.pk):
            write()
    except IntegrityError as error:
        rule = rule_of(error)
        if rule == "booking_waits_for_better_options":
            better = _others(row, BookingState.HELD).order_by("rank", "starts_at").first()
            if better is not None:
                raise BetterOption(
                    _("A better option comes first: %(other)s") % {"other": in_words(better)}
                ) from error
        elif rule in TAKEN:
            others = _others(row, TAKEN[rule])
            if TAKEN[rule] == BookingState.HELD:
                others = others.filter(rank=row.rank)
            other = others.order_by("starts_at", "pk").first()
            if other is not None:
                raise TimeIsTaken(
                    _("That time is taken: %(other)s") % {"other": in_words(other)}
                ) from error
        raise


def _others(row: Booking, state: BookingState) -> Any:
    """The bookings in a state that overlap this one."""
    return (
        Booking.objects.filter(venue=row.venue_id, state=state)
        .exclude(pk=row.pk)
        .in_space(row.space_id)
        .between(row.starts_at, row.ends_at)
        .select_related("venue", "space")
    )


def in_words(booking: Booking) -> str:
    """A booking as one says it: what for, where, from when to when by the clocks there, how firm."""
    state = OPTIONS[booking.rank] if booking.rank else booking.get_state_display()
    return _("“%(title)s”, %(place)s, %(period)s (%(state)s).") % {
        "title": booking.title,
        "place": place_in_words(booking),
        "period": period_in_words(booking.starts_at, booking.ends_at, booking.venue.time_zone),
        "state": state,
    }


def place_in_words(row: Any) -> str:
    """The venue and the space of a booking or a show."""
    space = str(row.space) if row.space_id else _("whole venue")
    return _("%(venue)s, %(space)s") % {"venue": row.venue, "space": space}


def period_in_words(starts_at: datetime.datetime, ends_at: datetime.datetime, zone: str) -> str:
    """From when to when by the clocks at a place: days alone where they are whole.

    Time: the last instant is not included, so that a day ends at the midnight after it.
    """
    start, end = local_time(starts_at, zone), local_time(ends_at, zone)
    midnight = datetime.time.min
    if start.time() == midnight and end.time() == midnight:
        last = end.date() - datetime.timedelta(days=1)
        if last <= start.date():
            return date_format(start, "DATE_FORMAT")
        return _("%(first)s to %(last)s") % {
            "first": date_format(start, "DATE_FORMAT"),
            "last": date_format(last, "DATE_FORMAT"),
        }
    first = f"{date_format(start, 'DATE_FORMAT')} {start:%H:%M}"
    until = f"{end:%H:%M}"
    if end.date() != start.date():
        until = f"{date_format(end, 'DATE_FORMAT')} {until}"
    return _("%(first)s to %(last)s") % {"first": first, "last": until}
