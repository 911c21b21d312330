"""The page that explains a number: the entries behind it, each with what proves it."""

import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from partners.models import Organisation
from portfolio.common.exports.answers import file_answer
from portfolio.programmes.models import Project, Strand
from portfolio.reporting.charts import digits
from portfolio.reporting.entries_file import pieces_of
from portfolio.reporting.explanations import MADE_OF, Cell, entries_behind
from portfolio.reporting.figures import FIGURES
from portfolio.reporting.pages import FORMS, for_readers_of_the_ledger, month_name, show
from portfolio.reporting.questions import read

LABELS = {
    **FIGURES,
    "promised": gettext_lazy("Committed, less de-committed"),
    "net_paid": gettext_lazy("Net paid"),
}
MONTHS = ("month", "first_month", "last_month")
CELL = ("strand", "fiscal_year", "partner", "project", "commitment", *MONTHS)
PAGE = 50
LONGEST = 100


@for_readers_of_the_ledger
def entries_page(request: HttpRequest) -> HttpResponseBase:
    """The entries that a figure is made of, as of the day and as known at the moment of its report."""
    form, asked = read(request, timezone.now(), without=("group_by",))
    if asked is None:
        return show(request, "entries", _("Explain a number"), form, None)
    figure = request.GET.get("figure", "committed")
    if figure not in MADE_OF:
        raise Http404
    cell = cell_of(request)
    form_name = request.GET.get("download")
    if form_name is not None:
        if form_name not in FORMS or not MADE_OF[figure]:
            raise Http404
        return file_answer(
            pieces_of(figure, cell, asked.terms, form_name),
            name=f"entries-{figure}", form=form_name,
        )  # fmt: skip
    after = request.GET.get("after", "")
    if after and not (after.isascii() and after.isdecimal() and len(after) < 19):
        raise Http404
    found = entries_behind(
        figure, cell, asked.terms, after=int(after) if after else None, most=PAGE
    )
    kept = {name: request.GET.get(name) or None for name in CELL} | {"figure": figure}
    may_open = request.user.has_perm("partners.view_document")
    older = found.following and asked.address("report_entries", **kept, after=found.following)
    return show(
        request, "entries", _("Explain a number"), form, asked,
        route="report_entries",
        keeps=("figure", *CELL),
        has_files=bool(MADE_OF[figure]),
        figure=LABELS[figure],
        cell=described(cell),
        kept=[(name, value) for name, value in kept.items() if value],
        found=found,
        total=digits(found.total),
        entries_total=digits(found.entries_total),
        count=found.count,
        entries=[row_of(entry, may_open) for entry in found.entries],
        revisions=[
            {
                "row": row,
                "amount": digits(row.change_amount),
                "url": reverse("admin:programmes_allocation_change", args=[row.allocation_id]),
                "document_url": document_url(row, may_open),
            }
            for row in found.revisions
        ],
        is_first=not after,
        older=older,
        back=asked.address("report_top_sheet"),
        figures=[
            {
                "label": label,
                "url": asked.address("report_entries", **{**kept, "figure": name}),
                "is_chosen": name == figure,
            }
            for name, label in LABELS.items()
        ],
    )  # fmt: skip


def cell_of(request: HttpRequest) -> Cell:
    """Which part of the ledger the address asks for. Raises: Http404."""
    given = {name: request.GET.get(name, "")[:LONGEST] for name in CELL}
    if any("\x00" in text for text in given.values()):
        raise Http404
    year = given["fiscal_year"]
    if year and not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise Http404
    try:
        months: dict[str, Any] = {
            name: datetime.date.fromisoformat(f"{given[name]}-01") if given[name] else None
            for name in MONTHS
        }
        # The month after the last one has to have a day.
        if any(month and month.year == datetime.MAXYEAR for month in months.values()):
            raise Http404
    except ValueError:
        raise Http404 from None
    texts: dict[str, Any] = {
        name: given[name] or None for name in CELL if name not in ("fiscal_year", *MONTHS)
    }
    return Cell(**texts, fiscal_year=int(year) if year else None, **months)


def described(cell: Cell) -> list[tuple[str, str]]:
    """What narrows the ledger, in words.  Queries: one each for a strand, a partner and a project."""
    language = get_language() or "en"
    found: list[tuple[str, str]] = []
    for label, model, slug in (
        (_("Strand"), Strand, cell.strand),
        (_("Partner"), Organisation, cell.partner),
        (_("Project"), Project, cell.project),
    ):
        if slug is None:
            continue
        row: Any = model._default_manager.filter(slug=slug).first()
        if row is None:
            raise Http404
        found.append((label, row.name_for(language)))
    if cell.fiscal_year is not None:
        found.append((_("Fiscal year"), str(cell.fiscal_year)))
    if cell.commitment is not None:
        found.append((_("Commitment"), cell.commitment))
    for label, month in (
        (_("Month"), cell.month),
        (_("From"), cell.first_month),
        (_("Until"), cell.last_month),
    ):
        if month is not None:
            found.append((label, month_name(month)))
    return found


def document_url(row: Any, may_open: bool) -> str | None:
    """Where the document of a row is, for who may look at documents."""
    if row.document_id is None or not may_open:
        return None
    return reverse("admin:partners_document_change", args=[row.document_id])


def row_of(entry: Any, may_open: bool) -> dict[str, Any]:
    """An entry as the page shows it."""
    language = get_language() or "en"
    link = getattr(entry, "link", None)
    return {
        "entry": entry,
        "counted": digits(entry.counted),
        "amount": f"{entry.currency} {digits(entry.amount)}",
        "rate": f"{entry.rate.normalize():f}",
        "commitment_url": reverse("admin:funding_commitment_change", args=[entry.commitment_id]),
        "document_url": document_url(entry, may_open),
        "payee": entry.counterparty.name_for(language),
        "strand": entry.strand.name_for(language),
        "yes": entry.approval.yes if entry.approval else [],
        "sequence": link.sequence if link else None,
        "hash": bytes(link.hash).hex() if link else "",
    }
