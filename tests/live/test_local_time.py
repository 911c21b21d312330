"""Times by the clocks of a place: the hour that is skipped, the hour that comes twice. Threat O13."""

import datetime

import pytest

from portfolio.common.local_time import (
    NoSuchLocalTime,
    TwiceLocalTime,
    instant_of,
    local_time,
    start_of_day,
    zone_names,
    zone_of,
)
from portfolio.live.admin.months import Month, days_of
from tests.live.factories import hk

LONDON = "Europe/London"
SPRING, AUTUMN = datetime.date(2026, 3, 29), datetime.date(2026, 10, 25)
HALF_PAST_ONE = datetime.time(1, 30)


def test_hong_kong_has_one_clock():
    at = instant_of(datetime.date(2026, 5, 2), datetime.time(20), "Asia/Hong_Kong")

    assert at.isoformat() == "2026-05-02T12:00:00+00:00"
    assert local_time(at, "Asia/Hong_Kong").time() == datetime.time(20)


def test_the_hour_that_is_skipped_is_no_time():
    before = instant_of(SPRING, datetime.time(0, 59), LONDON)
    after = instant_of(SPRING, datetime.time(2), LONDON)

    assert after - before == datetime.timedelta(minutes=1)
    for second in (None, False, True):
        with pytest.raises(NoSuchLocalTime, match="2026-03-29"):
            instant_of(SPRING, HALF_PAST_ONE, LONDON, second=second)


def test_the_hour_that_comes_twice_asks_which_is_meant():
    with pytest.raises(TwiceLocalTime, match="01:30 twice"):
        instant_of(AUTUMN, HALF_PAST_ONE, LONDON)
    first = instant_of(AUTUMN, HALF_PAST_ONE, LONDON, second=False)
    second = instant_of(AUTUMN, HALF_PAST_ONE, LONDON, second=True)

    assert second - first == datetime.timedelta(hours=1)
    assert local_time(first, LONDON).time() == local_time(second, LONDON).time() == HALF_PAST_ONE


def test_which_says_nothing_where_there_is_one_time():
    noon = datetime.time(12)

    assert instant_of(AUTUMN, noon, LONDON, second=True) == instant_of(AUTUMN, noon, LONDON)


def test_a_day_of_the_change_is_longer_or_shorter():
    day = datetime.timedelta(days=1)

    assert start_of_day(SPRING + day, LONDON) - start_of_day(SPRING, LONDON) == day * 23 / 24
    assert start_of_day(AUTUMN + day, LONDON) - start_of_day(AUTUMN, LONDON) == day * 25 / 24


def test_a_day_begins_where_midnight_is_skipped():
    cairo = datetime.date(2024, 4, 26)

    begin = start_of_day(cairo, "Africa/Cairo")

    assert local_time(begin, "Africa/Cairo").isoformat() == "2024-04-26T01:00:00+03:00"


def test_zones_are_places_and_an_unknown_one_is_no_error():
    assert {"Asia/Hong_Kong", LONDON, "Asia/Tokyo"} <= set(zone_names())
    assert "EST5EDT" not in zone_names()
    assert zone_of("Asia/Atlantis").key == "Asia/Hong_Kong"
    assert zone_of("../etc/passwd").key == "Asia/Hong_Kong"


class Span:
    def __init__(self, starts_at: str, ends_at: str) -> None:
        self.starts_at, self.ends_at = hk(starts_at), hk(ends_at)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2026-05-02T18:00", "2026-05-02T23:00", [2]),
        ("2026-05-02T00:00", "2026-05-03T00:00", [2]),
        ("2026-05-02T22:00", "2026-05-03T00:30", [2, 3]),
        ("2026-05-02T00:00", "2026-05-05T00:00", [2, 3, 4]),
    ],
)
def test_a_booking_lies_on_the_days_that_it_touches(start, end, days):
    assert [day.day for day in days_of(Span(start, end), "Asia/Hong_Kong")] == days


@pytest.mark.parametrize("text", ["", "nonsense", "2026-13", "2026-5", "99999-01", "\x00"])
def test_a_month_that_is_none_is_this_month(text):
    month = Month.read(text, datetime.date(2026, 5, 20), "Asia/Hong_Kong")

    assert month.first == datetime.date(2026, 5, 1)


def test_weeks_hold_every_day_of_the_month_and_begin_as_readers_expect():
    month = Month.read("2026-05", datetime.date(2026, 1, 1), "Asia/Hong_Kong")

    english, simplified = month.weeks("en"), month.weeks("zh-hans")

    assert english[0][0].weekday() == 6
    assert simplified[0][0].weekday() in (0, 6)
    for weeks in (english, simplified):
        days = [day for week in weeks for day in week if day.month == 5]
        assert days == [datetime.date(2026, 5, n) for n in range(1, 32)]
    assert (month.previous, month.following) == (
        datetime.date(2026, 4, 1),
        datetime.date(2026, 6, 1),
    )
