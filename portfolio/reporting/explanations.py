"""Explain a number: the entries of the ledger that a figure of a report is made of."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, F, Prefetch, QuerySet, Sum, Value, When

from partners.models import Organisation
from portfolio.funding.choices import Decision
from portfolio.funding.models import ApprovalDecision, LedgerEntry, LedgerEntryQuerySet
from portfolio.programmes.models import AllocationRevision
from portfolio.reporting.statements import cells, parts_now, parts_then
from portfolio.reporting.terms import NOTHING, Terms, rows_of

DEFAULT_PAGE = 50

# Which kinds of entries a figure is made of, and with what sign each counts.
MADE_OF: Mapping[str, Mapping[str, int]] = {
    "committed": {"COMMITMENT": 1},
    "de_committed": {"DE_COMMITMENT": 1},
    "disbursed": {"DISBURSEMENT": 1},
    "refunded": {"REFUND": 1},
    "net_paid": {"DISBURSEMENT": 1, "REFUND": -1},
    "recouped": {"RECOUPMENT": 1},
    "written_off": {"WRITE_OFF": 1},
    "fx_effect": {"DISBURSEMENT": 1, "REFUND": -1},
    "outstanding": {"COMMITMENT": 1, "DE_COMMITMENT": -1, "DISBURSEMENT": -1, "REFUND": 1},
    "promised": {"COMMITMENT": 1, "DE_COMMITMENT": -1},
    "available": {"COMMITMENT": -1, "DE_COMMITMENT": 1},
    "allocated": {},
}
# Counted at the rate of the commitment; every other figure at the rate of the day.
PROMISED = ("committed", "de_committed", "promised", "outstanding", "available")


@dataclass(frozen=True)
class Cell:
    """Which part of the ledger a figure is of; what is None narrows nothing.

    `month` is the first day of a month of value dates, `first_month` and `last_month` of the first and
    the last of several.
    """

    strand: str | None = None
    fiscal_year: int | None = None
    partner: str | None = None
    project: str | None = None
    commitment: str | None = None
    month: datetime.date | None = None
    first_month: datetime.date | None = None
    last_month: datetime.date | None = None

    def filters(self) -> dict[str, Any]:
        """The conditions on entries."""
        paths: dict[str, Any] = {
            # By the rows that lead to entries by an index.
            "allocation__strand__slug": self.strand,
            "allocation__fiscal_year": self.fiscal_year,
            "commitment__project__slug": self.project,
            "commitment__reference": self.commitment,
        }
        if self.partner is not None:
            # The payee of the commitment, which the database holds an entry to.
            paths["counterparty"] = Organisation.objects.filter(slug=self.partner).values("pk")[:1]
        paths["value_date__gte"], last = self.months
        if last is not None:
            paths["value_date__lt"] = (last + datetime.timedelta(days=31)).replace(day=1)
        return {path: value for path, value in paths.items() if value is not None}

    @property
    def months(self) -> tuple[datetime.date | None, datetime.date | None]:
        """The first and the last month of value dates."""
        if self.month is not None:
            return self.month, self.month
        return self.first_month, self.last_month

    @property
    def is_of_one(self) -> bool:
        """Whether it is of one partner, project or commitment."""
        return (self.partner, self.project, self.commitment) != (None,) * 3

    @property
    def has_totals(self) -> bool:
        """Whether the database keeps totals of it."""
        return not self.is_of_one

    @property
    def is_of_allocations(self) -> bool:
        """Whether something can be allocated to it: a strand, a year, both or all."""
        return not self.is_of_one and self.months == (None, None)


@dataclass(frozen=True)
class Explanation:
    """A page of the entries behind a figure, and what all of them and all decisions come to.

    Each entry has `counted`, what it adds to the figure. `revisions` are the decisions on
    allocations, where the figure holds what is allocated.
    """

    entries: Sequence[LedgerEntry]
    following: int | None
    entries_total: Decimal
    count: int
    revisions: Sequence[AllocationRevision] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """The figure."""
        return self.entries_total + sum((r.change_amount for r in self.revisions), NOTHING)


def entries_behind(
    figure: str, cell: Cell, terms: Terms, *, after: int | None = None, most: int = DEFAULT_PAGE
) -> Explanation:
    """The entries that a figure is made of, the latest recorded first, with all that proves them.

    Shape: one row per entry (rate with date and source, document, approval with the decisions for it
    in `yes`, who recorded it, its place in the chain), those before the number `after`.
    Units, Time: those of the report that shows the figure.
    Queries: two for the entries, one for their approvers; one more where something is allocated.
    """
    behind = counted_entries(figure, cell, terms)
    revisions: list[AllocationRevision] = []
    if figure in ("allocated", "available") and cell.is_of_allocations and not terms.currency:
        revisions = list(_revisions(cell, terms))
    if not MADE_OF[figure]:
        return Explanation([], None, NOTHING, 0, revisions)
    total, count = _totals(figure, cell, terms, behind)
    approvers = ApprovalDecision.objects.filter(decision=Decision.APPROVE).select_related(
        "decided_by", "authority"
    )
    page = (
        behind.select_related(
            "strand", "counterparty", "project", "commitment", "tranche", "rate_series",
            "recorded_by", "approval", "document", "link", "reversal_of",
        )
        .prefetch_related(Prefetch("approval__decisions", approvers, to_attr="yes"))
        .order_by("-pk")
    )  # fmt: skip
    if after is not None:
        page = page.filter(pk__lt=after)
    rows = list(page[: most + 1])
    following = rows[most - 1].pk if len(rows) > most else None
    return Explanation(rows[:most], following, total, count, revisions)


def _totals(
    figure: str, cell: Cell, terms: Terms, behind: LedgerEntryQuerySet
) -> tuple[Decimal, int]:
    """What the entries come to, and how many they are.

    By the totals of the database where it keeps them, as the reports do; else entry by entry.
    """
    if not cell.has_totals or figure == "fx_effect":
        sums = behind.order_by().aggregate(total=Sum("counted"), count=Sum(Value(1)))
        return sums["total"] or NOTHING, sums["count"] or 0
    signs = ", ".join(f"('{kind}', {sign})" for kind, sign in MADE_OF[figure].items())
    column = "promised_base_amount" if figure in PROMISED else "base_amount"
    column = "amount" if terms.currency else column
    found = (
        parts_then(terms) if terms.known_at else parts_now(terms, years=cell.months == (None, None))
    )
    first, last = cell.months
    asked = "".join(
        f" AND date_trunc('month', month)::date {sign} %({name})s"
        for sign, name, of in ((">=", "first", first), ("<=", "last", last))
        if of is not None
    )
    (row,) = rows_of(
        f"""
    WITH cell AS MATERIALIZED (
        SELECT * FROM ({cells()}) AS all_cells
        WHERE (%(strand)s::text IS NULL OR slug = %(strand)s)
            AND (%(fiscal_year)s::int IS NULL OR fiscal_year = %(fiscal_year)s)
    )
    SELECT coalesce(sum(sign * {column}), 0.00) AS total, coalesce(sum(entries), 0) AS count
    FROM ({found}) AS part
    JOIN (VALUES {signs}) AS made_of (kind, sign) USING (kind)
    WHERE allocation_id IN (SELECT id FROM cell) {asked}""",  # noqa: S608
        {
            **terms.values, "strand": cell.strand, "fiscal_year": cell.fiscal_year,
            "first": first, "last": last,
        },
    )  # fmt: skip
    return row["total"], row["count"]


def counted_entries(figure: str, cell: Cell, terms: Terms) -> LedgerEntryQuerySet:
    """The entries behind a figure with `counted`, what each adds to it: together they are the figure."""
    signs = MADE_OF[figure]
    if terms.currency:
        # A payment in one currency costs in that currency what was promised in it.
        amount: Any = F("amount")
    elif figure == "fx_effect":
        amount = F("base_amount") - F("promised_base_amount")
    else:
        amount = F("promised_base_amount" if figure in PROMISED else "base_amount")
    money = DecimalField(max_digits=24, decimal_places=2)
    counted = Case(
        *(When(kind=kind, then=amount if sign > 0 else -amount) for kind, sign in signs.items()),
        default=Value(NOTHING),
        output_field=money,
    )
    found = (
        LedgerEntry.objects.as_of(terms.as_of, known_at=terms.known_at)
        .filter(programme=terms.programme, kind__in=list(signs), **cell.filters())
        .annotate(counted=counted)
    )
    if terms.currency:
        # In one currency there is no effect, hence no entry; a file needs a statement all the same.
        return (
            found.filter(pk=0) if figure == "fx_effect" else found.filter(currency=terms.currency)
        )
    return found.exclude(base_amount=F("promised_base_amount")) if figure == "fx_effect" else found


def _revisions(cell: Cell, terms: Terms) -> QuerySet[AllocationRevision]:
    found = AllocationRevision.objects.as_of(terms.as_of, known_at=terms.known_at).filter(
        allocation__strand__programme=terms.programme
    )
    if cell.strand is not None:
        found = found.filter(allocation__strand__slug=cell.strand)
    if cell.fiscal_year is not None:
        found = found.filter(allocation__fiscal_year=cell.fiscal_year)
    return found.select_related("allocation__strand", "document", "recorded_by").order_by(
        "-effective_date", "-pk"
    )
