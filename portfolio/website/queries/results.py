"""What the page of a production asks of its releases and of what was reported of it."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BooleanField, ExpressionWrapper

from portfolio.common.publishing import is_public
from portfolio.productions.choices import MONEY_MEASURES, Measure
from portfolio.productions.models import Release, Result

MOST_RESULTS = 200
"""As many as a page shows; the others are one filtered list of the API away."""


@dataclass(frozen=True)
class Figure:
    """A figure with its length on the scale of its group, in hundredths; None where none is drawn."""

    result: Result
    length: str | None
    has_public_source: bool
    stands_twice: bool


@dataclass(frozen=True)
class FigureGroup:
    """Figures that may be looked at side by side: of one measure and, where it is money, one currency."""

    measure: str
    currency: str
    figures: Sequence[Figure]

    @property
    def is_money(self) -> bool:
        """Whether the figures are amounts."""
        return self.measure in MONEY_MEASURES

    @property
    def is_drawn(self) -> bool:
        """Whether their lengths are drawn beside them."""
        return any(figure.length for figure in self.figures)


def public_releases(production: int, at: datetime.datetime) -> list[Release]:
    """The releases of a production that anyone may see, the first one first.  Queries: one."""
    rows = Release.objects.public(at).filter(production=production).select_related("distributor")
    return list(
        rows.annotate(
            has_public_distributor=ExpressionWrapper(
                is_public(at, "distributor__"), output_field=BooleanField()
            )
        ).order_by("date", "pk")[:MOST_RESULTS]
    )


def public_results(production: int, at: datetime.datetime) -> list[FigureGroup]:
    """The last public report of each figure of a production, by measure and currency.

    Nothing is added up: the period of one figure may contain that of another.  Queries: one.
    """
    rows = (
        Result.objects.public(at)
        .filter(production=production)
        .newest_reports()
        .with_twins()
        .annotate(
            has_public_source=ExpressionWrapper(
                is_public(at, "source__"), output_field=BooleanField()
            )
        )
        .select_related("source")
        .order_by("-start_date", "territory", "medium", "pk")[:MOST_RESULTS]
    )
    groups: dict[tuple[str, str], list[Result]] = {}
    for row in rows:
        groups.setdefault((row.measure, row.currency), []).append(row)
    # What is not disclosed has no currency; it stands with the amounts where there is only one sort of them.
    for measure in MONEY_MEASURES:
        sorts = [key for key in groups if key[0] == measure and key[1]]
        if len(sorts) == 1 and (measure, "") in groups:
            groups[sorts[0]] += groups.pop((measure, ""))
    order = list(Measure.values)
    return [
        FigureGroup(measure, currency, figures_of(groups[measure, currency]))
        for measure, currency in sorted(
            groups, key=lambda key: (order.index(key[0]), key[1] == "", key[1])
        )
    ]


def figures_of(rows: Iterable[Result]) -> list[Figure]:
    """The figures of a group, drawn where there are two or more to compare."""
    rows = list(rows)
    values = [row.value for row in rows if row.value is not None]
    longest = max(values) if len(values) > 1 else None
    return [
        Figure(
            row,
            length_of(row.value, longest),
            getattr(row, "has_public_source", False),
            getattr(row, "has_twin", False),
        )
        for row in rows
    ]


def length_of(value: Decimal | None, longest: Decimal | None) -> str | None:
    """The length of a figure beside the longest of its group."""
    if value is None or longest is None:
        return None
    return f"{max(value / longest * 100, Decimal('0.5')):.1f}%"
