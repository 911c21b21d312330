"""What the database refuses of rounds, their rules, papers and criteria, each beside what it accepts."""

import datetime
from decimal import Decimal

import pytest

from scholarships.choices import RuleKind
from scholarships.models import (
    Criterion,
    EligibilityRule,
    RequiredPaper,
    Round,
    RoundPlaces,
    RoundReviewer,
)
from tests.factories import SchemeFactory
from tests.refusals import refused
from tests.scholarships.calls import Call
from tests.scholarships.loosened import loosen

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def call():
    return Call(places=2, scheme_places=5)


def another(call, **terms):
    """A second round of the scheme."""
    return Round.objects.create(
        **{
            "scheme": call.scheme, "code": "another", "name_en": "Another", "places": 1,
            "opens_at": call.now, "closes_at": call.now + HOUR,
        }
        | terms
    )  # fmt: skip


def test_a_round_has_a_name_in_one_language_at_least(call):
    assert another(call, name_en="", name_zh_hant="第二輪").name_zh_hant == "第二輪"

    with refused("round_has_a_name"):
        another(call, code="nameless", name_en="")


def test_a_round_is_published_in_one_of_the_known_ways(call):
    with refused("round_publication_is_known"):
        another(call, publication="LEAKED")


def test_a_round_has_an_address_of_its_own_within_its_scheme(call):
    another(call, code="2026")
    another(call, code="2026", scheme=SchemeFactory(places=1))

    with refused("round_has_an_address_of_its_own"):
        another(call, code="2026")


def test_a_round_closes_after_it_opens(call):
    another(call, closes_at=call.now + datetime.timedelta(microseconds=1))

    with refused("round_closes_after_it_opens"):
        another(call, code="shut", closes_at=call.now)


def test_a_round_has_one_place_at_least(call):
    another(call, places=1)

    with refused("round_has_places"):
        another(call, code="none", places=0)


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [("reviews_each", 1, 9), ("reply_days", 1, 180), ("retention_months", 1, 120)],
)
def test_the_terms_of_a_round_are_sensible(call, field, least, most):
    rows = Round.objects.filter(pk=call.round.pk)
    for good in (least, most):
        rows.update(**{field: good})

    for bad in (least - 1, most + 1):
        with refused("round_terms_are_sensible"):
            rows.update(**{field: bad})


def test_the_amount_of_a_place_is_known_with_its_currency_or_not_disclosed(call):
    another(call, amount_per_place=None, amount_currency="")
    another(call, code="said", amount_per_place=Decimal("100000.00"), amount_currency="HKD")

    for amount, currency in ((0, "HKD"), (1, ""), (None, "HKD")):
        with refused("round_amount_has_its_currency"):
            another(call, code="x", amount_per_place=amount, amount_currency=currency)
    with refused("round_currency_is_iso4217"):
        another(call, code="x", amount_per_place=1, amount_currency="HK$")


def test_rounds_give_no_more_places_than_their_scheme_has(call):
    other = another(call, places=3)

    with refused("round_places_are_of_the_scheme"):
        another(call, code="third", places=1)
    with refused("round_places_are_of_the_scheme"):
        Round.objects.filter(pk=other.pk).update(places=4)
    with refused("round_places_are_of_the_scheme"):
        type(call.scheme).objects.filter(pk=call.scheme.pk).update(places=4)
    type(call.scheme).objects.filter(pk=call.scheme.pk).update(places=6)
    Round.objects.filter(pk=other.pk).update(places=4)

    assert sorted(call.scheme.rounds.values_list("places", flat=True)) == [2, 4]


def test_a_round_that_comes_from_another_scheme_finds_its_places_there(call):
    stranger = another(call, scheme=SchemeFactory(places=4), places=4)

    with refused("round_places_are_of_the_scheme"):
        Round.objects.filter(pk=stranger.pk).update(scheme=call.scheme)
    Round.objects.filter(pk=stranger.pk).update(scheme=call.scheme, places=3)


def test_a_round_stays_in_the_scheme_in_which_somebody_applied(call):
    roomy = SchemeFactory(places=9)
    Round.objects.filter(pk=another(call).pk).update(scheme=roomy)
    call.draft()

    with refused("round_keeps_its_scheme"):
        Round.objects.filter(pk=call.round.pk).update(scheme=roomy)


def test_places_that_are_taken_are_not_given_up(call):
    for row in call.decided(2):
        call.offered(row)
    rows = Round.objects.filter(pk=call.round.pk)
    rows.update(places=3)
    rows.update(places=2)

    with refused("round_keeps_the_places_that_are_taken"):
        rows.update(places=1)


def test_the_counter_of_places_comes_and_goes_with_its_round(call, as_app_role):
    other = another(call)

    assert list(RoundPlaces.objects.values_list("round", "taken").order_by("round")) == [
        (call.round.pk, 0),
        (other.pk, 0),
    ]
    other.delete()
    assert list(RoundPlaces.objects.values_list("round", flat=True)) == [call.round.pk]


def test_the_server_cannot_write_the_counter_of_places(call, as_app_role):
    for write in (
        lambda: RoundPlaces.objects.filter(round=call.round).update(taken=0),
        lambda: RoundPlaces.objects.filter(round=call.round)._raw_delete("default"),
        lambda: RoundPlaces.objects.create(round=call.round, taken=0),
    ):
        with refused("permission denied"):
            write()


def rule(call, kind=RuleKind.DECLARATION, **measure):
    return EligibilityRule.objects.create(
        round=call.round, kind=kind, **({"text_en": "As it says."} | measure)
    )


def test_an_eligibility_rule_is_said_in_one_language_at_least(call):
    rule(call, text_en="", text_zh_hans="如上")

    with refused("eligibility_rule_is_said"):
        rule(call, text_en="")


