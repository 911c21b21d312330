"""Amending a signed commitment."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pghistory
from django.db.models import Max
from django.utils.translation import gettext as _

from partners.models import AgreementAmendment
from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.funding.choices import AmendmentState, EntryKind, RequestKind, TrancheState
from portfolio.funding.models import (
    AmendmentSplit,
    ApprovalRequest,
    Commitment,
    CommitmentAmendment,
    LedgerEntry,
)
from portfolio.funding.operations.approvals import ask
from portfolio.funding.operations.commitments import approved, rate_of
from portfolio.funding.operations.drafts import schedule_again
from portfolio.funding.operations.posting import Part, Terms, part_of, positions_of, post
from portfolio.funding.operations.stamps import stamp
from portfolio.programmes.models import Allocation


@atomic_retrying
def draft_amendment(
    *,
    commitment: Commitment,
    change_amount: Decimal,
    shares: Sequence[tuple[Allocation, Decimal]],
    reason: str,
    at: datetime.datetime,
    actor: Any,
    due_date: datetime.date | None = None,
    agreement_amendment: AgreementAmendment | None = None,
) -> CommitmentAmendment:
    """Draft a difference to what was promised; with `due_date` an increase gets a tranche of its own."""
    with pghistory.context(user=actor.pk):
        last = commitment.amendments.aggregate(last=Max("number"))["last"] or 0
        amendment = CommitmentAmendment.objects.create(
            commitment=commitment,
            number=last + 1,
            change_amount=change_amount,
            reason=reason,
            due_date=due_date,
            agreement_amendment=agreement_amendment,
            state_at=at,
            state_by=actor,
        )
        AmendmentSplit.objects.bulk_create(
            AmendmentSplit(amendment=amendment, allocation=allocation, change_amount=change)
            for allocation, change in shares
        )
    return amendment


@atomic_retrying
def submit_amendment(
    *, amendment: CommitmentAmendment, at: datetime.datetime, actor: Any
) -> ApprovalRequest:
    """Ask for the approval of a difference."""
    with pghistory.context(user=actor.pk):
        stamp(amendment, AmendmentState.SUBMITTED, at=at, actor=actor)
        return ask(
            kind=RequestKind.AMENDMENT,
            commitment=amendment.commitment,
            amendment=amendment,
            amount=abs(amendment.change_amount),
            actor=actor,
            at=at,
            reason=amendment.reason,
        )


@atomic_retrying
def take_back_amendment(
    *, amendment: CommitmentAmendment, at: datetime.datetime, actor: Any, reason: str
) -> None:
    """Make a submitted or approved amendment a draft again; its approvals are void."""
    with pghistory.context(user=actor.pk, reason=reason):
        stamp(amendment, AmendmentState.DRAFT, at=at, actor=actor)


@atomic_retrying
def withdraw_amendment(
    *, amendment: CommitmentAmendment, at: datetime.datetime, actor: Any, reason: str
) -> None:
    """Give up an amendment that is not signed."""
    with pghistory.context(user=actor.pk, reason=reason):
        stamp(amendment, AmendmentState.WITHDRAWN, at=at, actor=actor)


@atomic_retrying
def sign_amendment(
    *, amendment: CommitmentAmendment, at: datetime.datetime, actor: Any
) -> list[LedgerEntry]:
    """Record that the amendment is signed: entries, and tranches that add up again.

    Everything is counted at the rate of the commitment, so that the budget is relieved by what it
    bore. An increase adds a tranche; a decrease shortens the last tranches that are not asked for.
    Raises: NotApproved, Refused; DatabaseError where an allocation has no room.
    """
    positions = {p.allocation_id: p for p in positions_of(amendment.commitment)}
    commitment = Commitment.objects.select_related("programme", "rate_series").get(
        pk=amendment.commitment_id
    )
    approval = approved(commitment, RequestKind.AMENDMENT, amendment=amendment)
    paper = amendment.agreement_amendment
    if paper is None or paper.signed_date is None:
        raise Refused(_("Name the signed amendment of the agreement, for the same difference."))
    kind = EntryKind.COMMITMENT if amendment.change_amount > 0 else EntryKind.DE_COMMITMENT
    splits = amendment.splits.select_related("allocation").order_by("allocation_id")
    parts = []
    for split in splits:
        amount = abs(split.change_amount)
        position = positions.get(split.allocation_id)
        if kind == EntryKind.DE_COMMITMENT and position is not None:
            parts.append(part_of(position, amount))
        else:
            parts.append(Part(split.allocation, amount))
    with pghistory.context(user=actor.pk):
        if amendment.change_amount > 0 and amendment.due_date is not None:
            schedule_again(
                commitment=commitment,
                amount=amendment.change_amount,
                due_date=amendment.due_date,
                title=_("Amendment %(number)s") % {"number": amendment.number},
                at=at,
                actor=actor,
            )
        else:
            _shorten(commitment, -amendment.change_amount, at=at, actor=actor)
        stamp(amendment, AmendmentState.SIGNED, at=at, actor=actor)
        return post(
            commitment,
            parts,
            Terms(
                kind, paper.signed_date, rate_of(commitment), actor, approval=approval,
                document=paper.document,
            ),
        )  # fmt: skip


def _shorten(commitment: Commitment, by: Decimal, *, at: datetime.datetime, actor: Any) -> None:
    left = by
    scheduled = commitment.tranches.filter(state=TrancheState.SCHEDULED)
    for tranche in scheduled.order_by("-due_date", "-number"):
        if left <= 0:
            return
        if tranche.amount <= left:
            left -= tranche.amount
            stamp(tranche, TrancheState.CANCELLED, at=at, actor=actor)
        else:
            tranche.amount -= left
            left = Decimal(0)
            tranche.save(update_fields=["amount"])
    if left > 0:
        raise Refused(
            _(
                "Less than that is scheduled: take back requests for tranches first, or decrease less."
            )
        )
