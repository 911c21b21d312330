"""Columns that can be imported: what they are called, and what their cells may hold."""

import datetime
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from portfolio.common.money import LARGEST_AMOUNT
from portfolio.imports.faults import number_of
from portfolio.imports.reading import Cell

TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
LAYOUT = frozenset("\t\n\r")
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        start=1,
    )
}
YEAR_FIRST = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})", re.ASCII)
CHINESE = re.compile(r"(?P<y>[0-9]{4}) ?年 ?(?P<m>[0-9]{1,2}) ?月 ?(?P<d>[0-9]{1,2}) ?[日号號]")
MONTH_FIRST = re.compile(r"(?P<m>[A-Za-z]{3})[a-z]* (?P<d>\d{1,2}),? (?P<y>\d{4})", re.ASCII)
MONTH_BETWEEN = re.compile(r"(?P<d>\d{1,2})[ -](?P<m>[A-Za-z]{3})[a-z]*[ -](?P<y>\d{4})", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?P<y>\d{4})", re.ASCII)


class Fault(Exception):
    """A cell cannot be taken as it is."""

    def __init__(self, code: str, /, **figures: Any) -> None:
        super().__init__(code)
        self.code, self.figures = code, figures


class Flag(Exception):
    """A cell can be taken, once somebody has looked at it; `taken` is what it would be."""

    def __init__(self, taken: Any, code: str, /, **figures: Any) -> None:
        super().__init__(code)
        self.taken, self.code, self.figures = taken, code, figures


@dataclass(frozen=True)
class Column:
    """A column of text; those of other kinds follow.

    `aliases` are other headings that it is known by, in any case and with any signs between.
    """

    name: str
    label: Any
    aliases: tuple[str, ...] = ()
    required: bool = False
    most: int = 200

    def read(self, cell: Cell) -> Any:
        """The value of a cell that is not blank.  Raises: Fault, Flag."""
        if isinstance(cell, bool):
            return self.whole(str(cell).lower())
        if isinstance(cell, (Decimal, int, float)):
            text = f"{Decimal(cell):f}"
            raise Flag(self.whole(text), "text_is_a_number", value=text)
        if isinstance(cell, datetime.date):
            return self.whole(cell.isoformat())
        return self.whole(str(cell).strip())

    def whole(self, text: str) -> str:
        """The text, as long as it may be."""
        if len(text) > self.most:
            raise Fault("too_long", most=self.most)
        return text


@dataclass(frozen=True)
class AddressColumn(Column):
    """The address of a row, in which figures are nothing unusual."""

    def read(self, cell: Cell) -> str:
        """The text.  Raises: Fault."""
        return self.whole(f"{cell:f}" if isinstance(cell, Decimal) else str(cell).strip())


@dataclass(frozen=True)
class WholeColumn(Column):
    """A whole number within bounds."""

    least: int = 0
    largest: int = 2_147_483_647

    def read(self, cell: Cell) -> int:
        """The number.  Raises: Fault."""
        number = number_in(cell)
        if number != number.to_integral_value():
            raise Fault("no_whole_number", value=shown(cell))
        if not self.least <= number <= self.largest:
            raise Fault("out_of_range", value=shown(cell), least=self.least, most=self.largest)
        return int(number)


@dataclass(frozen=True)
class AmountColumn(Column):
    """An amount or a count of up to two decimals, not below zero; kept as text, never a float."""

    def read(self, cell: Cell) -> str:
        """The digits with two decimals.  Raises: Fault."""
        number = number_in(cell)
        if abs(number) > LARGEST_AMOUNT:
            raise Fault("number_too_large", value=shown(cell))
        exact = number.quantize(Decimal("0.01"))
        if exact != number:
            raise Fault("too_many_decimals", value=shown(cell))
        if number < 0:
            raise Fault("out_of_range", value=shown(cell), least=0, most=f"{LARGEST_AMOUNT:f}")
        return f"{exact:f}"


