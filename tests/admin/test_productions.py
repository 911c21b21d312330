"""The page of a production: steps as buttons, what gates wait for, dates with their slip, deliverables."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from portfolio.productions.models import Deliverable, ScheduleVersion, StageChange
from tests import factories
from tests.admin.forms import answers_of, refusal_of

URL = "/admin/productions/production/{}/change/"
STEP = "/admin/productions/production/{}/step/{}/{}/"


@pytest.fixture
def film(db: None) -> Any:
    """A film that was announced."""
    return factories.ProductionFactory()


def text_of(client: Client, film: Any) -> str:
    return client.get(URL.format(film.pk)).content.decode()


def take(client: Client, film: Any, step: str, about: Any = None, **answers: Any) -> Any:
    url = STEP.format(film.pk, step, about.pk if about else 0)
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    sent = {
        bound.name: bound.value() or "" for bound in page.context["form"] if bound.name != "upload"
    }
    return client.post(url, sent | answers)


def test_an_officer_moves_a_film_and_the_page_tells_of_it(browser_of: Any, film: Any):
    officer = browser_of("Programme officer")
    assert STEP.format(film.pk, "to-development", 0) in text_of(officer, film)

    answer = take(officer, film, "to-development", reason="The script is bought.")

    assert refusal_of(answer) == ""
    film.refresh_from_db()
    assert film.stage == "DEVELOPMENT"
    text = text_of(officer, film)
    assert "Announced → Development" in text
    assert "The script is bought." in text


def test_a_gate_says_what_it_waits_for_before_and_after_it_is_asked(browser_of: Any, film: Any):
    officer = browser_of("Programme officer")

    assert "Greenlit: Write a logline or a synopsis first" in text_of(officer, film)
    answer = take(officer, film, "to-greenlit")
    assert "Write a logline or a synopsis first" in refusal_of(answer)
    assert not StageChange.objects.exists()


def test_who_may_only_look_is_offered_no_step_and_takes_none(browser_of: Any, film: Any):
    viewer = browser_of("Viewer")
    part = factories.DeliverableFactory(production=film)

    assert "/step/" not in text_of(viewer, film)
    for name, key in (("to-development", 0), ("keep-schedule", 0), ("receive", part.pk)):
        assert viewer.get(STEP.format(film.pk, name, key)).status_code == 403
        assert viewer.post(STEP.format(film.pk, name, key), {}).status_code == 403


@pytest.mark.parametrize("name", ["to-nowhere", "announced", "to-", "dance"])
def test_a_step_that_there_is_not_is_not_found(boss: Client, film: Any, name: str):
    assert boss.get(STEP.format(film.pk, name, 0)).status_code == 404


def test_a_part_of_another_production_is_not_found(boss: Client, film: Any):
    foreign = factories.DeliverableFactory()

    assert boss.get(STEP.format(film.pk, "receive", foreign.pk)).status_code == 404
    assert boss.get(STEP.format(film.pk + 1_000, "receive", foreign.pk)).status_code == 404


def test_the_stage_is_chosen_when_it_is_entered_and_not_in_the_form_later(boss: Client, film: Any):
    answers = answers_of(boss.get(URL.format(film.pk)))

    assert "stage" not in answers
    boss.post(URL.format(film.pk), {**answers, "stage": "RELEASED"})
    film.refresh_from_db()
    assert film.stage == "ANNOUNCED"
    assert "stage" in answers_of(boss.get("/admin/productions/production/add/"))


def test_a_schedule_is_kept_and_locked_and_the_slip_is_shown(browser_of: Any, film: Any):
    officer = browser_of("Programme officer")
    milestone = factories.MilestoneFactory(production=film, planned_date=datetime.date(2090, 6, 1))

    take(officer, film, "keep-schedule", name="At greenlight")
    version = ScheduleVersion.objects.get()
    take(officer, film, "lock-schedule", version)
    milestone.revised_date = datetime.date(2090, 6, 11)
    milestone.save()

    version.refresh_from_db()
    assert version.locked_by.username == "programme.officer"
    assert "10 days late" in text_of(officer, film)
    assert "10 days late" in officer.get("/admin/productions/milestone/").content.decode()
    compared = officer.get(f"/admin/productions/scheduleversion/{version.pk}/change/")
    assert "10 days late" in compared.content.decode()


def test_a_deliverable_is_accepted_by_somebody_else(browser_of: Any, boss: Client, film: Any):
    officer = browser_of("Programme officer")
    row = factories.DeliverableFactory(production=film, kind="MASTER")

    take(officer, film, "receive", row)
    text = text_of(officer, film)
    assert STEP.format(film.pk, "accept", row.pk) not in text
    answer = take(officer, film, "accept", row)
    assert "Somebody other than who took it in" in refusal_of(answer)

    take(boss, film, "accept", row)
    row.refresh_from_db()
    assert (row.state, row.decided_by.username) == ("ACCEPTED", "chief")


def test_what_is_overdue_is_found_in_the_lists(boss: Client, film: Any):
    today = timezone.localdate()
    late = today - datetime.timedelta(days=3)
    soon = today + datetime.timedelta(days=3)
    factories.DeliverableFactory(production=film, kind="MASTER", due_date=late)
    factories.DeliverableFactory(production=film, kind="DCP", due_date=soon)
    factories.MilestoneFactory(production=film, kind="DELIVERY", planned_date=late)
    factories.MilestoneFactory(production=film, kind="RELEASE", planned_date=soon)

    for name, found in (("deliverable", "Master"), ("milestone", "Delivery")):
        listed = boss.get(f"/admin/productions/{name}/?overdue=yes").context["cl"].result_list
        assert [str(row) for row in listed] == [found]


def test_a_film_that_gets_seasons_is_refused_in_the_form(boss: Client):
    series = factories.SeasonFactory().production
    answers = answers_of(boss.get(URL.format(series.pk)))

    answer = boss.post(URL.format(series.pk), {**answers, "format": "FEATURE_FILM"})

    assert answer.status_code == 200
    assert "It has seasons" in answer.content.decode()
    assert Deliverable.objects.count() == 0
