"""Positions: what of each commitment is promised, paid, back and left."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portfolio.common.exports.columns import Column, Holds
from portfolio.common.names import NAME_FIELDS
from portfolio.reporting.figures import Figures
from portfolio.reporting.position_statements import all_positions, page_of_positions
from portfolio.reporting.statements import KINDS
from portfolio.reporting.terms import Terms, rows_of

DEFAULT_PAGE = 50


@dataclass(frozen=True)
class Position:
    """Where one commitment stands.

    Units: `figures` in the commitment's own currency, `outstanding_base` in base currency at its
    rate. `next_due` is the due date of the first tranche with something left to pay.
    """

    id: int
    reference: str
    title: str
    payee: Mapping[str, Any]
    project: Mapping[str, Any]
    currency: str
    figures: Figures
    outstanding_base: Decimal
    next_due: datetime.date | None


COLUMNS = (
    Column("reference"),
    Column("title"),
    Column("payee"),
    Column("payee_name_en"),
    Column("payee_name_zh_hant"),
    Column("payee_name_zh_hans"),
    Column("project"),
    Column("project_name_en"),
    Column("project_name_zh_hant"),
    Column("project_name_zh_hans"),
    Column("currency"),
    Column("committed", Holds.AMOUNT),
    Column("de_committed", Holds.AMOUNT),
    Column("disbursed", Holds.AMOUNT),
    Column("refunded", Holds.AMOUNT),
    Column("outstanding", Holds.AMOUNT),
    Column("recouped", Holds.AMOUNT),
    Column("written_off", Holds.AMOUNT),
    Column("outstanding_base", Holds.AMOUNT),
    Column("next_due", Holds.DAY),
)


def positions(
    terms: Terms, *, after: int = 0, most: int = DEFAULT_PAGE
) -> tuple[list[Position], int | None]:
    """A page of the commitments that had been signed, the oldest first, and where the next begins.

    Shape: one row per commitment with an entry under the terms, by number; those after `after`.
    Time: as `Terms` say; a position is what the database keeps of now, less what came later.
    Queries: one, whose cost is that of the page.
    """
    rows = rows_of(page_of_positions(terms), {**terms.values, "after": after, "limit": most + 1})
    found = [_position(row) for row in rows[:most]]
    return found, found[-1].id if len(rows) > most else None


def statement(terms: Terms) -> tuple[str, Mapping[str, Any]]:
    """The SQL of all positions under the terms in the order of COLUMNS, and what is bound to it."""
    return all_positions(terms), terms.values


def _position(row: Mapping[str, Any]) -> Position:
    def party(of: str) -> dict[str, Any]:
        return {"slug": row[of], **{part: row[f"{of}_{part}"] for part in NAME_FIELDS}}

    return Position(
        row["id"], row["reference"], row["title"], party("payee"), party("project"),
        row["currency"], Figures(**{name: row[name] for name in KINDS}),
        row["outstanding_base"], row["next_due"],
    )  # fmt: skip
