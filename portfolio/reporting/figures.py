"""The figures of a line of a report of money, and how they hang together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from portfolio.common.names import NAME_FIELDS, READING_ORDER
from portfolio.reporting.terms import NOTHING


@dataclass(frozen=True)
class Figures:
    """What was reserved, promised and moved.

    Units: in base currency, what is promised at the rate of each commitment (`committed`,
    `de_committed`), what moved at the rate of its day (`disbursed`, `refunded`, `recouped`,
    `written_off`); their difference is `fx_effect` and in no other figure. In a chosen currency, as
    posted, and then `allocated`, `available` and `fx_effect` are None, because there is no such thing.
    """

    allocated: Decimal | None = None
    committed: Decimal = NOTHING
    de_committed: Decimal = NOTHING
    disbursed: Decimal = NOTHING
    refunded: Decimal = NOTHING
    recouped: Decimal = NOTHING
    written_off: Decimal = NOTHING
    fx_effect: Decimal | None = None

    @property
    def outstanding(self) -> Decimal:
        """What is promised and neither paid nor taken back, at the rates of the commitments."""
        paid = self.disbursed - self.refunded - (self.fx_effect or NOTHING)
        return self.committed - self.de_committed - paid

    @property
    def available(self) -> Decimal | None:
        """What is allocated and not promised."""
        if self.allocated is None:
            return None
        return self.allocated - self.committed + self.de_committed

    def __add__(self, other: Self) -> Self:
        """Both together; what neither has stays without a figure."""
        mine, theirs = self.raw(), other.raw()
        both: dict[str, Any] = {name: _plus(mine[name], theirs[name]) for name in mine}
        return type(self)(**both)

    def raw(self) -> dict[str, Any]:
        """The figures that are not made of others."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def every(self) -> dict[str, Decimal | None]:
        """All figures by name, in the order of a sheet."""
        return {name: getattr(self, name) for name in FIGURES}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it at all."""
        return not any(self.raw().values())


RAW = tuple(f.name for f in fields(Figures))

# In the order of a sheet, with the words of staff.
FIGURES: Mapping[str, Any] = {
    "allocated": _("Allocated"),
    "committed": _("Committed"),
    "de_committed": _("De-committed"),
    "available": _("Available"),
    "disbursed": _("Disbursed"),
    "refunded": _("Refunded"),
    "fx_effect": _("Exchange effect"),
    "outstanding": _("Outstanding"),
    "recouped": _("Recouped"),
    "written_off": _("Written off"),
}


@dataclass(frozen=True)
class Line:
    """One line of a sheet: what it is of, and its figures.

    `cell` holds what narrows the ledger to this line (strand, fiscal_year, partner, project), by slug
    or number; `names` are in three scripts, empty where there is none.
    """

    cell: Mapping[str, str | int]
    figures: Figures
    names: Mapping[str, str] = field(default_factory=dict)
    others: int = 0

    def name_for(self, language: str) -> str:
        """The name that a reader of `language` sees."""
        order = READING_ORDER.get(language, READING_ORDER["en"])
        return next((name for part in order if (name := self.names.get(part))), "")

    @property
    def names_by_script(self) -> dict[str, str | None]:
        """The names as the API has them."""
        codes = {"name_en": "en", "name_zh_hant": "zh-hant", "name_zh_hans": "zh-hans"}
        return {codes[part]: self.names.get(part) or None for part in NAME_FIELDS}


def total_of(lines: Iterable[Line], *, base: bool) -> Figures:
    """All lines together; in base currency the exchange effect of nothing is 0."""
    start = Figures(fx_effect=NOTHING) if base else Figures()
    for line in lines:
        start = start + line.figures
    return start


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other
