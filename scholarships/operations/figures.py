"""The numbers of a round that the public is told: what they are, and which of them are kept back."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from scholarships.choices import ApplicationState
from scholarships.models import Award, Round, RoundFigures
from scholarships.models.figures import COUNTED, SMALLEST_GROUP

# The first is told if it can be, the next if it leaves nobody beside it.
MOST_WANTED = ("applied", "awarded", "eligible")


class NotDecidedYet(Refused):
    """Something of the round is still undecided; its figures would change."""


def counts(round: Round) -> dict[str, int]:
    """How many applied, were eligible, and took up a place. Queries: three."""
    came = round.applications.came_in()
    return {
        "applied": came.count(),
        "eligible": came.exclude(
            state__in=[ApplicationState.SUBMITTED, ApplicationState.INELIGIBLE]
        ).count(),
        "awarded": Award.objects.filter(round=round).taken_up().count(),
    }


def told(numbers: Mapping[str, int]) -> dict[str, int | None]:
    """The numbers that point at nobody, and None for the others.

    A number is kept back if it is 1 to 4, or if it and one that is told leave 1 to 4 between them.
    """
    shown: dict[str, int] = {}
    for name in MOST_WANTED:
        number = numbers[name]
        between = [abs(number - other) for other in shown.values()]
        if all(each == 0 or each >= SMALLEST_GROUP for each in [number, *between]):
            shown[name] = number
    return {name: shown.get(name) for name in COUNTED}


@atomic_retrying
def publish_figures(*, round: Round, actor: Any) -> RoundFigures:
    """Tell the figures of a round that is decided, once. Raises: NotDecidedYet."""
    Round.objects.select_for_update(no_key=True).get(pk=round.pk)
    undecided = [
        ApplicationState.SUBMITTED, ApplicationState.ELIGIBLE, ApplicationState.SELECTED,
        ApplicationState.WAITING,
    ]  # fmt: skip
    open_offers = Award.objects.filter(round=round, state="OFFERED")
    if round.applications.filter(state__in=undecided).exists() or open_offers.exists():
        raise NotDecidedYet(
            _(
                "Decide about every application and close the waiting list first: figures are told once."
            )
        )
    return RoundFigures.objects.create(round=round, published_by=actor, **told(counts(round)))
