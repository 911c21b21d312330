"""Windows over time as bars: what was acquired, licensed, held back and promised first, one line each."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from portfolio.rights.admin.words import Territories, media_in_words
from portfolio.rights.choices import ExtentKind, GrantState, PriorityKind
from portfolio.rights.models import Extent

WIDTH = 1000
DAY = datetime.timedelta(days=1)
MOST_YEARS = 40


@dataclass(frozen=True)
class Bar:
    """One scope: what it is called, and where its window lies in thousandths of the picture."""

    sort: str
    label: str
    detail: str
    x: float
    width: float
    title: str
    url: str
    opens_left: bool
    opens_right: bool


@dataclass(frozen=True)
class Picture:
    """Bars by what they are, the years they lie in, today, and what hangs on events without a date."""

    lanes: Sequence[tuple[Any, Sequence[Bar]]]
    years: Sequence[tuple[float, int]]
    today: float | None
    pending: Sequence[tuple[str, str]]


LANES = (
    (ExtentKind.IN, _lazy("Rights in")),
    (ExtentKind.OUT, _lazy("Rights out")),
    (ExtentKind.HOLDBACK, _lazy("Holdbacks")),
    (ExtentKind.PRIORITY, _lazy("Options, first looks, last matches")),
)


def picture_of(extents: Iterable[Any], addresses: dict[int, str], today: datetime.date) -> Picture:
    """The picture of a title's extents; `addresses` leads from each to its form.

    An open end runs to the edge. Nothing is drawn beyond forty years: the table has the days.
    """
    rows = list(extents)
    shown = [row for row in rows if row.window is not None and not row.window.isempty]
    days = [d for row in shown for d in (row.window.lower, row.window.upper) if d]
    first = min([*days, today]).replace(month=1, day=1)
    last = max([*days, today + 365 * DAY])
    last = min(last, first.replace(year=min(first.year + MOST_YEARS, 9998)))
    last = last.replace(month=12, day=31)
    length = (last - first).days or 1

    def at(day: datetime.date) -> float:
        return round(min(max((day - first).days / length, 0), 1) * WIDTH, 1)

    territories = Territories()
    lanes = []
    for kind, words in LANES:
        bars = [
            _bar(row, at, addresses.get(row.pk, ""), territories)
            for row in shown
            if row.kind == kind
        ]
        if bars:
            lanes.append((words, sorted(bars, key=lambda bar: (bar.x, bar.width))))
    step = max(1, (last.year - first.year + 1) // 12)
    return Picture(
        lanes,
        [
            (at(datetime.date(year, 1, 1)) / 10, year)
            for year in range(first.year, last.year + 1, step)
        ],
        at(today),
        [(name_of(row), addresses.get(row.pk, "")) for row in rows if row.window is None],
    )


def _bar(row: Any, at: Any, url: str, territories: Territories) -> Bar:
    window = row.window
    x = 0.0 if window.lower is None else at(window.lower)
    end = float(WIDTH) if window.upper is None else at(window.upper)
    detail = f"{media_in_words(row.media_codes)} · {territories.of_codes(row.territory_codes)}"
    return Bar(
        sort=sort_of(row),
        label=name_of(row),
        detail=detail,
        x=x,
        width=max(end - x, 2.0),
        title=f"{name_of(row)}: {detail}",
        url=url,
        opens_left=window.lower is None,
        opens_right=window.upper is None,
    )


def sort_of(row: Extent) -> str:
    """The colour of a bar: acquired, licensed to one or to several, held back, first in line, or a draft."""
    if not row.counts:
        return "draft"
    if row.kind == ExtentKind.OUT:
        return "out" if row.exclusivity == "EXCLUSIVE" else "shared"
    return {ExtentKind.IN: "in", ExtentKind.HOLDBACK: "held"}.get(ExtentKind(row.kind), "first")


def name_of(row: Extent) -> str:
    """Whose right it is, and what it is where that is not plain."""
    holder = str(row.holder) if row.holder else _("Owned from the start")
    if row.kind == ExtentKind.PRIORITY and row.priority:
        return f"{PriorityKind(row.priority.kind).label}: {holder}"
    if row.kind == ExtentKind.HOLDBACK:
        return _("Held back for %(holder)s") % {"holder": holder}
    if row.grant and row.grant.state == GrantState.DRAFT:
        return _("%(holder)s (in negotiation)") % {"holder": holder}
    return holder
