"""Report pages of the staff admin: money as of any day, as known at any moment, each figure explained."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.common.admin_lists import money_or_undisclosed
from portfolio.common.exports.answers import file_answer
from portfolio.common.exports.columns import Column
from portfolio.common.exports.sheets import csv_of, xlsx_of
from portfolio.programmes.choices import Qualifier
from portfolio.reporting import charts, files
from portfolio.reporting.cash_flow import Period, cash_flow
from portfolio.reporting.figures import FIGURES, Figures, Line
from portfolio.reporting.questions import FLOW_GROUPS, Asked, moment_text, read
from portfolio.reporting.top_sheet import GROUPS, TopSheet, top_sheet

PERMISSION = "funding.view_ledgerentry"
FORMS = ("csv", "xlsx", "json")
MOST_LINES = 200

type Page = Callable[[HttpRequest], HttpResponseBase]


def for_readers_of_the_ledger(page: Page) -> Page:
    """Refuse everybody who may not see the ledger."""

    def guarded(request: HttpRequest) -> HttpResponseBase:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return page(request)

    return guarded


def show(
    request: HttpRequest, template: str, title: str, form: Any, asked: Asked | None, **more: Any
) -> TemplateResponse:
    """A report page: its form, what was asked in a sentence, and the links that every report has."""
    now = timezone.now()
    context = {
        **admin.site.each_context(request),
        "title": title,
        "form": form,
        "asked": asked,
        "digits": charts.digits,
        **more,
    }
    if asked is not None:
        route = more["route"]
        kept = {name: request.GET[name] for name in more.get("keeps", ()) if request.GET.get(name)}
        programme = asked.terms.programme
        context |= {
            "programme_name": programme.name_for(get_language() or "en"),
            "downloads": [
                (form_name.upper(), asked.address(route, **kept, download=form_name))
                for form_name in (FORMS if more.get("has_files", True) else ())
            ],
            "pin": asked.pinned(now).address(route, **kept),
            "unpin": asked.unpinned().address(route, **kept),
            "known_text": asked.terms.known_at and moment_text(asked.terms.known_at),
            "unit": asked.terms.unit,
        }
    return TemplateResponse(request, f"admin/reports/{template}.html", context)


def download(
    request: HttpRequest,
    name: str,
    asked: Asked,
    columns: Sequence[Column],
    rows: files.Rows,
    document: Mapping[str, Any],
) -> HttpResponseBase | None:
    """The file that the address asks for, with what the page shows; None where it asks for none."""
    form = request.GET.get("download")
    if form is None:
        return None
    if form not in FORMS:
        raise Http404
    terms = asked.terms
    name = files.file_name(name, terms)
    if form == "csv":
        table = files.with_terms(columns, rows, terms)
        return file_answer(
            [csv_of(table.rows, table.columns, for_people=True)], name=name, form=form
        )
    if form == "json":
        return file_answer([orjson.dumps(document)], name=name, form=form)
    known = moment_text(terms.known_at) if terms.known_at else moment_text(timezone.now())
    notes = [
        (_("Programme"), terms.programme.name_for(get_language() or "en")),
        (_("As of"), terms.as_of.isoformat()),
        (_("As known at"), known),
        (_("Currency"), terms.unit),
    ]
    pieces = xlsx_of(rows, columns, title=name, notes=notes, for_people=True)
    return file_answer(pieces, name=name, form=form)


# --- Top sheet -------------------------------------------------------------------------------


@for_readers_of_the_ledger
def top_sheet_page(request: HttpRequest) -> HttpResponseBase:
    """The top sheet, line by line, each figure leading to the entries behind it."""
    form, asked = read(request, timezone.now())
    title = _("Top sheet")
    if asked is None:
        return show(request, "top_sheet", title, form, None)
    sheet = top_sheet(asked.terms, group_by=asked.group_by or GROUPS[0], most=MOST_LINES)
    file = download(
        request, "top-sheet", asked, files.top_sheet_columns(sheet.group_by),
        files.top_sheet_rows(sheet, with_total=True), files.top_sheet_document(sheet),
    )  # fmt: skip
    if file is not None:
        return file
    names = [name_of(line) for line in sheet.lines]
    used = used_figures(sheet)
    return show(
        request, "top_sheet", title, form, asked,
        route="report_top_sheet",
        sheet=sheet,
        announced=announced_text(sheet),
        announced_amount=money_or_undisclosed(sheet.announced, sheet.terms.unit),
        announced_url=announced_url(request, asked),
        qualifier=qualifier_text(sheet),
        headline=headline(sheet, asked),
        headings=[FIGURES[name] for name in used],
        rows=[
            {"name": name, "cells": cells_of(line.cell, line.figures, used, asked, line.others)}
            for line, name in zip(sheet.lines, names, strict=True)
        ],
        total=cells_of({}, sheet.total, used, asked, 0),
        unused=[FIGURES[name] for name in FIGURES if name not in used],
        bars=charts.bars_of(sheet, names),
        lines_hidden=max(0, len(sheet.lines) - charts.MOST_BARS),
    )  # fmt: skip


def name_of(line: Line) -> str:
    """What a line is called by its reader."""
    if line.others:
        return _("%(count)s others") % {"count": f"{line.others:,}"}
    name = line.name_for(get_language() or "en")
    year = line.cell.get("fiscal_year")
    return " · ".join(str(part) for part in (name, year) if part)


def used_figures(sheet: TopSheet) -> list[str]:
    """The figures that some line has; a column of nothing but zeros is only mentioned."""
    always = ("allocated", "committed", "disbursed", "outstanding", "available")
    found = []
    for name in FIGURES:
        values = [
            getattr(figures, name) for figures in (sheet.total, *(x.figures for x in sheet.lines))
        ]
        if any(values) or (name in always and any(v is not None for v in values)):
            found.append(name)
    return found


def cells_of(
    cell: Mapping[str, Any], figures: Figures, names: Sequence[str], asked: Asked, others: int
) -> list[dict[str, Any]]:
    """The figures of a line, each with the address of what it is made of."""
    found = []
    for name in names:
        amount = getattr(figures, name)
        url = None
        if amount and not others:
            url = asked.address("report_entries", figure=name, **cell)
        found.append(
            {"text": charts.digits(amount), "url": url, "is_negative": bool(amount and amount < 0)}
        )
    return found


def headline(sheet: TopSheet, asked: Asked) -> list[dict[str, Any]]:
    """The few figures that are read first, with their currency."""
    total = sheet.total
    shown = [
        (FIGURES["allocated"], total.allocated, "allocated"),
        (_("Committed, less de-committed"), total.committed - total.de_committed, "promised"),
        (_("Net paid"), total.disbursed - total.refunded, "net_paid"),
        (FIGURES["outstanding"], total.outstanding, "outstanding"),
        (FIGURES["available"], total.available, "available"),
    ]
    return [
        {
            "label": label,
            "text": money_or_undisclosed(amount, sheet.terms.unit),
            "url": asked.address("report_entries", figure=figure) if amount else None,
        }
        for label, amount, figure in shown
        if amount is not None
    ]


def qualifier_text(sheet: TopSheet) -> str:
    """How exactly the envelope was stated."""
    return str(dict(Qualifier.choices).get(sheet.qualifier, ""))


def announced_text(sheet: TopSheet) -> str:
    """The envelope with how exactly it was stated."""
    if sheet.announced is None:
        return ""
    return f"{money_or_undisclosed(sheet.announced, sheet.terms.unit)} ({qualifier_text(sheet)})"


def announced_url(request: HttpRequest, asked: Asked) -> str | None:
    """Where the envelope stands, for who may look there."""
    if not request.user.has_perm("programmes.view_programme"):
        return None
    return reverse("admin:programmes_programme_change", args=[asked.terms.programme.pk])


# --- Cash flow -------------------------------------------------------------------------------


@for_readers_of_the_ledger
def cash_flow_page(request: HttpRequest) -> HttpResponseBase:
    """What was due against what was paid, period by period."""
    form, asked = read(request, timezone.now(), groups=FLOW_GROUPS)
    title = _("Cash flow")
    if asked is None:
        return show(request, "cash_flow", title, form, None)
    flow = cash_flow(asked.terms, group_by=asked.group_by or "month")
    file = download(
        request, "cash-flow", asked, files.cash_flow_columns(flow.group_by),
        files.cash_flow_rows(flow), files.cash_flow_document(flow),
    )  # fmt: skip
    if file is not None:
        return file
    return show(
        request, "cash_flow", title, form, asked,
        route="report_cash_flow",
        flow=flow,
        heading=FLOW_HEADINGS[flow.group_by],
        headings=list(files.MONTH_FIGURES.values()),
        rows=[
            {
                "name": period_name(row),
                "is_ahead": row.month > asked.terms.as_of,
                "cells": flow_cells(row, asked, row),
            }
            for row in flow.months
        ],
        total=flow_cells(flow, asked, None),
        chart=(chart := charts.flow_of(flow, period_name=period_name)),
        most_month=chart and charts.digits(chart.most_in_a_month),
        most_so_far=chart and charts.digits(chart.most_so_far),
    )  # fmt: skip


FLOW_HEADINGS = {
    "month": gettext_lazy("Month by month"),
    "quarter": gettext_lazy("Quarter by quarter"),
    "fiscal_year": gettext_lazy("Year by year"),
}
# Which entries and which tranches the figures of a cash flow are made of.
OF_ENTRIES = {
    "paid": "disbursed",
    "refunded": "refunded",
    "net": "net_paid",
    "net_so_far": "net_paid",
}
OF_TRANCHES = {"due": "due", "unpaid": "unpaid", "due_so_far": "due"}


def flow_cells(row: Any, asked: Asked, period: Period | None) -> list[dict[str, Any]]:
    """The figures of a period or of all, each with the address of what it is made of."""
    found = []
    for name in files.MONTH_FIGURES:
        amount = getattr(row, name, None)
        so_far = name.endswith("_so_far")
        url = None
        if amount and name in OF_ENTRIES:
            months = entry_months(period, so_far=so_far)
            url = asked.address("report_entries", figure=OF_ENTRIES[name], **months)
        elif amount:
            days = tranche_days(period, so_far=so_far)
            url = asked.address("report_tranches", figure=OF_TRANCHES[name], **days)
        shown = "" if period is None and amount is None else charts.digits(amount)
        found.append({"text": shown, "url": url, "is_negative": bool(amount and amount < 0)})
    return found


def entry_months(period: Period | None, *, so_far: bool) -> dict[str, str]:
    """The months of a period, or all up to its last, as the page of entries is asked for them."""
    if period is None:
        return {}
    if so_far:
        return {"last_month": f"{period.last_month:%Y-%m}"}
    if period.months == 1:
        return {"month": f"{period.month:%Y-%m}"}
    return {"first_month": f"{period.month:%Y-%m}", "last_month": f"{period.last_month:%Y-%m}"}


def tranche_days(period: Period | None, *, so_far: bool) -> dict[str, str]:
    """The days of a period, or all up to its last, as the page of tranches is asked for them."""
    if period is None:
        return {}
    first = {} if so_far else {"due_from": period.month.isoformat()}
    return {**first, "due_to": period.last_date.isoformat()}


def period_name(period: Period) -> str:
    """A month, a quarter or a fiscal year as its reader writes it."""
    match period.months:
        case 1:
            return month_name(period.month)
        case 12:
            return str(period.month.year)
        case _:
            return f"{month_name(period.month)} \u2013 {month_name(period.last_month)}"


def month_name(month: datetime.date) -> str:
    """A month as its reader writes it."""
    return date_format(month, "YEAR_MONTH_FORMAT")
