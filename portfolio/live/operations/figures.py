"""What is known of a concert's tickets and takings, beside its break-even; and of a collaboration's shows."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from portfolio.common.money import rounded
from portfolio.funding.models import CommitmentPosition
from portfolio.live.choices import BookingState, ShareBasis, ShowStatus
from portfolio.live.models import (
    Booking,
    Concert,
    RevenueShare,
    Season,
    Show,
    ShowReport,
    VenueCollaboration,
)
from portfolio.programmes.models import Project


@dataclass(frozen=True)
class Takings:
    """What several shows took, as far as it is disclosed.

    Units: major units by currency; amounts of two currencies are never added.
    """

    gross: dict[str, Decimal] = field(default_factory=dict)
    disclosed: int = 0
    undisclosed: int = 0
    tickets_sold: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether the gross of every show is disclosed."""
        return self.undisclosed == 0 and self.disclosed > 0


@dataclass(frozen=True)
class BreakEven:
    """The gross so far beside the gross at which all costs are met, in its currency."""

    amount: Decimal
    currency: str
    gross: Decimal | None
    is_whole: bool

    @property
    def difference(self) -> Decimal | None:
        """What is over the break-even; below it, less than zero; None where no gross is known."""
        return None if self.gross is None else self.gross - self.amount

    @property
    def is_reached(self) -> bool | None:
        """Whether it is reached; None while a gross is undisclosed and what is known falls short."""
        if self.gross is None:
            return None
        if self.gross >= self.amount:
            return True
        return False if self.is_whole else None


def latest_reports(
    shows: Any, *, as_of: datetime.date, known_at: datetime.datetime | None, public: bool = False
) -> dict[int, ShowReport]:
    """The report that counts of each show, by the key of the show.

    Time: figures of `as_of` and earlier as recorded up to `known_at`.  Queries: one.
    """
    reports = ShowReport.objects.filter(show__in=shows)
    if public:
        reports = reports.filter(is_public=True)
    rows = reports.counting(as_of, known_at).select_related("source", "recorded_by")
    return {row.show_id: row for row in rows}


def takings(shows: list[Show], reports: dict[int, ShowReport]) -> Takings:
    """What the shows took that were not cancelled or moved.  Queries: none."""
    gross: dict[str, Decimal] = {}
    disclosed = undisclosed = 0
    sold: int | None = None
    for show in shows:
        if show.status in (ShowStatus.CANCELLED, ShowStatus.POSTPONED):
            continue
        report = reports.get(show.pk)
        if report is not None and report.tickets_sold is not None:
            sold = (sold or 0) + report.tickets_sold
        if report is None or report.gross_amount is None:
            undisclosed += 1
            continue
        disclosed += 1
        amount = gross.get(report.gross_currency, Decimal(0)) + report.gross_amount
        gross[report.gross_currency] = amount
    return Takings(gross, disclosed, undisclosed, sold)


def break_even(concert: Concert, taken: Takings) -> BreakEven | None:
    """The break-even of a concert beside what it took in that currency; None where it is not disclosed."""
    if concert.break_even_amount is None:
        return None
    currency = concert.break_even_currency
    # Gross in another currency is not converted: there it is as if undisclosed.
    whole = taken.is_whole and set(taken.gross) == {currency}
    return BreakEven(concert.break_even_amount, currency, taken.gross.get(currency), whole)


def promised_to(project: Project) -> list[tuple[str, Decimal, Decimal]]:
    """What the programme promised and paid to a project, as its books say.

    Shape: (currency, promised, paid), by currency.  Queries: one.
    """
    rows = (
        CommitmentPosition.objects.filter(commitment__project=project.pk)
        .order_by()
        .values("commitment__currency")
        .annotate(
            promised=Sum("committed") - Sum("de_committed"),
            paid=Sum("disbursed") - Sum("refunded"),
        )
        .order_by("commitment__currency")
    )
    return [(row["commitment__currency"], row["promised"], row["paid"]) for row in rows]


@dataclass(frozen=True)
class SeasonCount:
    """A season, or the whole collaboration, with the shows that count in it."""

    season: Season | None
    minimum: int | None
    held: int
    to_come: int

    @property
    def missing(self) -> int | None:
        """How many are still to be held; None where no minimum is agreed."""
        return None if self.minimum is None else max(0, self.minimum - self.held)


def shows_of(collaboration: VenueCollaboration) -> list[SeasonCount]:
    """Shows held and to come: of the whole, then of each season.  Queries: one, and one a season."""
    shows = Show.objects.filter(collaboration=collaboration)
    counted = [_count(shows, None, collaboration.minimum_shows)]
    for season in collaboration.seasons.order_by("start_date"):
        within = shows.filter(date__gte=season.start_date, date__lte=season.end_date)
        counted.append(_count(within, season, season.minimum_shows))
    return counted


def _count(shows: QuerySet[Show], season: Season | None, minimum: int | None) -> SeasonCount:
    found = shows.aggregate(
        held=Count("pk", filter=Q(status=ShowStatus.HELD)),
        to_come=Count("pk", filter=Q(status__in=[ShowStatus.PLANNED, ShowStatus.ON_SALE])),
    )
    return SeasonCount(season, minimum, found["held"], found["to_come"])


def dates_of(collaboration: VenueCollaboration) -> dict[str, int]:
    """How many bookings under a collaboration are held, confirmed and released.  Queries: one."""
    rows = (
        Booking.objects.filter(collaboration=collaboration)
        .order_by()
        .values("state")
        .annotate(n=Count("pk"))
    )
    found = {row["state"]: row["n"] for row in rows}
    return {state.value: found.get(state.value, 0) for state in BookingState}


def share_in_money(share: RevenueShare, taken: Takings) -> dict[str, Decimal] | None:
    """What a share of gross comes to, by currency; None where its basis is not what shows report.

    Units: to the decimals of the currency, half to even.
    """
    if share.basis != ShareBasis.GROSS or not taken.disclosed:
        return None
    return {
        currency: rounded(amount * share.percentage / 100, currency)
        for currency, amount in taken.gross.items()
    }
