"""What can be imported: each app says it of its own rows, when it is made ready."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Model

from portfolio.imports.columns import Column, plain_heading

Values = dict[str, Any]
"""Fields of a row of ours by name, as JSON has them: amounts and days are texts."""


@dataclass
class Record:
    """One row of ours that a row of a file speaks of: by its key, never by its number."""

    key: tuple[Any, ...]
    values: Values
    title: str = ""


@dataclass
class Given:
    """A row of the file as it was understood; an importer adds records, faults and flags."""

    number: int
    values: Values
    faults: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    flags: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    def fault(self, code: str, **figures: Any) -> None:
        """Say why the row cannot be written."""
        self.faults.append((code, figures))

    def flag(self, code: str, **figures: Any) -> None:
        """Say what somebody has to look at first."""
        self.flags.append((code, figures))


@dataclass(frozen=True)
class Stored:
    """A row of ours as it is now, in the fields that can be imported."""

    pk: int
    values: Values
    title: str = ""


class Importer:
    """What one sort of row needs: columns, what its rows mean, and how they are written.

    `appends` is of rows that are never changed: a later one is added beside it. `goes_along` are rows that
    the database keeps for them, which do not keep an import from being undone.
    """

    name: str
    label: Any
    explanation: Any = ""
    model: type[Model]
    columns: tuple[Column, ...]
    appends = False
    goes_along: tuple[type[Model], ...] = ()

    # --- Who may -----------------------------------------------------------------------------

    def permission(self, verb: str) -> str:
        """The permission on the rows that are written."""
        opts = self.model._meta
        return f"{opts.app_label}.{verb}_{opts.model_name}"

    def may(self, person: Any, *verbs: str) -> bool:
        """Whether somebody may do all of this to the rows."""
        return all(person.has_perm(self.permission(verb)) for verb in verbs)

    # --- Reading -----------------------------------------------------------------------------

    def fields(self) -> Mapping[str, forms.Field]:
        """What is asked for beside the file, such as the programme of all its rows."""
        return {}

    def context(self, said: Mapping[str, Any]) -> Values:
        """What was answered, as JSON."""
        return {name: getattr(value, "pk", value) for name, value in said.items()}

    def matched(self, headings: Iterable[str]) -> tuple[dict[str, Column], list[str]]:
        """Which heading means which column, and those that mean none; the first of two counts."""
        by_name: dict[str, Column] = {}
        for column in self.columns:
            for name in (column.name, str(column.label), *column.aliases):
                by_name.setdefault(plain_heading(name), column)
        found: dict[str, Column] = {}
        unused = []
        for heading in headings:
            meant = by_name.get(plain_heading(heading))
            if meant is None or meant in found.values():
                unused.append(heading)
            else:
                found[heading] = meant
        return found, unused

    def plan(self, rows: list[Given], context: Values, today: datetime.date) -> None:
        """Give each row without faults its records, or its faults and flags.

        Queries: a fixed number for all rows.
        """
        raise NotImplementedError

    def stored(self, keys: list[tuple[Any, ...]], context: Values) -> dict[tuple[Any, ...], Stored]:
        """The rows of ours that have these keys.  Queries: a fixed number."""
        raise NotImplementedError

    # --- Writing -----------------------------------------------------------------------------

    def add(
        self, records: list[Record], context: Values, actor: Any, at: datetime.datetime
    ) -> list[int]:
        """Add rows; give back their primary keys in the same order."""
        raise NotImplementedError

    def change(self, pk: int, values: Values, actor: Any) -> None:
        """Give a row other values in some fields."""
        raise NotImplementedError

    def take_back(self, pks: list[int], actor: Any, at: datetime.datetime) -> None:
        """Undo what `add` did; nobody changed the rows since, and no other row refers to them."""
        self.model._default_manager.filter(pk__in=pks).delete()

    def undoing(self) -> tuple[str, ...]:
        """What somebody has to be permitted who takes an import back."""
        return ("add",) if self.appends else ("change", "delete")


IMPORTERS: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Offer an importer to staff; for `AppConfig.ready`."""
    IMPORTERS[importer.name] = importer
