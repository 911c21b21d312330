"""Several at once, each on a connection of their own: places are never exceeded, nothing is lost or said twice."""

import datetime
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connections

from portfolio.common.refusals import Refused
from scholarships.models import (
    Answers,
    Application,
    Award,
    EligibilityRule,
    Letter,
    Review,
    Round,
    RoundPlaces,
    Score,
)
from scholarships.operations import applications, awards, panels, reviews
from tests.funding.naive import assert_the_books_are_right
from tests.own_database import own_database
from tests.scholarships.calls import Call

TRIES = 4
"""How often two meet: they rarely miss each other as often."""


@pytest.fixture
def really(db: None) -> Iterator[None]:
    """Rows that are really committed, in a database of their own."""
    with own_database():
        yield


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """Let all act at the same moment; what came of each: "done", or the rule that refused it."""
    found = ["" for _act in acts]
    start = threading.Barrier(len(acts))

    def client(number: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            act()
            found[number] = "done"
        except Refused as refusal:
            found[number] = type(refusal).__name__
        except IntegrityError as refusal:
            found[number] = str(refusal).partition(":")[0]
        except Exception as error:
            found[number] = f"FAULT {type(error).__name__} {error}"[:120]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def offering(call: Call, row: Application) -> Callable[[], Any]:
    return lambda: awards.offer_place(application=row, at=call.now, actor=call.officer)


def places(call: Call) -> tuple[int, int]:
    """How many are taken by the counter, and how many awards hold one."""
    holding = Award.objects.holding().filter(round=call.round).count()
    return RoundPlaces.objects.get(round=call.round).taken, holding


def funded(*, selected: int, places: int) -> tuple[Call, list[Application]]:
    """A round that selected more than it has places, since there are fewer now; all with money."""
    call = Call(places=selected)
    rows = call.decided(selected)
    for row in rows:
        call.fund(row)
    Round.objects.filter(pk=call.round.pk).update(places=places)
    return call, rows


def test_two_officers_offer_the_last_place_and_one_does(really):
    for _try in range(TRIES):
        call, rows = funded(selected=2, places=1)

        found = at_once(*(offering(call, row) for row in rows))

        assert sorted(found) == ["award_takes_a_place_there_is", "done"]
        assert places(call) == (1, 1)
        (award,) = Award.objects.filter(round=call.round)
        assert award.application == rows[found.index("done")]
        # Nothing of the other was left: no award, no signature, no letter of offer.
        other = rows[1 - found.index("done")]
        other.refresh_from_db()
        assert (other.state, other.commitment.state) == ("SELECTED", "APPROVED")
        assert list(
            Letter.objects.filter(application__round=call.round, kind="OFFER").values_list(
                "application", flat=True
            )
        ) == [award.application_id]
    assert_the_books_are_right()


def test_eight_offer_three_places_and_three_are_given(really):
    call, rows = funded(selected=8, places=3)

    found = at_once(*(offering(call, row) for row in rows))

    assert sorted(found) == ["award_takes_a_place_there_is"] * 5 + ["done"] * 3
    assert places(call) == (3, 3)
    assert set(Award.objects.values_list("application", flat=True)) == {
        row.pk for row, came in zip(rows, found, strict=True) if came == "done"
    }
    assert set(Award.objects.values_list("commitment__state", flat=True)) == {"SIGNED"}
    assert_the_books_are_right()


def test_one_place_is_offered_to_somebody_once(really):
    call, (row,) = funded(selected=1, places=1)

    found = at_once(*[offering(call, row)] * 3)

    assert sorted(found) == ["NotSelected", "NotSelected", "done"]
    assert places(call) == (1, 1)
    assert Letter.objects.filter(kind="OFFER").count() == 1


def test_places_are_given_up_and_taken_at_once_and_never_exceeded(really):
    for _try in range(TRIES):
        call, rows = funded(selected=2, places=2)
        awards.offer_place(application=rows[0], at=call.now, actor=call.officer)

        found = at_once(
            offering(call, rows[1]),
            lambda call=call: Round.objects.filter(pk=call.round.pk).update(places=1),
        )

        assert sorted(found) in (
            ["award_takes_a_place_there_is", "done"],
            ["done", "round_keeps_the_places_that_are_taken"],
        )
        assert places(call)[0] <= Round.objects.get(pk=call.round.pk).places


@pytest.mark.parametrize(("free", "moved"), [(1, 1), (2, 2)])
def test_two_move_up_the_waiting_list_and_nobody_is_passed_over(really, free, moved):
    call = Call(places=1)
    _best, *waiting = call.decided(4)
    Round.objects.filter(pk=call.round.pk).update(places=1 + free)

    found = at_once(
        *[lambda: awards.move_up(round_pk=call.round.pk, at=call.now, actor=call.officer)] * 2
    )

    refusal = "application_is_selected_for_a_free_place"
    assert sorted(found) == sorted(["done"] * moved + [refusal] * (2 - moved))
    states = [Application.objects.get(pk=row.pk).state for row in waiting]
    assert states == ["SELECTED"] * moved + ["WAITING"] * (3 - moved)


def test_two_panels_of_a_round_do_not_give_its_last_place_twice(really):
    for _try in range(TRIES):
        call = Call(places=1)
        meetings = []
        for _n in range(2):
            row = call.eligible()
            call.review(row, call.reviewers[0], [9, 9])
            meeting = call.meeting()
            meeting.decisions.create(application=row, outcome="AWARD", place=1, score=90)
            meetings.append(meeting)

        found = at_once(
            *(
                lambda meeting=meeting, call=call: panels.close_meeting(
                    meeting=meeting, at=call.now, actor=call.officer
                )
                for meeting in meetings
            )
        )

        assert sorted(found) == ["done", "panel_gives_places_there_are"]
        assert Application.objects.filter(round=call.round, state="SELECTED").count() == 1


def test_an_application_that_is_handed_in_twice_comes_in_once(really):
    for _try in range(TRIES):
        call = Call()
        draft = call.draft()

        found = at_once(
            *(
                lambda at=at, draft=draft: applications.submit_application(application=draft, at=at)
                for at in (call.now, call.now + datetime.timedelta(seconds=1))
            )
        )

        assert sorted(found) == ["StepTaken", "done"]
        assert list(Letter.objects.filter(application=draft).values_list("kind", flat=True)) == [
            "RECEIPT"
        ]


def test_what_is_saved_while_it_is_handed_in_is_judged_or_refused(really):
    for _try in range(TRIES):
        call = Call()
        draft = call.draft(year_of_study=3)

        saved, handed_in = at_once(
            lambda draft=draft: applications.save_answers(
                application=draft, answers={"year_of_study": 1}
            ),
            lambda draft=draft, call=call: applications.submit_application(
                application=draft, at=call.now
            ),
        )

        row, answers = Application.objects.get(pk=draft.pk), Answers.objects.get(application=draft)
        assert (handed_in, row.state) == ("done", "SUBMITTED")
        assert saved in ("done", "application_content_stays")
        assert row.is_eligible is (answers.year_of_study == 3)


def test_a_rule_that_changes_while_somebody_applies_is_applied_or_refused(really):
    for _try in range(TRIES):
        call = Call()
        draft = call.draft(year_of_study=3)
        rule = call.rules[1]

        changed, handed_in = at_once(
            lambda rule=rule: EligibilityRule.objects.filter(pk=rule.pk).update(least=4),
            lambda draft=draft, call=call: applications.submit_application(
                application=draft, at=call.now
            ),
        )

        rule.refresh_from_db()
        assert handed_in == "done"
        assert changed in ("done", "eligibility_stays_once_used")
        assert Application.objects.get(pk=draft.pk).is_eligible is (rule.least == 2)


def test_a_reviewer_completes_while_another_window_edits(really):
    for _try in range(TRIES):
        call = Call()
        review = call.review(call.eligible(), call.reviewers[0])
        first = call.criteria[0]
        reviews.give_points(review=review, points=dict.fromkeys(call.criteria, 5))

        completed, edited = at_once(
            lambda review=review, call=call: reviews.complete_review(review=review, at=call.now),
            lambda review=review, first=first: reviews.give_points(
                review=review, points={first: 9}, comment="Better."
            ),
        )

        assert completed == "done"
        assert edited in ("done", "review_completed_is_locked", "score_is_locked")
        whole = 9 if edited == "done" else 5
        assert Score.objects.get(review=review, criterion=first).points == whole
        assert Review.objects.get(pk=review.pk).comment == ("Better." if whole == 9 else "")


def test_two_share_out_reviews_and_nobody_is_given_one_twice(really):
    call = Call()
    rows = [call.eligible() for _n in range(4)]

    found = at_once(*[lambda: reviews.share_out_reviews(round=call.round, actor=call.officer)] * 2)

    assert found == ["done", "done"]
    assert [Review.objects.filter(application=row).count() for row in rows] == [3] * 4
