"""Asking for approvals and giving them."""

import datetime
import logging
from decimal import Decimal
from typing import Any

import pghistory
from django.db import DatabaseError, models
from django.db.models import QuerySet

from portfolio.common.refusals import rule_of
from portfolio.common.transactions import atomic_retrying
from portfolio.funding.choices import (
    AmendmentState,
    CommitmentState,
    Decision,
    RequestKind,
    RequestState,
    TrancheState,
)
from portfolio.funding.models import (
    ApprovalDecision,
    ApprovalRequest,
    Commitment,
    CommitmentAmendment,
    LedgerEntry,
    Tranche,
    waiting_for,
)
from portfolio.funding.operations.shares import check_amount

logger = logging.getLogger(__name__)

__all__ = ["ask", "decide", "follow", "take_back_request", "waiting_for"]


@atomic_retrying
def ask(
    *,
    kind: RequestKind,
    commitment: Commitment,
    amount: Decimal,
    actor: Any,
    at: datetime.datetime,
    reason: str = "",
    amendment: CommitmentAmendment | None = None,
    tranche: Tranche | None = None,
    entry: LedgerEntry | None = None,
) -> ApprovalRequest:
    """Ask for an approval; the database refuses a second open one of the same. Raises: NoAmount."""
    check_amount(amount, commitment.currency)
    return ApprovalRequest.objects.create(
        kind=kind,
        programme_id=commitment.programme_id,
        commitment=commitment,
        amendment=amendment,
        tranche=tranche,
        entry=entry,
        amount=amount,
        currency=commitment.currency,
        reason=reason,
        requested_by=actor,
        requested_at=at,
    )


@atomic_retrying
def decide(
    *,
    request: ApprovalRequest,
    decision: Decision,
    actor: Any,
    at: datetime.datetime,
    reason: str = "",
    authority: Any = None,
) -> ApprovalRequest:
    """Say yes, no, or what to change; what the request is about takes the step that follows.

    `authority` is the principal whom `actor` stands in for; without one it is `actor`.
    Raises: DatabaseError where the rules forbid it: see `approval_decision_counts` in the SQL.
    """
    with pghistory.context(user=actor.pk):
        try:
            ApprovalDecision.objects.create(
                request=request,
                decision=decision,
                reason=reason,
                decided_by=actor,
                authority=authority or actor,
                decided_at=at,
            )
        except DatabaseError as refusal:
            # Nothing of it is left in the database: whoever watches over approvals sees it here.
            logger.warning(
                "Request for approval %s: the decision of user %s is refused, %s",
                request.pk, actor.pk, rule_of(refusal) or "database error",
            )  # fmt: skip
            raise
        request.refresh_from_db()
        follow(request, actor=actor, at=at)
    return request


def follow(request: ApprovalRequest, *, actor: Any, at: datetime.datetime) -> None:
    """Let the subject of a decided request take its step."""
    stamp = {"state_at": at, "state_by": actor}
    subject: QuerySet[Any]
    states: dict[RequestState, models.TextChoices]
    match request.kind:
        case RequestKind.COMMITMENT:
            subject = Commitment.objects.filter(
                pk=request.commitment_id, state=CommitmentState.SUBMITTED
            )
            states = {
                RequestState.APPROVED: CommitmentState.APPROVED,
                RequestState.REJECTED: CommitmentState.REJECTED,
                RequestState.CHANGES_REQUESTED: CommitmentState.DRAFT,
            }
        case RequestKind.AMENDMENT:
            subject = CommitmentAmendment.objects.filter(
                approval_requests=request, state=AmendmentState.SUBMITTED
            )
            states = {
                RequestState.APPROVED: AmendmentState.APPROVED,
                RequestState.REJECTED: AmendmentState.REJECTED,
                RequestState.CHANGES_REQUESTED: AmendmentState.DRAFT,
            }
        case RequestKind.PAYMENT:
            subject = Tranche.objects.filter(
                approval_requests=request, state=TrancheState.REQUESTED
            )
            states = {
                RequestState.APPROVED: TrancheState.APPROVED,
                RequestState.REJECTED: TrancheState.SCHEDULED,
                RequestState.CHANGES_REQUESTED: TrancheState.SCHEDULED,
            }
        case _:
            return
    if state := states.get(RequestState(request.state)):
        subject.update(state=state, **stamp)


@atomic_retrying
def take_back_request(*, request: ApprovalRequest, actor: Any, reason: str) -> None:
    """Withdraw an open request; only who asked may, which the caller checks."""
    with pghistory.context(user=actor.pk, reason=reason):
        ApprovalRequest.objects.filter(pk=request.pk, state=RequestState.OPEN).update(
            state=RequestState.WITHDRAWN
        )
