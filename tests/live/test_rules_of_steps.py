"""Which steps a booking and a show may take, each beside one that they may."""

import datetime

import pytest

from portfolio.live.choices import BookingState, ShowStatus
from portfolio.live.models import Booking, Show
from portfolio.live.operations.shows import STEPS, needs_reason
from tests.live.factories import (
    BookingFactory,
    CollaborationFactory,
    ShowFactory,
    SpaceFactory,
    VenueFactory,
    hk,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 5, 2)


def change(row, **values):
    type(row).objects.filter(pk=row.pk).update(**values)


def test_a_booking_ends_after_it_starts_and_says_what_for():
    start = hk("2026-05-02T18:00")
    BookingFactory(starts_at=start, ends_at=start + datetime.timedelta(microseconds=1))

    with refused("booking_ends_after_it_starts"):
        BookingFactory(starts_at=start, ends_at=start)
    with refused("booking_has_a_title"):
        BookingFactory(title="")
    with refused("booking_purpose_is_known"):
        BookingFactory(purpose="PARTY")
    with refused("booking_state_is_known"):
        BookingFactory(state="MAYBE", rank=1)


@pytest.mark.parametrize("rank", [1, 9])
def test_a_hold_is_an_option_from_the_first_to_the_ninth(rank):
    BookingFactory(rank=rank)


@pytest.mark.parametrize(
    ("state", "rank"), [("HELD", None), ("HELD", 0), ("HELD", 10), ("CONFIRMED", 1)]
)
def test_another_option_is_refused(state, rank):
    with refused("booking_has_a_rank_while_held"):
        BookingFactory(state=state, rank=rank)


def test_two_confirmed_bookings_of_a_space_do_not_overlap():
    hall = SpaceFactory()
    one = BookingFactory(venue=hall.venue, space=hall)
    BookingFactory(
        venue=hall.venue, space=hall, starts_at=one.ends_at, ends_at=hk("2026-05-03T02:00")
    )
    BookingFactory(venue=hall.venue, space=SpaceFactory(venue=hall.venue))
    BookingFactory(venue=hall.venue, space=hall, rank=1)

    with refused("booking_confirmed_stands_alone"):
        BookingFactory(
            venue=hall.venue,
            space=hall,
            starts_at=hk("2026-05-02T22:59"),
            ends_at=hk("2026-05-02T23:30"),
        )


def test_the_whole_venue_collides_with_each_of_its_spaces():
    first, second = SpaceFactory(), VenueFactory()
    BookingFactory(venue=first.venue, space=first)
    BookingFactory(venue=second)

    with refused("booking_confirmed_stands_alone"):
        BookingFactory(venue=first.venue)
    with refused("booking_confirmed_stands_alone"):
        BookingFactory(venue=second, space=SpaceFactory(venue=second))
    BookingFactory(venue=VenueFactory())


def test_two_holds_of_one_option_do_not_overlap():
    one = BookingFactory(rank=1)
    BookingFactory(venue=one.venue, rank=2)
    BookingFactory(venue=one.venue, rank=1, day=DAY + datetime.timedelta(days=1))

    with refused("booking_option_stands_alone"):
        BookingFactory(venue=one.venue, rank=1, space=SpaceFactory(venue=one.venue))


def test_released_time_is_free():
    one = BookingFactory()
    change(one, state=BookingState.RELEASED, state_reason="Called off")

    BookingFactory(venue=one.venue)


def test_a_booking_is_of_a_space_a_show_and_a_collaboration_of_its_venue():
    collaboration = CollaborationFactory()
    venue = collaboration.venue
    hall, show = SpaceFactory(venue=venue), ShowFactory(venue=venue)
    BookingFactory(venue=venue, space=hall, show=show, collaboration=collaboration)

    with refused("booking_space_is_of_its_venue"):
        BookingFactory(space=hall)
    with refused("booking_show_is_in_its_venue"):
        BookingFactory(show=show)
    with refused("booking_collaboration_is_of_its_venue"):
        BookingFactory(collaboration=collaboration)


