"""The money of a title in the API: budgets, cost reports and financing plans, for keys of staff."""

from typing import Any

import orjson
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from portfolio.common.api.answers import answer
from portfolio.common.api.keyed_schema import KeyedSchema, Schema, listed, obj
from portfolio.productions.choices import BudgetCategory, FinancingKind, Secured
from portfolio.productions.models import BudgetVersion, CoproductionTerms, FinancingPlan
from portfolio.productions.operations.title_money import (
    CostSheet,
    Figures,
    PlanSheet,
    SourceRow,
    TopSheet,
    approved_budget,
    cost_sheet,
    plan_sheet,
    reports_of,
    shares_on,
    states_of,
    top_sheet,
)
from portfolio.productions.viewsets.titles import (
    AMOUNT,
    DAY,
    MAYBE,
    MOMENT,
    NUMBER,
    PARTY,
    TEXT,
    TITLE,
    names_of,
    party_of,
    read_title,
    text,
)
from portfolio.staff.api import OpensByKey
from portfolio.staff.models import Scope

NAMES: Schema = {"$ref": "#/components/schemas/Names"}
CATEGORY: Schema = {"type": "string", "enum": BudgetCategory.values}
STATES = ("OPEN", "LOCKED", "REJECTED", "APPROVED", "SUPERSEDED")
BUDGET = obj(
    {
        "version": {"type": "integer"},
        "state": {"type": "string", "enum": list(STATES)},
        "currency": TEXT,
        "reason": TEXT,
        "locked_at": MAYBE,
        "decided_at": MAYBE,
        "total": AMOUNT,
        "categories": listed(obj({"category": CATEGORY, "amount": AMOUNT, "share_percent": MAYBE})),
        "lines": listed(
            obj({"account": TEXT, "category": CATEGORY, "name": NAMES, "amount": AMOUNT})
        ),
    }
)
FIGURES: Schema = {
    "budget": AMOUNT,
    "to_date": AMOUNT,
    "on_order": AMOUNT,
    "to_complete": AMOUNT,
    "final": AMOUNT,
    "variance": AMOUNT,
    "change": MAYBE,
}
COST_REPORT = obj(
    {
        "as_of": DAY,
        "recorded_at": MOMENT,
        "source": TEXT,
        "remarks": TEXT,
        "budget_version": {"type": "integer"},
        "currency": TEXT,
        **FIGURES,
        "categories": listed(obj({"category": CATEGORY, **FIGURES})),
        "lines": listed(
            obj({"account": TEXT, "category": CATEGORY, "name": NAMES, "in_budget": {"type": "boolean"}, **FIGURES})
        ),
    }
)  # fmt: skip
SOURCE = obj(
    {
        "order": {"type": "integer"},
        "kind": {"type": "string", "enum": FinancingKind.values},
        "party": {"oneOf": [PARTY, {"type": "null"}]},
        "is_programme": {"type": "boolean"},
        "amount": AMOUNT,
        "currency": TEXT,
        "rate": TEXT,
        "rate_date": DAY,
        "base_amount": AMOUNT,
        "share_percent": MAYBE,
        "recoupment_place": NUMBER,
        "waterfall_position": MAYBE,
        "secured": {"type": "string", "enum": Secured.values},
        "secured_date": MAYBE,
        "commitment": MAYBE,
        "commitment_amount": MAYBE,
        "commitment_difference": MAYBE,
    }
)
PLAN = obj(
    {
        "version": {"type": "integer"},
        "counts": {"type": "boolean"},
        "currency": TEXT,
        "reason": TEXT,
        "locked_at": MAYBE,
        "total": AMOUNT,
        "missing": MAYBE,
        "sources": listed(SOURCE),
    }
)
CO_PRODUCERS = obj(
    {
        "in_effect_from": DAY,
        "agreement": MAYBE,
        "shares": listed(obj({"party": PARTY, "share": TEXT})),
    }
)


