"""What the public sees of rounds and scholars: figures told once, and who agreed to be named."""

from typing import Any

import jsonschema
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from portfolio.common.publishing import Publication
from scholarships.choices import ConsentUse
from scholarships.models import Award, Consent, Outcome, Round, RoundFigures
from scholarships.models.figures import SMALLEST_GROUP
from scholarships.operations import applications, panels
from scholarships.operations.figures import NotDecidedYet, counts, publish_figures, told
from tests.factories import CreditFactory, PersonFactory
from tests.refusals import refused
from tests.scholarships.calls import Call
from tests.website.giving_schema import PACKAGE


def published(call: Call, **terms: Any) -> Call:
    """The round and its scheme are public, and the round is closed."""
    Round.objects.filter(pk=call.round.pk).update(
        publication=Publication.PUBLIC, closes_at=call.now, **terms
    )
    call.round.refresh_from_db()
    return call


def told_of(call: Call, **numbers: int | None) -> RoundFigures:
    return RoundFigures.objects.create(
        round=call.round, published_by=call.officer,
        **({"applied": None, "eligible": None, "awarded": None} | numbers),
    )  # fmt: skip


def agree(award: Award, use: ConsentUse, *, given: bool = True) -> None:
    Consent.objects.create(
        applicant=award.application.applicant, use=use, is_given=given, wording="I agree.",
        language="en",
    )  # fmt: skip


OPEN_DATA = "/scholarships/360giving.json"


@given(st.tuples(*[st.integers(0, 40)] * 3).map(lambda t: sorted(t, reverse=True)))
def test_no_number_and_no_difference_of_two_points_at_a_few(numbers):
    applied, eligible, awarded = numbers

    shown = told({"applied": applied, "eligible": eligible, "awarded": awarded})

    seen = [number for number in shown.values() if number is not None]
    apart = [abs(one - other) for one in seen for other in seen]
    assert all(each == 0 or each >= SMALLEST_GROUP for each in [*seen, *apart])
    assert shown["applied"] == (applied if applied == 0 or applied >= SMALLEST_GROUP else None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("applied", "eligible", "awarded"),
    [(4, None, None), (12, 9, None), (12, None, 8), (20, 12, 9), (None, None, 1)],
)
def test_the_database_refuses_figures_that_point_at_a_few(applied, eligible, awarded):
    call = Call()

    with refused("round_figures_hide_small_groups"):
        told_of(call, applied=applied, eligible=eligible, awarded=awarded)

    told_of(call, applied=20, eligible=15, awarded=5)


@pytest.mark.django_db
def test_figures_are_told_once_and_never_change():
    call = Call()
    row = told_of(call, applied=20)

    for rule, statement in (
        ("round_figures_never_change", lambda: RoundFigures.objects.update(applied=25)),
        ("round_figures_never_change", row.delete),
    ):
        with refused(rule):
            statement()
    with pytest.raises(IntegrityError), transaction.atomic():
        told_of(call, applied=25)
    with refused("round_figures_is_never_emptied"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE scholarships_roundfigures")


@pytest.mark.django_db
def test_figures_wait_until_everything_is_decided():
    call = Call(places=2)
    rows = call.decided(7)
    with pytest.raises(NotDecidedYet):
        publish_figures(round=call.round, actor=call.officer)

    call.accepted(rows[0])
    applications.withdraw_application(application=rows[1], at=call.now, actor=call.officer)
    panels.close_waiting_list(round=call.round, at=call.now, actor=call.officer)
    figures = publish_figures(round=call.round, actor=call.officer)

    assert counts(call.round) == {"applied": 6, "eligible": 6, "awarded": 1}
    assert (figures.applied, figures.eligible, figures.awarded) == (6, 6, None)


@pytest.mark.django_db
def test_the_page_of_a_scheme_shows_rounds_figures_and_what_is_kept_back(read):
    call = published(Call())
    told_of(call, applied=120, eligible=100)

    html = read(f"/scholarships/{call.scheme.slug}/")

    assert call.round.name_en in html
    assert "Applied 120 Eligible 100 Awarded not told" in html
    assert "not told" in html


@pytest.mark.django_db
def test_a_round_that_is_a_draft_is_nowhere(read, client):
    call = Call()

    assert call.round.name_en not in read(f"/scholarships/{call.scheme.slug}/")
    assert client.get(f"/api/v1/scholarship-schemes/{call.scheme.slug}/").json()["rounds"] == []


@pytest.mark.django_db
def test_a_scholar_is_named_from_consent_to_its_withdrawal(read):
    call = published(Call())
    award = call.accepted()
    person = award.application.applicant
    path = f"/scholarships/{call.scheme.slug}/"

    assert person.name_en not in read(path)
    agree(award, ConsentUse.PUBLIC_NAME)
    assert person.name_en in read(path)
    agree(award, ConsentUse.PUBLIC_NAME, given=False)
    assert person.name_en not in read(path)


@pytest.mark.django_db
def test_work_is_shown_with_a_consent_of_its_own_and_credits_link_by_themselves(read):
    call = published(Call())
    award = call.accepted()
    film = CreditFactory(person=PersonFactory(name_en="Scholar on screen"))
    applications.set_personal(applicant=award.application.applicant, person=film.person)
    Outcome.objects.create(
        award=award, kind="FESTIVAL", title="Best short", publication=Publication.PUBLIC
    )
    path = f"/scholarships/{call.scheme.slug}/"

    agree(award, ConsentUse.PUBLIC_NAME)
    assert "Best short" not in read(path)
    assert film.production.name_en not in read(path)
    agree(award, ConsentUse.PUBLIC_WORK)
    assert "Best short" in read(path)
    assert film.production.name_en in read(path)


@pytest.mark.django_db
def test_open_data_of_awards_names_nobody_and_has_no_small_round(client):
    small = published(Call(), amount_per_place="50000.00", amount_currency="HKD")
    award = small.accepted()
    agree(award, ConsentUse.PUBLIC_NAME)
    assert client.get(OPEN_DATA).status_code == 404
    assert OPEN_DATA not in client.get("/scholarships/").content.decode()

    told_of(small, applied=20, awarded=5)
    answer = client.get(OPEN_DATA)

    jsonschema.validate(answer.json(), PACKAGE, format_checker=jsonschema.FormatChecker())
    assert OPEN_DATA in client.get("/scholarships/").content.decode()
    (grant,) = answer.json()["grants"]
    assert award.application.applicant.name_en not in answer.content.decode()
    assert b'"amountAwarded": 50000.00' in answer.content
    assert grant["recipientIndividual"] == {
        "id": f"360G-topsheet-IND-{award.application.number}", "name": "Individual Recipient",
    }  # fmt: skip


@pytest.mark.django_db
def test_an_amount_that_is_not_disclosed_is_in_no_open_data(client):
    call = published(Call())
    call.accepted()
    told_of(call, applied=20, awarded=5)

    assert client.get(OPEN_DATA).status_code == 404
