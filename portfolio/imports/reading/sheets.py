"""XLSX: the first sheet of a workbook, judged before it is unpacked and read without running anything.

Source: ECMA-376. Why not openpyxl: docs/adr, the one on imports.
"""

import datetime
import io
import zipfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import from_excel

from portfolio.imports.reading import refusals
from portfolio.imports.reading.table import (
    MOST_CELLS,
    MOST_CHARACTERS_A_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Table,
    Unreadable,
    lines_of,
)

MOST_MEMBERS = 500
MOST_UNPACKED = 32_000_000
MOST_RATIO = 100
# A small file of one repeated row packs well and harms nobody.
SMALL = 2_000_000
PIECE = 65_536


def table_of_xlsx(data: bytes) -> Table:
    """The first sheet of a workbook; of a formula the value that was stored with it, or its text.

    Raises: Unreadable.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            judge(book)
            return lines_of(_rows(book))
    except Unreadable:
        raise
    except (
        zipfile.BadZipFile, zipfile.LargeZipFile, expat.ExpatError, KeyError, ValueError, EOFError,
        NotImplementedError, RuntimeError, OSError, IndexError, ArithmeticError,
    ):  # fmt: skip
        raise refusals.no_workbook() from None
    except Exception as error:
        # zlib's own class of errors has no other name.
        if type(error).__module__ == "zlib":
            raise refusals.no_workbook() from None
        raise


def judge(book: zipfile.ZipFile) -> None:
    """Refuse what would unpack to too much, by what the archive says of itself.

    zipfile unpacks no more of a member than the size that it states, so that a false one helps nobody.
    """
    members = book.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED:
        raise refusals.unpacks_too_large()
    if unpacked > SMALL and unpacked / packed > MOST_RATIO:
        raise refusals.unpacks_too_large()


class _Reader:
    """Reads one member piece by piece; a document type, which no workbook has, is refused."""

    def __init__(self, book: zipfile.ZipFile, name: str) -> None:
        self.file = book.open(name)
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.text: list[str] | None = None

    def _refuse(self, *args: Any) -> None:
        raise refusals.no_workbook()

    def _start(self, tag: str, given: dict[str, str]) -> None:
        self.start(tag.rpartition(" ")[2], given)

    def _end(self, tag: str) -> None:
        self.end(tag.rpartition(" ")[2])

    def _data(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def start(self, tag: str, given: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def pieces(self) -> Iterator[None]:
        """Read on, one piece at a time."""
        with self.file:
            while piece := self.file.read(PIECE):
                self.parser.Parse(piece, False)
                yield
            self.parser.Parse(b"", True)
            yield

    def read(self) -> None:
        """Read to the end."""
        for _piece in self.pieces():
            pass

    def taken(self) -> str:
        """The text since it was last asked for; longer than a cell may be is refused."""
        text = "".join(self.text or ())
        self.text = None
        if len(text) > MOST_CHARACTERS_A_CELL:
            raise refusals.cell_too_long()
        return text


class _Book(_Reader):
    """The sheets by their relations; whether days count from 1904."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        super().__init__(book, "xl/workbook.xml")
        self.sheets: list[str] = []
        self.from_1904 = False
        self.read()

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "sheet" and given.get("state", "visible") == "visible":
            self.sheets += [value for name, value in given.items() if name.endswith(" id")]
        elif tag == "workbookPr":
            self.from_1904 = given.get("date1904") in ("1", "true")


class _Relations(_Reader):
    """Which member each relation means."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        super().__init__(book, "xl/_rels/workbook.xml.rels")
        self.targets: dict[str, str] = {}
        self.read()

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "Relationship" and given.get("TargetMode") != "External":
            self.targets[given["Id"]] = given["Target"]


class _Texts(_Reader):
    """The texts that cells refer to by number."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        super().__init__(book, "xl/sharedStrings.xml")
        self.all: list[str] = []
        self.parts: list[str] = []
        self.in_reading = False
        self.read()

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "si":
            self.parts = []
        elif tag == "rPh":
            # How a word is pronounced is not part of it.
            self.in_reading = True
        elif tag == "t" and not self.in_reading:
            self.text = []

    def end(self, tag: str) -> None:
        if tag == "t" and self.text is not None:
            self.parts.append(self.taken())
        elif tag == "rPh":
            self.in_reading = False
        elif tag == "si":
            if len(self.all) >= MOST_CELLS:
                raise refusals.too_many_rows()
            self.all.append("".join(self.parts)[: MOST_CHARACTERS_A_CELL + 1])


