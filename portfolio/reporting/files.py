"""The reports as rows of a file and as documents: the same figures as on the pages."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portfolio.common.exports.columns import Column, Holds, plain
from portfolio.common.names import NAME_FIELDS
from portfolio.reporting.cash_flow import PERIODS as PERIOD_MONTHS
from portfolio.reporting.cash_flow import CashFlow, Period
from portfolio.reporting.figures import FIGURES, Figures, Line
from portfolio.reporting.positions import PARTY_FIGURES, PartyPosition, Position
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
PERIODS: Mapping[str, Column] = {
    "month": Column("month", Holds.DAY, _("Month")),
    "quarter": Column("quarter", Holds.DAY, _("Quarter")),
    "fiscal_year": Column("fiscal_year", Holds.NUMBER, _("Fiscal year")),
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
        "is_fictional": terms.programme.is_fictional,
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
        "results": [_line_document(line, sheet.terms, sheet.group_by) for line in sheet.lines],
    }


def _line_document(line: Line, terms: Terms, group_by: str) -> dict[str, Any]:
    keys: dict[str, Any] = {c.name: line.cell.get(c.name) for c in KEYS[group_by]}
    if group_by != "fiscal_year":
        keys["name"] = line.names_by_script if line.names else None
    if group_by in ("partner", "project"):
        keys["others"] = line.others
    entries = None if line.others else entries_address(terms, **line.cell)
    return keys | figures_document(line.figures) | {"entries": entries}


def cash_flow_columns(group_by: str) -> tuple[Column, ...]:
    """What the columns of a cash flow are."""
    return (PERIODS[group_by], CURRENCY, *amounts(MONTH_FIGURES))


def cash_flow_rows(flow: CashFlow) -> Rows:
    """The periods of a cash flow in the order of its columns."""
    return [
        [period_key(row), flow.terms.unit, *(getattr(row, name) for name in MONTH_FIGURES)]
        for row in flow.months
    ]


def period_key(row: Period) -> datetime.date | int:
    """What a period is called: its first day, or the year in which a fiscal year begins."""
    return row.month.year if row.months == PERIOD_MONTHS["fiscal_year"] else row.month


def cash_flow_document(flow: CashFlow) -> dict[str, Any]:
    """A cash flow as JSON has it."""
    sums = ("due", "unpaid", "paid", "refunded", "net")
    return {
        **terms_document(flow.terms),
        "group_by": flow.group_by,
        "total": {name: plain(getattr(flow, name)) for name in sums},
        "results": [
            {
                flow.group_by: plain(period_key(row)),
                **{name: plain(getattr(row, name)) for name in MONTH_FIGURES},
                "entries": entries_address(
                    flow.terms, value_date_after=plain(row.month),
                    value_date_before=plain(row.last_date),
                ),
            }
            for row in flow.months
        ],
    }  # fmt: skip


POSITION_FIGURES = (
    "committed", "de_committed", "disbursed", "refunded", "outstanding", "recouped", "written_off",
)  # fmt: skip


def position_document(row: Position, terms: Terms) -> dict[str, Any]:
    """A position as JSON has it."""

    def party(of: Mapping[str, Any]) -> dict[str, Any]:
        return {"slug": of["slug"], "name": names_of(of)}

    return {
        "reference": row.reference,
        "title": row.title,
        "payee": party(row.payee),
        "project": party(row.project),
        "currency": row.currency,
        **{name: plain(getattr(row.figures, name)) for name in POSITION_FIGURES},
        "outstanding_base": plain(row.outstanding_base),
        "next_due": plain(row.next_due),
        "entries": entries_address(terms, commitment=row.reference),
    }


def party_position_document(row: PartyPosition, terms: Terms, group_by: str) -> dict[str, Any]:
    """What stands with a partner or a project as JSON has it."""
    return {
        group_by: row.party["slug"],
        "name": names_of(row.party),
        "commitments": row.commitments,
        "currency": terms.unit,
        **{name: plain(getattr(row.figures, name)) for name in PARTY_FIGURES},
        "next_due": plain(row.next_due),
        "entries": entries_address(terms, **{group_by: row.party["slug"]}),
    }


def names_of(party: Mapping[str, Any]) -> dict[str, Any]:
    """Names in three scripts as JSON has them."""
    codes = {"name_en": "en", "name_zh_hant": "zh-hant", "name_zh_hans": "zh-hans"}
    return {codes[part]: party[part] for part in NAME_FIELDS}


def entries_address(terms: Terms, **cell: Any) -> str:
    """The address in the API of the entries of a row, with both clocks of its report."""
    cell["payee"] = cell.pop("partner", None)
    values = {
        "programme": terms.programme.slug,
        "as_of": plain(terms.as_of),
        "known_at": plain(terms.known_at),
        "currency": terms.currency,
        **cell,
    }
    given = {name: value for name, value in values.items() if value is not None}
    return f"{reverse('api:ledger-entries-list')}?{urlencode(given)}"


# --- Files that say what they were asked -----------------------------------------------------


@dataclass(frozen=True)
class Table:
    """Columns and rows of a file."""

    columns: Sequence[Column]
    rows: Rows


TERMS_COLUMNS = (
    Column("programme", title=_("Programme")),
    Column("is_fictional", Holds.FLAG, _("Fictional sample")),
    Column("as_of", Holds.DAY, _("As of")),
    Column("known_at", Holds.MOMENT, _("As known at")),
)


def with_terms(columns: Sequence[Column], rows: Rows, terms: Terms) -> Table:
    """A table whose every row says of which programme it is, made up or not, as of and known when."""
    programme = terms.programme
    said = [programme.slug, programme.is_fictional, terms.as_of, terms.known_at]
    return Table([*columns, *TERMS_COLUMNS], [[*row, *said] for row in rows])


def file_name(report: str, terms: Terms) -> str:
    """The name of a report's file without its ending."""
    return f"{report}-{terms.programme.slug}-{terms.as_of.isoformat()}"
