"""CSV and JSON: tables written as text."""

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from portfolio.imports.reading import refusals
from portfolio.imports.reading.table import (
    MOST_CHARACTERS_A_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Line,
    Table,
    lines_of,
)

SEPARATORS = (",", ";", "\t", "|")
# More signs of structure than this are no table of ours; counted before anything is built of them.
MOST_BRACKETS = 5 * MOST_ROWS
MOST_COMMAS = 1_000_000


def table_of_csv(text: str) -> Table:
    """A table whose cells are parted by the sign that its first line has most of.

    Raises: Unreadable.
    """
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    return lines_of(_rows(text, separator))


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[Cell]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            if max(map(len, cells), default=0) > MOST_CHARACTERS_A_CELL:
                raise refusals.cell_too_long()
            yield number, list(cells)
    except csv.Error:
        raise refusals.broken_csv(reader.line_num) from None


class _Object(list[tuple[str, Any]]):
    """The pairs of an object, so that a name that stands twice is seen."""


def table_of_json(text: str) -> Table:
    """A list of objects; each is a row, each name a heading.

    Raises: Unreadable.
    """
    if text.count("{") + text.count("[") > MOST_BRACKETS or text.count(",") > MOST_COMMAS:
        raise refusals.too_many_rows()
    try:
        objects = json.loads(
            text, object_pairs_hook=_Object, parse_float=_number, parse_int=_number,
            parse_constant=_no_number,
        )  # fmt: skip
    except (ValueError, RecursionError):
        raise refusals.broken_json() from None
    if not isinstance(objects, list) or isinstance(objects, _Object):
        raise refusals.broken_json()
    if len(objects) > MOST_ROWS:
        raise refusals.too_many_rows()
    headings: dict[str, None] = {}
    lines = []
    for number, pairs in enumerate(objects, start=1):
        if not isinstance(pairs, _Object):
            raise refusals.broken_json()
        lines.append(_line(number, pairs))
        headings.update(dict.fromkeys(lines[-1].cells))
        if len(headings) > MOST_COLUMNS:
            raise refusals.too_many_columns()
    if not lines:
        raise refusals.empty_file()
    return Table(list(headings), lines)


def _line(number: int, pairs: _Object) -> Line:
    cells: dict[str, Cell] = {}
    faults: list[tuple[str, dict[str, Any]]] = []
    for name, value in pairs:
        if name in cells:
            faults.append(("name_twice", {"column": name[:60]}))
        if isinstance(value, list):
            faults.append(("list_in_cell", {"column": name[:60]}))
            value = None
        if isinstance(value, str) and len(value) > MOST_CHARACTERS_A_CELL:
            raise refusals.cell_too_long()
        cells[name] = value
    return Line(number, cells, faults)


def _number(digits: str) -> Cell:
    """A number, never a float; what is too long for one stays the text that it is."""
    try:
        return Decimal(digits) if len(digits) <= 40 else digits
    except InvalidOperation:
        return digits


def _no_number(word: str) -> str:
    """NaN and the infinities: no JSON, and no numbers."""
    return word
