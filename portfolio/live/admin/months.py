"""A month as a calendar shows it: weeks of days, each with what lies on it."""

import calendar
import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from babel import Locale

from portfolio.common.admin_lists import BABEL_LOCALES
from portfolio.common.local_time import local_time, start_of_day

FIRST, LAST = datetime.date(1990, 1, 1), datetime.date(2200, 12, 1)


@dataclass
class Day:
    """One day of a month, or of the weeks at its ends."""

    date: datetime.date
    is_of_month: bool
    is_today: bool
    items: list[tuple[Any, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Month:
    """A month with its neighbours and the instants between which it lies at a place."""

    first: datetime.date
    zone: str

    @classmethod
    def read(cls, text: str, today: datetime.date, zone: str) -> "Month":
        """The month that a text such as 2026-11 names; today's for anything else."""
        try:
            day = datetime.date.fromisoformat(f"{text}-01")
        except ValueError:
            day = today.replace(day=1)
        return cls(min(max(day, FIRST), LAST), zone)

    @property
    def following(self) -> datetime.date:
        """The first day of the month after."""
        return (self.first + datetime.timedelta(days=31)).replace(day=1)

    @property
    def previous(self) -> datetime.date:
        """The first day of the month before."""
        return (self.first - datetime.timedelta(days=1)).replace(day=1)

    def weeks(self, language: str) -> list[list[datetime.date]]:
        """The days of its weeks, from the day on which weeks begin for readers of `language`."""
        first_day = Locale.parse(BABEL_LOCALES.get(language, "en_HK")).first_week_day
        return calendar.Calendar(first_day).monthdatescalendar(self.first.year, self.first.month)

    def span(self, language: str) -> tuple[datetime.datetime, datetime.datetime]:
        """From the first instant that its weeks show to the last, which is not included."""
        weeks = self.weeks(language)
        after = weeks[-1][-1] + datetime.timedelta(days=1)
        return start_of_day(weeks[0][0], self.zone), start_of_day(after, self.zone)

    def filled(self, language: str, today: datetime.date, items: Iterable[Any]) -> list[list[Day]]:
        """Its weeks with `items`, each on every day that it touches.

        An item has `starts_at` and `ends_at`, the last instant not included, or only a `date`; and it
        says what of a day it takes (`when_on`).
        """
        weeks = [
            [Day(day, day.month == self.first.month, day == today) for day in week]
            for week in self.weeks(language)
        ]
        days = {day.date: day for week in weeks for day in week}
        for item in items:
            for date in days_of(item, self.zone):
                if date in days:
                    days[date].items.append((item, item.when_on(date)))
        return weeks


def days_of(item: Any, zone: str) -> list[datetime.date]:
    """The civil days at a place that an item touches."""
    if getattr(item, "date", None) is not None:
        return [item.date]
    start = local_time(item.starts_at, zone).date()
    # What ends at midnight does not touch the day that begins then.
    last = local_time(item.ends_at - datetime.timedelta(microseconds=1), zone).date()
    return [start + datetime.timedelta(days=n) for n in range(min((last - start).days, 400) + 1)]
