"""Panels: an order is proposed, changed, explained, and carried out when the meeting is closed."""

import datetime
from typing import Any

from django.db.models import Max

from portfolio.common.transactions import atomic_retrying
from scholarships.choices import ApplicationState, LetterKind, PanelOutcome
from scholarships.models import Application, PanelDecision, PanelMeeting, Round, RoundPlaces
from scholarships.operations.applications import context
from scholarships.operations.letters import write_letter
from scholarships.operations.ranking import ranking

CARRIED_OUT = {
    PanelOutcome.AWARD: ApplicationState.SELECTED,
    PanelOutcome.WAIT: ApplicationState.WAITING,
    PanelOutcome.REJECT: ApplicationState.REJECTED,
}


@atomic_retrying
def propose_decisions(*, meeting: PanelMeeting, actor: Any) -> list[PanelDecision]:
    """Put the order of scores before the panel: places as far as there are any, then the waiting list.

    What was decided before in this meeting is thrown away.
    """
    with context(actor):
        meeting.decisions.all().delete()
        free = free_places(meeting)
        return PanelDecision.objects.bulk_create(
            PanelDecision(
                meeting=meeting,
                application=ranked.application,
                outcome=_outcome(place, free, ranked.score is not None),
                place=place,
                score=ranked.score,
            )
            for place, ranked in enumerate(ranking(meeting.round), start=1)
        )


def _outcome(place: int, free: int, has_score: bool) -> PanelOutcome:
    if not has_score:
        return PanelOutcome.REJECT
    return PanelOutcome.AWARD if place <= free else PanelOutcome.WAIT


def free_places(meeting: PanelMeeting) -> int:
    """Places of the round that are neither taken nor given to somebody who was not offered them yet."""
    taken = RoundPlaces.objects.get(round=meeting.round_id).taken
    chosen = Application.objects.filter(
        round=meeting.round_id, state=ApplicationState.SELECTED
    ).count()
    return max(0, meeting.round.places - taken - chosen)


@atomic_retrying
def close_meeting(*, meeting: PanelMeeting, at: datetime.datetime, actor: Any) -> PanelMeeting:
    """Close a meeting and carry out what it decided.

    Raises: IntegrityError with the name of the rule, such as panel_explains_ties_and_departures.
    """
    with context(actor):
        row = PanelMeeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
        row.closed_at, row.closed_by = at, actor
        row.save()
        waiting = (
            Application.objects.filter(round=row.round_id).aggregate(last=Max("waiting_place"))[
                "last"
            ]
            or 0
        )
        for decision in row.decisions.select_related("application__applicant").order_by("place"):
            application = decision.application
            application.state = CARRIED_OUT[PanelOutcome(decision.outcome)]
            application.state_at, application.state_by = at, actor
            application.state_reason = decision.reason
            if application.state == ApplicationState.WAITING:
                waiting += 1
                application.waiting_place = waiting
            application.save()
            if application.state != ApplicationState.SELECTED:
                write_letter(
                    applicant=application.applicant,
                    kind=LetterKind.RESULT,
                    application=application,
                )
    return row


@atomic_retrying
def close_waiting_list(*, round: Round, at: datetime.datetime, actor: Any) -> int:
    """Tell everybody who still waits that no place came free; how many they were."""
    with context(actor):
        rows = list(
            round.applications.select_for_update(of=("self",), no_key=True)
            .select_related("applicant")
            .filter(state=ApplicationState.WAITING)
            .order_by("waiting_place")
        )
        for row in rows:
            row.state, row.state_at, row.state_by = ApplicationState.REJECTED, at, actor
            row.waiting_place = None
            row.save()
            write_letter(applicant=row.applicant, kind=LetterKind.RESULT, application=row)
    return len(rows)
