"""The pages of a title's money: its budget, its cost reports, and who pays for it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_lists import money_or_undisclosed
from portfolio.productions.admin.money_steps import STEPS, address_of, page_of
from portfolio.productions.choices import Secured, Stage
from portfolio.productions.models import BudgetVersion, CostReport, FinancingPlan, Production
from portfolio.productions.operations.gates import what_gate_waits_for
from portfolio.productions.operations.title_money import (
    Figures,
    approved_budget,
    cost_sheet,
    plan_sheet,
    reports_of,
    shares_on,
    states_of,
    top_sheet,
)

PAGES: Mapping[str, tuple[Any, str]] = {
    "budget": (_("Budget"), "productions.view_budgetversion"),
    "costs": (_("Cost reports"), "productions.view_costreport"),
    "financing": (_("Financing plan"), "productions.view_financingplan"),
}
STATES: Mapping[str, tuple[Any, str]] = {
    "OPEN": (_("Draft"), "quiet"),
    "LOCKED": (_("Waits for a decision"), "waits"),
    "REJECTED": (_("Rejected"), "bad"),
    "APPROVED": (_("Approved"), "on"),
    "SUPERSEDED": (_("Superseded"), "quiet"),
}
SECURED_TONES = {Secured.SOUGHT: "waits", Secured.LETTER_OF_INTENT: "on", Secured.SIGNED: "quiet"}


def mark(words: Any, tone: str) -> SafeString:
    """A state as a mark: what waits stands out, what is over is quiet."""
    return format_html('<span class="house-mark house-mark-{}">{}</span>', tone, words)


def links_of(title: int, user: Any, here: str = "") -> list[tuple[Any, str, bool]]:
    """The pages of a title's money that somebody may open, and which of them it is."""
    return [
        (words, page_of(title, name), name == here)
        for name, (words, permission) in PAGES.items()
        if user.has_perm(permission)
    ]


def buttons_of(title: int, user: Any, *wanted: tuple[str, int]) -> list[tuple[Any, str]]:
    """The steps of these names and subjects that somebody may take."""
    return [
        (STEPS[name].label, address_of(title, name, key))
        for name, key in wanted
        if user.has_perm(STEPS[name].permission)
    ]


def plain(number: Decimal) -> str:
    """A number without zeros behind it."""
    return f"{number.normalize():f}"


