"""What is read of the money of a title: top sheets, cost reports and financing plans, derived anew each time."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from django.db.models import Q, Sum

from portfolio.funding.models import CommitmentPosition
from portfolio.productions.choices import BudgetCategory, Secured, Verdict
from portfolio.productions.models import (
    BudgetLine,
    BudgetVersion,
    CoproductionTerms,
    CostReport,
    FinancingPlan,
    FinancingSource,
    Production,
)

NOTHING = Decimal("0.00")


def percent_of(part: Decimal, whole: Decimal) -> Decimal | None:
    """A part in per cent with two decimals, half to even; nothing of nothing."""
    if not whole:
        return None
    with localcontext(prec=60):
        return (part * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def approved_budget(production: Production) -> BudgetVersion | None:
    """The budget that counts: of the approved versions the highest. Queries: one."""
    return (
        BudgetVersion.objects.filter(production=production)
        .approved()
        .with_total()
        .order_by("-number")
        .first()
    )


def states_of(versions: Iterable[BudgetVersion]) -> dict[int, str]:
    """Where each version stands, by its key: OPEN, LOCKED, REJECTED, APPROVED or SUPERSEDED.

    The versions are all those of one production, with their decisions.
    """
    found: dict[int, str] = {}
    counts = False
    for version in sorted(versions, key=lambda version: -version.number):
        decision = getattr(version, "decision", None)
        if version.locked_at is None:
            found[version.pk] = "OPEN"
        elif decision is None:
            found[version.pk] = "LOCKED"
        elif decision.verdict == Verdict.REJECTED:
            found[version.pk] = "REJECTED"
        else:
            found[version.pk] = "SUPERSEDED" if counts else "APPROVED"
            counts = True
    return found


# --- Top sheets ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class BudgetRow:
    """One account in a version and, where two are compared, in the other."""

    line: BudgetLine
    amount: Decimal
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """By how much it is more than in the other version."""
        return None if self.before is None else self.amount - self.before


@dataclass(frozen=True)
class BudgetPart:
    """One category of a top sheet with its accounts."""

    category: BudgetCategory
    rows: list[BudgetRow]
    amount: Decimal
    before: Decimal | None
    share: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """By how much it is more than in the other version."""
        return None if self.before is None else self.amount - self.before


@dataclass(frozen=True)
class TopSheet:
    """A version of a budget by category. Units: major units of its currency."""

    version: BudgetVersion
    against: BudgetVersion | None
    parts: list[BudgetPart]
    total: Decimal
    before: Decimal | None

    @property
    def change(self) -> Decimal | None:
        """By how much it is more than the other version."""
        return None if self.before is None else self.total - self.before


def top_sheet(version: BudgetVersion, *, against: BudgetVersion | None = None) -> TopSheet:
    """A budget as one page; `against` another version in the same currency. Queries: one a version."""
    now = {line.code: line for line in version.lines.all()}
    then = {line.code: line for line in against.lines.all()} if against else {}
    parts = []
    for category in BudgetCategory:
        rows = []
        for code in sorted({*now, *then}):
            line, old = now.get(code), then.get(code)
            shown = line or old
            if shown is None:
                continue
            # An account that changed its category is in both, once with nothing.
            mine = line.amount if line and line.category == category else None
            other = old.amount if old and old.category == category else None
            if mine is None and other is None:
                continue
            rows.append(
                BudgetRow(
                    line if mine is not None and line else old or shown,
                    mine or NOTHING,
                    (other or NOTHING) if against else None,
                )
            )
        parts.append((category, rows))
    total = sum((row.amount for _category, rows in parts for row in rows), NOTHING)
    sums = [
        BudgetPart(
            category,
            rows,
            amount := sum((row.amount for row in rows), NOTHING),
            sum((row.before or NOTHING for row in rows), NOTHING) if against else None,
            percent_of(amount, total),
        )
        for category, rows in parts
    ]
    before = sum((line.amount for line in then.values()), NOTHING) if against else None
    return TopSheet(version, against, sums, total, before)


# --- Cost reports -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """How something stands. Units: major units of the budget's currency."""

    budget: Decimal = NOTHING
    to_date: Decimal = NOTHING
    committed: Decimal = NOTHING
    to_complete: Decimal = NOTHING
    final_before: Decimal | None = None

    @property
    def final(self) -> Decimal:
        """The estimated final cost: what it cost, what is ordered, and what is still to come."""
        return self.to_date + self.committed + self.to_complete

    @property
    def variance(self) -> Decimal:
        """How much less than the budget that is; below zero it costs more."""
        return self.budget - self.final

    @property
    def change(self) -> Decimal | None:
        """By how much the final cost is more than in the report before."""
        return None if self.final_before is None else self.final - self.final_before


def added(figures: Sequence[Figures]) -> Figures:
    """The sum of figures."""
    known = [f.final_before for f in figures if f.final_before is not None]
    return Figures(
        sum((f.budget for f in figures), NOTHING),
        sum((f.to_date for f in figures), NOTHING),
        sum((f.committed for f in figures), NOTHING),
        sum((f.to_complete for f in figures), NOTHING),
        sum(known, NOTHING) if known else None,
    )


