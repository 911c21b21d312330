"""What the database refuses of applications, each beside what it accepts."""

import datetime

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from scholarships.choices import ApplicationState, EntryWay
from scholarships.models import Answers, Application, RequiredPaper, Round
from scholarships.operations import applications, awards, papers
from tests.refusals import refused
from tests.scholarships.calls import A_PDF, Call
from tests.scholarships.loosened import loosen

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def call():
    return Call(places=1)


def rows(application):
    return Application.objects.filter(pk=application.pk)


def answers(application):
    return Answers.objects.filter(application=application)


def state_of(application):
    return rows(application).get().state


def test_an_application_begins_as_a_draft(call):
    person = call.applicant()

    with refused("application_begins_as_a_draft"):
        Application.objects.create(
            round=call.round, applicant=person, state="SUBMITTED", submitted_at=call.now
        )
    Application.objects.create(round=call.round, applicant=person)


def test_an_application_came_by_a_known_way(call):
    for way in EntryWay:
        Application.objects.create(round=call.round, applicant=call.applicant(), way=way)

    with refused("application_way_is_known"):
        Application.objects.create(round=call.round, applicant=call.applicant(), way="PIGEON")


def test_the_state_of_an_application_is_a_known_one(call):
    draft = call.draft()
    loosen("application", "DISABLE TRIGGER application_goes_step_by_step")

    with refused("application_state_is_known"):
        rows(draft).update(state="LOST", submitted_at=call.now)


def test_a_person_has_one_application_a_round_besides_what_was_taken_back(call):
    person = call.applicant()
    first = Application.objects.create(round=call.round, applicant=person)

    with refused("application_is_one_a_person_and_round"):
        Application.objects.create(round=call.round, applicant=person)
    applications.withdraw_application(application=first, at=call.now)
    Application.objects.create(round=call.round, applicant=person)
    Application.objects.create(round=Call().round, applicant=person)


def test_an_application_stays_whose_it_is(call):
    draft, other = call.draft(), call.applicant()

    for change in (
        {"applicant": other},
        {"round": Call().round},
        {"number": "A-22222222"},
    ):
        with refused("application_keeps_whose_it_is"):
            rows(draft).update(**change)


STATES = [state.value for state in ApplicationState]
STEPS = {
    "DRAFT": {"SUBMITTED", "WITHDRAWN", "DUPLICATE"},
    "SUBMITTED": {"DRAFT", "ELIGIBLE", "INELIGIBLE", "WITHDRAWN", "DUPLICATE"},
    "ELIGIBLE": {"INELIGIBLE", "WITHDRAWN", "DUPLICATE", "SELECTED", "WAITING", "REJECTED"},
    "INELIGIBLE": {"ELIGIBLE", "WITHDRAWN"},
    "WAITING": {"SELECTED", "REJECTED", "WITHDRAWN"},
    "SELECTED": {"AWARDED", "WITHDRAWN"},
    "REJECTED": set(),
    "AWARDED": set(),
    "WITHDRAWN": set(),
    "DUPLICATE": set(),
}


@pytest.mark.parametrize("state", STATES)
def test_an_application_takes_a_step_there_is(call, state):
    application = call.submitted()
    loosen("application", "DISABLE TRIGGER application_goes_step_by_step")
    rows(application).update(
        state=state, state_reason="Said.", waiting_place=1 if state == "WAITING" else None
    )
    loosen("application", "ENABLE TRIGGER application_goes_step_by_step")

    for to in set(STATES) - STEPS[state] - {state}:
        with refused("application_takes_a_step_there_is"):
            rows(application).update(
                state=to, state_reason="Said.", waiting_place=1 if to == "WAITING" else None
            )


def test_what_was_submitted_came_in_at_a_moment(call):
    draft = call.draft()
    loosen("application", "DISABLE TRIGGER application_goes_step_by_step")
    rows(draft).update(state="WITHDRAWN")

    with refused("application_came_in_at_a_moment"):
        rows(draft).update(state="SUBMITTED")


def test_nobody_applies_before_the_opening(call):
    at_once, before = call.draft(), call.draft()

    applications.submit_application(application=at_once, at=call.round.opens_at)
    with refused("application_waits_for_the_opening"):
        applications.submit_application(application=before, at=call.round.opens_at - SECOND)


def test_what_comes_at_the_closing_is_in_time_and_later_it_is_late(call):
    last, late = call.draft(), call.draft()
    after = call.round.closes_at + datetime.timedelta(microseconds=1)

    applications.submit_application(application=last, at=call.round.closes_at)
    with refused("application_comes_in_time"):
        applications.submit_application(application=late, at=after)
    with refused("application_comes_in_time"):
        applications.submit_application(application=late, at=after, actor=call.officer)
    with refused("application_comes_in_time"):
        applications.submit_application(application=late, at=after, late_reason="Power cut.")
    row = applications.submit_application(
        application=late, at=after, actor=call.officer, late_reason="Power cut."
    )

    assert (row.submitted_at, row.late_reason) == (after, "Power cut.")


