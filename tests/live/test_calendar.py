"""Booking time: what is refused is said in words, and whoever saves at once, one has the time."""

import datetime
import os
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils.translation import override

from portfolio.live.choices import BookingState, Purpose
from portfolio.live.models import Booking
from portfolio.live.operations import calendar as operations
from portfolio.live.operations.calendar import BetterOption, TimeIsTaken
from tests.live.factories import (
    AT,
    BookingFactory,
    SpaceFactory,
    VenueFactory,
    hk,
    officer,
)
from tests.own_database import own_database

PROVING = os.environ.get("TOPSHEET_PROVE") == "1"
CLIENTS = 16
ROUNDS = 100 if PROVING else 8
START, END = hk("2026-05-02T18:00"), hk("2026-05-02T23:00")


def book(venue: Any, **given: Any) -> Booking:
    wanted: dict[str, Any] = {
        "venue": venue, "space": None, "purpose": Purpose.SHOW, "title": "A show",
        "starts_at": START, "ends_at": END, "rank": None, "actor": officer(), "at": AT,
    }  # fmt: skip
    return operations.book_time(**(wanted | given))


def test_a_hold_is_confirmed_and_released_and_says_by_whom_and_why(db):
    booking = book(VenueFactory(), rank=1, lapses_date=datetime.date(2026, 4, 1))

    operations.confirm_booking(booking=booking, actor=officer(), at=AT)
    confirmed = Booking.objects.get()
    operations.release_booking(booking=booking, actor=officer(), at=AT, reason="Called off")
    released = Booking.objects.get()

    assert (confirmed.state, confirmed.rank, confirmed.lapses_date) == ("CONFIRMED", None, None)
    assert (released.state, released.state_reason) == (BookingState.RELEASED, "Called off")
    assert (released.state_by, released.state_at) == (officer(), AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM live_bookingevent ORDER BY pgh_id")
        assert [row[0] for row in cursor.fetchall()] == ["HELD", "CONFIRMED", "RELEASED"]


def test_the_refusal_names_the_other_booking_in_words(db):
    hall = SpaceFactory(
        name_en="Main hall", venue__name_en="City Hall", venue__name_zh_hant="大會堂"
    )
    book(hall.venue, space=hall, title="Amber Nights")

    with pytest.raises(TimeIsTaken) as english:
        book(hall.venue, starts_at=hk("2026-05-02T22:00"), ends_at=hk("2026-05-03T01:00"))
    with pytest.raises(TimeIsTaken) as chinese, override("zh-hant"):
        book(hall.venue, space=hall)

    assert str(english.value) == (
        "That time is taken: “Amber Nights”, City Hall, Main hall, 2 May 2026 18:00 to 23:00 (Confirmed)."
    )
    assert "大會堂" in str(chinese.value)
    assert Booking.objects.count() == 1


def test_whole_days_are_named_as_days(db):
    venue = VenueFactory(name_en="City Hall")
    days = {"starts_at": hk("2026-05-02T00:00"), "ends_at": hk("2026-05-05T00:00")}
    book(venue, rank=2, title="A run", **days)

    with pytest.raises(TimeIsTaken) as refused:
        book(venue, rank=2)

    assert "City Hall, whole venue, 2 May 2026 to 4 May 2026 (second option)." in str(refused.value)


def test_the_second_option_is_told_whose_the_first_is(db):
    venue = VenueFactory()
    book(venue, rank=1, title="First come")
    second = book(venue, rank=2)

    with pytest.raises(BetterOption) as refused:
        operations.confirm_booking(booking=second, actor=officer(), at=AT)

    assert "“First come”" in str(refused.value)
    assert "first option" in str(refused.value)


def test_an_option_moves_up_when_the_one_before_it_was_given_up(db):
    venue = VenueFactory()
    first, second = book(venue, rank=1), book(venue, rank=2)

    with pytest.raises(TimeIsTaken):
        operations.rank_booking(booking=second, rank=1, actor=officer(), at=AT)
    operations.release_booking(booking=first, actor=officer(), at=AT, reason="Given up")
    operations.rank_booking(booking=second, rank=1, actor=officer(), at=AT)

    assert Booking.objects.get(pk=second.pk).rank == 1


def test_a_booking_moves_only_to_time_that_is_free(db):
    venue = VenueFactory()
    book(venue)
    other = book(venue, starts_at=END, ends_at=hk("2026-05-03T02:00"))
    move = {"booking": other, "space": None, "actor": officer(), "at": AT, "reason": "Later"}

    with pytest.raises(TimeIsTaken):
        operations.move_booking(
            starts_at=hk("2026-05-02T22:59"), ends_at=hk("2026-05-03T02:00"), **move
        )
    operations.move_booking(
        starts_at=hk("2026-05-02T23:30"), ends_at=hk("2026-05-03T03:00"), **move
    )

    assert Booking.objects.get(pk=other.pk).starts_at == hk("2026-05-02T23:30")


# --- At once ----------------------------------------------------------------------------------


@pytest.fixture
def committed(db: None) -> Iterator[str]:
    """What the test writes is really committed, to a database of its own."""
    with own_database() as name:
        yield name


def crowd(act: Any) -> Counter[str]:
    """Let all clients try at once, each on a connection of its own; what came of it."""
    outcomes: Counter[str] = Counter()
    start, lock = threading.Barrier(CLIENTS), threading.Lock()

    def client(number: int) -> None:
        start.wait()
        for turn in range(ROUNDS):
            try:
                act(number, turn)
                said = "accepted"
            except TimeIsTaken:
                said = "taken"
            except DatabaseError as error:
                state = getattr(error.__cause__, "sqlstate", "")
                said = {"23P01": "excluded", "40P01": "deadlock"}.get(state, f"FAULT {error}")
            except Exception as error:
                said = f"FAULT {type(error).__name__} {error}"[:120]
            with lock:
                outcomes[said] += 1
        connections.close_all()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def overlaps() -> list[tuple[int, int]]:
    """Pairs of standing bookings that have a space and a time in common, worked out by brute force."""
    rows = list(Booking.objects.standing().order_by("pk"))
    return [
        (a.pk, b.pk)
        for i, a in enumerate(rows)
        for b in rows[i + 1 :]
        if a.venue_id == b.venue_id
        and (a.space_id is None or b.space_id is None or a.space_id == b.space_id)
        and a.starts_at < b.ends_at
        and b.starts_at < a.ends_at
        and (a.state, a.rank) == (b.state, b.rank)
    ]


def period(turn: int) -> tuple[datetime.datetime, datetime.datetime]:
    day = START + datetime.timedelta(days=turn)
    return day, day + datetime.timedelta(hours=5)


@pytest.mark.parametrize("rank", [None, 1])
def test_sixteen_book_the_same_evenings_and_one_has_each(committed, rank):
    hall = SpaceFactory()
    venue, who = hall.venue, officer()

    def act(number: int, turn: int) -> None:
        starts_at, ends_at = period(turn)
        # Every other client wants the whole venue, the others its hall: they collide all the same.
        space = hall if number % 2 else None
        book(venue, space=space, starts_at=starts_at, ends_at=ends_at, rank=rank, actor=who)

    outcomes = crowd(act)

    assert outcomes == {"accepted": ROUNDS, "taken": (CLIENTS - 1) * ROUNDS}
    assert Booking.objects.count() == ROUNDS
    assert overlaps() == []


def test_whoever_goes_past_our_operations_is_stopped_by_the_database(committed):
    """Plain inserts that take no lock: the exclusion constraint alone decides."""
    hall = SpaceFactory()
    who = officer()

    def act(number: int, turn: int) -> None:
        starts_at, ends_at = period(turn)
        with transaction.atomic():
            BookingFactory(
                venue=hall.venue, space=hall if number % 2 else None, starts_at=starts_at,
                ends_at=ends_at, state_by=who,
            )  # fmt: skip

    outcomes = crowd(act)

    # Two inserts that wait for each other end in a deadlock: of one of them nothing is written.
    assert set(outcomes) <= {"accepted", "excluded", "deadlock"}, outcomes
    assert 0 < outcomes["accepted"] <= ROUNDS
    assert Booking.objects.count() == outcomes["accepted"]
    assert overlaps() == []


def test_sixteen_confirm_holds_that_overlap_and_one_is_confirmed(committed):
    venue, who = VenueFactory(), officer()
    # Nine holds of one time, one of each rank: only the first may be confirmed.
    holds = [book(venue, rank=rank, actor=who) for rank in range(1, 10)]

    def act(number: int, turn: int) -> None:
        if turn == 0 and number < len(holds):
            try:
                operations.confirm_booking(booking=holds[number], actor=who, at=AT)
            except BetterOption as refused:
                raise TimeIsTaken(str(refused)) from None

    crowd(act)

    confirmed = list(Booking.objects.filter(state=BookingState.CONFIRMED))
    assert confirmed[0] == holds[0]
    assert len(confirmed) == 1
