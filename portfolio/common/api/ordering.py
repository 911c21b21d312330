"""In which order a list stands, and the places in it that a cursor marks."""

import base64
import binascii
import datetime
import math
import re
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from portfolio.common.api.expressions import KeyBeside

LONGEST_CURSOR = 3000
CURSOR = re.compile(r"[A-Za-z0-9_-]{1,3000}\Z")
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Order:
    """A key that a list may be sorted by; equal keys are told apart by the row's own key.

    `missing` is what a row without a value counts as, so that every row has a place; it must be the
    smallest value there is. Descending is exactly the reverse, and one index serves both.
    """

    field: str
    cast: str = "text"
    missing: Any = None

    def key(self) -> Any:
        """What is compared."""
        column = F(self.field)
        return column if self.missing is None else Coalesce(column, Value(self.missing))

    def row(self) -> Any:
        """The row's own key."""
        return KeyBeside(self.field)


BY_NAME = Order("sort_name")
BY_ID = Order("pk", cast="bigint")
BY_RANK = Order("search_rank", cast="float8")


@dataclass(frozen=True)
class Place:
    """Where a page begins or ends: the key and id of the row next to it."""

    ordering: str
    backwards: bool
    key: str
    row: str


def write_cursor(place: Place) -> str:
    """The place as a text that means nothing to the caller."""
    parts = [place.ordering, place.backwards, place.key, place.row]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()


def read_cursor(text: str, ordering: str, cast: str) -> Place | None:
    """The place that one of our cursors marks in this ordering, or nothing for any other text."""
    if not CURSOR.match(text):
        return None
    try:
        parts = orjson.loads(
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        )
    except (ValueError, binascii.Error):
        return None
    match parts:
        case [str(name), bool(backwards), str(key), str(row)]:
            if name == ordering and _is_key(key, cast) and _is_id(row):
                return Place(name, backwards, key, row)
    return None


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= LARGEST_ID


def _is_key(text: str, cast: str) -> bool:
    """Whether PostgreSQL would read the text as that type."""
    try:
        match cast:
            case "text":
                return "\0" not in text
            case "int":
                return re.fullmatch(r"-?[0-9]{1,9}", text) is not None
            case "bigint":
                return _is_id(text)
            case "date":
                return re.fullmatch(r"[0-9-]{10}", text) is not None and bool(
                    datetime.date.fromisoformat(text)
                )
            case "float8":
                return re.fullmatch(r"[0-9.e-]{1,30}", text) is not None and math.isfinite(
                    float(text)
                )
    except ValueError:
        return False
    return False
