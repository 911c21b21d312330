"""Report pages of what is to be looked at: tranches that are due, and the watch over related parties."""

import datetime
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.common.admin_lists import money_or_undisclosed
from portfolio.common.names import NAME_FIELDS
from portfolio.funding.choices import RequestKind
from portfolio.reporting import charts
from portfolio.reporting.due import overdue_tranches, upcoming_tranches
from portfolio.reporting.figures import Figures, Line
from portfolio.reporting.pages import for_readers_of_the_ledger, show
from portfolio.reporting.questions import read
from portfolio.reporting.terms import NOTHING
from portfolio.reporting.watch import watch

MOST_DUE = 200
DAYS_AHEAD = 60
SHARE = Decimal(25)


@for_readers_of_the_ledger
def due_page(request: HttpRequest) -> HttpResponseBase:
    """Tranches that are overdue, and those of the next weeks."""
    form, asked = read(request, timezone.now(), without=("group_by", "known_at"))
    title = _("Due tranches")
    if asked is None:
        return show(request, "due", title, form, None)
    days = number(request, "days", DAYS_AHEAD, most=3660)
    terms = asked.terms
    asks: dict[str, Any] = {
        "programme": terms.programme, "day": terms.as_of, "currency": terms.currency,
    }  # fmt: skip
    overdue = overdue_tranches(**asks)[: MOST_DUE + 1]
    upcoming = upcoming_tranches(**asks, days=days)[: MOST_DUE + 1]
    return show(
        request, "due", title, form, asked,
        route="report_due",
        has_files=False,
        days=days,
        lists=[
            due_list("overdue", _("Overdue"), list(overdue), terms.as_of),
            due_list(
                "upcoming", _("Due in the next %(days)s days") % {"days": days}, list(upcoming),
                terms.as_of,
            ),
        ],
    )  # fmt: skip


def due_list(name: str, title: str, found: list[Any], day: datetime.date) -> dict[str, Any]:
    """One of the two lists, with what it comes to in each currency."""
    language = get_language() or "en"
    sums: dict[str, Decimal] = {}
    for tranche in found[:MOST_DUE]:
        currency = tranche.commitment.currency
        sums[currency] = sums.get(currency, NOTHING) + tranche.unpaid
    return {
        "id": name,
        "title": title,
        "more": len(found) > MOST_DUE,
        "sums": [money_or_undisclosed(sums[c], c) for c in sorted(sums)],
        "rows": [
            {
                "tranche": tranche,
                "url": reverse("admin:funding_commitment_change", args=[tranche.commitment_id]),
                "payee": tranche.commitment.payee.name_for(language),
                "project": tranche.commitment.project.name_for(language),
                "days": abs((day - tranche.due_date).days),
                "amount": f"{tranche.commitment.currency} {charts.digits(tranche.unpaid)}",
            }
            for tranche in found[:MOST_DUE]
        ],
    }


@for_readers_of_the_ledger
def watch_page(request: HttpRequest) -> HttpResponseBase:
    """Concentration and related parties."""
    if not request.user.has_perm("partners.view_interest"):
        raise PermissionDenied
    form, asked = read(request, timezone.now(), without=("group_by", "known_at", "currency"))
    title = _("Related parties and concentration")
    if asked is None:
        return show(request, "watch", title, form, None)
    share = percentage(request, "share", SHARE)
    language = get_language() or "en"
    found = watch(programme=asked.terms.programme, day=asked.terms.as_of, share=share)

    def named(row: Mapping[str, Any], *of: str) -> dict[str, Any]:
        shown = {}
        for party in of:
            names = {part: row[f"{party}_{part}"] for part in NAME_FIELDS}
            shown[f"{party}_shown"] = Line({}, Figures(), names).name_for(language)
        number = row.get("commitment")
        url = number and reverse("admin:funding_commitment_change", args=[number])
        return {**row, **shown, "url": url}

    return show(
        request, "watch", title, form, asked,
        route="report_watch",
        has_files=False,
        share=share,
        found=found,
        concentrations=[
            named(row, "strand", "partner")
            | {
                "entries": asked.address(
                    "report_entries", figure="promised", strand=row["strand"], partner=row["partner"]
                ),
                "amount": money_or_undisclosed(row["committed"], asked.terms.unit),
                "whole": money_or_undisclosed(row["strand_committed"], asked.terms.unit),
            }
            for row in found.concentrations
        ],
        interests=[
            named(row, "payee", "organisation") | {"kind_shown": RequestKind(row["kind"]).label}
            for row in found.interests
        ],
        financiers=[named(row, "payee", "financier", "common") for row in found.financiers],
    )  # fmt: skip


def number(request: HttpRequest, name: str, default: int, *, most: int) -> int:
    """A whole number of the address, or the default where there is none to be read."""
    text = request.GET.get(name, "")
    return (
        min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 7 else default
    )


def percentage(request: HttpRequest, name: str, default: Decimal) -> Decimal:
    """A share in per cent of the address, or the default where there is none to be read."""
    try:
        found = Decimal(request.GET.get(name, "")[:10])
    except InvalidOperation:
        return default
    return found if found.is_finite() and 0 <= found <= 100 else default
