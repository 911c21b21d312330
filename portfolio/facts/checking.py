"""Checks one value of a facts file at a time, and keeps every fault, not only the first."""

import datetime
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from portfolio.common.money import ISO_4217
from portfolio.facts.document import Document, Fault, Number, Path

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
AMOUNT = re.compile(r"\d{1,18}(\.\d{1,2})?")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
LANGUAGES = {"en": "en", "zh-hant": "zh_hant", "zh-hans": "zh_hans"}


class Checker:
    """Reads fields of the objects of a document; a fault yields a harmless value and reading goes on."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def fault(self, path: Path, message: str) -> None:
        """Keep one fault with its place in the file."""
        self.document.faults.append(Fault(self.document.line_of(path), path, message))

    def fields(self, value: Any, path: Path, known: Iterable[str]) -> Mapping[str, Any]:
        """The object at `path`; any field but the `known` ones is a fault."""
        if not isinstance(value, dict):
            self.fault(path, "an object in braces is expected here.")
            return {}
        names = sorted(known)
        for name in value:
            if name not in names:
                self.fault((*path, name), f"unknown field; known here are {', '.join(names)}.")
        return value

    def listed(self, value: Any, path: Path) -> list[Any]:
        """The list at `path`; nothing there is an empty list."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(path, "a list in square brackets is expected here.")
            return []
        return value

    def text(
        self, row: Mapping[str, Any], name: str, path: Path, *, need: bool = False, most: int = 2000
    ) -> str:
        """A text without control characters, at most `most` characters long."""
        value = row.get(name)
        if value is None:
            if need:
                self.fault((*path, name), "this text is missing.")
            return ""
        if not isinstance(value, str) or isinstance(value, Number):
            self.fault((*path, name), "a text in double quotes is expected here.")
            return ""
        if CONTROLS.search(value):
            self.fault((*path, name), "the text holds a control character; remove it.")
            return ""
        if len(value) > most:
            self.fault((*path, name), f"the text has {len(value)} characters; at most {most} fit.")
            return ""
        if need and not value.strip():
            self.fault((*path, name), "this text is empty.")
        return value.strip()

    def key(self, row: Mapping[str, Any], path: Path, name: str = "key") -> str:
        """The key of a row, which becomes its address."""
        value = self.text(row, name, path, need=True, most=100)
        if value and not SLUG.fullmatch(value):
            self.fault(
                (*path, name),
                f"{value!r} is no key: use lower-case letters, digits and single hyphens.",
            )
        return value

    def names(
        self, row: Mapping[str, Any], name: str, path: Path, *, prefix: str = "name"
    ) -> dict[str, str]:
        """Names in up to three scripts, as {prefix_en: …, prefix_zh_hant: …, prefix_zh_hans: …}."""
        place = (*path, name)
        value = self.fields(row.get(name), place, LANGUAGES) if name in row else {}
        found = {
            f"{prefix}_{column}": self.text(value, language, place, most=300)
            for language, column in LANGUAGES.items()
        }
        if not any(found.values()):
            self.fault(place, "at least one name is needed: en, zh-hant or zh-hans.")
        return found

    def choice(
        self,
        row: Mapping[str, Any],
        name: str,
        path: Path,
        choices: Iterable[str],
        default: str = "",
    ) -> str:
        """A word of a fixed list, written as people write it: 'press article' is PRESS_ARTICLE."""
        allowed = list(choices)
        value = self.text(row, name, path, need=not default)
        if not value:
            return default or allowed[0]
        word = value.upper().replace(" ", "_").replace("-", "_")
        if word not in allowed:
            words = ", ".join(one.lower().replace("_", " ") for one in allowed)
            self.fault((*path, name), f"{value!r} is not known; choose one of: {words}.")
            return allowed[0]
        return word

    def day(self, row: Mapping[str, Any], name: str, path: Path) -> datetime.date | None:
        """A civil date, YYYY-MM-DD."""
        value = self.text(row, name, path)
        if not value:
            return None
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            self.fault((*path, name), f"{value!r} is no date; write it as 2024-03-11.")
            return None

    def whole(
        self,
        row: Mapping[str, Any],
        name: str,
        path: Path,
        *,
        need: bool = False,
        most: int = 30_000,
    ) -> int | None:
        """A whole number from 1 to `most`."""
        value = row.get(name)
        if value is None:
            if need:
                self.fault((*path, name), "this number is missing.")
            return None
        if (
            isinstance(value, Number)
            and value.isdigit()
            and len(value) < 10
            and 0 < int(value) <= most
        ):
            return int(value)
        self.fault((*path, name), f"a whole number from 1 to {most} is expected here.")
        return None

    def money(
        self, value: Any, path: Path, extra: Iterable[str] = ()
    ) -> tuple[Decimal | None, str]:
        """An amount in major units and its currency; null is 'not disclosed'."""
        if value is None:
            return None, ""
        row = self.fields(value, path, {"amount", "currency", *extra})
        raw, code = row.get("amount"), self.text(row, "currency", path, need=True)
        if code and code not in ISO_4217:
            self.fault(
                (*path, "currency"), f"{code!r} is no currency code of ISO 4217, such as HKD."
            )
        if not isinstance(raw, str) or not AMOUNT.fullmatch(raw):
            self.fault(
                (*path, "amount"),
                f'{raw!r} is no amount; write digits with at most two decimals, such as "5000000000.00".',
            )
            return None, ""
        if not (amount := Decimal(raw)):
            self.fault((*path, "amount"), "0 is no amount; leave out what is not disclosed.")
        return amount, code

    def known_keys(self, row: Mapping[str, Any], path: Path, known: Iterable[str]) -> list[str]:
        """The keys of the sources that state a row; at least one, each of them in the file."""
        place = (*path, "sources")
        keys: list[str] = []
        for index, key in enumerate(self.listed(row.get("sources"), place)):
            if not isinstance(key, str) or key not in known:
                self.fault((*place, index), f"there is no source with the key {key!r}.")
            elif key in keys:
                self.fault((*place, index), f"the source {key!r} is given twice.")
            else:
                keys.append(key)
        if not row.get("sources"):
            self.fault(place, "a source is missing: every row names at least one.")
        return keys
