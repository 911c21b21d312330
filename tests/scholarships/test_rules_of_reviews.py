"""What the database refuses of reviews and their points, each beside what it accepts."""

import datetime

import pytest
from django.utils import timezone

from scholarships.choices import Declared
from scholarships.models import Review, Score
from scholarships.operations import applications, reviews
from tests.refusals import refused
from tests.scholarships.calls import Call
from tests.scholarships.loosened import loosen

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return Call()


@pytest.fixture
def application(call):
    return call.eligible()


def given(call, application, place=0, **more):
    """A review that somebody was given."""
    return Review.objects.create(
        application=application, reviewer=call.reviewers[place], assigned_by=call.officer, **more
    )


def rows(review):
    return Review.objects.filter(pk=review.pk)


def points(call, review, *numbers):
    reviews.give_points(review=review, points=dict(zip(call.criteria, numbers, strict=False)))


def test_a_review_begins_with_its_declaration(call, application):
    for more in (
        {"declared": "NONE", "declared_at": call.now},
        {"completed_at": call.now},
    ):
        with refused("review_begins_undeclared"):
            given(call, application, **more)
    given(call, application)


def test_only_eligible_applications_are_reviewed(call, application):
    with refused("review_is_of_an_eligible_application"):
        given(call, call.submitted())
    review = call.review(application, call.reviewers[0])
    points(call, review, 5, 5)
    applications.withdraw_application(application=application, at=call.now)
    with refused("review_is_of_an_eligible_application"):
        reviews.complete_review(review=review, at=call.now)


def test_a_reviewer_is_one_of_the_round(call, application):
    stranger = Call().reviewers[0]

    with refused("review_is_by_a_reviewer_of_the_round"):
        Review.objects.create(application=application, reviewer=stranger, assigned_by=call.officer)


def test_a_reviewer_judges_an_application_once(call, application):
    given(call, application)
    given(call, application, 1)

    with refused("review_is_one_a_reviewer"):
        given(call, application)


def test_a_review_stays_whose_it_is(call, application):
    review = given(call, application)

    with refused("review_keeps_whose_it_is"):
        rows(review).update(reviewer=call.reviewers[1])
    with refused("review_keeps_whose_it_is"):
        rows(review).update(application=call.eligible())


def test_a_declaration_stays_on_record(call, application):
    review = call.review(application, call.reviewers[0])

    with refused("review_declaration_stays"):
        rows(review).update(declared="NOT_YET", declared_at=None)
    with refused("review_declaration_stays"):
        rows(review).update(declared_at=call.now + datetime.timedelta(days=1))
    reviews.declare(
        review=review, declared=Declared.RECUSED, at=call.now, reason="Taught by me last year."
    )
    with refused("review_declaration_stays"):
        rows(review).update(declared="NONE")


def test_a_declaration_is_a_known_one_with_its_moment(call, application):
    review = given(call, application)

    with refused("review_declaration_stays"):
        rows(review).update(declared="MAYBE", declared_at=call.now)
    loosen("review", "DISABLE TRIGGER review_goes_step_by_step")
    with refused("review_declaration_is_known"):
        rows(review).update(declared="MAYBE", declared_at=call.now)
    with refused("review_declaration_has_its_moment"):
        rows(review).update(declared="NONE", declared_at=None)
    with refused("review_declaration_has_its_moment"):
        rows(review).update(declared_at=call.now)


def test_a_declaration_is_made_now(call, application, as_app_role):
    review = given(call, application)

    review = reviews.declare(
        review=review, declared=Declared.NONE, at=call.now - datetime.timedelta(days=9)
    )

    review.refresh_from_db()
    assert abs(review.declared_at - timezone.now()) < datetime.timedelta(minutes=5)


def test_a_recusal_has_a_reason_and_takes_its_points_along(call, application):
    review = call.review(application, call.reviewers[0])
    other = call.review(application, call.reviewers[1])
    points(call, review, 5, 6)
    points(call, other, 7)

    with refused("review_recusal_has_a_reason"):
        reviews.declare(review=review, declared=Declared.RECUSED, at=call.now)
    reviews.declare(review=review, declared=Declared.RECUSED, at=call.now, reason="A cousin.")

    assert list(Score.objects.values_list("review", "points")) == [(other.pk, 7)]


