"""Files of rows that are at hand: a short CSV, and XLSX, which is written row by row."""

import csv
import datetime
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from portfolio.common.exports.columns import Column, Holds, harmless, plain
from portfolio.common.exports.copying import CHUNK, MARK, ended
from portfolio.common.refusals import Refused

MOST_SHEET_ROWS = 100_000
"""XLSX is made before it is sent; more rows than this are for CSV."""

# A spreadsheet keeps 15 digits of a number: what has more is written as a text, to the cent.
LARGEST_EXACT = Decimal(10) ** 13
LONGEST_TEXT = 32_767


class TooManyRows(Refused):
    """The sheet would have more rows than one may have."""


def csv_of(
    rows: Iterable[Sequence[Any]], columns: Sequence[Column], *, for_people: bool = False
) -> bytes:
    """Rows as CSV, written as `copying.copied_csv` does."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([c.heading if for_people else c.name for c in columns])
    for row in rows:
        writer.writerow([_field(value) for value in row])
    return (MARK if for_people else b"") + text.getvalue().encode()


def _field(value: Any) -> Any:
    """A value as PostgreSQL writes it into a file that is streamed."""
    match value:
        case str():
            return harmless(value)
        case bool():
            return "true" if value else "false"
        case _:
            return plain(value)


def xlsx_of(
    rows: Iterable[Sequence[Any]],
    columns: Sequence[Column],
    *,
    title: str,
    notes: Sequence[tuple[str, str]] = (),
    for_people: bool = False,
) -> Iterator[bytes]:
    """Rows as an XLSX file with one sheet; `notes` are lines above them. Raises: TooManyRows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    for position, column in enumerate(columns, start=1):
        wide = 18 if column.holds in (Holds.AMOUNT, Holds.MOMENT) else 14
        sheet.column_dimensions[_letters(position)].width = wide
    sheet.freeze_panes = f"A{len(notes) + bool(notes) + 2}"
    for label, value in notes:
        sheet.append([_text(sheet, label), _text(sheet, value)])
    if notes:
        sheet.append([])
    sheet.append([_bold(sheet, c.heading if for_people else c.name) for c in columns])
    try:
        for number, row in enumerate(rows, start=1):
            if number > MOST_SHEET_ROWS:
                raise TooManyRows(
                    f"There are more than {MOST_SHEET_ROWS:,} rows: take CSV, or ask for fewer."
                )
            sheet.append([_cell(sheet, value) for value in row])
    finally:
        ended(rows)
        sheet.close()
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(CHUNK):
            yield piece


def _cell(sheet: Any, value: Any) -> Any:
    match value:
        case Decimal() if abs(value) < LARGEST_EXACT:
            cell = WriteOnlyCell(sheet, value)
            cell.number_format = "#,##0.00"
            return cell
        case Decimal():
            return _text(sheet, f"{value:f}")
        case datetime.datetime():
            return _text(sheet, plain(value))
        case str():
            return _text(sheet, harmless(value))
        case _:
            return value


def _text(sheet: Any, value: str) -> Any:
    """A cell that is a text whatever it looks like."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST_TEXT])
    cell.data_type = "s"
    return cell


def _bold(sheet: Any, value: str) -> Any:
    cell = _text(sheet, value)
    cell.font = Font(bold=True)
    return cell


def _sheet_title(title: str) -> str:
    """A name that a sheet may have: 31 characters, none of those that references use."""
    return "".join(c for c in title if c not in r"[]:*?/\'")[:31] or "Sheet"


def _letters(position: int) -> str:
    letters = ""
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
