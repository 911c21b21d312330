"""Asking for approvals and giving them."""

import datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

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
    ApprovalLimit,
    ApprovalRequest,
    Commitment,
    CommitmentAmendment,
    Delegation,
    LedgerEntry,
    Tranche,
    in_force_on,
)


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
    """Ask for an approval; the database refuses a second open one of the same."""
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
        ApprovalDecision.objects.create(
            request=request,
            decision=decision,
            reason=reason,
            decided_by=actor,
            authority=authority or actor,
            decided_at=at,
        )
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
def take_back_request(*, request: ApprovalRequest, actor: Any) -> None:
    """Withdraw an open request; only who asked may, which the caller checks."""
    with pghistory.context(user=actor.pk):
        ApprovalRequest.objects.filter(pk=request.pk, state=RequestState.OPEN).update(
            state=RequestState.WITHDRAWN
        )


def waiting_for(user: Any, day: datetime.date) -> QuerySet[ApprovalRequest]:
    """Open requests that `user` may decide on `day`, oldest first: an inbox.

    Those that the user did not ask for and has not decided yet, within a limit of a role of the user
    or of one who delegated to the user for that day. `authority_id` is on whose authority; it is the
    user's own where that is enough.
    Time: limits and delegations in force on `day`.  Queries: one.
    """
    principals = Delegation.objects.filter(in_force_on(day), deputy=user).values("principal")
    limits = ApprovalLimit.objects.filter(
        in_force_on(day),
        currency=OuterRef("currency"),
        jointly_up_to__gte=OuterRef("amount"),
        role__user__is_active=True,
    )
    own = limits.filter(role__user=user)
    lent = limits.filter(role__user__in=principals).exclude(role__user=OuterRef("requested_by_id"))
    decided = ApprovalDecision.objects.filter(request=OuterRef("pk")).filter(
        Q(decided_by=user) | Q(authority=user)
    )
    return (
        ApprovalRequest.objects.open()
        .exclude(requested_by=user)
        .filter(Exists(own) | Exists(lent), ~Exists(decided))
        .annotate(lent_by=Subquery(lent.values("role__user")[:1]), is_own=Exists(own))
        .order_by("requested_at", "pk")
    )
