"""The entries behind a figure as a file: all of them, streamed, each with what proves it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import CharField, F, Func, Q, StringAgg, Value

from portfolio.common.exports.columns import Column, Holds
from portfolio.common.exports.copying import copied_csv, copied_json, fetched
from portfolio.common.exports.sheets import xlsx_of
from portfolio.funding.models import LedgerEntryQuerySet
from portfolio.reporting.files import terms_document
from portfolio.reporting.terms import Terms

# The columns with where each value is.
COLUMNS: Sequence[tuple[Column, Any]] = (
    (Column("entry", Holds.NUMBER), F("pk")),
    (Column("kind"), F("kind")),
    (Column("value_date", Holds.DAY), F("value_date")),
    (Column("counted", Holds.AMOUNT), F("counted")),
    (Column("amount", Holds.AMOUNT), F("amount")),
    (Column("currency"), F("currency")),
    (Column("rate", Holds.AMOUNT), F("rate")),
    (Column("rate_date", Holds.DAY), F("rate_date")),
    (Column("rate_source"), F("rate_source")),
    (Column("base_amount", Holds.AMOUNT), F("base_amount")),
    (Column("promised_base_amount", Holds.AMOUNT), F("promised_base_amount")),
    (Column("commitment"), F("commitment__reference")),
    (Column("tranche", Holds.NUMBER), F("tranche__number")),
    (Column("strand"), F("strand__slug")),
    (Column("fiscal_year", Holds.NUMBER), F("fiscal_year")),
    (Column("partner"), F("counterparty__slug")),
    (Column("project"), F("project__slug")),
    (
        Column("approved_by"),
        StringAgg(
            "approval__decisions__decided_by__username",
            delimiter=Value(", "),
            filter=Q(approval__decisions__decision="APPROVE"),
            order_by="approval__decisions__pk",
        ),
    ),
    (Column("document"), F("document__title")),
    (Column("reversal_of", Holds.NUMBER), F("reversal_of_id")),
    (Column("recorded_at", Holds.MOMENT), F("recorded_at")),
    (Column("recorded_by"), F("recorded_by__username")),
    (Column("chain", Holds.NUMBER), F("link__sequence")),
    (
        Column("hash"),
        Func(F("link__hash"), Value("hex"), function="encode", output_field=CharField()),
    ),
)


def pieces_of(behind: LedgerEntryQuerySet, terms: Terms, form: str, title: str) -> Iterator[bytes]:
    """The file in one of the three forms, the latest recorded entry first."""
    values = {f"column_{n}": value for n, (_column, value) in enumerate(COLUMNS)}
    rows = behind.order_by("-pk").values("pk").annotate(**values).values_list(*values)
    statement, given = rows.query.sql_with_params()
    columns = [column for column, _value in COLUMNS]
    match form:
        case "csv":
            return copied_csv(statement, given, columns, for_people=True)
        case "xlsx":
            return xlsx_of(fetched(statement, given), columns, title=title)
        case _:
            return copied_json(statement, given, columns, about=terms_document(terms))
