"""Writes about cost reports: each is recorded once, with all its lines."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from partners.models import Document
from portfolio.common.transactions import atomic_retrying
from portfolio.productions.choices import BudgetCategory
from portfolio.productions.models import BudgetVersion, CostLine, CostReport


@dataclass(frozen=True)
class Cost:
    """How one account stands. Units: major units of the budget's currency."""

    code: str
    category: BudgetCategory
    to_date: Decimal
    committed: Decimal
    to_complete: Decimal
    name: str = ""


@atomic_retrying
def record_cost_report(
    *,
    budget: BudgetVersion,
    as_of: datetime.date,
    source: str,
    costs: Iterable[Cost],
    actor: Any,
    remarks: str = "",
    document: Document | None = None,
) -> CostReport:
    """Record what was reported by the end of a day; a later report leaves it as it is.

    Raises: IntegrityError with the name of the rule, such as cost_report_covers_the_budget.
    """
    rows = list(costs)
    report = CostReport.objects.create(
        budget=budget, as_of=as_of, source=source, remarks=remarks, document=document,
        line_count=len(rows), recorded_by=actor,
    )  # fmt: skip
    CostLine.objects.bulk_create(CostLine(report=report, **vars(row)) for row in rows)
    return report