@dataclass(frozen=True)
class DayColumn(Column):
    """A day: 2026-11-23, 2026/11/23, Nov 23 2026, 23 Nov 2026 or 2026年11月23日."""

    def read(self, cell: Cell) -> str:
        """The day by ISO 8601.  Raises: Fault."""
        if isinstance(cell, datetime.date):
            return cell.isoformat()[:10]
        day = day_in(" ".join(str(cell).split()))
        if day is None:
            raise Fault("no_day", value=shown(cell))
        return day.isoformat()


@dataclass(frozen=True)
class WordColumn(Column):
    """One of several words; `also` are what others call them."""

    words: Mapping[str, Any] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)

    def read(self, cell: Cell) -> str:
        """The word as we store it.  Raises: Fault."""
        text = str(cell).strip()
        wanted = plain_heading(text)
        for word in self.words:
            if plain_heading(word) == wanted:
                return word
        if wanted in self.also:
            return self.also[wanted]
        raise Fault("no_such_word", value=shown(cell), words=", ".join(list(self.words)[:40]))


def number_in(cell: Cell) -> Decimal:
    """The number in a cell, with commas and blanks between its digits at most.

    Raises: Fault, also for a number so long that working with it would take long.
    """
    if isinstance(cell, (bool, datetime.date)):
        raise Fault("no_number", value=shown(cell))
    if isinstance(cell, Decimal):
        number = cell
    else:
        text = str(cell).strip().replace("\u00a0", " ")
        if re.fullmatch(r"-?\d{1,3}([, ]\d{3})+(\.\d+)?", text, re.ASCII):
            text = text.replace(",", "").replace(" ", "")
        if not re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII):
            raise Fault("no_number", value=shown(cell))
        if len(text) > 40:
            raise Fault("number_too_large", value=shown(cell))
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise Fault("no_number", value=shown(cell)) from None
    if not number.is_finite():
        raise Fault("no_number", value=shown(cell))
    if number and number.adjusted() > 18:
        raise Fault("number_too_large", value=shown(cell))
    if number and number.adjusted() < -12:
        raise Fault("too_many_decimals", value=shown(cell))
    return number


def day_in(text: str) -> datetime.date | None:
    """The day that a text names; None where it names none.  Raises: Fault where it may name two."""
    parts: tuple[int, int, int] | None = None
    if (found := YEAR_FIRST.fullmatch(text)) or (found := CHINESE.fullmatch(text)):
        parts = int(found["y"]), int(found["m"]), int(found["d"])
    elif found := MONTH_FIRST.fullmatch(text) or MONTH_BETWEEN.fullmatch(text):
        parts = int(found["y"]), MONTHS.get(found["m"].lower(), 0), int(found["d"])
    elif found := YEAR_LAST.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found["y"])
        if first <= 12 and second <= 12 and first != second:
            raise Fault("day_has_two_readings", value=text)
        parts = (year, first, second) if second > 12 else (year, second, first)
    if parts is None:
        return None
    try:
        return datetime.date(*parts)
    except ValueError:
        return None


def shown(cell: Cell) -> str:
    """The beginning of a cell, for a sentence."""
    if isinstance(cell, Decimal):
        digits = str(cell)
        return digits if len(digits) > 24 or "E" in digits else f"{cell:f}"
    text = str(cell)
    return text if len(text) <= 60 else f"{text[:60]}…"


def plain_heading(text: str) -> str:
    """A heading without its case, blanks and signs: "US Gross" is "us_gross" is "USGross"."""
    return "".join(sign for sign in text.casefold() if unicodedata.category(sign)[0] in "LN")


def faults_of_text(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Characters that no row of ours may hold; storing them would fail or hide what is there."""
    if text.isprintable() and "\ufffd" not in text:
        return []
    found: dict[str, dict[str, Any]] = {}
    for sign in text:
        if sign == "\ufffd":
            found.setdefault("lost_character", {})
        elif "\ud800" <= sign <= "\udfff":
            found.setdefault("half_character", {"sign": number_of(sign)})
        elif sign in TURNS:
            found.setdefault("turns_direction", {"sign": number_of(sign)})
        elif unicodedata.category(sign) == "Cc" and sign not in LAYOUT:
            found.setdefault("control_character", {"sign": number_of(sign)})
    return list(found.items())
