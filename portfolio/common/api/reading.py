"""Reading what an address of its own kind is asked: strictly, every fault by the name of its parameter."""

import datetime
from collections.abc import Sequence

from django.http import QueryDict

from portfolio.common.api.problems import BadParameters, fault

FIRST_DAY, LAST_DAY = datetime.date(1990, 1, 1), datetime.date(2200, 12, 31)
LONGEST_QUERY = 2_000
LONGEST_SLUG = 100


class Reading:
    """The reading of one query string, which gathers every fault before it gives up."""

    def __init__(self, query: str, known: Sequence[str]) -> None:
        if len(query) > LONGEST_QUERY:
            raise BadParameters(
                [fault("", f"The query is longer than {LONGEST_QUERY} characters.")]
            )
        given = QueryDict(query.encode("latin-1", "replace"))
        self.faults: list[dict[str, str]] = []
        self.values: dict[str, str] = {}
        for name, values in given.lists():
            texts = [str(value) for value in values]
            if name not in known:
                listed = ", ".join(sorted(known))
                self.refuse(name, f"There is no such parameter here; there are {listed}.")
            elif len(texts) > 1:
                self.refuse(name, "Give this parameter once.")
            elif not texts[0]:
                self.refuse(name, "Give a value, or leave the parameter out.")
            else:
                self.values[name] = texts[0]

    def refuse(self, name: str, detail: str) -> None:
        """Note a fault."""
        self.faults.append(fault(name, detail))

    def word(self, name: str, words: Sequence[str], default: str | None = None) -> str | None:
        """One of the words."""
        value = self.values.get(name, default)
        if value is not None and value not in words:
            self.refuse(name, f"Give one of {', '.join(words)}.")
            return default
        return value

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        text = self.values.get(name)
        if text is None:
            return default
        if text.isascii() and text.isdigit() and len(text) < 19 and least <= int(text) <= most:
            return int(text)
        self.refuse(name, f"Give one whole number from {least} to {most}.")
        return default

    def day(self, name: str, default: datetime.date) -> datetime.date:
        """A civil date as YYYY-MM-DD."""
        text = self.values.get(name)
        if text is None:
            return default
        try:
            found = datetime.date.fromisoformat(text) if len(text) == 10 else None
        except ValueError:
            found = None
        if found is None or not FIRST_DAY <= found <= LAST_DAY:
            self.refuse(name, "Give a date as YYYY-MM-DD, from 1990 to 2200.")
            return default
        return found

    def moment(self, name: str) -> datetime.datetime | None:
        """An instant in ISO 8601 with its offset; a `+` that arrived as a space is one."""
        text = self.values.get(name)
        if text is None:
            return None
        try:
            found = datetime.datetime.fromisoformat(text.replace(" ", "+")) if "T" in text else None
            day = found and found.astimezone(datetime.UTC).date()
        except (ValueError, OverflowError):
            found = day = None
        if found is None or found.tzinfo is None or day is None or not FIRST_DAY <= day <= LAST_DAY:
            self.refuse(name, "Give an instant with its offset, such as 2026-06-30T16:00:00Z.")
            return None
        return found
