"""The life of a commitment, from draft to its end."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pghistory
from django.db import connection
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from partners.models import Agreement, Organisation
from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.funding.choices import (
    CommitmentState,
    ConditionKind,
    EntryKind,
    RequestKind,
    RequestState,
    TrancheState,
)
from portfolio.funding.models import (
    ApprovalRequest,
    Commitment,
    CommitmentAmendment,
    CommitmentSplit,
    Condition,
    LedgerEntry,
    Tranche,
)
from portfolio.funding.operations.approvals import ask
from portfolio.funding.operations.exchange import Rate, find_rate
from portfolio.funding.operations.posting import (
    Terms,
    outstanding,
    paid_of,
    part_of,
    positions_of,
    post,
)
from portfolio.funding.operations.shares import in_proportion
from portfolio.funding.operations.signature import read_signature, record_signature
from portfolio.funding.operations.stamps import stamp
from portfolio.programmes.models import Allocation, Programme, Project


class NotApproved(Refused):
    """There is no approval for the step."""


class NotSigned(Refused):
    """The agreement lacks a signature."""


@dataclass(frozen=True)
class Share:
    """What an allocation is to bear: an amount, or a percentage of the commitment."""

    allocation: Allocation
    amount: Decimal | None = None
    percentage: Decimal | None = None


@dataclass(frozen=True)
class Slice:
    """A tranche to be: how much, when, on what occasion, under which conditions."""

    amount: Decimal
    due_date: datetime.date
    title: str = ""
    conditions: Sequence[tuple[ConditionKind, str]] = field(default_factory=tuple)


def next_reference(year: int) -> str:
    """The next free reference of a year, such as C-2026-000007; who asks next waits for our commit."""
    prefix = f"C-{year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(73106, %s)", [year])
    last = Commitment.objects.filter(reference__regex=rf"^{prefix}[0-9]+$").aggregate(
        last=Max("reference")
    )["last"]
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:06d}"


@atomic_retrying
def draft_commitment(
    *,
    programme: Programme,
    project: Project,
    payee: Organisation,
    title: str,
    amount: Decimal,
    currency: str,
    shares: Sequence[Share],
    slices: Sequence[Slice],
    at: datetime.datetime,
    actor: Any,
    agreement: Agreement | None = None,
    reference: str = "",
) -> Commitment:
    """Draft a promise with the allocations that bear it and its tranches."""
    with pghistory.context(user=actor.pk):
        commitment = Commitment.objects.create(
            programme=programme,
            project=project,
            payee=payee,
            title=title,
            amount=amount,
            currency=currency,
            agreement=agreement,
            reference=reference or next_reference(at.year),
            state_at=at,
            state_by=actor,
        )
        set_shares(commitment=commitment, shares=shares)
        for number, piece in enumerate(slices, start=1):
            tranche = Tranche.objects.create(
                commitment=commitment,
                number=number,
                title=piece.title,
                amount=piece.amount,
                due_date=piece.due_date,
                state_at=at,
                state_by=actor,
            )
            Condition.objects.bulk_create(
                Condition(tranche=tranche, kind=kind, description=text)
                for kind, text in piece.conditions
            )
    return commitment


@atomic_retrying
def set_shares(*, commitment: Commitment, shares: Sequence[Share]) -> None:
    """Say which allocations bear a draft; percentages are turned into amounts that add up exactly."""
    by_percentage = [share for share in shares if share.percentage is not None]
    amounts: dict[int, Decimal] = {
        share.allocation.pk: share.amount for share in shares if share.amount is not None
    }
    if by_percentage:
        left = commitment.amount - sum(amounts.values(), Decimal(0))
        weights = [share.percentage or Decimal(0) for share in by_percentage]
        whole = sum(weights, Decimal(0))
        of = left if whole == 100 else commitment.amount * whole / 100
        parts = in_proportion(of, weights, commitment.currency)
        for share, part in zip(by_percentage, parts, strict=True):
            amounts[share.allocation.pk] = part
    commitment.splits.all().delete()
    CommitmentSplit.objects.bulk_create(
        CommitmentSplit(
            commitment=commitment,
            allocation=share.allocation,
            amount=amounts[share.allocation.pk],
            percentage=share.percentage,
        )
        for share in shares
    )


@atomic_retrying
def submit_commitment(
    *, commitment: Commitment, at: datetime.datetime, actor: Any, reason: str = ""
) -> ApprovalRequest:
    """Ask for the approval of a draft. From now on its terms stay."""
    with pghistory.context(user=actor.pk):
        step(commitment, CommitmentState.SUBMITTED, at=at, actor=actor, reason=reason)
        return ask(
            kind=RequestKind.COMMITMENT,
            commitment=commitment,
            amount=commitment.amount,
            actor=actor,
            at=at,
            reason=reason,
        )


@atomic_retrying
def take_back_commitment(
    *, commitment: Commitment, at: datetime.datetime, actor: Any, reason: str
) -> None:
    """Make a submitted or approved commitment a draft again; its approvals are void."""
    with pghistory.context(user=actor.pk):
        step(commitment, CommitmentState.DRAFT, at=at, actor=actor, reason=reason)


@atomic_retrying
def withdraw_commitment(
    *, commitment: Commitment, at: datetime.datetime, actor: Any, reason: str
) -> None:
    """Give up a commitment that is not signed."""
    with pghistory.context(user=actor.pk):
        step(commitment, CommitmentState.WITHDRAWN, at=at, actor=actor, reason=reason)


@atomic_retrying
def sign_commitment(
    *, commitment: Commitment, at: datetime.datetime, actor: Any, rate: Rate | None = None
) -> None:
    """Record that the agreement is signed: the promise stands, and consumes the allocations.

    The day is that of the last signature; the rate is that of the day, or the one the agreement fixes.
    Raises: NotSigned, NotApproved, exchange.NoRate; DatabaseError where an allocation has no room.
    """
    # Mostly nothing is missing; what is, is looked for afterwards.
    if rate is None and record_signature(commitment, at=at, actor=actor):
        return
    known = read_signature(commitment)
    if known.state != CommitmentState.APPROVED:
        raise _not_approved()
    if known.day is None:
        raise NotSigned(
            _("Enter the agreement and the day on which each of its parties signed it first.")
        )
    if not known.is_approved:
        raise _no_approval(RequestKind.COMMITMENT)
    rate = rate or find_rate(currency=known.currency, base=known.base_currency, on=known.day)
    if not record_signature(commitment, day=known.day, rate=rate, at=at, actor=actor):
        # Somebody was quicker: another signature, or a step back.
        raise _not_approved()


def _not_approved() -> NotApproved:
    return NotApproved(_("Only an approved commitment is signed."))


@atomic_retrying
def request_over_commitment(
    *,
    commitment: Commitment,
    at: datetime.datetime,
    actor: Any,
    reason: str,
    amendment: CommitmentAmendment | None = None,
) -> ApprovalRequest:
    """Ask that a commitment, or an increase of it, may pass its allocations where that only warns."""
    return ask(
        kind=RequestKind.OVER_COMMITMENT,
        commitment=commitment,
        amendment=amendment,
        amount=commitment.amount if amendment is None else abs(amendment.change_amount),
        actor=actor,
        at=at,
        reason=reason,
    )


@atomic_retrying
def request_cancellation(
    *, commitment: Commitment, at: datetime.datetime, actor: Any, reason: str
) -> ApprovalRequest:
    """Ask that all that is outstanding be taken back."""
    left = sum((outstanding(p) for p in positions_of(commitment)), Decimal(0))
    if left <= 0:
        raise Refused(_("Nothing is outstanding: close the commitment instead."))
    return ask(
        kind=RequestKind.CANCELLATION,
        commitment=commitment,
        amount=left,
        actor=actor,
        at=at,
        reason=reason,
    )


@atomic_retrying
def cancel_commitment(
    *, commitment: Commitment, value_date: datetime.date, at: datetime.datetime, actor: Any
) -> list[LedgerEntry]:
    """Take back what is outstanding, by the approved request, and end the commitment.

    Raises: NotApproved.
    """
    positions = positions_of(commitment)
    approval = approved(commitment, RequestKind.CANCELLATION)
    with pghistory.context(user=actor.pk):
        _end_tranches(commitment, at=at, actor=actor)
        entries = post(
            commitment,
            [part_of(p, outstanding(p)) for p in positions if outstanding(p) > 0],
            Terms(
                EntryKind.DE_COMMITMENT, value_date, rate_of(commitment), actor, approval=approval
            ),
        )
        step(commitment, CommitmentState.CANCELLED, at=at, actor=actor, reason=approval.reason)
    return entries


def _end_tranches(commitment: Commitment, *, at: datetime.datetime, actor: Any) -> None:
    """Cancel what is not paid; a tranche that is paid in part is cut to that part."""
    ended = {"state_at": at, "state_by": actor}
    for tranche in commitment.tranches.exclude(
        state__in=[TrancheState.PAID, TrancheState.CANCELLED]
    ):
        paid = paid_of(tranche)
        Tranche.objects.filter(pk=tranche.pk).update(
            state=TrancheState.PAID if paid else TrancheState.CANCELLED,
            amount=paid or tranche.amount,
            **ended,
        )


@atomic_retrying
def close_commitment(*, commitment: Commitment, at: datetime.datetime, actor: Any) -> None:
    """End a commitment that is paid to the last cent or taken back."""
    with pghistory.context(user=actor.pk):
        step(commitment, CommitmentState.CLOSED, at=at, actor=actor)


@atomic_retrying
def reopen_commitment(
    *, commitment: Commitment, at: datetime.datetime, actor: Any, reason: str
) -> None:
    """Open a closed commitment again, because money came back or is amended."""
    with pghistory.context(user=actor.pk):
        step(commitment, CommitmentState.SIGNED, at=at, actor=actor, reason=reason)


def step(
    commitment: Commitment,
    state: CommitmentState,
    *,
    at: datetime.datetime,
    actor: Any,
    reason: str = "",
    **more: Any,
) -> None:
    """Take a step, with what it sets beside; the database knows which are allowed, and what they need."""
    stamp(commitment, state, at=at, actor=actor, state_reason=reason, **more)


def approved(commitment: Commitment, kind: RequestKind, **about: Any) -> ApprovalRequest:
    """The approved request for a step. Raises: NotApproved."""
    found = (
        ApprovalRequest.objects.filter(
            Q(**about), commitment=commitment, kind=kind, state=RequestState.APPROVED
        )
        .order_by("-pk")
        .first()
    )
    if found is None:
        raise _no_approval(kind)
    return found


def _no_approval(kind: RequestKind) -> NotApproved:
    return NotApproved(
        _("There is no approval for this: %(kind)s.") % {"kind": RequestKind(kind).label}
    )


def rate_of(commitment: Commitment) -> Rate:
    """The commitment's own rate, as of the day it was signed."""
    if commitment.rate is None or commitment.rate_date is None:
        raise NotSigned(_("The commitment is not signed."))
    return Rate(
        commitment.rate, commitment.rate_date, commitment.rate_source, commitment.rate_series
    )
