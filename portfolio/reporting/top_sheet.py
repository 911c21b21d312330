"""The top sheet: announced, allocated, committed, paid, back and left, in one statement.

By strand and fiscal year it is read from the totals that the database keeps: whole months, the days
of broken ones, what is not folded in yet, and, where `known_at` breaks a day, that day's entries. By
partner and by project from the totals of each, less what came after.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portfolio.common.names import NAME_FIELDS
from portfolio.reporting.figures import RAW, Figures, Line, total_of
from portfolio.reporting.statements import by_allocation, by_party
from portfolio.reporting.terms import NOTHING, Terms, rows_of

GROUPS = ("strand_year", "strand", "fiscal_year", "partner", "project")
MOST_LINES = 10_000


@dataclass(frozen=True)
class TopSheet:
    """A sheet: what was announced, its lines, and all of them together."""

    terms: Terms
    group_by: str
    announced: Decimal | None
    qualifier: str
    lines: Sequence[Line]
    total: Figures

    @property
    def unallocated(self) -> Decimal | None:
        """What was announced and is not allocated; None where either is not known."""
        if self.announced is None or self.total.allocated is None:
            return None
        return self.announced - self.total.allocated

    @property
    def is_empty(self) -> bool:
        """Whether nothing is allocated and nothing was posted."""
        return not self.lines and not self.total.allocated


def top_sheet(terms: Terms, *, group_by: str = "strand_year", most: int = MOST_LINES) -> TopSheet:
    """The sheet of a programme under the terms.

    Shape: one line per strand and fiscal year, strand, fiscal year, partner or project that has an
    allocation or an entry; strands in their places, years in order, partners and projects by what is
    committed to them, the most first; beyond `most` the rest is one line, whose `others` is how many.
    Units, Time: see `Figures` and `Terms`; allocated is what decisions in effect by `as_of` gave, the
    envelope what the programme stated at `known_at`.
    Queries: one.
    """
    base = terms.currency is None
    if group_by in ("partner", "project"):
        rows = rows_of(by_party(terms, group_by), {**terms.values, "most": most})
        lines = [_party_line(group_by, row) for row in rows if row["others"] is not None]
        allocated = rows[0]["allocated"]
        if allocated is None and lines and base:
            allocated = NOTHING
        total = total_of(lines, base=base) + Figures(allocated=allocated)
    else:
        rows = rows_of(by_allocation(terms), terms.values)
        lines = _grouped((_line(row) for row in rows if row["strand"] is not None), group_by)
        total = total_of(lines, base=base)
    envelope, qualifier = rows[0]["envelope"], rows[0]["qualifier"] or ""
    return TopSheet(terms, group_by, envelope, qualifier, lines, total)


def _line(row: Mapping[str, Any]) -> Line:
    cell = {"strand": row["strand"], "fiscal_year": row["fiscal_year"]}
    return Line(cell, _figures(row), {part: row[part] for part in NAME_FIELDS})


def _party_line(group_by: str, row: Mapping[str, Any]) -> Line:
    figures = _figures({**row, "allocated": None})
    if row["others"]:
        return Line({}, figures, others=row["others"])
    return Line({group_by: row["slug"]}, figures, {part: row[part] for part in NAME_FIELDS})


def _figures(row: Mapping[str, Any]) -> Figures:
    return Figures(**{name: row[name] for name in RAW})


def _grouped(cells: Iterable[Line], group_by: str) -> list[Line]:
    """The cells under one heading together; a cell in which there is nothing at all is left out."""
    used = [line for line in cells if not line.figures.is_empty]
    if group_by == "strand_year":
        return used
    found: dict[Any, Line] = {}
    for line in used:
        key = line.cell[group_by]
        names = line.names if group_by == "strand" else {}
        before = found.get(key)
        figures = before.figures + line.figures if before else line.figures
        found[key] = Line({group_by: key}, figures, names)
    return [found[key] for key in (sorted(found) if group_by == "fiscal_year" else found)]
