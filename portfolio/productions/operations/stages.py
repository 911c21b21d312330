"""Steps of productions from stage to stage."""

import datetime
from typing import Any

import pghistory

from partners.models import Document
from portfolio.common.transactions import atomic_retrying
from portfolio.productions.choices import ONWARD, UNSHOT_FORMATS, Format, Stage
from portfolio.productions.models import Production, StageChange

ORDER: list[Stage] = [stage for stage in Stage if stage != Stage.ABANDONED]


def onward_from(stage: Stage, form: Format) -> list[Stage]:
    """The stages that may come next, without those that go back and without being abandoned."""
    found = list(ONWARD[stage])
    if stage == Stage.PRE_PRODUCTION and form not in UNSHOT_FORMATS:
        found.remove(Stage.POST_PRODUCTION)
    return found


def back_from(stage: Stage, reached: Stage | None = None) -> list[Stage]:
    """The stages it may go back to; of what was abandoned, up to the one it had `reached`."""
    if stage == Stage.ABANDONED:
        last = ORDER.index(reached or Stage.DEVELOPMENT)
        return [earlier for earlier in ORDER[: last + 1] if earlier != Stage.ARCHIVED]
    return ORDER[: ORDER.index(stage)]


@atomic_retrying
def take_step(
    *,
    production: Production,
    to_stage: Stage,
    effective_date: datetime.date,
    actor: Any,
    at: datetime.datetime,
    reason: str = "",
    document: Document | None = None,
) -> StageChange:
    """Move a production to another stage, from the one that the caller saw it at.

    Raises: IntegrityError with the name of the rule where a gate is not passed.
    """
    with pghistory.context(user=actor.pk):
        change = StageChange.objects.create(
            production=production,
            from_stage=production.stage,
            to_stage=to_stage,
            effective_date=effective_date,
            reason=reason,
            document=document,
            decided_at=at,
            decided_by=actor,
        )
    production.stage = to_stage
    return change
