"""Drawing a tranche: conditions, the payee's request, the exception, the payment."""

import datetime
from decimal import Decimal
from typing import Any

import pghistory

from partners.models import Document
from portfolio.common.transactions import atomic_retrying
from portfolio.funding.choices import EntryKind, RequestKind, TrancheState
from portfolio.funding.models import (
    ApprovalRequest,
    Condition,
    DrawdownRequest,
    LedgerEntry,
    Tranche,
)
from portfolio.funding.operations.approvals import ask
from portfolio.funding.operations.commitments import approved
from portfolio.funding.operations.exchange import Rate, find_rate
from portfolio.funding.operations.posting import (
    Terms,
    paid_of,
    parts_of_payment,
    positions_of,
    post,
)
from portfolio.funding.operations.shares import check_amount
from portfolio.funding.operations.stamps import stamp


@atomic_retrying
def meet_condition(
    *,
    condition: Condition,
    at: datetime.datetime,
    actor: Any,
    evidence: Document | None = None,
    valid_until: datetime.date | None = None,
) -> None:
    """Record that a condition precedent is met, on what evidence, and for an insurance how long."""
    with pghistory.context(user=actor.pk):
        condition.met_at, condition.met_by = at, actor
        condition.evidence = evidence or condition.evidence
        condition.valid_until = valid_until or condition.valid_until
        condition.save(update_fields=["met_at", "met_by", "evidence", "valid_until"])


@atomic_retrying
def reopen_condition(*, condition: Condition, actor: Any, reason: str) -> None:
    """Take back that a condition is met."""
    with pghistory.context(user=actor.pk, reason=reason):
        condition.met_at = condition.met_by = None
        condition.save(update_fields=["met_at", "met_by"])


@atomic_retrying
def record_drawdown(
    *,
    tranche: Tranche,
    received_date: datetime.date,
    at: datetime.datetime,
    actor: Any,
    reference: str = "",
    remarks: str = "",
    document: Document | None = None,
) -> tuple[DrawdownRequest, ApprovalRequest]:
    """Record the payee's request for a tranche and ask for the approval of the payment."""
    with pghistory.context(user=actor.pk):
        stamp(tranche, TrancheState.REQUESTED, at=at, actor=actor)
        drawdown = DrawdownRequest.objects.create(
            tranche=tranche,
            received_date=received_date,
            reference=reference,
            remarks=remarks,
            document=document,
            recorded_by=actor,
            recorded_at=at,
        )
        request = ask(
            kind=RequestKind.PAYMENT,
            commitment=tranche.commitment,
            tranche=tranche,
            amount=tranche.amount,
            actor=actor,
            at=at,
            reason=remarks,
        )
    return drawdown, request


@atomic_retrying
def take_back_drawdown(*, tranche: Tranche, at: datetime.datetime, actor: Any, reason: str) -> None:
    """Make a requested or approved tranche a scheduled one again; its approvals are void."""
    with pghistory.context(user=actor.pk, reason=reason):
        stamp(tranche, TrancheState.SCHEDULED, at=at, actor=actor)


@atomic_retrying
def request_override(
    *, tranche: Tranche, at: datetime.datetime, actor: Any, reason: str
) -> ApprovalRequest:
    """Ask that a tranche may be paid in spite of an open condition or a block."""
    return ask(
        kind=RequestKind.OVERRIDE,
        commitment=tranche.commitment,
        tranche=tranche,
        amount=tranche.amount,
        actor=actor,
        at=at,
        reason=reason,
    )


@atomic_retrying
def pay_tranche(
    *,
    tranche: Tranche,
    value_date: datetime.date,
    at: datetime.datetime,
    actor: Any,
    amount: Decimal | None = None,
    rate: Rate | None = None,
    document: Document | None = None,
    reference: str = "",
    remarks: str = "",
) -> list[LedgerEntry]:
    """Post the payment of an approved tranche, whole or, with `amount`, a part of it.

    It draws on the allocations that bear the commitment, the oldest fiscal year first. `rate` is what
    the bank charged; without it the last published one counts.
    Raises: commitments.NotApproved, exchange.NoRate; DatabaseError where a rule forbids it.
    """
    tranche = (
        Tranche.objects.select_for_update(of=("self",), no_key=True)
        .select_related("commitment__programme", "commitment__rate_series")
        .get(pk=tranche.pk)
    )
    commitment = tranche.commitment
    approval = approved(commitment, RequestKind.PAYMENT, tranche=tranche)
    before = paid_of(tranche)
    pay = tranche.amount - before if amount is None else amount
    check_amount(pay, commitment.currency)
    positions = positions_of(commitment)
    parts = parts_of_payment(positions, pay, commitment.currency)
    rate = rate or find_rate(
        currency=commitment.currency, base=commitment.programme.base_currency, on=value_date
    )
    with pghistory.context(user=actor.pk):
        entries = post(
            commitment,
            parts,
            Terms(
                EntryKind.DISBURSEMENT,
                value_date,
                rate,
                actor,
                approval=approval,
                tranche=tranche,
                document=document,
                reference=reference,
                remarks=remarks,
            ),
        )
        if before + pay == tranche.amount:
            stamp(tranche, TrancheState.PAID, at=at, actor=actor)
    return entries
