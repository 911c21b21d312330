"""What a posting by another system needs to know of a commitment, read in one statement.

Plain values and no models: building those costs more than reading.
"""

from dataclasses import dataclass
from decimal import Decimal

import orjson
from django.utils.translation import gettext as _

from portfolio.common.refusals import Refused


class NoSuchCommitment(Refused):
    """There is no such commitment, or no such tranche of it."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """An allocation of which a commitment holds something."""

    pk: int
    strand_id: int
    strand: str
    fiscal_year: int


@dataclass(frozen=True, slots=True)
class Held:
    """What the commitment holds in it, in its currency and in that of the books."""

    allocation: Bearer
    committed: Decimal
    de_committed: Decimal
    disbursed: Decimal
    refunded: Decimal
    committed_base: Decimal
    de_committed_base: Decimal
    disbursed_base: Decimal
    refunded_base: Decimal


@dataclass(frozen=True, slots=True)
class Promise:
    """The commitment."""

    pk: int
    programme_id: int
    project_id: int
    payee_id: int
    currency: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Portion:
    """The tranche that an entry names."""

    pk: int
    amount: Decimal
    state: str


@dataclass(frozen=True, slots=True)
class Number:
    """A row of which only the number is known."""

    pk: int


@dataclass(frozen=True, slots=True)
class Books:
    """All of it, as it is after the locks."""

    commitment: Promise
    base: str
    tranche: Portion | None
    paid: Decimal
    approval: Number | None
    positions: list[Held]


def read_books(read: bytes | None) -> Books:
    """What `topsheet_books` answered.  Raises: NoSuchCommitment."""
    if read is None:
        raise NoSuchCommitment(_("There is no such commitment, or no such tranche of it."))
    row = orjson.loads(read)
    promise, tranche, approval = row["commitment"], row["tranche"], row["approval"]
    promise["rate"] = promise["rate"] and Decimal(promise["rate"])
    return Books(
        commitment=Promise(**promise),
        base=row["base"],
        tranche=tranche and Portion(tranche["pk"], Decimal(tranche["amount"]), tranche["state"]),
        paid=Decimal(row["paid"]),
        approval=approval and Number(approval),
        positions=[
            Held(
                Bearer(**part["allocation"]),
                **{name: Decimal(text) for name, text in part["figures"].items()},
            )
            for part in row["positions"]
        ],
    )