def test_a_booking_is_released_and_never_deleted():
    booking = BookingFactory()

    with refused("booking_is_released_and_never_deleted"):
        Booking.objects.all().delete()
    with refused("booking_release_has_a_reason"):
        change(booking, state=BookingState.RELEASED, state_reason="  ")
    change(booking, state=BookingState.RELEASED, state_reason="Called off")
    with refused("booking_released_stays_released"):
        change(booking, state=BookingState.CONFIRMED)
    with refused("booking_begins_held_or_confirmed"):
        BookingFactory(state=BookingState.RELEASED)


def test_a_booking_stays_in_its_venue_and_confirmed_is_not_held_again():
    booking = BookingFactory()

    with refused("booking_venue_never_changes"):
        change(booking, venue=VenueFactory())
    with refused("booking_confirmed_never_becomes_a_hold"):
        change(booking, state=BookingState.HELD, rank=1)
    change(booking, ends_at=hk("2026-05-02T23:30"))


def test_the_second_option_waits_for_the_first():
    first = BookingFactory(rank=1)
    second = BookingFactory(venue=first.venue, rank=2)
    elsewhere = BookingFactory(rank=2)

    with refused("booking_waits_for_better_options"):
        change(second, state=BookingState.CONFIRMED, rank=None)
    change(elsewhere, state=BookingState.CONFIRMED, rank=None)
    change(first, state=BookingState.RELEASED, state_reason="Given up")
    change(second, state=BookingState.CONFIRMED, rank=None)


@pytest.mark.parametrize("before", ShowStatus.values)
@pytest.mark.parametrize("after", ShowStatus.values)
def test_a_show_takes_the_steps_of_the_list_and_no_other(before, after):
    show = ShowFactory(status=before)
    step = {"status": after, "status_reason": "Rain" if needs_reason(before, after) else ""}

    if before == after or ShowStatus(after) in STEPS[before]:
        change(show, **step)
    else:
        with refused("show_takes_only_allowed_steps"):
            change(show, **step)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("PLANNED", "CANCELLED"),
        ("ON_SALE", "POSTPONED"),
        ("CANCELLED", "PLANNED"),
        ("HELD", "PLANNED"),
    ],
)
def test_a_step_back_has_a_reason(before, after):
    with refused("show_step_back_has_a_reason"):
        change(ShowFactory(status=before), status=after, status_reason=" ")


def test_a_show_is_held_on_its_day_and_not_before():
    eve = hk("2026-05-01T23:59")
    change(ShowFactory(date=DAY), status="HELD", status_at=hk("2026-05-02T00:00"))

    with refused("show_is_held_on_its_day"):
        change(ShowFactory(date=DAY), status="HELD", status_at=eve)
    with refused("show_is_held_on_its_day"):
        ShowFactory(date=DAY, status="HELD", status_at=eve)


def test_a_held_show_keeps_its_place_and_day():
    show = ShowFactory(status="HELD", starts_at=None)

    with refused("show_held_keeps_its_place_and_day"):
        change(show, date=DAY + datetime.timedelta(days=1))
    change(show, starts_at=hk("2026-05-02T20:15"))


def test_a_show_stays_where_it_is_booked():
    show = ShowFactory()
    booking = BookingFactory(venue=show.venue, show=show)
    other = VenueFactory()

    with refused("show_stays_where_it_is_booked"):
        change(show, venue=other)
    change(booking, state=BookingState.RELEASED, state_reason="Moved")
    change(show, venue=other)


def test_a_postponed_show_moves_to_another_of_its_concert():
    show = ShowFactory()
    later = ShowFactory(concert=show.concert, date=DAY + datetime.timedelta(days=30))
    postponed = {"status": "POSTPONED", "status_reason": "Typhoon"}

    with refused("show_moves_only_when_postponed"):
        change(show, moved_to=later)
    with refused("show_moves_only_when_postponed"):
        change(show, moved_to=show, **postponed)
    with refused("show_moves_within_its_concert"):
        change(show, moved_to=ShowFactory(), **postponed)
    change(show, moved_to=later, **postponed)
    with refused("show_takes_the_place_of_one"):
        change(ShowFactory(concert=show.concert), moved_to=later, **postponed)
    assert Show.objects.get(moved_from=show) == later
