"""What the database refuses of awards, each beside what it accepts."""

import datetime

import pytest
from django.utils import timezone

from portfolio.funding.operations import commitments
from scholarships.choices import AwardState
from scholarships.models import Application, Award, Outcome, RoundPlaces
from scholarships.operations import applications, awards, reports
from tests.books import AT, DAY
from tests.refusals import refused
from tests.scholarships.calls import Call
from tests.scholarships.loosened import loosen

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def call():
    return Call(places=1)


def rows(award):
    return Award.objects.filter(pk=award.pk)


def signed(call, application):
    """The commitment of a place, prepared, approved and signed, with nothing offered yet."""
    call.fund(application)
    commitment = application.commitment
    commitment.agreement = call.books.agreement(payee=call.scheme.institution)
    commitment.save(update_fields=["agreement"])
    commitments.sign_commitment(commitment=commitment, at=call.now, actor=call.officer)
    return commitment


def award_of(call, application, commitment, **more):
    """An award by its bare row."""
    return Award.objects.create(
        **{
            "round": call.round, "application": application, "commitment": commitment,
            "offered_at": call.now, "offered_by": call.officer,
            "reply_by": call.now + datetime.timedelta(days=14),
        }
        | more
    )  # fmt: skip


def taken(call):
    return RoundPlaces.objects.get(round=call.round).taken


def test_an_award_takes_a_place_there_is(call):
    best, second, _third = call.decided(3)
    award = call.offered(best)
    loosen("application", "DISABLE TRIGGER application_goes_step_by_step")
    Application.objects.filter(pk=second.pk).update(state="SELECTED", waiting_place=None)
    loosen("application", "ENABLE TRIGGER application_goes_step_by_step")
    call.fund(second)

    with refused("award_takes_a_place_there_is"):
        awards.offer_place(application=second, at=call.now, actor=call.officer)
    assert taken(call) == 1
    awards.give_up(award=award, state=AwardState.DECLINED, at=call.now, actor=None)
    assert taken(call) == 0
    awards.offer_place(application=second, at=call.now, actor=call.officer)
    assert taken(call) == 1


def test_an_award_begins_as_an_offer(call):
    (best,) = call.decided(1)
    commitment = signed(call, best)

    with refused("award_begins_as_an_offer"):
        award_of(call, best, commitment, state="ACCEPTED")


def test_a_place_is_offered_to_who_was_selected(call):
    best, second = call.decided(2)
    commitment = signed(call, second)

    with refused("award_goes_to_who_was_selected"):
        award_of(call, second, commitment)
    with refused("award_goes_to_who_was_selected"):
        award_of(Call(), best, signed(call, best))


def test_an_award_has_money_that_stands(call):
    (best,) = call.decided(1)
    call.fund(best)

    with refused("award_has_money_that_stands"):
        award_of(call, best, best.commitment)
    stranger = call.books.signed("100000")
    Application.objects.filter(pk=best.pk).update(commitment=stranger)
    with refused("award_has_money_that_stands"):
        award_of(call, best, stranger)


def test_an_award_has_the_money_that_was_prepared_for_it(call):
    best, second = call.decided(2)
    signed(call, best)

    with refused("award_has_the_money_prepared_for_it"):
        award_of(call, best, signed(call, second))


def test_the_application_of_an_award_says_so(call):
    (best,) = call.decided(1)
    commitment = signed(call, best)

    with refused("award_is_said_by_its_application"):
        award_of(call, best, commitment)


def test_money_stays_under_a_place_that_somebody_holds(call):
    award = call.accepted()
    commitment = award.commitment
    request = commitments.request_cancellation(
        commitment=commitment, at=AT, actor=call.officer, reason="Another use"
    )
    call.books.approve(request)

    def cancel():
        return commitments.cancel_commitment(
            commitment=commitment, value_date=call.today, at=AT, actor=call.officer
        )

    with refused("award_keeps_its_money"):
        cancel()
    Award.objects.filter(pk=award.pk).update(state="RESIGNED", state_reason="Moved away.")
    cancel()


def test_an_award_is_not_removed(call):
    award = call.offered()
    award.reports.all().delete()

    with refused("award_is_kept"):
        award.delete()


def test_an_award_keeps_its_terms(call):
    award, other = call.offered(), Call().offered()

    for change in (
        {"offered_at": award.offered_at - SECOND},
        {"offered_by": call.second_officer},
        {"commitment": other.commitment},
        {"application": other.application},
        {"round": other.round},
    ):
        with refused("award_keeps_its_terms"):
            rows(award).update(**change)
    rows(award).update(reply_by=award.reply_by + SECOND, starts_on=DAY)


STATES = [state.value for state in AwardState]
STEPS = {
    "OFFERED": {"ACCEPTED", "DECLINED", "LAPSED", "TERMINATED"},
    "ACCEPTED": {"DEFERRED", "RESIGNED", "TERMINATED", "COMPLETED"},
    "DEFERRED": {"ACCEPTED", "RESIGNED", "TERMINATED"},
}


@pytest.mark.parametrize("state", STATES)
def test_an_award_takes_a_step_there_is(call, state):
    award = call.offered()
    loosen("award", "DISABLE TRIGGER award_goes_step_by_step")
    rows(award).update(state=state, state_reason="Said.")
    loosen("award", "ENABLE TRIGGER award_goes_step_by_step")

    for to in set(STATES) - STEPS.get(state, set()) - {state}:
        with refused("award_takes_a_step_there_is"):
            rows(award).update(state=to, state_reason="Said.", state_by=call.officer)


