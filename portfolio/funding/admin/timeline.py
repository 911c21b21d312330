"""What happened to a commitment, in one list, the newest first."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils.translation import gettext as _

from portfolio.common.admin_history import event_models
from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.funding.choices import AmendmentState, CommitmentState, RequestKind, TrancheState
from portfolio.funding.models import (
    ApprovalRequest,
    Commitment,
    CommitmentAmendment,
    Condition,
    Tranche,
)
from portfolio.funding.operations.dossier import Dossier

MOST_EVENTS = 200
"""Of each sort; the history has all of them."""

# Not what somebody typed: it changes with each step.
STAMPS = {
    "state", "state_at", "state_by", "state_reason", "signed_date", "rate", "rate_date",
    "rate_source", "rate_series",
}  # fmt: skip

# Told by the request, the decision or the entry that makes it so.
TOLD_ELSEWHERE: dict[type[Model], set[str]] = {
    Commitment: {"SUBMITTED", "APPROVED", "REJECTED"},
    CommitmentAmendment: {"SUBMITTED", "APPROVED", "REJECTED"},
    Tranche: {"REQUESTED", "APPROVED", "PAID"},
}


@dataclass(frozen=True)
class Moment:
    """One thing that happened: when, what, by whom, and why or how much."""

    at: datetime.datetime
    what: str
    who: str
    why: str = ""
    tone: str = ""


def timeline_of(dossier: Dossier) -> list[Moment]:
    """Steps, changes, requests, decisions, drawdowns and entries of a commitment.

    Queries: six; one for each sort of event, one for names.
    """
    found = [*_events(dossier), *_approvals(dossier), *_drawdowns(dossier), *_entries(dossier)]
    # Turned round, so that of two at the same instant the later comes first.
    return sorted(found, key=lambda moment: moment.at)[::-1]


def _events(dossier: Dossier) -> Iterator[Moment]:
    tranches = [file.row.pk for file in dossier.tranches]
    rows: list[tuple[type[Model], list[Any]]] = [
        (model, _of(model, **which))
        for model, which in (
            (Commitment, {"pgh_obj_id": dossier.commitment.pk}),
            (CommitmentAmendment, {"commitment_id": dossier.commitment.pk}),
            (Tranche, {"commitment_id": dossier.commitment.pk}),
            (Condition, {"tranche_id__in": tranches}),
            (ApprovalRequest, {"commitment_id": dossier.commitment.pk, "state": "WITHDRAWN"}),
        )
    ]
    people = _names(event for _model, events in rows for event in events)
    for model, events in rows:
        before: dict[Any, Any] = {}
        for event in events:
            earlier = before.get(event.pgh_obj_id)
            before[event.pgh_obj_id] = event
            who = people.get(_person(event), "")
            if moment := _moment(model, event, earlier, who, dossier):
                yield moment


def _of(model: type[Model], **which: Any) -> list[Any]:
    events: Any = event_models()[model]
    rows = events.objects.filter(**which).select_related("pgh_context").order_by("-pgh_id")
    return list(reversed(rows[:MOST_EVENTS]))


def _said(event: Any) -> dict[str, Any]:
    return event.pgh_context.metadata if event.pgh_context_id and event.pgh_context else {}


def _person(event: Any) -> Any:
    return _said(event).get("user") or getattr(event, "state_by_id", None)


def _why(event: Any) -> str:
    return str(_said(event).get("reason", ""))


def _names(events: Iterator[Any]) -> dict[Any, str]:
    keys = {_person(event) for event in events} - {None}
    people = get_user_model()._default_manager.filter(pk__in=keys)
    return {person.pk: str(person) for person in people}


def _moment(
    model: type[Model], event: Any, earlier: Any, who: str, dossier: Dossier
) -> Moment | None:
    at = event.pgh_created_at
    if model is Condition:
        return _of_condition(event, earlier, who)
    if model is ApprovalRequest:
        words = _("Request taken back: %(kind)s") % {"kind": RequestKind(event.kind).label}
        return Moment(at, words, who, _why(event))
    if event.pgh_label == "insert":
        if model is Commitment:
            return Moment(at, _("Drafted"), who)
        if model is CommitmentAmendment:
            words = _("Amendment %(number)s drafted") % {"number": event.number}
            change = money(event.change_amount, dossier.commitment.currency)
            return Moment(at, words, who, f"{change} · {event.reason}")
        return None
    if event.pgh_label == "delete" or earlier is None:
        return None
    if event.state != earlier.state:
        if event.state in TOLD_ELSEWHERE[model]:
            return None
        return _of_state(model, event, who)
    return _of_change(model, event, earlier, who)


def _of_state(model: type[Model], event: Any, who: str) -> Moment | None:
    at = event.pgh_created_at
    if model is Commitment:
        return Moment(at, str(CommitmentState(event.state).label), who, event.state_reason)
    if model is CommitmentAmendment:
        words = _("Amendment %(number)s: %(state)s") % {
            "number": event.number,
            "state": AmendmentState(event.state).label,
        }
        return Moment(at, words, who, _why(event))
    words = _("Tranche %(number)s: %(state)s") % {
        "number": event.number,
        "state": TrancheState(event.state).label,
    }
    return Moment(at, words, who, _why(event))


def _of_change(model: type[Model], event: Any, earlier: Any, who: str) -> Moment | None:
    changed = [
        str(column.verbose_name)
        for column in event._meta.concrete_fields
        if not column.name.startswith("pgh_")
        and column.name not in STAMPS | {"id"}
        and getattr(event, column.attname) != getattr(earlier, column.attname)
    ]
    if not changed:
        return None
    words = _("Changed: %(fields)s") % {"fields": ", ".join(changed)}
    if model is Tranche:
        words = _("Tranche %(number)s changed: %(fields)s") % {
            "number": event.number,
            "fields": ", ".join(changed),
        }
    return Moment(event.pgh_created_at, words, who)


def _of_condition(event: Any, earlier: Any, who: str) -> Moment | None:
    was_met = earlier is not None and earlier.met_at is not None
    is_met = event.met_at is not None
    if event.pgh_label != "update" or was_met == is_met:
        return None
    words = _("Condition met") if is_met else _("Condition open again")
    why = " · ".join(filter(None, [event.description, "" if is_met else _why(event)]))
    return Moment(event.pgh_created_at, words, who, why)


def _approvals(dossier: Dossier) -> Iterator[Moment]:
    for request in reversed(dossier.requests):
        what = _("Asked for: %(kind)s") % {"kind": request.get_kind_display()}
        amount = money(request.amount, request.currency)
        why = f"{amount} · {request.reason}" if request.reason else str(amount)
        yield Moment(request.requested_at, what, str(request.requested_by), why)
        for decision in request.decisions.all():
            words = f"{decision.get_decision_display()} · {request.get_kind_display()}"
            who = str(decision.decided_by)
            if decision.authority_id != decision.decided_by_id:
                who = _("%(deputy)s for %(principal)s") % {
                    "deputy": decision.decided_by,
                    "principal": decision.authority,
                }
            tone = "good" if decision.decision == "APPROVE" else "bad"
            yield Moment(decision.decided_at, words, who, decision.reason, tone)


def _drawdowns(dossier: Dossier) -> Iterator[Moment]:
    for drawdown in reversed(dossier.drawdowns):
        words = _("Drawdown request for tranche %(number)s") % {"number": drawdown.tranche.number}
        why = " · ".join(filter(None, [drawdown.reference, drawdown.remarks]))
        yield Moment(drawdown.recorded_at, words, str(drawdown.recorded_by), why)


def _entries(dossier: Dossier) -> Iterator[Moment]:
    postings: dict[Any, list[Any]] = {}
    for entry in reversed(dossier.entries):
        postings.setdefault(entry.posting, []).append(entry)
    for entries in postings.values():
        first = entries[0]
        total = sum(entry.amount for entry in entries)
        what = f"{first.get_kind_display()} {money(total, first.currency)}"
        if first.reversal_of_id:
            what = _("Reversal: %(what)s") % {"what": what}
        yield Moment(first.recorded_at, what, str(first.recorded_by), first.remarks, "money")
