"""The ends of windows as texts that a sheet and a grant can be compared by.

A text is a day (2026-01-01), OPEN, or an event with its lag (THEATRICAL_RELEASE+3M0D).
"""

import datetime
from typing import Any

from portfolio.rights.choices import Bound
from portfolio.rights.models import Grant
from portfolio.rights.sheets.columns import OPEN as WORD_OPEN
from portfolio.rights.sheets.columns import WORDS_OF_EVENTS
from portfolio.rights.sheets.lags import lag_as_text

OPEN = "OPEN"


def of_event(kind: str, months: int, days: int) -> str:
    """The text of an end that hangs on an event."""
    return f"{kind}+{months}M{days}D"


def parts_of(text: str) -> tuple[str, int, int]:
    """The kind, the months and the days of an end that hangs on an event."""
    kind, _plus, lag = text.partition("+")
    months, _m, days = lag.rstrip("D").partition("M")
    return kind, int(months), int(days)


def in_words(text: str) -> str:
    """The text as a sheet would have it: a day, Open, or a condition with its lag."""
    if text == OPEN:
        return WORD_OPEN
    if text[:1].isdigit():
        return text
    kind, months, days = parts_of(text)
    lag = lag_as_text(months, days)
    return f"{WORDS_OF_EVENTS[kind]} {lag}" if lag else WORDS_OF_EVENTS[kind]


def texts_of(
    grant: Grant, end: str, territory: str, worked_out: datetime.date | None
) -> tuple[str, ...]:
    """Every text by which a sheet may mean this end of a grant in a territory.

    One that hangs on an event of that territory, or of no place, may be named by the event; once the
    event has a date also by the day that it comes to.
    """
    kind = getattr(grant, f"{end}_kind")
    if kind == Bound.OPEN:
        return (OPEN,)
    if kind == Bound.DATE:
        return (getattr(grant, f"{end}_date").isoformat(),)
    event: Any = getattr(grant, f"{end}_event")
    found = []
    if event.place in ("", territory):
        lag = getattr(grant, f"{end}_lag_months"), getattr(grant, f"{end}_lag_days")
        found.append(of_event(event.kind, *lag))
    if worked_out is not None:
        found.append(worked_out.isoformat())
    return tuple(found)


def days_of(window: Any) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last day that a window comes to; None where it is open or not worked out."""
    if window is None or window.isempty:
        return None, None
    return window.lower, window.upper and window.upper - datetime.timedelta(days=1)
