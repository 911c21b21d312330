"""Deliverables: received, accepted, rejected."""

import datetime
from typing import Any

import pghistory

from partners.models import Document
from portfolio.common.transactions import atomic_retrying
from portfolio.productions.choices import DeliverableState
from portfolio.productions.models import Deliverable


@atomic_retrying
def receive_deliverable(
    *,
    deliverable: Deliverable,
    received_date: datetime.date,
    actor: Any,
    document: Document | None = None,
) -> None:
    """Record that a deliverable has come, or has come again after it was rejected."""
    with pghistory.context(user=actor.pk):
        row = Deliverable.objects.select_for_update(no_key=True).get(pk=deliverable.pk)
        row.state = DeliverableState.RECEIVED
        row.received_date, row.received_by = received_date, actor
        row.decided_at, row.decided_by, row.reason = None, None, ""
        row.document = document or row.document
        row.save()


@atomic_retrying
def decide_deliverable(
    *,
    deliverable: Deliverable,
    accept: bool,
    actor: Any,
    at: datetime.datetime,
    reason: str = "",
    document: Document | None = None,
) -> None:
    """Accept or reject what was received; somebody else than who took it in.

    Raises: IntegrityError with the name of the rule, such as deliverable_is_decided_by_another.
    """
    with pghistory.context(user=actor.pk):
        row = Deliverable.objects.select_for_update(no_key=True).get(pk=deliverable.pk)
        row.state = DeliverableState.ACCEPTED if accept else DeliverableState.REJECTED
        row.decided_at, row.decided_by, row.reason = at, actor, reason
        row.document = document or row.document
        row.save()