def number_asked(request: HttpRequest, name: str) -> int:
    """A number in the address; 0 where it is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def page(
    name: str, read: Callable[[HttpRequest, Production], dict[str, Any]]
) -> Callable[[HttpRequest, int], HttpResponseBase]:
    """A page about the money of one title."""
    words, permission = PAGES[name]

    def view(request: HttpRequest, title: int) -> HttpResponseBase:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        found = Production.objects.select_related("programme").filter(pk=min(title, 2**62)).first()
        if found is None:
            raise Http404
        request.current_app = admin.site.name
        context = {
            **admin.site.each_context(request),
            "title": words,
            "row": found,
            "production_url": reverse("admin:productions_production_change", args=[found.pk]),
            "pages": links_of(found.pk, request.user, name),
            **read(request, found),
        }
        return TemplateResponse(request, f"admin/productions/{name}.html", context)

    return view


def read_budget(request: HttpRequest, title: Production) -> dict[str, Any]:
    """Versions, and one of them as a top sheet beside another. Queries: one, and one a version shown."""
    versions = list(
        BudgetVersion.objects.filter(production=title)
        .with_total()
        .select_related("made_by", "locked_by", "decision__decided_by", "decision__document")
        .order_by("-number")
    )
    states = states_of(versions)
    by_number = {version.number: version for version in versions}
    counts = next((v for v in versions if states[v.pk] == "APPROVED"), None)
    shown = by_number.get(number_asked(request, "version")) or counts or next(iter(versions), None)
    against = by_number.get(number_asked(request, "against"))
    mixed = bool(shown and against and shown.currency != against.currency)
    if against == shown or mixed:
        against = None
    return {
        "buttons": buttons_of(title.pk, request.user, ("begin-budget", 0)),
        "versions": [
            {
                "row": version,
                "state": mark(*STATES[states[version.pk]]),
                "total": money_or_undisclosed(version.total, version.currency),  # type: ignore[attr-defined]
                "decision": getattr(version, "decision", None),
                "buttons": _steps_of(version, states[version.pk], request.user),
            }
            for version in versions
        ],
        "shown": shown,
        "against": against,
        "mixed": mixed,
        "sheet": shown and _top_sheet(shown, against),
    }


def _steps_of(version: BudgetVersion, state: str, user: Any) -> list[tuple[Any, str]]:
    names = {
        "OPEN": ("enter-accounts", "lock-budget"),
        "LOCKED": ("approve-budget", "reject-budget"),
    }
    # Who made or locked it does not decide about it.
    if state == "LOCKED" and user.pk in (version.made_by_id, version.locked_by_id):
        return []
    return buttons_of(
        version.production_id, user, *((name, version.pk) for name in names.get(state, ()))
    )


def _top_sheet(shown: BudgetVersion, against: BudgetVersion | None) -> dict[str, Any]:
    sheet = top_sheet(shown, against=against)

    def money(amount: Decimal | None) -> Any:
        return "" if amount is None else money_or_undisclosed(amount, shown.currency)

    def line(row: Any) -> dict[str, Any]:
        return {
            "amount": money(row.amount), "before": money(row.before), "change": money(row.change),
            "changed": bool(row.change),
        }  # fmt: skip

    return {
        "parts": [
            {
                "label": part.category.label,
                **line(part),
                "share": part.share,
                "rows": [{"line": row.line, **line(row)} for row in part.rows],
            }
            for part in sheet.parts
        ],
        "total": money(sheet.total),
        "before": money(sheet.before),
        "change": money(sheet.change),
    }


def read_costs(request: HttpRequest, title: Production) -> dict[str, Any]:
    """Every report, and one of them by category. Queries: six."""
    counting = reports_of(title)
    every = list(
        CostReport.objects.filter(budget__production=title)
        .select_related("budget", "recorded_by", "document")
        .order_by("-as_of", "-pk")[:200]
    )
    asked = number_asked(request, "report")
    shown = next((r for r in every if r.pk == asked), None) or next(iter(counting), None)
    budget = approved_budget(title)
    sheet = None
    if shown is not None:
        shown.budget.production = title
        previous = next((r for r in counting if r.as_of < shown.as_of), None)
        sheet = _cost_sheet(shown, previous)
    keys = {report.pk for report in counting}
    return {
        "buttons": buttons_of(title.pk, request.user, ("record-costs", budget.pk))
        if budget
        else [],
        "no_budget": budget is None,
        "reports": [
            {"row": report, "counts": report.pk in keys, "is_here": report == shown}
            for report in every
        ],
        "shown": shown,
        "sheet": sheet,
    }


def _cost_sheet(report: CostReport, previous: CostReport | None) -> dict[str, Any]:
    sheet = cost_sheet(report, previous=previous)
    currency = report.budget.currency

    def money(amount: Decimal | None) -> Any:
        return "–" if amount is None else money_or_undisclosed(amount, currency)

    def cells(figures: Figures) -> dict[str, Any]:
        return {
            "cells": [
                money(figures.budget), money(figures.to_date), money(figures.committed),
                money(figures.to_complete), money(figures.final),
            ],
            "variance": money(figures.variance),
            "is_over": figures.variance < 0,
            "change": money(figures.change or None),
        }  # fmt: skip

    return {
        "previous": previous,
        "budget": money(sheet.total.budget),
        "final": money(sheet.total.final),
        "apart": money(abs(sheet.total.variance)),
        "parts": [
            {
                "label": part.category.label,
                **cells(part.figures),
                "rows": [
                    {"code": row.code, "name": row.name, "line": row.line, **cells(row.figures)}
                    for row in part.rows
                ],
            }
            for part in sheet.parts
        ],
        "total": cells(sheet.total),
    }


def read_financing(request: HttpRequest, title: Production) -> dict[str, Any]:
    """Versions, one of them with its sources, and co-producers. Queries: six, one for commitments, and the gate."""
    plans = list(
        FinancingPlan.objects.filter(production=title)
        .with_total()
        .select_related("made_by", "locked_by")
        .order_by("-number")
    )
    counts = next((plan for plan in plans if plan.locked_at), None)
    by_number = {plan.number: plan for plan in plans}
    asked = by_number.get(number_asked(request, "version"))
    shown = asked or counts or next(iter(plans), None)
    budget = approved_budget(title)
    terms = shares_on(title, timezone.localdate())
    at_the_gate = Stage(title.stage) == Stage.GREENLIT
    return {
        "buttons": buttons_of(title.pk, request.user, ("begin-plan", 0)),
        "plans": [
            {
                "row": plan,
                "total": money_or_undisclosed(plan.total, plan.currency),  # type: ignore[attr-defined]
                "state": _state_of(plan, counts),
                "buttons": []
                if plan.locked_at
                else buttons_of(
                    title.pk, request.user, ("add-source", plan.pk), ("lock-plan", plan.pk)
                ),
            }
            for plan in plans
        ],
        "shown": shown,
        "budget": budget and money_or_undisclosed(budget.total, budget.currency),  # type: ignore[attr-defined]
        "sheet": shown and _plan_sheet(shown, budget, title, request.user),
        "waits": what_gate_waits_for(title, Stage.FINANCED) if at_the_gate else "",
        "may_see_shares": request.user.has_perm("productions.view_coproductionterms"),
        "share_buttons": buttons_of(title.pk, request.user, ("record-shares", 0)),
        "terms": terms,
        "shares": [(row.organisation, plain(row.share)) for row in terms.shares.all()]
        if terms
        else [],
    }


def _state_of(plan: FinancingPlan, counts: FinancingPlan | None) -> SafeString:
    if plan.locked_at is None:
        return mark(_("Draft"), "quiet")
    return mark(_("Locked"), "on") if plan == counts else mark(_("Superseded"), "quiet")


def _plan_sheet(
    plan: FinancingPlan, budget: BudgetVersion | None, title: Production, user: Any
) -> dict[str, Any]:
    sheet = plan_sheet(plan, budget=budget)

    def money(amount: Decimal) -> Any:
        return money_or_undisclosed(amount, plan.currency)

    missing = sheet.missing
    # The bar is as long as whichever is more, the budget or the plan.
    whole = max(sheet.total, sheet.total + (missing or Decimal(0)))
    bars, x = [], Decimal(0)
    for row in sheet.rows:
        width = row.source.base_amount * 1000 / whole
        bars.append(
            {"x": f"{x:.2f}", "width": f"{width:.2f}", "sort": row.source.secured.lower(),
             "title": f"{row.source}: {money(row.source.base_amount)}"}
        )  # fmt: skip
        x += width
    names = ["secure-source"] if plan.locked_at else ["secure-source", "remove-source"]
    return {
        "rows": [
            {
                "source": row.source,
                "who": title.programme if row.source.is_programme else row.source.party,
                "amount": money_or_undisclosed(row.source.amount, row.source.currency),
                "base": money(row.source.base_amount)
                if row.source.currency != plan.currency
                else "",
                "share": row.share,
                "rate": plain(row.source.rate),
                "secured": mark(
                    row.source.get_secured_display(), SECURED_TONES[Secured(row.source.secured)]
                ),
                "promised": row.source.commitment
                and money_or_undisclosed(row.promised, row.source.commitment.currency),
                "gap": money_or_undisclosed(row.gap, row.source.currency) if row.gap else "",
                "buttons": buttons_of(
                    title.pk, user,
                    *((name, row.source.pk) for name in names
                      if name != "secure-source" or row.source.secured != Secured.SIGNED),
                ),
            }
            for row in sheet.rows
        ],
        "bars": bars,
        "total": money(sheet.total),
        "missing": money(missing) if missing is not None and missing > 0 else "",
        "too_much": money(-missing) if missing is not None and missing < 0 else "",
        "is_equal": missing == 0,
        "by_secured": [
            (Secured(word).label, word.lower(), money(amount))
            for word, amount in sheet.by_secured.items()
            if amount
        ],
    }  # fmt: skip


budget_page = page("budget", read_budget)
costs_page = page("costs", read_costs)
financing_page = page("financing", read_financing)