def test_a_review_that_is_completed_was_declared_free_of_conflicts(call, application):
    review = given(call, application)
    loosen("review", "DISABLE TRIGGER review_goes_step_by_step")

    with refused("review_completed_was_declared"):
        rows(review).update(completed_at=call.now)
    rows(review).update(declared="NONE", declared_at=call.now, completed_at=call.now)


def test_a_review_is_completed_with_all_its_points(call, application):
    review = call.review(application, call.reviewers[0])

    points(call, review, 5)
    with refused("review_completed_has_all_points"):
        reviews.complete_review(review=review, at=call.now)
    points(call, review, 5, 0)
    reviews.complete_review(review=review, at=call.now)


def test_without_criteria_no_review_is_completed(call, application):
    review = call.review(application, call.reviewers[0])
    call.round.criteria.all().delete()

    with refused("review_completed_has_all_points"):
        reviews.complete_review(review=review, at=call.now)


def test_a_completed_review_is_locked(call, application):
    review = call.review(application, call.reviewers[0], [8, 7])
    reviews_rows = rows(review)
    reviews_rows.update(comment="")

    for change in (
        {"completed_at": None},
        {"completed_at": call.now + datetime.timedelta(days=1)},
        {"declared": "RECUSED", "recusal_reason": "Too late."},
        {"comment": "On second thoughts."},
    ):
        with refused("review_completed_is_locked"):
            reviews_rows.update(**change)


def test_a_comment_that_names_somebody_is_emptied_even_when_locked(call, application):
    review = call.review(application, call.reviewers[0])
    reviews.give_points(
        review=review, points=dict(zip(call.criteria, (8, 7), strict=True)), comment="Bold."
    )
    reviews.complete_review(review=review, at=call.now)

    rows(review).update(comment="")
    Score.objects.filter(review=review).update(comment="")


def test_who_declared_is_kept(call, application):
    given(call, application, 1).delete()
    review = call.review(application, call.reviewers[0])

    with refused("review_is_kept"):
        review.delete()


def test_points_of_a_completed_review_are_locked(call, application):
    review = call.review(application, call.reviewers[0], [8, 7])
    held = Score.objects.filter(review=review)

    for change in (
        lambda: held.update(points=10),
        lambda: held.update(comment="Better."),
        lambda: held.delete(),
        lambda: Score.objects.create(review=review, criterion=call.criteria[0], points=1),
    ):
        with refused("score_is_locked"):
            change()


def test_points_follow_a_declaration(call, application):
    review = given(call, application)

    with refused("score_follows_a_declaration"):
        points(call, review, 5)
    reviews.declare(review=review, declared=Declared.NONE, at=call.now)
    points(call, review, 5)
    reviews.declare(review=review, declared=Declared.RECUSED, at=call.now, reason="A cousin.")
    with refused("score_follows_a_declaration"):
        points(call, review, 5)


def test_points_stay_with_their_review_and_criterion(call, application):
    free, recused = (call.review(application, r) for r in call.reviewers[:2])
    points(call, free, 5)
    held = Score.objects.filter(review=free)
    reviews.declare(review=recused, declared=Declared.RECUSED, at=call.now, reason="A cousin.")

    with refused("score_keeps_what_it_is_for"):
        held.update(review=recused)
    with refused("score_keeps_what_it_is_for"):
        held.update(criterion=call.criteria[1])


def test_points_are_by_a_criterion_of_the_round(call, application):
    review = call.review(application, call.reviewers[0])

    with refused("score_is_by_a_criterion_of_the_round"):
        reviews.give_points(review=review, points={Call().criteria[0]: 5})


def test_points_go_from_nothing_to_the_most(call, application):
    review = call.review(application, call.reviewers[0])
    points(call, review, 0, 10)

    with refused("score_stays_within_its_points"):
        points(call, review, 11)


def test_a_criterion_has_its_points_once(call, application):
    review = call.review(application, call.reviewers[0])
    points(call, review, 5, 5)

    with refused("score_is_one_a_criterion"):
        Score.objects.create(review=review, criterion=call.criteria[0], points=6)