class TitleSchema(KeyedSchema):
    """Describes a question about one title."""

    def __init__(self, name: str, summary: str, row: Schema, **more: Any) -> None:
        """`more` are members of the answer beside the rows; the parameters follow the view."""
        super().__init__()
        self.name, self.summary, self.row, self.more = name, summary, row, more

    def get_operation_id(self) -> str:
        """A name that a generated client can use."""
        return self.name

    def get_summary(self) -> str | None:
        """A line for the contents."""
        return self.summary

    def asked(self) -> list[OpenApiParameter]:
        """A title and, of what is only ever added, a day and a moment."""
        days = [
            OpenApiParameter("as_of", DAY, description="Reports of this day and earlier; today."),
            OpenApiParameter("known_at", MOMENT, description="Only what was recorded by then."),
        ]
        return [TITLE, *(days if self.view.parameters else [])]

    def answered(self) -> dict[str, Schema]:
        """The rows."""
        return {"application/json": obj({**self.more, "results": listed(self.row)})}


class TitleView(OpensByKey, GenericViewSet[Any]):
    """A question about the money of one title."""

    scope = Scope.TITLE_MONEY_READ
    parameters: tuple[str, ...] = ()


class BudgetsView(TitleView):
    """Every version of a title's budget, the newest first, as a top sheet with its lines.

    One at most is APPROVED: it counts. Those that were before are SUPERSEDED.
    """

    permission = "productions.view_budgetversion"
    schema = TitleSchema("budgets", "What a title is to cost", BUDGET)

    def budgets(self, request: Request) -> HttpResponseBase:
        """The answer. Queries: two, and one a version."""
        asked = read_title(request, today=timezone.localdate())
        rows = list(
            BudgetVersion.objects.filter(production=asked.title)
            .select_related("decision")
            .order_by("-number")
        )
        states = states_of(rows)
        results = [budget_of(top_sheet(row), states[row.pk]) for row in rows]
        return answer(request._request, orjson.dumps({"results": results}))


class CostReportsView(TitleView):
    """The cost reports of a title as of a day, the newest first, each against its budget and the one before.

    `final` is what an account comes to at the end, `variance` how much less than its budget that is. Of
    several reports about one day the one recorded last is here.
    """

    permission = "productions.view_costreport"
    parameters = ("as_of", "known_at")
    schema = TitleSchema(
        "costReports", "What a title has cost and will have cost", COST_REPORT, as_of=DAY,
        known_at=MAYBE,
    )  # fmt: skip

    def cost_reports(self, request: Request) -> HttpResponseBase:
        """The answer. Queries: two, and three a report."""
        asked = read_title(request, self.parameters, today=timezone.localdate())
        reports = reports_of(asked.title, as_of=asked.as_of, known_at=asked.known_at)
        results = [
            cost_report_of(cost_sheet(report, previous=before))
            for report, before in zip(reports, [*reports[1:], None], strict=True)
        ]
        body = {"as_of": asked.as_of, "known_at": asked.known_at, "results": results}
        return answer(request._request, orjson.dumps(body))


class FinancingPlansView(TitleView):
    """Every version of a title's financing plan, the newest first, and the shares of its co-producers today.

    `missing` is what the approved budget is more than the plan; below zero it is less. It is null where there
    is no approved budget in the plan's currency. `commitment_difference` is what the programme's commitment
    is more than the plan says, and null where they are in two currencies.
    """

    permission = "productions.view_financingplan"
    schema = TitleSchema(
        "financingPlans", "Who pays for a title", PLAN,
        co_producers={"oneOf": [CO_PRODUCERS, {"type": "null"}]},
    )  # fmt: skip

    def financing_plans(self, request: Request) -> HttpResponseBase:
        """The answer. Queries: five, and two a version."""
        today = timezone.localdate()
        asked = read_title(request, today=today)
        budget = approved_budget(asked.title)
        rows = list(FinancingPlan.objects.filter(production=asked.title).order_by("-number"))
        counts = next((row.pk for row in rows if row.locked_at), None)
        terms = shares_on(asked.title, today)
        body = {
            "co_producers": terms and co_producers_of(terms),
            "results": [plan_of(plan_sheet(row, budget=budget), row.pk == counts) for row in rows],
        }
        return answer(request._request, orjson.dumps(body))


