"""Positions: what of each commitment is promised, paid, back and left."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portfolio.common.exports.columns import Column, Holds
from portfolio.common.names import NAME_FIELDS
from portfolio.reporting.figures import Figures
from portfolio.reporting.position_statements import (
    all_parties,
    all_positions,
    page_of_parties,
    page_of_positions,
)
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


@dataclass(frozen=True)
class PartyPosition:
    """Where all commitments to a partner, or for a project, stand together.

    Units: in base currency or in that of the terms, as in the top sheet. `commitments` is how many
    they are, `next_due` the first due date of a tranche of theirs with something left to pay.
    """

    id: int
    party: Mapping[str, Any]
    commitments: int
    figures: Figures
    next_due: datetime.date | None


# What one line may be of.
GROUPS = ("commitment", "partner", "project")
PARTY_FIGURES = (
    "committed", "de_committed", "disbursed", "refunded", "fx_effect", "outstanding", "recouped",
    "written_off",
)  # fmt: skip

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


def party_positions(
    terms: Terms, group_by: str, *, after: int = 0, most: int = DEFAULT_PAGE
) -> tuple[list[PartyPosition], int | None]:
    """A page of the partners or projects with commitments that had been signed, by number.

    Shape: one row per partner or project; those after `after`, and where the next page begins.
    Time: as `positions`.  Queries: one, whose cost is that of the page.
    """
    values = {**terms.values, "after": after, "limit": most + 1}
    rows = rows_of(page_of_parties(terms, group_by), values)
    found = [
        PartyPosition(
            row["id"], {"slug": row[group_by], **{part: row[part] for part in NAME_FIELDS}},
            row["commitments"], Figures(**{name: row[name] for name in (*KINDS, "fx_effect")}),
            row["next_due"],
        )
        for row in rows[:most]
    ]  # fmt: skip
    return found, found[-1].id if len(rows) > most else None


def columns_of(group_by: str) -> Sequence[Column]:
    """What the columns of a file of positions are."""
    if group_by == "commitment":
        return COLUMNS
    return (
        Column(group_by),
        *(Column(part) for part in NAME_FIELDS),
        Column("commitments", Holds.NUMBER),
        Column("currency"),
        *(Column(name, Holds.AMOUNT) for name in PARTY_FIGURES),
        Column("next_due", Holds.DAY),
    )


def statement(
    terms: Terms, group_by: str = "commitment", *, with_terms: bool = False
) -> tuple[str, Mapping[str, Any]]:
    """The SQL of all positions under the terms in the order of their columns, and what is bound to it.

    `with_terms` adds what the report was asked to each row, as `files.with_terms` does.
    """
    sql = all_positions(terms) if group_by == "commitment" else all_parties(terms, group_by)
    if with_terms:
        sql = f"""SELECT found.*, %(slug)s::text, %(is_fictional)s::boolean, %(as_of)s::date,
        %(known_at)s::timestamptz
    FROM ({sql}) AS found"""  # noqa: S608
    about = {"slug": terms.programme.slug, "is_fictional": terms.programme.is_fictional}
    return sql, {**terms.values, **about}


def _position(row: Mapping[str, Any]) -> Position:
    def party(of: str) -> dict[str, Any]:
        return {"slug": row[of], **{part: row[f"{of}_{part}"] for part in NAME_FIELDS}}

    return Position(
        row["id"], row["reference"], row["title"], party("payee"), party("project"),
        row["currency"], Figures(**{name: row[name] for name in KINDS}),
        row["outstanding_base"], row["next_due"],
    )  # fmt: skip