class _Styles(_Reader):
    """Which styles show a number as a day."""

    def __init__(self, book: zipfile.ZipFile) -> None:
        super().__init__(book, "xl/styles.xml")
        self.formats: dict[int, str] = dict(BUILTIN_FORMATS)
        self.days: list[bool] = []
        self.in_cells = False
        self.read()

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "numFmt":
            self.formats[int(given["numFmtId"])] = given.get("formatCode", "")[:255]
        elif tag == "cellXfs":
            self.in_cells = True
        elif tag == "xf" and self.in_cells:
            self.days.append(self._is_day(int(given.get("numFmtId", 0))))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self.in_cells = False

    def _is_day(self, number: int) -> bool:
        # 27 to 36 and 50 to 58 are the days of East Asian workbooks.
        if 27 <= number <= 36 or 50 <= number <= 58:
            return True
        return bool(is_date_format(self.formats.get(number, "General")))


class _Sheet(_Reader):
    """The rows of a sheet as they come."""

    def __init__(
        self, book: zipfile.ZipFile, name: str, texts: list[str], days: list[bool], from_1904: bool
    ) -> None:
        super().__init__(book, name)
        self.texts, self.days = texts, days
        first = (1904, 1, 1) if from_1904 else (1899, 12, 30)
        self.epoch = datetime.datetime(*first)  # noqa: DTZ001 - a civil day
        self.rows: list[tuple[int, list[Cell]]] = []
        self.number = self.column = self.cells = self.count = 0
        self.row: list[Cell] = []
        self.kind = ""
        self.is_day = False
        self.value = self.formula = ""

    def start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "row":
            self.count += 1
            self.number = int(given["r"][:9]) if "r" in given else self.number + 1
            if self.count > MOST_ROWS + 1:
                raise refusals.too_many_rows()
            # One cell in the last row of a sheet must not cost a million rows.
            if self.number > 4 * MOST_ROWS:
                raise refusals.cells_far_out()
            self.row, self.column = [], 0
        elif tag == "c":
            self.column = _column(given["r"]) if "r" in given else self.column + 1
            if self.column > MOST_COLUMNS:
                raise refusals.too_many_columns()
            self.cells += 1
            if self.cells > MOST_CELLS:
                raise refusals.too_many_rows()
            self.kind = given.get("t", "n")
            style = int(given.get("s", "0")[:6])
            self.is_day = style < len(self.days) and self.days[style]
            self.value = self.formula = ""
        elif tag in ("v", "f", "t"):
            self.text = []

    def end(self, tag: str) -> None:
        if tag in ("v", "t"):
            self.value += self.taken()
        elif tag == "f":
            self.formula = self.taken()
        elif tag == "c":
            if self.column <= len(self.row):
                raise refusals.no_workbook()
            self.row += [None] * (self.column - 1 - len(self.row))
            self.row.append(self.cell())
        elif tag == "row":
            self.rows.append((self.number, self.row))

    def cell(self) -> Cell:
        """What a cell holds; a formula is never worked out."""
        if self.formula and self.value == "":
            return f"={self.formula}"
        if self.value == "":
            return None
        match self.kind:
            case "s":
                return self.texts[int(self.value[:9])]
            case "b":
                return self.value == "1"
            case "str" | "inlineStr" | "e" | "d":
                return self.value
        return self._number()

    def _number(self) -> Cell:
        if len(self.value) > 40:
            return self.value
        try:
            number = Decimal(self.value)
        except InvalidOperation:
            return self.value
        if not number.is_finite() or abs(number.adjusted()) > 30:
            return self.value
        if self.is_day and 0 < number < 3_000_000:
            day: Any = from_excel(float(number), self.epoch)
            return day.date() if isinstance(day, datetime.datetime) else str(day)
        # A sheet holds doubles: 0.1 is written as 0.10000000000000001.
        return Decimal(repr(float(number))) if len(number.as_tuple().digits) > 15 else number


def _column(place: str) -> int:
    number = 0
    for sign in place[:8]:
        if not "A" <= sign <= "Z":
            break
        number = number * 26 + ord(sign) - 64
    return number


def _rows(book: zipfile.ZipFile) -> Iterator[tuple[int, list[Cell]]]:
    names = set(book.namelist())
    about = _Book(book)
    target = _Relations(book).targets[about.sheets[0]]
    name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    texts = _Texts(book).all if "xl/sharedStrings.xml" in names else []
    days = _Styles(book).days if "xl/styles.xml" in names else []
    sheet = _Sheet(book, name, texts, days, about.from_1904)
    for _piece in sheet.pieces():
        yield from sheet.rows
        sheet.rows = []
