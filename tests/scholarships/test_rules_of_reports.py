"""What the database refuses of progress reports, each beside what it accepts."""

import datetime

import pytest

from scholarships.models import ProgressReport
from scholarships.operations.reports import decide_report, hand_in_report
from tests.books import DAY
from tests.refusals import refused
from tests.scholarships.calls import Call
from tests.scholarships.loosened import loosen

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return Call(places=1)


@pytest.fixture
def report(call):
    """The first report that an accepted award owes."""
    return call.accepted().reports.get()


def rows(report):
    return ProgressReport.objects.filter(pk=report.pk)


def test_a_report_is_expected_before_it_is_handed_in(call, report):
    with refused("progress_report_begins_expected"):
        ProgressReport.objects.create(
            award=report.award, number=2, due_date=DAY, state="SUBMITTED", submitted_at=call.now
        )
    ProgressReport.objects.create(award=report.award, number=2, due_date=DAY)


def test_a_report_has_a_number_of_its_own(report):
    with refused("progress_report_has_a_number_of_its_own"):
        ProgressReport.objects.create(award=report.award, number=1, due_date=DAY)


def test_what_is_returned_comes_again_and_is_accepted(call, report):
    hand_in_report(report=report, text="Short.", at=call.now)
    decide_report(
        report=report, accept=False, at=call.now, actor=call.officer, reason="Say what you made."
    )
    hand_in_report(report=report, text="A short film.", at=call.now)
    row = decide_report(report=report, accept=True, at=call.now, actor=call.officer)

    assert (row.state, row.text, row.decided_by) == ("ACCEPTED", "A short film.", call.officer)


def test_there_is_no_other_way(call, report):
    moments = {"submitted_at": call.now, "decided_at": call.now, "decided_by": call.officer}

    for state in ("ACCEPTED", "RETURNED"):
        with refused("progress_report_takes_a_step_there_is"):
            rows(report).update(state=state, reason="X", **moments)
    with refused("progress_report_takes_a_step_there_is"):
        rows(report).update(state="LOST")
    hand_in_report(report=report, text="A year.", at=call.now)
    decide_report(report=report, accept=True, at=call.now, actor=call.officer)
    with refused("progress_report_takes_a_step_there_is"):
        decide_report(report=report, accept=False, at=call.now, actor=call.officer, reason="No.")


def test_a_state_has_its_moments_and_nothing_besides(call, report):
    for change in (
        {"state": "SUBMITTED"},
        {"submitted_at": call.now},
        {"state": "SUBMITTED", "submitted_at": call.now, "decided_by": call.officer},
    ):
        with refused("progress_report_state_has_its_moments"):
            rows(report).update(**change)
    hand_in_report(report=report, text="A year.", at=call.now)
    with refused("progress_report_state_has_its_moments"):
        rows(report).update(state="ACCEPTED", decided_at=call.now)
    loosen("progressreport", "DISABLE TRIGGER progress_report_goes_step_by_step")
    with refused("progress_report_state_has_its_moments"):
        rows(report).update(state="LOST")


def test_what_is_returned_says_what_is_missing(call, report):
    hand_in_report(report=report, text="Short.", at=call.now)

    with refused("progress_report_returned_has_a_reason"):
        decide_report(report=report, accept=False, at=call.now, actor=call.officer)


def test_what_was_handed_in_is_kept_as_it_is(call, report):
    rows(report).update(text="A draft.")
    hand_in_report(report=report, text="A year.", at=call.now)

    with refused("progress_report_keeps_what_was_handed_in"):
        rows(report).update(text="Another year.")
    with refused("progress_report_keeps_what_was_handed_in"):
        rows(report).update(submitted_at=call.now - datetime.timedelta(days=1))
    with refused("progress_report_is_kept"):
        report.delete()


def test_a_decision_about_a_report_keeps_its_moment_and_who_made_it(call, report):
    hand_in_report(report=report, text="A year.", at=call.now)
    decide_report(report=report, accept=True, at=call.now, actor=call.officer)

    with refused("progress_report_keeps_its_decision"):
        decide_report(report=report, accept=True, at=call.now, actor=call.second_officer)
    with refused("progress_report_keeps_its_decision"):
        rows(report).update(decided_at=call.now + datetime.timedelta(seconds=1))


def test_a_report_that_was_not_handed_in_may_be_removed(report):
    rows(report).delete()

    assert not ProgressReport.objects.exists()


def test_a_report_stays_with_its_award(call, report):
    rows(report).update(due_date=DAY)

    with refused("progress_report_keeps_whose_it_is"):
        rows(report).update(number=2)
    with refused("progress_report_keeps_whose_it_is"):
        rows(report).update(award=Call().accepted(), condition=None)


def test_a_report_meets_a_condition_of_its_award(call, report):
    other = Call().accepted().reports.get()
    condition = other.condition
    other.delete()
    rows(report).update(condition=None)

    with refused("progress_report_meets_a_condition_of_its_award"):
        rows(report).update(condition=condition)
    rows(report).update(condition=report.condition)
