"""Rows of the ledger as no operation would write them, to ask the database itself."""

import uuid
from decimal import Decimal
from typing import Any

from portfolio.common.money import converted
from portfolio.funding.models import ApprovalRequest, Commitment, LedgerEntry, Tranche
from tests.books import DAY


def entry(commitment: Commitment, kind: str, amount: str, /, **other: Any) -> LedgerEntry:
    """An entry of the first allocation that is right in everything, but for what `other` says."""
    allocation = other.pop("allocation", None) or commitment.splits.order_by("pk")[0].allocation
    base = commitment.programme.base_currency
    rate = other.get("rate", commitment.rate)
    base_amount = converted(Decimal(amount), rate, base)
    own = converted(Decimal(amount), commitment.rate or Decimal(1), base)
    at_own_rate = kind in ("DE_COMMITMENT", "DISBURSEMENT", "REFUND")
    values: dict[str, Any] = {
        "posting": uuid.uuid4(),
        "kind": kind,
        "programme_id": commitment.programme_id,
        "strand_id": allocation.strand_id,
        "fiscal_year": allocation.fiscal_year,
        "allocation": allocation,
        "project_id": commitment.project_id,
        "counterparty_id": commitment.payee_id,
        "commitment": commitment,
        "amount": Decimal(amount),
        "currency": commitment.currency,
        "rate": rate,
        "rate_date": DAY,
        "rate_source": "SAME_CURRENCY" if commitment.currency == base else "BANK",
        "base_amount": base_amount,
        "promised_base_amount": own if at_own_rate else base_amount,
        "value_date": DAY,
        "recorded_by": commitment.state_by,
    }
    return made(values, other)


def made(values: dict[str, Any], other: dict[str, Any]) -> LedgerEntry:
    """An entry of values, where a relation in `other` stands before a number in `values`."""
    kept = {key: value for key, value in values.items() if key.removesuffix("_id") not in other}
    return LedgerEntry(**(kept | other))


def add(commitment: Commitment, kind: str, amount: str, /, **other: Any) -> LedgerEntry:
    """Such an entry, added."""
    row = entry(commitment, kind, amount, **other)
    row.save(force_insert=True)
    return row


def payment(tranche: Tranche, amount: str | None = None, /, **other: Any) -> LedgerEntry:
    """A payment of a tranche by its last approval, not added yet."""
    return entry(
        tranche.commitment,
        "DISBURSEMENT",
        amount or str(tranche.amount),
        **({"tranche": tranche, "approval": approval_of(tranche)} | other),
    )


def reversal(row: LedgerEntry, **other: Any) -> LedgerEntry:
    """An entry that takes another back, not added yet."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in LedgerEntry._meta.concrete_fields
        if field.name not in ("id", "recorded_at")
    }
    values |= {
        "posting": uuid.uuid4(),
        "amount": -row.amount,
        "base_amount": -row.base_amount,
        "promised_base_amount": -row.promised_base_amount,
        "reversal_of_id": row.pk,
    }
    return made(values, other)


def approval_of(tranche: Tranche) -> ApprovalRequest:
    """The last request for the payment of a tranche."""
    return tranche.approval_requests.filter(kind="PAYMENT").latest("pk")
