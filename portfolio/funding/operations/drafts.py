"""The schedule of a commitment: its tranches and what each waits for."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pghistory
from django.db.models import Max

from portfolio.common.transactions import atomic_retrying
from portfolio.funding.models import Commitment, Condition, Tranche
from portfolio.funding.operations.commitments import Slice


@atomic_retrying
def set_tranches(
    *,
    commitment: Commitment,
    slices: Sequence[tuple[int | None, Slice]],
    at: datetime.datetime,
    actor: Any,
) -> list[Tranche]:
    """Say which tranches a draft has, in order: each with the key of the one it was, or as a new one.

    Those that are not named go. Conditions that stay, stay with what was found about them.
    """
    with pghistory.context(user=actor.pk):
        known = {tranche.pk: tranche for tranche in commitment.tranches.all()}
        kept = {key for key, _slice in slices}
        for tranche in known.values():
            if tranche.pk not in kept:
                tranche.delete()
        made = []
        for number, (key, piece) in enumerate(slices, start=1):
            tranche = known.get(key or 0) or Tranche(
                commitment=commitment, state_at=at, state_by=actor
            )
            tranche.number, tranche.title = number, piece.title
            tranche.amount, tranche.due_date = piece.amount, piece.due_date
            tranche.save()
            set_conditions(tranche=tranche, conditions=piece.conditions, actor=actor)
            made.append(tranche)
    return made


@atomic_retrying
def set_conditions(*, tranche: Tranche, conditions: Sequence[tuple[Any, str]], actor: Any) -> None:
    """Say what a tranche waits for; what is said already stays as it is."""
    with pghistory.context(user=actor.pk):
        wanted = dict.fromkeys((str(kind), text) for kind, text in conditions)
        for condition in tranche.conditions.all():
            if (condition.kind, condition.description) in wanted:
                del wanted[condition.kind, condition.description]
            else:
                condition.delete()
        for kind, text in wanted:
            Condition.objects.create(tranche=tranche, kind=kind, description=text)


@atomic_retrying
def schedule_again(
    *,
    commitment: Commitment,
    amount: Decimal,
    due_date: datetime.date,
    title: str,
    at: datetime.datetime,
    actor: Any,
) -> Tranche:
    """Give what the payee sent back a tranche of its own, by which it is paid again."""
    with pghistory.context(user=actor.pk):
        last = commitment.tranches.aggregate(last=Max("number"))["last"] or 0
        return Tranche.objects.create(
            commitment=commitment,
            number=last + 1,
            title=title,
            amount=amount,
            due_date=due_date,
            state_at=at,
            state_by=actor,
        )
