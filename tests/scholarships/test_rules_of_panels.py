"""What the database refuses of panels and their decisions, each beside what it accepts."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from scholarships.models import Application, PanelDecision, PanelMeeting, PanelMember
from scholarships.operations import applications, panels
from tests.refusals import refused
from tests.scholarships.calls import Call
from tests.scholarships.loosened import loosen

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return Call(places=1)


def scored(call, *scores):
    """Applications with a completed review each, of as many points for both criteria."""
    found = [call.eligible() for _s in scores]
    for row, points in zip(found, scores, strict=True):
        call.review(row, call.reviewers[0], [points, points])
    return found


def proposed(call, minutes="The panel met."):
    """A meeting with the order of scores before it, and its decisions from first to last."""
    meeting = call.meeting(minutes)
    return meeting, panels.propose_decisions(meeting=meeting, actor=call.officer)


def close(call, meeting):
    return panels.close_meeting(meeting=meeting, at=call.now, actor=call.officer)


def set_of(decision):
    return PanelDecision.objects.filter(pk=decision.pk)


def test_a_meeting_is_open_before_it_is_closed(call):
    with refused("panel_begins_open"):
        PanelMeeting.objects.create(
            round=call.round, held_date=call.now.date(), minutes="Met.", closed_at=call.now,
            closed_by=call.officer,
        )  # fmt: skip
    PanelMeeting.objects.create(round=call.round, held_date=call.now.date()).delete()


def test_minutes_are_written_before_a_meeting_is_closed(call):
    meeting = call.meeting(minutes="")

    with refused("panel_closed_has_minutes"):
        close(call, meeting)
    with refused("panel_closed_has_minutes"):
        PanelMeeting.objects.filter(pk=meeting.pk).update(minutes="Met.", closed_at=call.now)
    PanelMeeting.objects.filter(pk=meeting.pk).update(minutes="Met.")
    close(call, meeting)


def test_two_members_at_least_sit_on_a_panel(call):
    meeting = call.meeting()
    PanelMember.objects.filter(meeting=meeting, user=call.officer).delete()

    with refused("panel_has_two_members"):
        close(call, meeting)
    PanelMember.objects.create(meeting=meeting, user=call.reviewers[0])
    close(call, meeting)


def test_a_member_sits_on_a_panel_once(call):
    meeting = call.meeting()
    PanelMember.objects.create(meeting=call.meeting(), user=call.reviewers[0])

    with refused("panel_member_sits_once"):
        PanelMember.objects.create(meeting=meeting, user=call.officer)


def test_who_sat_on_a_closed_panel_stays(call):
    closed, other = call.meeting(), call.meeting()
    close(call, closed)
    seats = PanelMember.objects.filter(meeting=closed)

    for change in (
        lambda: seats.filter(user=call.officer).delete(),
        lambda: seats.filter(user=call.officer).update(user=call.reviewers[0]),
        lambda: PanelMember.objects.create(meeting=closed, user=call.reviewers[0]),
        lambda: PanelMember.objects.filter(meeting=other).update(meeting=closed),
        lambda: seats.update(meeting=other),
    ):
        with refused("panel_members_stay"):
            change()
    PanelMember.objects.filter(meeting=other).delete()


def test_a_panel_decides_about_eligible_applications_of_its_round(call):
    meeting = call.meeting()
    elsewhere = Call().eligible()

    for row in (elsewhere, call.submitted()):
        with refused("panel_decides_about_eligible_ones"):
            PanelDecision.objects.create(meeting=meeting, application=row, outcome="AWARD", place=1)
    PanelDecision.objects.create(
        meeting=meeting, application=call.eligible(), outcome="AWARD", place=1
    )


def test_who_withdrew_before_the_meeting_closed_is_taken_from_its_order(call):
    best, _second = scored(call, 9, 8)
    meeting, _decisions = proposed(call)
    applications.withdraw_application(application=best, at=call.now)

    with refused("panel_decides_about_who_is_still_there"):
        close(call, meeting)
    panels.propose_decisions(meeting=meeting, actor=call.officer)
    close(call, meeting)


def test_a_panel_decides_once_about_an_application_at_a_place_of_its_own(call):
    first, second = scored(call, 9, 8)
    meeting, (one, two) = proposed(call)

    with refused("panel_decision_is_one_an_application"):
        PanelDecision.objects.create(meeting=meeting, application=first, outcome="WAIT", place=3)
    with refused("panel_decision_has_a_place_of_its_own"):
        set_of(two).update(place=1)
    with refused("panel_decision_place_counts_from_one"):
        set_of(two).update(place=0)
    # They change places in two steps: the rule is looked at when the transaction ends.
    set_of(two).update(place=1)
    set_of(one).update(place=2)
    assert list(meeting.decisions.values_list("application", flat=True)) == [second.pk, first.pk]


def test_what_a_panel_decides_is_one_of_three(call):
    scored(call, 9)
    _meeting, (one,) = proposed(call)

    for outcome in ("AWARD", "WAIT", "REJECT"):
        set_of(one).update(outcome=outcome)
    with refused("panel_decision_outcome_is_known"):
        set_of(one).update(outcome="MAYBE")


def test_a_panel_gives_only_places_there_are(call):
    scored(call, 9, 8)
    meeting, (_one, two) = proposed(call)
    set_of(two).update(outcome="AWARD")

    with refused("panel_gives_places_there_are"):
        close(call, meeting)
    set_of(two).update(outcome="WAIT")
    close(call, meeting)


def test_a_second_panel_gives_no_place_that_was_promised_or_taken(call):
    (best,) = call.decided(1)
    scored(call, 9)
    meeting, (one,) = proposed(call)
    assert one.outcome == "WAIT"
    set_of(one).update(outcome="AWARD")

    with refused("panel_gives_places_there_are"):
        close(call, meeting)
    call.offered(best)
    with refused("panel_gives_places_there_are"):
        close(call, meeting)


@pytest.mark.parametrize(
    ("upper", "lower"), [("WAIT", "AWARD"), ("REJECT", "WAIT"), ("REJECT", "AWARD")]
)
def test_places_come_before_the_waiting_list_and_that_before_nothing(call, upper, lower):
    scored(call, 9, 8)
    meeting, (one, two) = proposed(call)
    set_of(one).update(outcome=upper, reason="So decided.")
    set_of(two).update(outcome=lower)

    with refused("panel_places_follow_decisions"):
        close(call, meeting)
    set_of(one).update(outcome=lower)
    set_of(two).update(outcome=upper)
    close(call, meeting)


def test_a_tie_is_explained(call):
    scored(call, 9, 9)
    meeting, (one, _two) = proposed(call)

    with refused("panel_explains_ties_and_departures"):
        close(call, meeting)
    set_of(one).update(reason="A first film.")
    close(call, meeting)


def test_a_departure_from_the_order_of_scores_is_explained(call):
    scored(call, 9, 8)
    meeting, (one, two) = proposed(call)
    set_of(one).update(place=2, outcome="WAIT")
    set_of(two).update(place=1, outcome="AWARD")

    with refused("panel_explains_ties_and_departures"):
        close(call, meeting)
    set_of(two).update(reason="The stronger plan.")
    close(call, meeting)


def test_who_was_not_scored_needs_a_reason_before_who_was(call):
    scored(call, 9)
    bare = call.eligible()
    meeting, (one, two) = proposed(call)
    assert (two.application, two.score, two.outcome) == (bare, None, "REJECT")
    set_of(one).update(place=2, outcome="WAIT")
    set_of(two).update(place=1, outcome="AWARD")

    with refused("panel_explains_ties_and_departures"):
        close(call, meeting)


def test_equals_that_get_nothing_need_no_reason(call):
    scored(call, 9, 5, 5)
    meeting, (_one, two, three) = proposed(call)
    set_of(two).update(outcome="REJECT")
    set_of(three).update(outcome="REJECT")

    close(call, meeting)
    assert sorted(Application.objects.values_list("state", flat=True)) == [
        "REJECTED", "REJECTED", "SELECTED",
    ]  # fmt: skip


def test_what_a_closed_meeting_decided_stays(call, as_app_role):
    scored(call, 9, 8)
    meeting, (one, two) = proposed(call)
    close(call, meeting)
    held = PanelMeeting.objects.filter(pk=meeting.pk)

    for change in (
        lambda: held.update(closed_at=None, closed_by=None),
        lambda: held.update(minutes="Otherwise."),
        lambda: held.update(held_date=call.now.date() - datetime.timedelta(days=1)),
        lambda: set_of(one).update(outcome="REJECT"),
        lambda: set_of(one).update(reason="Otherwise."),
        lambda: set_of(two).delete(),
        lambda: PanelDecision.objects.create(
            meeting=meeting, application=call.eligible(), outcome="AWARD", place=3
        ),
    ):
        with refused("panel_closed_stays"):
            change()


def test_a_closed_meeting_is_kept_even_without_decisions(call):
    meeting = call.meeting()
    close(call, meeting)
    loosen("panelmember", "DISABLE TRIGGER panel_members_stay")

    with refused("panel_closed_stays"):
        meeting.delete()


def test_a_decision_stays_in_its_meeting(call):
    scored(call, 9)
    _meeting, (one,) = proposed(call)

    with refused("panel_decision_keeps_its_meeting"):
        set_of(one).update(meeting=call.meeting())


def test_minutes_and_reasons_that_name_somebody_are_mended_while_they_are_erased(call):
    scored(call, 9, 9)
    meeting, (one, _two) = proposed(call)
    set_of(one).update(reason="Her first film.")
    close(call, meeting)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL topsheet.erasing = 'on'")

    PanelMeeting.objects.filter(pk=meeting.pk).update(minutes="…")
    set_of(one).update(reason="…")
    with refused("panel_closed_stays"):
        set_of(one).update(reason="…", place=7)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL topsheet.erasing = 'off'")
    with refused("panel_closed_stays"):
        set_of(one).update(reason="Otherwise.")


def test_a_meeting_is_closed_now(call, as_app_role):
    meeting = call.meeting()

    panels.close_meeting(
        meeting=meeting, at=call.now - datetime.timedelta(days=9), actor=call.officer
    )

    meeting.refresh_from_db()
    assert abs(meeting.closed_at - timezone.now()) < datetime.timedelta(minutes=5)
