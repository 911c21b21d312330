"""What a caller asks of a list: read once, strictly, and put in one form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict

from portfolio.common.api.filters import DeclaredFilterSet, read_parameter
from portfolio.common.api.problems import LONGEST_QUOTE, BadParameters, fault

DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 200
LONGEST_QUERY = 8_000
MOST_FAULTS = 20


type Shape = tuple[tuple[str, int | str], ...]


@dataclass(frozen=True)
class Question:
    """A question about a list, without its place in it.

    `shape` is what decides the statement: each parameter with how many values it has, or its word;
    `given` is what is bound to it. `query` is the canonical query string, for links.
    """

    shape: Shape
    given: Mapping[str, str]
    ordering: str
    page_size: int
    count: bool
    query: str


def split_cursor(query: str) -> tuple[str, str | None]:
    """A query string without its cursor, and the cursor."""
    if "cursor=" not in query:
        return query, None
    parts = query.split("&")
    cursors = [part[7:] for part in parts if part.startswith("cursor=")]
    if len(cursors) > 1:
        raise BadParameters([fault("cursor", "Give this parameter once.")])
    rest = "&".join(part for part in parts if not part.startswith("cursor="))
    return rest, (cursors[0] if cursors else None)


def read_question(
    query: str, filterset: type[DeclaredFilterSet], orders: Mapping[str, Any], default: str
) -> Question:
    """The question of a query string.

    Raises: BadParameters, with every fault by the name of its parameter.
    """
    if len(query) > LONGEST_QUERY:
        raise BadParameters([fault("", f"The query is longer than {LONGEST_QUERY} characters.")])
    # WSGI hands over the bytes of the address as if they were Latin-1.
    parsed = QueryDict(query.encode("latin-1", "replace"))
    lists = {name: [str(v) for v in values] for name, values in parsed.lists()}
    reading = _Reading(lists, filterset)
    page_size = reading.number("page_size", DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE)
    count = reading.word("count", ["false", "true"]) == "true"
    ordering = reading.word("ordering", [*orders, *(f"-{name}" for name in orders)])
    shape, given = reading.parameters()
    if reading.faults:
        raise BadParameters(reading.faults[:MOST_FAULTS])
    canonical = urlencode(sorted(lists.items()), doseq=True)
    by_rank = "q" in lists and not ordering
    ordering = "rank" if by_rank else (ordering or default)
    return Question(shape, given, ordering, page_size, count, canonical)


class _Reading:
    """The reading of one query string, which gathers every fault before it gives up."""

    def __init__(self, lists: Mapping[str, list[str]], filterset: type[DeclaredFilterSet]) -> None:
        self.lists = lists
        self.declared = filterset.parameters()
        self.faults: list[dict[str, str]] = []
        known = [*self.declared, "ordering", "page_size", "count", "cursor"]
        for name in lists:
            if name not in known or name == "cursor":
                detail = f"There is no such parameter here; there are {', '.join(sorted(known))}."
                self.faults.append(fault(name, detail))

    def word(self, name: str, words: list[str]) -> str:
        """One of the declared words, or an empty text where the parameter is not given."""
        match self.lists.get(name):
            case None:
                return ""
            case [word] if word in words:
                return word
            case [_]:
                self.faults.append(fault(name, f"Give one of {', '.join(words)}."))
            case _:
                self.faults.append(fault(name, "Give this parameter once."))
        return ""

    def number(self, name: str, default: int, largest: int) -> int:
        """A whole number from 1 up to the largest."""
        match self.lists.get(name):
            case None:
                return default
            case [text] if text.isascii() and text.isdigit() and len(text) < 5:
                if 1 <= int(text) <= largest:
                    return int(text)
        self.faults.append(fault(name, f"Give one whole number from 1 to {largest}."))
        return default

    def parameters(self) -> tuple[Shape, dict[str, str]]:
        """The shape of the declared parameters and the values that are bound to it."""
        shape: list[tuple[str, int | str]] = []
        given: dict[str, str] = {}
        for name, parameter in self.declared.items():
            if name not in self.lists:
                continue
            try:
                values = read_parameter(parameter, self.lists[name])
            except ValidationError as refused:
                self.faults.append(fault(name, " ".join(refused.messages)[: 10 * LONGEST_QUOTE]))
                continue
            if parameter.shapes_statement:
                shape.append((name, values[0]))
            else:
                shape.append((name, len(values)))
                given |= {f"{name}.{n}": value for n, value in enumerate(values)}
        return tuple(shape), given
