"""What the columns of a file hold, and text that a spreadsheet would take for a formula."""

import datetime
import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# What begins with one of these is a formula to a spreadsheet. Source: OWASP, CSV injection; threats S12.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Holds(enum.Enum):
    """What the values of a column are."""

    TEXT = "text"
    AMOUNT = "amount"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"


@dataclass(frozen=True)
class Column:
    """A column of a file: its name to programs, what it holds, its heading to people."""

    name: str
    holds: Holds = Holds.TEXT
    title: Any = ""

    @property
    def heading(self) -> str:
        """What stands above it on a sheet for people."""
        return str(self.title) or self.name

    @property
    def sheet_sql(self) -> str:
        """The value as CSV has it: numbers plain, text that is no formula, moments in UTC, true or false."""
        name = quoted(self.name)
        match self.holds:
            case Holds.TEXT:
                marks = r"'=', '+', '-', '@', E'\t', E'\r'"
                return f"CASE WHEN left({name}, 1) IN ({marks}) THEN '''' || {name} ELSE {name} END"
            case Holds.MOMENT:
                return in_utc(name)
            case Holds.FLAG:
                return f"{name}::text"
            case _:
                return name

    @property
    def json_sql(self) -> str:
        """The value as JSON has it: amounts as texts, because a number would be read as a float."""
        name = quoted(self.name)
        match self.holds:
            case Holds.AMOUNT:
                return f"{name}::text"
            case Holds.MOMENT:
                return in_utc(name)
            case _:
                return name


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def in_utc(name: str) -> str:
    """A moment as ISO 8601 with microseconds, whatever the session's time zone."""
    return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def harmless(text: str) -> str:
    """A text as a spreadsheet may have it: what would be a formula is a text after an apostrophe."""
    return f"'{text}" if text.startswith(FORMULA) else text


def plain(value: Any) -> Any:
    """A value as JSON may have it: amounts, days and moments as texts."""
    match value:
        case Decimal():
            return f"{value:f}"
        case datetime.datetime():
            utc = value.astimezone(datetime.UTC)
            return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case datetime.date():
            return value.isoformat()
        case _:
            return value
