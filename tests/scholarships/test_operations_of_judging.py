"""Eligibility, the sharing out of reviews, and the order of scores."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from portfolio.staff.models import User
from scholarships.choices import Declared, RuleKind
from scholarships.models import Answers, Criterion, EligibilityRule, Review, Round, RoundReviewer
from scholarships.operations import reviews
from scholarships.operations.eligibility import age_on, broken, findings
from scholarships.operations.ranking import ranking
from tests.scholarships.calls import Call

DAY = datetime.date.fromisoformat


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2000-06-15", "2026-06-14", 25),
        ("2000-06-15", "2026-06-15", 26),
        ("2000-02-29", "2026-02-28", 25),
        ("2000-02-29", "2026-03-01", 26),
        ("2000-02-29", "2028-02-28", 27),
        ("2000-02-29", "2028-02-29", 28),
        ("2026-06-15", "2026-06-15", 0),
    ],
)
def test_an_age_is_full_years(born, day, age):
    assert age_on(DAY(born), DAY(day)) == age


@pytest.fixture
def call(db):
    return Call()


def verdicts(call, application):
    """The kinds of rules, and whether each is met."""
    found = findings(
        round=call.round,
        applicant=application.applicant,
        answers=Answers.objects.filter(application=application).first(),
    )
    return {str(each.rule.kind): each.is_met for each in found}


def only(call, kind, **measure):
    """Let the round have this one rule."""
    call.round.rules.all().delete()
    EligibilityRule.objects.create(round=call.round, kind=kind, text_en="As said.", **measure)


def test_each_rule_is_met_or_not_or_not_answered(call):
    good = call.draft()
    bad = call.draft(programme_of_study="Law", year_of_study=1, residence="MO")
    bare = call.draft(programme_of_study="", year_of_study=None, residence="")

    rules = ["PROGRAMME_OF_STUDY", "YEAR_OF_STUDY", "RESIDENCE"]
    assert verdicts(call, good) == dict.fromkeys(rules, True)
    assert verdicts(call, bad) == dict.fromkeys(rules, False)
    assert verdicts(call, bare) == dict.fromkeys(rules, None)
    assert (
        broken(findings(round=call.round, applicant=bare.applicant, answers=bare.answers)) == rules
    )


def test_without_any_answers_nothing_is_answered(call):
    draft = call.draft()

    found = findings(round=call.round, applicant=draft.applicant, answers=None)

    assert [each.is_met for each in found] == [None] * 3


def test_a_programme_of_study_is_read_without_regard_to_case_and_spaces(call):
    assert verdicts(call, call.draft(programme_of_study="  fILM "))["PROGRAMME_OF_STUDY"] is True


@pytest.mark.parametrize(("year", "met"), [(1, False), (2, True), (4, True), (5, False)])
def test_the_bounds_of_a_number_are_included(call, year, met):
    only(call, RuleKind.YEAR_OF_STUDY, least=2, most=4)

    assert verdicts(call, call.draft(year_of_study=year)) == {"YEAR_OF_STUDY": met}


@pytest.mark.parametrize(
    ("born", "met"),
    [
        ("2008-03-01", True),  # eighteen on the very day, in Hong Kong
        ("2008-03-02", False),
        ("1995-03-02", True),
        ("1995-03-01", False),  # thirty-one that day
        ("2008-02-29", True),
        (None, None),
    ],
)
def test_an_age_is_that_of_the_day_of_closing_in_hong_kong(db, born, met):
    # Half past midnight of 1 March in Hong Kong, which is still February in London.
    closing = datetime.datetime(2026, 2, 28, 16, 30, tzinfo=datetime.UTC)
    call = Call(opens_at=closing - datetime.timedelta(days=30), closes_at=closing)
    only(call, RuleKind.AGE, least=18, most=30)

    draft = call.draft(call.applicant(birth_date=born) if born else None)

    draft.applicant.refresh_from_db()
    assert verdicts(call, draft) == {"AGE": met}


@pytest.mark.parametrize("said", [True, False, None])
def test_a_first_feature_is_as_it_is_said(call, said):
    only(call, RuleKind.FIRST_FEATURE)

    assert verdicts(call, call.draft(has_no_feature=said)) == {"FIRST_FEATURE": said}


def test_a_rule_without_an_upper_bound_has_none(call):
    only(call, RuleKind.YEAR_OF_STUDY, least=2)

    assert verdicts(call, call.draft(year_of_study=9)) == {"YEAR_OF_STUDY": True}


def more_reviewers(call, number):
    for n in range(number):
        RoundReviewer.objects.create(
            round=call.round, user=User.objects.create(username=f"extra-{n}")
        )


def loads(call):
    """How many reviews each reviewer of the round works on."""
    return [
        Review.objects.filter(application__round=call.round, reviewer=row.user)
        .exclude(declared="RECUSED")
        .count()
        for row in call.round.reviewers.all()
    ]


@pytest.mark.parametrize(
    ("count", "extra", "each"), [(5, 0, 2), (7, 1, 3), (9, 3, 2), (1, 2, 3), (4, 0, 3)]
)
def test_reviews_are_shared_out_evenly_and_nobody_has_one_twice(call, count, extra, each):
    Round.objects.filter(pk=call.round.pk).update(reviews_each=each)
    call.round.refresh_from_db()
    more_reviewers(call, extra)
    rows = [call.eligible() for _n in range(count)]

    made = reviews.share_out_reviews(round=call.round, actor=call.officer)

    assert len(made) == count * each
    for row in rows:
        people = list(row.reviews.values_list("reviewer", flat=True))
        assert len(people) == len(set(people)) == each
    assert max(loads(call)) - min(loads(call)) <= 1
    assert reviews.share_out_reviews(round=call.round, actor=call.officer) == []


def test_what_comes_later_goes_to_who_has_least(call):
    Round.objects.filter(pk=call.round.pk).update(reviews_each=1)
    call.round.refresh_from_db()
    for _n in range(7):
        call.eligible()
        reviews.share_out_reviews(round=call.round, actor=call.officer)

    assert sorted(loads(call)) == [2, 2, 3]


def test_a_recusal_is_made_up_for_by_somebody_else(call):
    more_reviewers(call, 1)
    row = call.eligible()
    reviews.share_out_reviews(round=call.round, actor=call.officer)
    first = row.reviews.first()
    spare = call.round.reviewers.exclude(user__in=row.reviews.values("reviewer")).get().user
    reviews.declare(review=first, declared=Declared.RECUSED, at=call.now, reason="A cousin.")

    (made,) = reviews.share_out_reviews(round=call.round, actor=call.officer)

    assert (made.application, made.reviewer) == (row, spare)
    # Nobody is left to make up for another one.
    reviews.declare(
        review=row.reviews.filter(declared="NOT_YET").first(),
        declared=Declared.RECUSED, at=call.now, reason="A neighbour.",
    )  # fmt: skip
    assert reviews.share_out_reviews(round=call.round, actor=call.officer) == []


def test_only_eligible_applications_are_shared_out(call):
    call.submitted()
    call.draft()
    row = call.eligible()

    made = reviews.share_out_reviews(round=call.round, actor=call.officer)

    assert {review.application for review in made} == {row}


def scored(call, *scores):
    """An eligible application with a completed review for each score, of 100 in tens."""
    row = call.eligible()
    for reviewer, points in zip(call.reviewers, scores, strict=False):
        call.review(row, reviewer, [points, points])
    return row


@pytest.mark.parametrize("points", [(7, 5), (0, 0), (10, 10), (3, 8)])
def test_a_score_is_the_weighted_mean_of_shares_of_100_to_the_thousandth(call, points):
    Criterion.objects.filter(pk=call.criteria[0].pk).update(most_points=30, weight=7)
    Criterion.objects.filter(pk=call.criteria[1].pk).update(most_points=11, weight=2)
    row = call.eligible()
    call.review(row, call.reviewers[0], points)

    (ranked,) = ranking(call.round)

    exact = Fraction(points[0] * 7, 30) + Fraction(points[1] * 2, 11)
    assert ranked.score is not None
    assert abs(Fraction(ranked.score) - exact * 100 / 9) <= Fraction(1, 2000)
    assert ranked.score == ranked.score.quantize(Decimal("0.001"))


def test_a_score_worked_by_hand(call):
    # (3 × 7/10 + 1 × 5/10) of 4 is 65 of 100; three such reviews: 65, 40 and 72.5.
    row = call.eligible()
    for reviewer, points in zip(call.reviewers, [(7, 5), (4, 4), (7, 8)], strict=True):
        call.review(row, reviewer, points)

    (ranked,) = ranking(call.round)

    assert [j.score for j in ranked.judgements] == [
        Decimal("65.000"), Decimal("40.000"), Decimal("72.500"),
    ]  # fmt: skip
    assert (ranked.score, ranked.spread, ranked.deviation) == (
        Decimal("59.167"), Decimal("32.500"), Decimal("13.894"),
    )  # fmt: skip
    # Only 40 is more than 20 from the middle of the others, which is 68.75.
    assert [j.is_outlier for j in ranked.judgements] == [False, True, False]


def test_a_difference_of_exactly_twenty_is_none_that_is_marked(call):
    row = scored(call, 5, 7, 7)

    (ranked,) = ranking(call.round)

    assert ranked.application == row
    assert [j.is_outlier for j in ranked.judgements] == [False, False, False]


def test_of_two_reviews_neither_lies_outside(call):
    scored(call, 0, 10)

    (ranked,) = ranking(call.round)

    assert [j.is_outlier for j in ranked.judgements] == [False, False]
    assert (ranked.score, ranked.spread, ranked.deviation) == (50, 100, 50)


def test_equal_scores_have_one_rank_and_the_next_counts_on(call):
    best, tie, also, last = scored(call, 9), scored(call, 7), scored(call, 7), scored(call, 3)
    bare = call.eligible()
    withdrawn = call.submitted()

    found = ranking(call.round)

    tied = sorted([tie, also], key=lambda row: row.number)
    assert [each.application for each in found] == [best, *tied, last, bare]
    assert [each.rank for each in found] == [1, 2, 2, 4, 5]
    assert [each.is_tied for each in found] == [False, True, True, False, False]
    assert found[-1].score is None
    assert withdrawn not in [each.application for each in found]


def test_a_ranking_says_what_is_still_to_come_and_who_is_out(call):
    row = scored(call, 8)
    call.review(row, call.reviewers[1])
    reviews.declare(
        review=call.review(row, call.reviewers[2]),
        declared=Declared.RECUSED, at=call.now, reason="A cousin.",
    )  # fmt: skip

    (ranked,) = ranking(call.round)

    assert (ranked.waited_for, ranked.recusals, ranked.score) == (1, 1, Decimal("80.000"))


def test_a_ranking_takes_five_queries_however_many_apply(call, django_assert_num_queries):
    for points in (9, 8, 7):
        scored(call, points, points)

    # Criteria, applications, their reviews, and of these the scores and the reviewers.
    with django_assert_num_queries(5):
        ranking(call.round)
