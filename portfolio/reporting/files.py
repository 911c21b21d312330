"""The reports as rows of a file and as documents: the same figures as on the pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from portfolio.common.exports.columns import Column, Holds, plain
from portfolio.common.names import NAME_FIELDS
from portfolio.reporting.cash_flow import CashFlow, Month
from portfolio.reporting.figures import FIGURES, Figures, Line
from portfolio.reporting.positions import Position
from portfolio.reporting.terms import Terms
from portfolio.reporting.top_sheet import TopSheet

type Rows = Sequence[Sequence[Any]]

KEYS: Mapping[str, tuple[Column, ...]] = {
    "strand_year": (
        Column("strand", title=_("Strand")),
        Column("fiscal_year", Holds.NUMBER, _("Fiscal year")),
    ),
    "strand": (Column("strand", title=_("Strand")),),
    "fiscal_year": (Column("fiscal_year", Holds.NUMBER, _("Fiscal year")),),
    "partner": (Column("partner", title=_("Partner")),),
    "project": (Column("project", title=_("Project")),),
}
NAMES = (
    Column("name_en", title=_("English name")),
    Column("name_zh_hant", title=_("Traditional Chinese name")),
    Column("name_zh_hans", title=_("Simplified Chinese name")),
)
MONTH_FIGURES: Mapping[str, Any] = {
    "due": _("Due"),
    "unpaid": _("Left to pay"),
    "paid": _("Paid"),
    "refunded": _("Refunded"),
    "net": _("Net paid"),
    "due_so_far": _("Due so far"),
    "net_so_far": _("Net paid so far"),
}


def amounts(labels: Mapping[str, Any]) -> tuple[Column, ...]:
    """Columns of amounts."""
    return tuple(Column(name, Holds.AMOUNT, title) for name, title in labels.items())


CURRENCY = Column("currency", title=_("Currency"))


def top_sheet_columns(group_by: str) -> tuple[Column, ...]:
    """What the columns of a top sheet are."""
    names = () if group_by == "fiscal_year" else NAMES
    others = (
        (Column("others", Holds.NUMBER, _("Others in this line")),)
        if group_by in ("partner", "project")
        else ()
    )
    return (*KEYS[group_by], *names, *others, CURRENCY, *amounts(FIGURES))


def top_sheet_rows(sheet: TopSheet, *, with_total: bool = False) -> Rows:
    """The lines of a top sheet in the order of its columns, with or without the total."""
    columns = top_sheet_columns(sheet.group_by)
    lines = [_sheet_row(line, sheet, columns) for line in sheet.lines]
    if with_total:
        label = Line({columns[0].name: str(_("All"))}, sheet.total)
        lines.append(_sheet_row(label, sheet, columns))
    return lines


def _sheet_row(line: Line, sheet: TopSheet, columns: Sequence[Column]) -> list[Any]:
    values = {
        **line.cell,
        **{part: line.names.get(part) or None for part in NAME_FIELDS},
        **line.figures.every(),
        "others": line.others or None,
        "currency": sheet.terms.unit,
    }
    return [values.get(column.name) for column in columns]


def terms_document(terms: Terms) -> dict[str, Any]:
    """What a report was asked, as it stands at the head of a document."""
    return {
        "programme": terms.programme.slug,
        "as_of": plain(terms.as_of),
        "known_at": plain(terms.known_at),
        "currency": terms.unit,
        "only_in_currency": terms.currency is not None,
    }


def figures_document(figures: Figures) -> dict[str, Any]:
    """Figures as texts; null where there is no such figure."""
    return {name: plain(amount) for name, amount in figures.every().items()}


def top_sheet_document(sheet: TopSheet) -> dict[str, Any]:
    """A top sheet as JSON has it."""
    announced = None
    if sheet.announced is not None:
        announced = {
            "amount": plain(sheet.announced),
            "currency": sheet.terms.unit,
            "qualifier": sheet.qualifier,
        }
    return {
        **terms_document(sheet.terms),
        "group_by": sheet.group_by,
        "announced": announced,
        "unallocated": plain(sheet.unallocated),
        "total": figures_document(sheet.total),
        "results": [_line_document(line, sheet.group_by) for line in sheet.lines],
    }


def _line_document(line: Line, group_by: str) -> dict[str, Any]:
    keys: dict[str, Any] = {c.name: line.cell.get(c.name) for c in KEYS[group_by]}
    if group_by != "fiscal_year":
        keys["name"] = line.names_by_script if line.names else None
    if group_by in ("partner", "project"):
        keys["others"] = line.others
    return keys | figures_document(line.figures)


MONTH_COLUMNS = (Column("month", Holds.DAY, _("Month")), CURRENCY, *amounts(MONTH_FIGURES))


def cash_flow_rows(flow: CashFlow) -> Rows:
    """The months of a cash flow in the order of MONTH_COLUMNS."""
    return [
        [row.month, flow.terms.unit, *(getattr(row, name) for name in MONTH_FIGURES)]
        for row in flow.months
    ]


def cash_flow_document(flow: CashFlow) -> dict[str, Any]:
    """A cash flow as JSON has it."""
    sums = ("due", "unpaid", "paid", "refunded", "net")
    return {
        **terms_document(flow.terms),
        "total": {name: plain(getattr(flow, name)) for name in sums},
        "results": [_month_document(row) for row in flow.months],
    }


def _month_document(row: Month) -> dict[str, Any]:
    return {
        "month": plain(row.month),
        **{name: plain(getattr(row, name)) for name in MONTH_FIGURES},
    }


POSITION_FIGURES = (
    "committed", "de_committed", "disbursed", "refunded", "outstanding", "recouped", "written_off",
)  # fmt: skip


def position_document(row: Position) -> dict[str, Any]:
    """A position as JSON has it."""

    def party(of: Mapping[str, Any]) -> dict[str, Any]:
        codes = {"name_en": "en", "name_zh_hant": "zh-hant", "name_zh_hans": "zh-hans"}
        return {"slug": of["slug"], "name": {codes[part]: of[part] for part in NAME_FIELDS}}

    return {
        "reference": row.reference,
        "title": row.title,
        "payee": party(row.payee),
        "project": party(row.project),
        "currency": row.currency,
        **{name: plain(getattr(row.figures, name)) for name in POSITION_FIGURES},
        "outstanding_base": plain(row.outstanding_base),
        "next_due": plain(row.next_due),
    }
