"""What staff do with rights: put them in force, end them, answer for priorities, date events."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pghistory
from django.db import connection, transaction

from portfolio.common.refusals import figures_in_words
from portfolio.common.transactions import atomic_retrying
from portfolio.productions.models import Production
from portfolio.rights.choices import EndReason, GrantState, PriorityState
from portfolio.rights.models import Event, Grant, Priority


@dataclass(frozen=True, slots=True)
class Clash:
    """Two scopes that may not stand beside each other, or one that nothing acquired covers.

    `figures` are the words of the refusal: title, medium, territory, since, until, holder, agreement.
    """

    rule: str
    figures: Mapping[str, Any]


@atomic_retrying
def put_in_force(
    *, grant: Grant, granted_date: datetime.date, at: datetime.datetime, actor: Any
) -> Grant:
    """Record that a grant was agreed; from then on nothing may be licensed that it excludes."""
    with pghistory.context(user=actor.pk):
        grant.granted_date = granted_date
        return _stamp(grant, GrantState.IN_FORCE, at=at, actor=actor)


@atomic_retrying
def end_grant(
    *,
    grant: Grant,
    ended_date: datetime.date,
    reason: EndReason,
    at: datetime.datetime,
    actor: Any,
) -> Grant:
    """Record that a grant ended before its window did; `ended_date` is the last day that it held."""
    with pghistory.context(user=actor.pk):
        grant.ended_date, grant.end_reason = ended_date, reason
        return _stamp(grant, GrantState.ENDED, at=at, actor=actor)


@atomic_retrying
def resume_grant(*, grant: Grant, at: datetime.datetime, actor: Any) -> Grant:
    """Take back that a grant ended, where nobody was given the right since."""
    with pghistory.context(user=actor.pk):
        grant.ended_date, grant.end_reason = None, ""
        return _stamp(grant, GrantState.IN_FORCE, at=at, actor=actor)


def _stamp(grant: Grant, state: GrantState, *, at: datetime.datetime, actor: Any) -> Grant:
    grant.state, grant.state_at, grant.state_by = state, at, actor
    grant.save(
        update_fields=["state", "state_at", "state_by", "granted_date", "ended_date", "end_reason"]
    )
    return grant


@atomic_retrying
def close_priority(
    *, priority: Priority, state: PriorityState, at: datetime.datetime, actor: Any
) -> Priority:
    """Record that an option was exercised or lapsed, or that its holder gave it up."""
    with pghistory.context(user=actor.pk):
        priority.state, priority.state_at, priority.state_by = state, at, actor
        priority.save(update_fields=["state", "state_at", "state_by"])
    return priority


@atomic_retrying
def date_event(*, event: Event, date: datetime.date | None, actor: Any, basis: str = "") -> Event:
    """Give an event its date, or take it away; windows that hang on it are looked at again."""
    with pghistory.context(user=actor.pk):
        event.date, event.basis = date, basis or event.basis
        event.save(update_fields=["date", "basis"])
    return event


def clashes_if_dated(*, event: Event, date: datetime.date | None) -> list[Clash]:
    """Every clash that a date for an event would bring; nothing is saved.

    Queries: four, in a transaction that is taken back.
    """
    with transaction.atomic():
        point = transaction.savepoint_create()
        Event.objects.filter(pk=event.pk).update(date=date)
        found = _clashes_of(event.title_id)
        transaction.savepoint_rollback(point)
    return found


def _clashes_of(title: int) -> list[Clash]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.rule, rights_clash_figures(b.title_id, c.extent_id, c.other_id, c.media, "
            "c.territories, c.period)::text FROM rights_book b "
            "CROSS JOIN LATERAL rights_clashes(b.title_id, b.checked, b.inward > b.checked) c "
            "WHERE b.title_id = %s",
            [title],
        )
        return [Clash(rule, figures_in_words(figures)) for rule, figures in cursor.fetchall()]


@atomic_retrying
def copy_grant(*, grant: Grant, titles: Iterable[Production], actor: Any) -> list[Grant]:
    """Negotiate the same scope for other titles: a package is agreed once and kept per title.

    Windows that hang on events of the first title hang on the events of the same kind and place of
    the others, which are made where they are missing.
    """
    copies = []
    with pghistory.context(user=actor.pk):
        for title in titles:
            values = {
                f.attname: getattr(grant, f.attname)
                for f in grant._meta.concrete_fields
                if f.editable and not f.primary_key
            }
            copy = Grant(**{**values, "title_id": title.pk, "direction": grant.direction})
            copy.start_event = _same_event(grant.start_event, title)
            copy.end_event = _same_event(grant.end_event, title)
            copy.save(force_insert=True)
            copies.append(copy)
    return copies


def _same_event(event: Event | None, title: Production) -> Event | None:
    if event is None:
        return None
    made, _new = Event.objects.get_or_create(title=title, kind=event.kind, place=event.place)
    return made