def test_an_eligibility_rule_looks_at_something_known(call):
    with refused("eligibility_rule_kind_is_known|eligibility_rule_has_its_measure"):
        rule(call, kind="STAR_SIGN")


def test_even_without_a_measure_the_kind_of_a_rule_is_a_known_one(call):
    loosen("eligibilityrule", "DROP CONSTRAINT eligibility_rule_has_its_measure")

    with refused("eligibility_rule_kind_is_known"):
        rule(call, kind="STAR_SIGN")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (RuleKind.PROGRAMME_OF_STUDY, {"values": ["Film"]}, {}),
        (RuleKind.RESIDENCE, {"values": ["HK"]}, {"values": ["HK"], "least": 1}),
        (RuleKind.YEAR_OF_STUDY, {"least": 2}, {}),
        (RuleKind.AGE, {"most": 30}, {"most": 30, "values": ["old"]}),
        (RuleKind.FIRST_FEATURE, {}, {"least": 1}),
        (RuleKind.DECLARATION, {}, {"values": ["yes"]}),
    ],
)
def test_an_eligibility_rule_has_the_measure_of_its_kind(call, kind, good, bad):
    call.round.rules.all().delete()
    rule(call, kind=kind, **good).delete()

    with refused("eligibility_rule_has_its_measure"):
        rule(call, kind=kind, **bad)


def test_the_least_of_a_rule_is_not_above_its_most(call):
    rule(call, kind=RuleKind.AGE, least=18, most=18).delete()

    with refused("eligibility_rule_bounds_are_ordered"):
        rule(call, kind=RuleKind.AGE, least=19, most=18)


def test_only_declarations_are_asked_for_more_than_once(call):
    rule(call)
    rule(call)
    rule(call, kind=RuleKind.AGE, least=18)

    with refused("eligibility_rule_is_given_once"):
        rule(call, kind=RuleKind.AGE, most=30)


def test_rules_stay_once_somebody_applied_by_them(call):
    call.draft()
    call.rules[1].least = 3
    call.rules[1].save()
    call.submitted(year_of_study=3)
    elsewhere = another(call)

    with refused("eligibility_stays_once_used"):
        EligibilityRule.objects.filter(pk=call.rules[1].pk).update(least=4)
    with refused("eligibility_stays_once_used"):
        EligibilityRule.objects.filter(pk=call.rules[1].pk).update(round=elsewhere)
    with refused("eligibility_stays_once_used"):
        EligibilityRule.objects.filter(pk=call.rules[1].pk).delete()
    with refused("eligibility_stays_once_used"):
        rule(call, kind=RuleKind.AGE, least=18)
    EligibilityRule.objects.filter(pk=call.rules[1].pk).update(text_en="Third year or later.")


def test_papers_stay_once_somebody_handed_them_in(call):
    call.draft()
    call.paper.largest_mb = 12
    call.paper.save()
    nobodys = RequiredPaper.objects.create(
        round=call.round, name_en="Reel", position=2, is_mandatory=False
    )
    call.submitted()
    elsewhere = another(call)
    papers = RequiredPaper.objects.filter(pk=call.paper.pk)

    for change in ({"is_mandatory": False}, {"is_for_reviewers": True}, {"round": elsewhere}):
        with refused("papers_stay_once_used"):
            papers.update(**change)
    with refused("papers_stay_once_used"):
        RequiredPaper.objects.create(round=call.round, name_en="Script", position=3)
    with refused("papers_stay_once_used"):
        nobodys.delete()
    papers.update(name_en="Treatment of the film")


def test_criteria_stay_once_a_review_is_completed_by_them(call):
    voice, plan = (Criterion.objects.filter(pk=c.pk) for c in call.criteria)
    application = call.eligible()
    call.review(application, call.reviewers[0])
    voice.update(weight=2)
    call.review(application, call.reviewers[0], [8, 7])
    elsewhere = another(call)

    with refused("criteria_stay_once_used"):
        voice.update(weight=3)
    with refused("criteria_stay_once_used"):
        plan.update(round=elsewhere)
    with refused("criteria_stay_once_used"):
        Criterion.objects.create(round=call.round, name_en="Luck")
    voice.update(name_en="A voice of one's own")


def test_a_criterion_has_a_name_and_weighs_something(call):
    for weight, most in ((1, 100), (100, 1)):
        Criterion.objects.create(round=call.round, name_en="X", weight=weight, most_points=most)

    with refused("criterion_has_a_name"):
        Criterion.objects.create(round=call.round)
    for weight, most in ((0, 1), (1, 0), (101, 1), (1, 101)):
        with refused("criterion_weighs_something"):
            Criterion.objects.create(round=call.round, name_en="X", weight=weight, most_points=most)


def test_a_reviewer_is_named_once_a_round(call):
    RoundReviewer.objects.create(round=another(call), user=call.reviewers[0])

    with refused("round_reviewer_is_named_once"):
        RoundReviewer.objects.create(round=call.round, user=call.reviewers[0])


def test_a_paper_has_a_name_formats_that_are_known_and_a_size(call):
    rows = RequiredPaper.objects.filter(pk=call.paper.pk)
    rows.update(formats=["PDF", "JPEG", "PNG"], largest_mb=50)
    rows.update(largest_mb=1)

    with refused("required_paper_has_a_name"):
        rows.update(name_en="")
    for formats in ([], ["EXE"], ["PDF", "EXE"]):
        with refused("required_paper_formats_are_known"):
            rows.update(formats=formats)
    for size in (0, 51):
        with refused("required_paper_size_is_sensible"):
            rows.update(largest_mb=size)