def budget_of(sheet: TopSheet, state: str) -> dict[str, Any]:
    """One version as JSON."""
    version = sheet.version
    decision = getattr(version, "decision", None)
    return {
        "version": version.number,
        "state": state,
        "currency": version.currency,
        "reason": version.reason,
        "locked_at": text(version.locked_at),
        "decided_at": text(decision.decided_at) if decision else None,
        "total": str(sheet.total),
        "categories": [
            {
                "category": part.category,
                "amount": str(part.amount),
                "share_percent": text(part.share),
            }
            for part in sheet.parts
        ],
        "lines": [
            {
                "account": row.line.code,
                "category": row.line.category,
                "name": names_of(row.line),
                "amount": str(row.amount),
            }
            for part in sheet.parts
            for row in part.rows
        ],
    }


def figures_of(figures: Figures) -> dict[str, str | None]:
    """Figures as JSON."""
    return {
        "budget": str(figures.budget),
        "to_date": str(figures.to_date),
        "on_order": str(figures.committed),
        "to_complete": str(figures.to_complete),
        "final": str(figures.final),
        "variance": str(figures.variance),
        "change": text(figures.change),
    }


def cost_report_of(sheet: CostSheet) -> dict[str, Any]:
    """One report as JSON."""
    report = sheet.report
    return {
        "as_of": report.as_of,
        "recorded_at": report.recorded_at,
        "source": report.source,
        "remarks": report.remarks,
        "budget_version": report.budget.number,
        "currency": report.budget.currency,
        **figures_of(sheet.total),
        "categories": [
            {"category": part.category, **figures_of(part.figures)} for part in sheet.parts
        ],
        "lines": [
            {
                "account": row.code,
                "category": part.category,
                "name": names_of(row.line)
                if row.line
                else {"en": row.name or None, "zh-Hant": None, "zh-Hans": None},
                "in_budget": row.line is not None,
                **figures_of(row.figures),
            }
            for part in sheet.parts
            for row in part.rows
        ],
    }


def plan_of(sheet: PlanSheet, counts: bool) -> dict[str, Any]:
    """One version of a plan as JSON."""
    plan = sheet.plan
    return {
        "version": plan.number,
        "counts": counts,
        "currency": plan.currency,
        "reason": plan.reason,
        "locked_at": text(plan.locked_at),
        "total": str(sheet.total),
        "missing": text(sheet.missing),
        "sources": [source_of(row) for row in sheet.rows],
    }


def source_of(row: SourceRow) -> dict[str, Any]:
    """One source as JSON."""
    source = row.source
    return {
        "order": source.number,
        "kind": source.kind,
        "party": party_of(source.party) if source.party else None,
        "is_programme": source.is_programme,
        "amount": str(source.amount),
        "currency": source.currency,
        "rate": str(source.rate),
        "rate_date": source.rate_date,
        "base_amount": str(source.base_amount),
        "share_percent": text(row.share),
        "recoupment_place": source.recoupment_place,
        "waterfall_position": source.position.code if source.position else None,
        "secured": source.secured,
        "secured_date": text(source.secured_date),
        "commitment": source.commitment.reference if source.commitment else None,
        "commitment_amount": text(row.promised),
        "commitment_difference": text(row.gap),
    }


def co_producers_of(terms: CoproductionTerms) -> dict[str, Any]:
    """The shares that count as JSON."""
    return {
        "in_effect_from": terms.effective_date,
        "agreement": terms.agreement.reference if terms.agreement else None,
        "shares": [
            {"party": party_of(row.organisation), "share": str(row.share)}
            for row in terms.shares.all()
        ],
    }