@dataclass(frozen=True)
class CostRow:
    """One account of a cost report; without `line` it is not in the budget."""

    code: str
    name: str
    line: BudgetLine | None
    figures: Figures


@dataclass(frozen=True)
class CostPart:
    """One category of a cost report with its accounts."""

    category: BudgetCategory
    rows: list[CostRow]
    figures: Figures


@dataclass(frozen=True)
class CostSheet:
    """A cost report by category, and how it differs from the one before."""

    report: CostReport
    previous: CostReport | None
    parts: list[CostPart]
    total: Figures


def reports_of(
    production: Production,
    *,
    as_of: datetime.date | None = None,
    known_at: datetime.datetime | None = None,
) -> list[CostReport]:
    """The reports that count, the last day first: of each day the one recorded last.

    Time: of days up to `as_of`, recorded up to `known_at`.  Queries: one.
    """
    asked = Q(budget__production=production)
    if as_of is not None:
        asked &= Q(as_of__lte=as_of)
    if known_at is not None:
        asked &= Q(recorded_at__lte=known_at)
    found: dict[datetime.date, CostReport] = {}
    for report in (
        CostReport.objects.filter(asked)
        .select_related("budget__production", "recorded_by", "document")
        .order_by("-as_of", "-pk")
    ):
        found.setdefault(report.as_of, report)
    return list(found.values())


def cost_sheet(report: CostReport, *, previous: CostReport | None = None) -> CostSheet:
    """A cost report as one page; `previous` is of an earlier day. Queries: two, and one for the previous."""
    budget = {line.code: line for line in report.budget.lines.all()}
    before: dict[str, Decimal] = {}
    gone = {}
    if previous is not None:
        for old in previous.lines.all():
            before[old.code] = old.to_date + old.committed + old.to_complete
            gone[old.code] = old
    parts: dict[str, list[CostRow]] = {category: [] for category in BudgetCategory}
    for cost in report.lines.order_by("code"):
        line = budget.get(cost.code)
        gone.pop(cost.code, None)
        final_before = before.get(cost.code, NOTHING) if previous else None
        figures = Figures(
            line.amount if line else NOTHING, cost.to_date, cost.committed, cost.to_complete,
            final_before,
        )  # fmt: skip
        parts[cost.category].append(CostRow(cost.code, cost.name, line, figures))
    # An account that the report before had and this one has not: it is no longer in the budget.
    for old in gone.values():
        figures = Figures(final_before=before[old.code])
        parts[old.category].append(CostRow(old.code, old.name, None, figures))
    sums = [
        CostPart(category, rows, added([row.figures for row in rows]))
        for category in BudgetCategory
        if (rows := parts[category])
    ]
    return CostSheet(report, previous, sums, added([part.figures for part in sums]))


# --- Financing plans ----------------------------------------------------------------------------


@dataclass(frozen=True)
class SourceRow:
    """One source of a plan; `promised` is what the programme's commitment comes to now, in its currency."""

    source: FinancingSource
    share: Decimal | None
    promised: Decimal | None
    gap: Decimal | None
    """How much the commitment is more than the plan says; None where they are in two currencies."""


@dataclass(frozen=True)
class PlanSheet:
    """A financing plan held against a budget. Units: major units of the plan's currency.

    `missing` is None where there is no approved budget in the plan's currency; below zero it is too much.
    """

    plan: FinancingPlan
    budget: BudgetVersion | None
    rows: list[SourceRow]
    total: Decimal
    missing: Decimal | None
    by_secured: dict[str, Decimal]


def plan_sheet(plan: FinancingPlan, *, budget: BudgetVersion | None) -> PlanSheet:
    """A plan with shares and with what is missing to `budget`, which has its `total`.

    Queries: two, one for the sources and one for the commitments that they name.
    """
    sources = list(
        plan.sources.select_related(
            "party", "commitment", "document", "position__tier", "plan__production__programme"
        )
    )
    total = sum((source.base_amount for source in sources), NOTHING)
    held = {
        row["commitment"]: row["left"]
        for row in CommitmentPosition.objects.filter(
            commitment__in=[s.commitment_id for s in sources if s.commitment_id]
        )
        .values("commitment")
        .annotate(left=Sum("committed") - Sum("de_committed"))
    }
    rows = []
    for source in sources:
        promised = gap = None
        if source.commitment is not None:
            promised = held.get(source.commitment.pk, NOTHING)
            if source.commitment.currency == source.currency:
                gap = promised - source.amount
        rows.append(SourceRow(source, percent_of(source.base_amount, total), promised, gap))
    against = getattr(budget, "total", None)
    missing = None
    if budget is not None and against is not None and budget.currency == plan.currency:
        missing = against - total
    secured = {
        word: sum((s.base_amount for s in sources if s.secured == word), NOTHING)
        for word in Secured.values
    }
    return PlanSheet(plan, budget, rows, total, missing, secured)


def shares_on(production: Production, day: datetime.date) -> CoproductionTerms | None:
    """How the production is shared on a day, or nothing. Queries: one, and one for the shares."""
    return (
        CoproductionTerms.objects.filter(production=production, effective_date__lte=day)
        .select_related("agreement", "recorded_by")
        .prefetch_related("shares__organisation")
        .order_by("-effective_date", "-pk")
        .first()
    )
