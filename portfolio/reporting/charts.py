"""Pictures of reports: shapes in thousandths, each with the figure that the table beside it shows."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portfolio.reporting.cash_flow import CashFlow
from portfolio.reporting.figures import Line
from portfolio.reporting.terms import NOTHING
from portfolio.reporting.top_sheet import TopSheet

WIDTH = 1000
HEIGHT = 300
MOST_BARS = 15


def digits(amount: Decimal | None) -> str:
    """An amount as every table and picture writes it, so that they agree to the cent."""
    return "–" if amount is None else f"{amount:,.2f}".replace("-", "\u2212")


@dataclass(frozen=True)
class Shape:
    """A rectangle with what it stands for."""

    sort: str
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Bar:
    """One line of a top sheet as a bar."""

    name: str
    shapes: Sequence[Shape]
    title: str


def bars_of(sheet: TopSheet, names: Sequence[str]) -> list[Bar]:
    """The first lines of a sheet, each as what is paid, promised and still free of its whole.

    Shape: widths are thousandths of the longest line; a part below zero has no width.
    """
    lines = [
        (line, name) for line, name in zip(sheet.lines, names, strict=True) if not line.others
    ][:MOST_BARS]
    longest = max(
        (sum(amount for *_ignored, amount in parts(line)) for line, _n in lines), default=0
    )
    return [_bar(line, name, Decimal(longest)) for line, name in lines]


def parts(line: Line) -> list[tuple[str, str, Decimal]]:
    """What a line is made of, none of it below zero: sort, label, amount."""
    figures = line.figures
    paid = figures.disbursed - figures.refunded
    found = [
        ("paid", _("Net paid"), paid),
        ("outstanding", _("Outstanding"), figures.outstanding),
        ("available", _("Available"), figures.available or NOTHING),
    ]
    return [(sort, label, max(amount, NOTHING)) for sort, label, amount in found]


def _bar(line: Line, name: str, longest: Decimal) -> Bar:
    shapes, x = [], 0.0
    for sort, label, amount in parts(line):
        width = float(amount / longest * WIDTH) if longest else 0.0
        if width:
            shapes.append(
                Shape(sort, round(x, 2), 0, round(width, 2), 10, f"{label}: {digits(amount)}")
            )
        x += width
    return Bar(name, shapes, "; ".join(shape.title for shape in shapes))


@dataclass(frozen=True)
class Flow:
    """A cash flow as columns of months and two lines of what it came to so far."""

    shapes: Sequence[Shape]
    due_line: str
    paid_line: str
    years: Sequence[tuple[float, int]]
    today: float | None
    most_in_a_month: Decimal
    most_so_far: Decimal


def flow_of(flow: CashFlow, *, period_name: Any) -> Flow | None:
    """The periods of a cash flow side by side; None where there is none.

    Columns are what was paid and what is left to pay, lines what was due and paid up to each of them;
    each of the two has a scale of its own.
    """
    months = flow.months
    if not months:
        return None
    most = max(max(m.net, NOTHING) + m.unpaid for m in months)
    so_far = max(max(m.due_so_far, m.net_so_far) for m in months)
    step = WIDTH / len(months)
    shapes: list[Shape] = []
    due, paid = [f"0,{HEIGHT}"], [f"0,{HEIGHT}"]
    years, today = [], None
    for place, row in enumerate(months):
        x = place * step
        if place == 0 or row.month.year != months[place - 1].month.year:
            years.append((round(x / WIDTH * 100, 3), row.month.year))
        if row.month <= flow.terms.as_of <= row.last_date:
            share = Decimal((flow.terms.as_of - row.month).days + 1) / (
                (row.last_date - row.month).days + 1
            )
            today = round(x + float(share) * step, 2)
        floor = float(HEIGHT)
        for sort, label, amount in (
            ("paid", _("Net paid"), row.net),
            ("unpaid", _("Left to pay"), row.unpaid),
        ):
            height = float(max(amount, NOTHING) / most * HEIGHT) if most else 0.0
            if height:
                floor -= height
                title = f"{period_name(row)} · {label}: {digits(amount)}"
                shapes.append(
                    Shape(
                        sort, round(x + step * 0.12, 2), round(floor, 2), round(step * 0.76, 2),
                        round(height, 2), title,
                    )
                )  # fmt: skip
        for line, amount in ((due, row.due_so_far), (paid, row.net_so_far)):
            height = float(amount / so_far * HEIGHT) if so_far else 0.0
            line.append(f"{x + step:.2f},{HEIGHT - height:.2f}")
    last = _last_paid(flow)
    return Flow(shapes, " ".join(due), " ".join(paid[: last + 2]), years, today, most, so_far)


def _last_paid(flow: CashFlow) -> int:
    """The place of the last period that has begun: what is paid so far ends there."""
    first: datetime.date = flow.terms.as_of.replace(day=1)
    begun = [place for place, row in enumerate(flow.months) if row.month <= first]
    return begun[-1] if begun else -1