def test_the_server_cannot_say_that_it_came_earlier(call, as_app_role):
    draft, late = call.draft(), call.draft()
    long_ago = call.round.opens_at + SECOND

    row = applications.submit_application(application=draft, at=long_ago)
    Round.objects.filter(pk=call.round.pk).update(closes_at=timezone.now() - 600 * SECOND)

    assert abs(row.submitted_at - timezone.now()) < datetime.timedelta(minutes=5)
    with refused("application_comes_in_time"):
        applications.submit_application(application=late, at=long_ago)


def test_what_came_in_keeps_its_moment_and_what_the_rules_said(call):
    application = call.submitted(year_of_study=1)

    with refused("application_keeps_its_moment"):
        rows(application).update(submitted_at=call.now - SECOND)
    for verdict in ({"is_eligible": True}, {"broken_rules": []}, {"is_eligible": None}):
        with refused("application_keeps_what_the_rules_said"):
            rows(application).update(**verdict)
    with refused("application_keeps_its_moment"):
        rows(application).update(
            state="ELIGIBLE", state_reason="All the same.", submitted_at=call.now - SECOND
        )
    with refused("application_keeps_what_the_rules_said"):
        rows(application).update(state="ELIGIBLE", is_eligible=True)


def test_what_was_decided_keeps_its_moment_and_who_did_it(call):
    draft, application = call.draft(), call.eligible()

    rows(draft).update(state_at=call.now - SECOND)
    for change in ({"state_at": call.now - SECOND}, {"state_by": call.second_officer}):
        with refused("application_keeps_its_step"):
            rows(application).update(**change)
    with pytest.raises(applications.StepTaken):
        applications.judge_application(
            application=application, at=call.now, actor=call.second_officer
        )
    applications.withdraw_application(application=application, at=call.now)
    with pytest.raises(applications.StepTaken):
        applications.withdraw_application(application=application, at=call.now)

    assert list(application.letters.order_by("pk").values_list("kind", flat=True)) == [
        "RECEIPT",
        "WITHDRAWN",
    ]


def test_an_application_has_its_papers(call):
    optional = RequiredPaper.objects.create(
        round=call.round, name_en="Reel", is_mandatory=False, position=2
    )
    bare = call.draft()
    papers.remove_papers(application=bare)

    with refused("application_has_its_papers"):
        applications.submit_application(application=bare, at=call.now)
    papers.keep_paper(application=bare, paper=optional, file=ContentFile(A_PDF, name="r.pdf"))
    with refused("application_has_its_papers"):
        applications.submit_application(application=bare, at=call.now)
    papers.keep_paper(application=bare, paper=call.paper, file=ContentFile(A_PDF, name="t.pdf"))
    applications.submit_application(application=bare, at=call.now)


def test_an_application_is_declared_to_be_true(call):
    draft = call.draft(declares=False)

    with refused("application_is_declared_true"):
        applications.submit_application(application=draft, at=call.now)
    applications.save_answers(application=draft, answers={"declares": True})
    applications.submit_application(application=draft, at=call.now)


def test_what_was_handed_in_is_taken_back_only_until_the_closing(call, as_app_role):
    first, second = call.submitted(), call.submitted()
    reopened = applications.reopen_application(application=first, at=call.now)
    Round.objects.filter(pk=call.round.pk).update(closes_at=timezone.now() - 600 * SECOND)

    assert (reopened.submitted_at, reopened.is_eligible) == (None, None)
    with refused("application_stays_after_the_closing"):
        applications.reopen_application(application=second, at=call.now)


def test_what_staff_decide_somebody_decides(call):
    application = call.submitted()
    other = call.eligible()

    rows(application).update(state="ELIGIBLE", state_by=None)
    with refused("application_is_decided_by_somebody"):
        rows(other).update(state="DUPLICATE", state_by=None, state_reason="A-1")
    with refused("application_is_decided_by_somebody"):
        rows(application).update(state="INELIGIBLE", state_by=None, state_reason="Other.")
    rows(application).update(state="WITHDRAWN", state_by=None)


def test_what_breaks_a_rule_is_eligible_only_for_a_reason(call):
    application = call.submitted(year_of_study=1)

    with refused("application_exception_has_a_reason"):
        applications.judge_application(
            application=application, at=call.now, actor=call.officer, is_eligible=True
        )
    row = applications.judge_application(
        application=application, at=call.now, actor=call.officer, is_eligible=True,
        reason="Two years at another school.",
    )  # fmt: skip

    assert (row.state, row.is_eligible, row.broken_rules) == ("ELIGIBLE", False, ["YEAR_OF_STUDY"])


