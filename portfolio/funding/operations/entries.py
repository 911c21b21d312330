"""What comes back, what is given up, what was wrong: refunds, recoupments, write-offs, reversals."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pghistory
from django.utils.translation import gettext as _

from partners.models import Document
from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.funding.choices import EntryKind, RequestKind, RequestState, TrancheState
from portfolio.funding.models import (
    ApprovalRequest,
    Commitment,
    LedgerEntry,
    PeriodClosing,
    Tranche,
)
from portfolio.funding.operations.approvals import ask
from portfolio.funding.operations.commitments import NotApproved, approved
from portfolio.funding.operations.exchange import Rate, find_rate
from portfolio.funding.operations.posting import (
    Part,
    Terms,
    add,
    parts_of_recoupment,
    parts_of_refund,
    positions_of,
    post,
    stated,
)
from portfolio.funding.operations.shares import in_proportion
from portfolio.programmes.models import Programme


class AlreadyReversed(Refused):
    """The entry was taken back before, or takes one back itself."""


@atomic_retrying
def record_refund(
    *,
    commitment: Commitment,
    amount: Decimal,
    value_date: datetime.date,
    actor: Any,
    rate: Rate | None = None,
    document: Document | None = None,
    reference: str = "",
    remarks: str = "",
) -> list[LedgerEntry]:
    """Record that the payee sent money back: it is outstanding again until it is de-committed.

    It goes to the allocations that paid, the latest fiscal year first.
    """
    positions = positions_of(commitment)
    parts = parts_of_refund(positions, amount, commitment.currency)
    return _post(
        EntryKind.REFUND, commitment, parts, value_date, actor, rate=rate,
        document=document, reference=reference, remarks=remarks,
    )  # fmt: skip


@atomic_retrying
def record_recoupment(
    *,
    commitment: Commitment,
    amount: Decimal,
    value_date: datetime.date,
    actor: Any,
    rate: Rate | None = None,
    document: Document | None = None,
    reference: str = "",
    remarks: str = "",
) -> list[LedgerEntry]:
    """Record what came back from the results of a title, shared as it was paid."""
    positions = positions_of(commitment)
    parts = parts_of_recoupment(positions, amount, commitment.currency)
    return _post(
        EntryKind.RECOUPMENT, commitment, parts, value_date, actor, rate=rate,
        document=document, reference=reference, remarks=remarks,
    )  # fmt: skip


@atomic_retrying
def request_write_off(
    *, commitment: Commitment, amount: Decimal, at: datetime.datetime, actor: Any, reason: str
) -> ApprovalRequest:
    """Ask that a paid amount be given up."""
    return ask(
        kind=RequestKind.WRITE_OFF,
        commitment=commitment,
        amount=amount,
        actor=actor,
        at=at,
        reason=reason,
    )


@atomic_retrying
def write_off(
    *, request: ApprovalRequest, value_date: datetime.date, actor: Any
) -> list[LedgerEntry]:
    """Give up the amount of an approved request, shared as it was paid."""
    if request.kind != RequestKind.WRITE_OFF or request.state != RequestState.APPROVED:
        raise NotApproved(_("The write-off is not approved."))
    commitment = request.commitment
    positions = positions_of(commitment)
    weights = [p.disbursed - p.refunded - p.written_off for p in positions]
    if request.amount > sum(weights):
        raise Refused(_("More than was paid cannot be written off."))
    amounts = in_proportion(request.amount, weights, commitment.currency)
    parts = [Part(p.allocation, part) for p, part in zip(positions, amounts, strict=True)]
    return _post(EntryKind.WRITE_OFF, commitment, parts, value_date, actor, approval=request)


@atomic_retrying
def request_reversal(
    *, entry: LedgerEntry, at: datetime.datetime, actor: Any, reason: str
) -> ApprovalRequest:
    """Ask that a wrong posting be taken back, with all its entries. Raises: AlreadyReversed."""
    entries = _reversible(entry)
    return ask(
        kind=RequestKind.REVERSAL,
        commitment=entry.commitment,
        entry=entry,
        amount=sum((row.amount for row in entries), Decimal(0)),
        actor=actor,
        at=at,
        reason=reason,
    )


@atomic_retrying
def reverse_posting(
    *,
    request: ApprovalRequest,
    value_date: datetime.date,
    at: datetime.datetime,
    actor: Any,
    remarks: str = "",
) -> list[LedgerEntry]:
    """Take back the posting of an approved request, entry by entry, dated `value_date`.

    A tranche that is then not paid any more is scheduled again; its approval is void.
    Raises: AlreadyReversed, NotApproved.
    """
    Commitment.objects.select_for_update(no_key=True).get(pk=request.commitment_id)
    if request.kind != RequestKind.REVERSAL or request.entry is None:
        raise NotApproved(_("The reversal is not approved."))
    entries = _reversible(request.entry)
    approval = approved(request.commitment, RequestKind.REVERSAL, pk=request.pk)
    posting = uuid.uuid4()
    common = {
        "posting": posting,
        "value_date": value_date,
        "recorded_by_id": actor.pk,
        "approval_id": approval.pk,
        "remarks": remarks or approval.reason[:500],
    }
    lines = [
        {name: getattr(entry, name) for name in stated()}
        | common
        | {
            "amount": -entry.amount,
            "base_amount": -entry.base_amount,
            "promised_base_amount": -entry.promised_base_amount,
            "reversal_of_id": entry.pk,
        }
        for entry in entries
    ]
    with pghistory.context(user=actor.pk):
        made = add(lines)
        tranches = {
            row.tranche_id
            for row in entries
            if row.kind == EntryKind.DISBURSEMENT and row.tranche_id is not None
        }
        Tranche.objects.filter(pk__in=tranches, state=TrancheState.PAID).update(
            state=TrancheState.SCHEDULED, state_at=at, state_by=actor
        )
    return made


def _reversible(entry: LedgerEntry) -> list[LedgerEntry]:
    """The entries that were posted together with one, none of them reversed."""
    if entry.reversal_of_id is not None:
        raise AlreadyReversed(_("This entry is a reversal itself: post what is right instead."))
    entries = LedgerEntry.objects.filter(commitment=entry.commitment_id, posting=entry.posting)
    if entries.filter(reversal__isnull=False).exists():
        raise AlreadyReversed(_("This entry is reversed already."))
    return list(entries.order_by("pk"))


@atomic_retrying
def close_period(
    *, programme: Programme, through_date: datetime.date, actor: Any, reason: str
) -> PeriodClosing:
    """Close the books through a day; with an earlier day than before, open them again.

    The caller checks the permission `funding.reopen_periodclosing` for the latter.
    """
    with pghistory.context(user=actor.pk):
        return PeriodClosing.objects.create(
            programme=programme, through_date=through_date, recorded_by=actor, reason=reason
        )


def _post(
    kind: EntryKind,
    commitment: Commitment,
    parts: list[Part],
    value_date: datetime.date,
    actor: Any,
    *,
    rate: Rate | None = None,
    approval: ApprovalRequest | None = None,
    document: Document | None = None,
    reference: str = "",
    remarks: str = "",
) -> list[LedgerEntry]:
    rate = rate or find_rate(
        currency=commitment.currency, base=commitment.programme.base_currency, on=value_date
    )
    with pghistory.context(user=actor.pk):
        return post(
            commitment,
            parts,
            Terms(
                kind, value_date, rate, actor, approval=approval, document=document,
                reference=reference, remarks=remarks,
            ),
        )  # fmt: skip
