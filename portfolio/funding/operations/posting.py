"""Posting: the one place where entries of the ledger are made."""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from partners.models import Document
from portfolio.common.api.execution import execute
from portfolio.common.money import converted
from portfolio.common.refusals import Refused
from portfolio.funding.choices import EntryKind
from portfolio.funding.models import (
    Commitment,
    CommitmentPosition,
    LedgerEntry,
    Tranche,
)
from portfolio.funding.operations.exchange import Rate
from portfolio.funding.operations.shares import (
    CannotShare,
    by_year,
    check_amount,
    in_proportion,
)


class Row(Protocol):
    """What has a number in the database: only that is written."""

    @property
    def pk(self) -> Any: ...


class Bearer(Row, Protocol):
    """An allocation, as far as a posting knows it."""

    @property
    def strand_id(self) -> int: ...
    @property
    def fiscal_year(self) -> int: ...


class Promised(Row, Protocol):
    """A commitment, as far as a posting knows it."""

    @property
    def programme_id(self) -> int: ...
    @property
    def project_id(self) -> int: ...
    @property
    def payee_id(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def rate(self) -> Decimal | None: ...


class Held(Protocol):
    """What a commitment holds in an allocation, in both currencies."""

    @property
    def allocation(self) -> Any: ...
    @property
    def committed(self) -> Decimal: ...
    @property
    def de_committed(self) -> Decimal: ...
    @property
    def disbursed(self) -> Decimal: ...
    @property
    def refunded(self) -> Decimal: ...
    @property
    def committed_base(self) -> Decimal: ...
    @property
    def de_committed_base(self) -> Decimal: ...
    @property
    def disbursed_base(self) -> Decimal: ...
    @property
    def refunded_base(self) -> Decimal: ...


@dataclass(frozen=True)
class Part:
    """What one allocation bears of a posting, in the commitment's currency."""

    allocation: Bearer
    amount: Decimal
    # At the commitment's rate; where it uses up what is outstanding, what is left in base currency.
    promised_base_amount: Decimal | None = None


@dataclass(frozen=True)
class Terms:
    """What the entries of one posting have in common."""

    kind: EntryKind
    value_date: datetime.date
    rate: Rate
    actor: Row
    approval: Row | None = None
    tranche: Row | None = None
    document: Document | None = None
    reference: str = ""
    remarks: str = ""


# An entry that is to be written: its values by the names of the model's attributes.
type Line = Mapping[str, Any]


def post(commitment: Commitment, parts: Iterable[Part], terms: Terms) -> list[LedgerEntry]:
    """Add the entries of one posting in one statement; the database judges and counts them."""
    return add(lines_of(commitment, commitment.programme.base_currency, parts, terms))


def add(lines: Sequence[Line]) -> list[LedgerEntry]:
    """Write entries, and give them as models."""
    entries = []
    for line, (number, recorded) in zip(lines, write(lines), strict=True):
        entry = LedgerEntry(pk=number, recorded_at=recorded, **line)
        entry._state.adding, entry._state.db = False, connection.alias
        entries.append(entry)
    return entries


def lines_of(commitment: Promised, base: str, parts: Iterable[Part], terms: Terms) -> list[Line]:
    """The entries of one posting; `base` is the programme's currency."""
    own = commitment.rate or Decimal(1)
    common = {
        "posting": uuid.uuid4(),
        "kind": terms.kind,
        "programme_id": commitment.programme_id,
        "project_id": commitment.project_id,
        "counterparty_id": commitment.payee_id,
        "commitment_id": commitment.pk,
        "tranche_id": terms.tranche and terms.tranche.pk,
        "currency": commitment.currency,
        "rate": terms.rate.rate,
        "rate_date": terms.rate.date,
        "rate_source": terms.rate.source,
        "rate_series_id": terms.rate.series and terms.rate.series.pk,
        "value_date": terms.value_date,
        "recorded_by_id": terms.actor.pk,
        "approval_id": terms.approval and terms.approval.pk,
        "document_id": terms.document and terms.document.pk,
        "reversal_of_id": None,
        "reference": terms.reference,
        "remarks": terms.remarks,
    }
    lines: list[Line] = []
    for part in parts:
        if not part.amount:
            continue
        base_amount = converted(part.amount, terms.rate.rate, base)
        promised = part.promised_base_amount
        match terms.kind:
            case EntryKind.RECOUPMENT | EntryKind.WRITE_OFF | EntryKind.COMMITMENT:
                promised = base_amount
            case EntryKind.DE_COMMITMENT:
                promised = base_amount = (
                    converted(part.amount, own, base) if promised is None else promised
                )
            case _ if promised is None:
                promised = converted(part.amount, own, base)
        own_values = {
            "strand_id": part.allocation.strand_id,
            "fiscal_year": part.allocation.fiscal_year,
            "allocation_id": part.allocation.pk,
            "amount": part.amount,
            "base_amount": base_amount,
            "promised_base_amount": promised,
        }
        lines.append(common | own_values)
    return lines


@lru_cache(maxsize=1)
def stated() -> tuple[str, ...]:
    """What an entry says; its number and the moment that it is recorded are the database's."""
    own = ("id", "recorded_at")
    return tuple(f.attname for f in LedgerEntry._meta.concrete_fields if f.attname not in own)


@lru_cache(maxsize=64)
def statement_of(entries: int) -> bytes:
    """The statement that adds so many entries."""
    names = stated()
    columns = ", ".join(f'"{name}"' for name in names)
    rows = ", ".join(
        "(" + ", ".join(f"${row * len(names) + n}" for n in range(1, len(names) + 1)) + ")"
        for row in range(entries)
    )
    return (
        f"INSERT INTO funding_ledgerentry ({columns}) VALUES {rows} "  # noqa: S608 - names of ours
        "RETURNING id, recorded_at"
    ).encode()


def write(lines: Sequence[Line]) -> list[tuple[int, datetime.datetime]]:
    """Write entries in one statement, which the server keeps: half the time of building one anew.

    The number of each, and when it was recorded.
    """
    if not lines:
        return []
    values = [
        None if value is None else str(value)
        for line in lines
        for value in map(line.__getitem__, stated())
    ]
    made = execute(statement_of(len(lines)), values)
    return [
        (
            int(made.get_value(row, 0) or b""),
            datetime.datetime.fromisoformat((made.get_value(row, 1) or b"").decode()),
        )
        for row in range(len(lines))
    ]


def positions_of(commitment: Commitment) -> Sequence[CommitmentPosition]:
    """What the commitment holds in each allocation, oldest fiscal year first; locked until the end."""
    found = CommitmentPosition.objects.filter(commitment=commitment)
    # The rows are the database's own: what is locked is the commitment.
    Commitment.objects.select_for_update(no_key=True).get(pk=commitment.pk)
    return list(
        found.select_related("allocation").order_by(
            "allocation__fiscal_year", "allocation__strand__position", "allocation_id"
        )
    )


def outstanding(position: Held) -> Decimal:
    """What is promised and neither paid nor taken back, in the commitment's currency."""
    return position.committed - position.de_committed - position.disbursed + position.refunded


def outstanding_base(position: Held) -> Decimal:
    """The same in base currency, at the commitment's rate."""
    return (
        position.committed_base
        - position.de_committed_base
        - position.disbursed_base
        + position.refunded_base
    )


def part_of(position: Held, amount: Decimal) -> Part:
    """What a position gives to a payment or takes back of its promise; the last takes every cent."""
    last = amount == outstanding(position)
    return Part(position.allocation, amount, outstanding_base(position) if last else None)


def parts_of_payment(positions: Sequence[Held], pay: Decimal, currency: str) -> list[Part]:
    """What each allocation pays of an amount, the oldest fiscal year first.

    More than there is goes where the last room is: the database says no, with its figures.
    """
    check_amount(pay, currency)
    room = [(p.allocation.fiscal_year, outstanding(p)) for p in positions]
    fits = min(pay, sum((most for _year, most in room), Decimal(0)))
    parts = by_year(fits, room, currency) if fits > 0 else [Decimal(0)] * len(room)
    if positions and fits < pay:
        parts[-1] += pay - fits
    return [part_of(p, part) for p, part in zip(positions, parts, strict=True)]


def parts_of_refund(positions: Sequence[Held], amount: Decimal, currency: str) -> list[Part]:
    """To which allocations an amount comes back: those that paid, the latest fiscal year first.

    What comes back whole takes every cent with it that was paid in base currency.  Raises: Refused.
    """
    check_amount(amount, currency)
    room = [(p.allocation.fiscal_year, p.disbursed - p.refunded) for p in positions]
    try:
        parts = by_year(amount, room, currency, latest_first=True)
    except CannotShare:
        raise Refused(
            _("Only %(paid)s was paid and not sent back yet.")
            % {"paid": f"{currency} {sum(most for _year, most in room):,.2f}"}
        ) from None
    return [
        Part(
            p.allocation,
            part,
            p.disbursed_base - p.refunded_base if part == p.disbursed - p.refunded else None,
        )
        for p, part in zip(positions, parts, strict=True)
    ]


def parts_of_recoupment(positions: Sequence[Held], amount: Decimal, currency: str) -> list[Part]:
    """How results are shared among allocations: as they paid. Raises: Refused."""
    check_amount(amount, currency)
    weights = [p.disbursed - p.refunded for p in positions]
    if not sum(weights):
        raise Refused(_("Nothing was paid that could be recouped."))
    parts = in_proportion(amount, weights, currency)
    return [Part(p.allocation, part) for p, part in zip(positions, parts, strict=True)]


def paid_of(tranche: Tranche) -> Decimal:
    """What was paid of a tranche: only payments name one, and what takes them back."""
    return tranche.entries.aggregate(paid=Sum("amount"))["paid"] or Decimal(0)
