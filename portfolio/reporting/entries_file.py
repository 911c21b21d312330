"""The entries behind a figure as a file: all of them, streamed, each with what proves it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    F,
    Func,
    OuterRef,
    StringAgg,
    Subquery,
    Value,
)
from django.db.models.functions import Cast

from portfolio.common.exports.columns import Column, Holds
from portfolio.common.exports.copying import copied_csv, copied_json, fetched
from portfolio.common.exports.sheets import xlsx_of
from portfolio.funding.choices import Decision
from portfolio.funding.models import ApprovalDecision, iati_code_of
from portfolio.programmes.models import Allocation
from portfolio.reporting.explanations import Cell, counted_entries
from portfolio.reporting.files import TERMS_COLUMNS, terms_document
from portfolio.reporting.terms import Terms

# The columns with where each value is.
COLUMNS: Sequence[tuple[Column, Any]] = (
    (Column("entry", Holds.NUMBER), F("pk")),
    (Column("kind"), F("kind")),
    (Column("iati_code"), iati_code_of("kind")),
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
        # Looked up for each row: to group all of them would hold the first one back.
        Subquery(
            ApprovalDecision.objects.filter(request=OuterRef("approval"), decision=Decision.APPROVE)
            .order_by()
            .values("request")
            .annotate(names=StringAgg("decided_by__username", delimiter=Value(", "), order_by="pk"))
            .values("names")
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


def pieces_of(
    figure: str, cell: Cell, terms: Terms, form: str, *, for_people: bool = True
) -> Iterator[bytes]:
    """The entries behind a figure as a file in one of the three forms.

    Shape: strand by strand and year by year, in the order of value dates; those of one partner, project
    or commitment in the order in which they were recorded. An index supplies either, so that a file
    begins at once however long it is.
    Queries: one for the file, and one for the allocations of its cell.
    """
    if cell.is_of_one:
        behind = counted_entries(figure, cell, terms).order_by("pk")
    else:
        behind = counted_entries(figure, replace(cell, strand=None, fiscal_year=None), terms)
        behind = behind.filter(allocation__in=_allocations(cell, terms))
        behind = behind.order_by("allocation_id", "value_date", "pk")
    shown = [*COLUMNS, *(_terms(terms) if form != "json" else ())]
    values = {f"column_{n}": value for n, (_column, value) in enumerate(shown)}
    rows = behind.values("pk").annotate(**values).values_list(*values)
    statement, given = rows.query.sql_with_params()
    columns = [column for column, _value in shown]
    match form:
        case "csv":
            return copied_csv(statement, given, columns, for_people=for_people, soon=True)
        case "xlsx":
            return xlsx_of(fetched(statement, given, soon=True), columns, title=figure)
        case _:
            about = terms_document(terms)
            return copied_json(statement, given, columns, about=about, soon=True)


def _terms(terms: Terms) -> Sequence[tuple[Column, Any]]:
    """What each row says of the report that the figure is in; a document says it once at its head."""
    values = (
        Cast(Value(terms.programme.slug), CharField()),
        Cast(Value(terms.programme.is_fictional), BooleanField()),
        Cast(Value(terms.as_of), DateField()),
        Cast(Value(terms.known_at), DateTimeField()),
    )
    columns = [Column(column.name, column.holds) for column in TERMS_COLUMNS]
    return list(zip(columns, values, strict=True))


def _allocations(cell: Cell, terms: Terms) -> list[int]:
    found = Allocation.objects.filter(strand__programme=terms.programme)
    if cell.strand is not None:
        found = found.filter(strand__slug=cell.strand)
    if cell.fiscal_year is not None:
        found = found.filter(fiscal_year=cell.fiscal_year)
    # No key is 0: Django gives no statement for an empty list.
    return sorted(found.order_by().values_list("pk", flat=True)) or [0]
