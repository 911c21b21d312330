"""A file as a table: headings and rows, whatever it was made with; and the limits of one file."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portfolio.common.refusals import Refused

# Any file within these is read in five seconds and 200 MB at most. Source: threats S11, S13.
MOST_BYTES = 5_000_000
MOST_ROWS = 10_000
MOST_COLUMNS = 128
# Wide sheets have fewer rows: together no more than 10,000 rows of 64 cells.
MOST_CELLS = 640_064
MOST_CHARACTERS_A_CELL = 32_767

Cell = str | int | float | Decimal | bool | datetime.date | None


class Unreadable(Refused):
    """The file as a whole cannot be read; the text says what to mend."""


@dataclass(frozen=True)
class Line:
    """One row as it stands in the file; `faults` are what can be said of it before it is understood.

    `number` is the one that a spreadsheet shows: the headings are row 1. Of JSON, the place in the list.
    """

    number: int
    cells: dict[str, Cell]
    faults: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """Headings in their order, and the rows."""

    headings: list[str]
    lines: list[Line]


GROUPS = frozenset(("Avail", "AvailAsset", "AvailTrans", "AvailMetadata", "Disposition"))
"""Words of a row of groups above the headings. Source: the Avails sheet of EMA / MovieLabs."""
REMARK = "//"


def lines_of(rows: Iterator[tuple[int, list[Cell]]]) -> Table:
    """Rows of which the first that is not blank holds the headings.

    Where a row of groups stands above them a heading is "group/name", and rows that begin with a blank cell
    or with two slashes are remarks.

    Raises: Unreadable.
    """
    from portfolio.imports.reading import refusals

    groups: list[Cell] = []
    headings: list[str] = []
    lines: list[Line] = []
    for number, cells in rows:
        while cells and cells[-1] in (None, ""):
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise refusals.too_many_columns()
        if not headings and not groups and GROUPS.issuperset(map(str, cells)):
            groups = cells
            continue
        if not headings:
            headings = ["" if cell is None else str(cell).strip() for cell in cells]
            if groups:
                headings = [f"{g}/{name}" for g, name in zip(groups, headings, strict=False)]
            if twice := sorted({name for name in headings if name and headings.count(name) > 1}):
                raise refusals.heading_twice(twice[0])
            continue
        if groups and (cells[0] in (None, "") or str(cells[0]).startswith(REMARK)):
            continue
        if len(lines) >= MOST_ROWS:
            raise refusals.too_many_rows()
        faults: list[tuple[str, dict[str, Any]]] = []
        if any(cell not in (None, "") for cell in cells[len(headings) :]):
            faults.append(("more_cells_than_headings", {"count": len(headings)}))
        named = {name: cell for name, cell in zip(headings, cells, strict=False) if name}
        lines.append(Line(number, named, faults))
    if not lines:
        raise refusals.empty_file()
    return Table([name for name in headings if name], lines)