@pytest.mark.parametrize("state", ["INELIGIBLE", "DUPLICATE"])
def test_what_is_set_aside_has_a_reason(call, state):
    application = call.submitted()

    with refused("application_set_aside_has_a_reason"):
        rows(application).update(state=state, state_by=call.officer, state_reason="")
    rows(application).update(state=state, state_by=call.officer, state_reason="See the file.")


def test_a_panel_decides_who_gets_a_place(call):
    application = call.eligible()
    by = {"state_by": call.officer}

    for state, place in (("SELECTED", None), ("WAITING", 1), ("REJECTED", None)):
        with refused("application_is_decided_by_a_panel"):
            rows(application).update(state=state, waiting_place=place, **by)


def test_a_panel_that_rejects_gives_no_place(call):
    best, second, _third = call.decided(3)
    loosen("application", "DISABLE TRIGGER application_goes_step_by_step")
    rows(second).update(state="ELIGIBLE", waiting_place=None)
    rows(best).update(state="WITHDRAWN")
    loosen("application", "ENABLE TRIGGER application_goes_step_by_step")

    with refused("application_is_decided_by_a_panel"):
        rows(second).update(state="SELECTED")
    with refused("application_is_decided_by_a_panel"):
        rows(second).update(state="REJECTED")


def test_who_is_selected_has_a_free_place(call):
    best, second, _third = call.decided(3)

    with refused("application_is_selected_for_a_free_place"):
        awards.move_up(round_pk=call.round.pk, at=call.now, actor=call.officer)
    applications.withdraw_application(application=best, at=call.now)
    assert awards.move_up(round_pk=call.round.pk, at=call.now, actor=call.officer) == second


def test_a_place_that_was_offered_is_not_free(call):
    best, _second = call.decided(2)
    call.offered(best)

    with refused("application_is_selected_for_a_free_place"):
        awards.move_up(round_pk=call.round.pk, at=call.now, actor=call.officer)


def test_the_waiting_list_moves_up_from_its_top(call):
    best, second, third = call.decided(3)
    applications.withdraw_application(application=best, at=call.now)

    with refused("waiting_list_moves_up_in_order"):
        rows(third).update(state="SELECTED", waiting_place=None, state_by=call.officer)
    rows(second).update(state="SELECTED", waiting_place=None, state_by=call.officer)


def test_the_waiting_list_keeps_its_order(call):
    _best, second, third = call.decided(3)

    with refused("waiting_list_keeps_its_order"):
        rows(third).update(waiting_place=9)
    rows(second).update(state="WITHDRAWN", waiting_place=None)
    assert rows(third).get().waiting_place == 2


def test_who_comes_onto_the_waiting_list_stands_behind_the_others(call):
    _best, second, third = call.decided(3)
    loosen("application", "DISABLE TRIGGER application_goes_step_by_step")
    rows(second).update(state="ELIGIBLE", waiting_place=None)
    loosen("application", "ENABLE TRIGGER application_goes_step_by_step")

    with refused("waiting_list_grows_at_its_end"):
        rows(second).update(state="WAITING", waiting_place=1)
    rows(second).update(state="WAITING", waiting_place=3)
    assert [rows(r).get().waiting_place for r in (second, third)] == [3, 2]


def test_who_waits_stands_at_a_place_and_alone(call):
    best, second, third = call.decided(3)
    loosen("application", "DISABLE TRIGGER application_goes_step_by_step")

    with refused("application_waits_at_a_place"):
        rows(second).update(waiting_place=None)
    with refused("application_waits_at_a_place"):
        rows(second).update(waiting_place=0)
    with refused("application_waits_at_a_place"):
        rows(best).update(waiting_place=3)
    with refused("application_waits_alone_at_its_place"):
        rows(third).update(waiting_place=1)


def test_two_exchange_their_places_on_the_waiting_list_at_once(call):
    _best, second, third = call.decided(3)
    loosen("application", "DISABLE TRIGGER application_goes_step_by_step")

    rows(second).update(waiting_place=2)
    rows(third).update(waiting_place=1)
    loosen("application", "ENABLE TRIGGER application_goes_step_by_step")


def test_who_is_awarded_has_an_award_and_keeps_its_money(call):
    (best,) = call.decided(1)

    with refused("application_awarded_has_an_award"):
        rows(best).update(state="AWARDED")
    call.offered(best)
    with refused("application_keeps_its_money"):
        rows(best).update(commitment=None)