def test_the_state_of_an_award_is_a_known_one(call):
    award = call.offered()
    loosen("award", "DISABLE TRIGGER award_goes_step_by_step")

    with refused("award_state_is_known"):
        rows(award).update(state="LOST")


def test_an_offer_is_accepted_by_its_day_and_lapses_after_it(call):
    award = call.offered()
    last = award.reply_by

    with refused("award_is_accepted_in_time"):
        awards.accept_offer(award=award, at=last + datetime.timedelta(microseconds=1))
    with refused("award_lapses_after_its_day"):
        awards.give_up(award=award, state=AwardState.LAPSED, at=last, actor=call.officer)
    awards.accept_offer(award=award, at=last)


def test_an_offer_lapses_the_moment_after_its_day(call):
    award = call.offered()

    row = awards.give_up(
        award=award, state=AwardState.LAPSED, at=award.reply_by + SECOND, actor=call.officer
    )

    assert (row.state, taken(call)) == ("LAPSED", 0)


def test_an_answer_comes_now_whatever_the_server_says(call, as_app_role):
    award = call.offered()

    row = awards.accept_offer(award=award, at=award.offered_at - datetime.timedelta(days=3))

    assert abs(row.state_at - timezone.now()) < datetime.timedelta(minutes=5)


def test_what_was_decided_about_an_award_keeps_its_moment_and_who_did_it(call):
    award = call.accepted()

    for change in ({"state_at": award.state_at - SECOND}, {"state_by": call.second_officer}):
        with refused("award_keeps_its_step"):
            rows(award).update(**change)
    with pytest.raises(applications.StepTaken):
        awards.accept_offer(award=award, at=call.now)
    leaving = {"award": award, "state": AwardState.RESIGNED, "at": call.now, "reason": "Moved."}
    awards.give_up(actor=None, **leaving)
    with pytest.raises(applications.StepTaken):
        awards.give_up(actor=None, **leaving)


def test_the_answer_is_due_after_the_offer(call):
    award = call.offered()
    rows(award).update(reply_by=award.offered_at + datetime.timedelta(microseconds=1))

    with refused("award_is_answered_after_the_offer"):
        rows(award).update(reply_by=award.offered_at)


def test_what_staff_decide_about_an_award_somebody_decides(call):
    award = call.accepted()
    award.reports.all().delete()

    for state in ("DEFERRED", "TERMINATED", "COMPLETED"):
        with refused("award_is_changed_by_somebody"):
            rows(award).update(state=state, state_by=None, state_reason="Said.")
    rows(award).update(state="RESIGNED", state_by=None, state_reason="Said.")


@pytest.mark.parametrize("state", ["DEFERRED", "RESIGNED", "TERMINATED"])
def test_an_award_that_ends_or_waits_has_a_reason(call, state):
    award = call.accepted()

    with refused("award_that_ends_has_a_reason"):
        rows(award).update(state=state, state_by=call.officer, state_reason="")
    rows(award).update(state=state, state_by=call.officer, state_reason="Moved away.")


def test_an_award_is_completed_with_its_reports(call):
    award = call.accepted()
    report = award.reports.get()

    with refused("award_completed_has_its_reports"):
        awards.complete_award(award=award, at=call.now, actor=call.officer)
    reports.hand_in_report(report=report, text="A year.", at=call.now)
    reports.decide_report(report=report, accept=True, at=call.now, actor=call.officer)
    assert awards.complete_award(award=award, at=call.now, actor=call.officer).state == "COMPLETED"


def test_only_an_award_of_the_round_that_was_given_up_is_replaced(call):
    best, second = call.decided(2)
    first, elsewhere = call.offered(best), Call(places=1).offered()
    awards.give_up(award=elsewhere, state=AwardState.DECLINED, at=call.now, actor=None)

    with refused("award_replaces_one_that_ended"):
        rows(first).update(replaces=elsewhere)
    with refused("award_replaces_one_that_ended"):
        rows(first).update(replaces=first)
    awards.give_up(award=first, state=AwardState.DECLINED, at=call.now, actor=None)
    awards.move_up(round_pk=call.round.pk, at=call.now, actor=call.officer)
    call.fund(second)
    award = awards.offer_place(application=second, at=call.now, actor=call.officer, replaces=first)

    assert (award.replaces, list(Award.objects.holding().filter(round=call.round))) == (
        first,
        [award],
    )


def test_who_was_offered_a_place_does_not_withdraw_the_application(call):
    award = call.offered()

    with refused("application_takes_a_step_there_is"):
        applications.withdraw_application(application=award.application, at=call.now)


def test_an_outcome_is_of_a_known_kind_named_and_published_or_not(call):
    award = call.accepted()
    Outcome.objects.create(award=award, kind="CREDIT", title="Director of photography")

    with refused("outcome_kind_is_known"):
        Outcome.objects.create(award=award, kind="LUCK", title="X")
    with refused("outcome_is_named"):
        Outcome.objects.create(award=award, kind="CREDIT", title="")
    with refused("outcome_publication_is_known"):
        Outcome.objects.create(award=award, kind="CREDIT", title="X", publication="LEAKED")
