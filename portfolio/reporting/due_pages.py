"""Report pages of tranches: what is overdue and comes next, and the tranches behind a figure."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from portfolio.common.admin_lists import money_or_undisclosed
from portfolio.common.api.reading import FIRST_DAY, LAST_DAY
from portfolio.funding.choices import TrancheState
from portfolio.reporting import charts, files
from portfolio.reporting.due import (
    COUNTS,
    ONE_DAY,
    Slice,
    Slices,
    overdue_tranches,
    tranches_behind,
    upcoming_tranches,
)
from portfolio.reporting.pages import for_readers_of_the_ledger, show
from portfolio.reporting.questions import Asked, read

MOST_DUE = 200
DAYS_AHEAD = 60
PAGE = 50
KEPT = ("figure", "due_from", "due_to")
LABELS = {name: files.MONTH_FIGURES[name] for name in COUNTS}
PAID_SINCE = gettext_lazy("Paid since")


# --- Due -------------------------------------------------------------------------------------


@for_readers_of_the_ledger
def due_page(request: HttpRequest) -> HttpResponseBase:
    """Tranches that were overdue on a day, and those of the next weeks, as known at a moment."""
    form, asked = read(request, timezone.now(), without=("group_by",))
    title = _("Due tranches")
    if asked is None:
        return show(request, "due", title, form, None)
    days = number(request, "days", DAYS_AHEAD, most=3660)
    day = asked.terms.as_of
    overdue = overdue_tranches(asked.terms, most=MOST_DUE)
    upcoming = upcoming_tranches(asked.terms, days=days, most=MOST_DUE)
    last = day + datetime.timedelta(days=days)
    return show(
        request, "due", title, form, asked,
        route="report_due",
        keeps=("days",),
        has_files=False,
        days=days,
        lists=[
            due_list("overdue", _("Overdue"), overdue, asked, due_to=day - ONE_DAY),
            due_list(
                "upcoming", _("Due in the next %(days)s days") % {"days": days}, upcoming, asked,
                due_from=day, due_to=last,
            ),
        ],
    )  # fmt: skip


def due_list(name: str, title: str, found: Slices, asked: Asked, **days: Any) -> dict[str, Any]:
    """One of the two lists, with what it comes to in each currency, and where all of it is."""

    def all_of(currency: str | None) -> str:
        return asked.address("report_tranches", currency=currency, figure="unpaid", **days)

    left = found.whole.left_to_pay if found.whole else {}
    return {
        "id": name,
        "title": title,
        "sums": [
            {"text": money_or_undisclosed(amount, currency), "url": all_of(currency)}
            for currency, amount in left.items()
        ],
        "all": all_of(asked.terms.currency) if found.whole is None else None,
        "rows": rows_of(found.rows, asked),
    }


def rows_of(found: Sequence[Slice], asked: Asked) -> list[dict[str, Any]]:
    """Tranches as a page shows them."""
    language = get_language() or "en"
    states = dict(TrancheState.choices)
    return [
        {
            "tranche": row,
            "url": reverse("admin:funding_commitment_change", args=[row.commitment_id]),
            "payee": row.payee.name_for(language),
            "project": row.project.name_for(language),
            "days": abs((asked.terms.as_of - row.due_date).days),
            "amount": f"{row.currency} {charts.digits(row.amount)}",
            "left": f"{row.currency} {charts.digits(row.left_to_pay)}",
            "rate": f"{row.rate.normalize():f}",
            "due": charts.digits(row.due),
            "unpaid": charts.digits(row.unpaid),
            # Of today's state that the payment came after the day is all there is to say.
            "state": PAID_SINCE if row.left_to_pay and row.state == "PAID" else states[row.state],
        }
        for row in found
    ]


# --- The tranches behind a figure ------------------------------------------------------------


@for_readers_of_the_ledger
def tranches_page(request: HttpRequest) -> HttpResponseBase:
    """The tranches that a figure is made of, as of the day and as known at the moment of its report."""
    form, asked = read(request, timezone.now(), without=("group_by",))
    title = _("Tranches behind a figure")
    if asked is None:
        return show(request, "tranches", title, form, None)
    figure = request.GET.get("figure", "due")
    if figure not in COUNTS:
        raise Http404
    first, last = day_of(request, "due_from"), day_of(request, "due_to")
    found = tranches_behind(
        figure, asked.terms, first=first, last=last, after=place_of(request), most=PAGE
    )
    kept = {name: request.GET.get(name) or None for name in KEPT} | {"figure": figure}
    after = found.following and f"{found.following[0].isoformat()}.{found.following[1]}"
    whole = found.whole
    assert whole is not None  # noqa: S101 - it was asked for
    return show(
        request, "tranches", title, form, asked,
        route="report_tranches",
        keeps=KEPT,
        has_files=False,
        kept=[(name, value) for name, value in kept.items() if value],
        figure=LABELS[figure],
        within=within(first, last),
        total=charts.digits(getattr(whole, figure)),
        count=whole.count,
        rows=rows_of(found.rows, asked),
        more=after and asked.address("report_tranches", **kept, after=after),
        back=asked.address("report_cash_flow"),
        figures=[
            {
                "label": label,
                "url": asked.address("report_tranches", **{**kept, "figure": name}),
                "is_chosen": name == figure,
            }
            for name, label in LABELS.items()
        ],
    )  # fmt: skip


def within(first: datetime.date | None, last: datetime.date | None) -> list[str]:
    """From when to when they are due, in words."""
    found = []
    if first is not None:
        found.append(_("due from %(day)s") % {"day": date_format(first)})
    if last is not None:
        found.append(_("due until %(day)s") % {"day": date_format(last)})
    return found


def day_of(request: HttpRequest, name: str) -> datetime.date | None:
    """A day of the address. Raises: Http404."""
    text = request.GET.get(name, "")
    if not text:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    # Days within reach of the report's own, some years ahead of it or behind.
    if not FIRST_DAY.year - 20 <= day.year <= LAST_DAY.year + 20:
        raise Http404
    return day


def place_of(request: HttpRequest) -> tuple[datetime.date, int] | None:
    """Where a page begins: the due date and number of the last tranche before it. Raises: Http404."""
    day, _dot, text = request.GET.get("after", "").partition(".")
    if not day:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Http404
    try:
        return datetime.date.fromisoformat(day), int(text)
    except ValueError:
        raise Http404 from None


def number(request: HttpRequest, name: str, default: int, *, most: int) -> int:
    """A whole number of the address, or the default where there is none to be read."""
    text = request.GET.get(name, "")
    return (
        min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 7 else default
    )
