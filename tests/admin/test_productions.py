"""The page of a production: steps as buttons, what gates wait for, dates with their slip, deliverables."""

import datetime
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from portfolio.productions.models import Deliverable, ProductionImage, ScheduleVersion, StageChange
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


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("poster.jpg", content, content_type="image/jpeg")


def test_a_poster_is_uploaded_and_looked_at_by_those_who_may(
    browser_of: Any, film: Any, settings: Any, tmp_path: Any
):
    settings.MEDIA_ROOT = tmp_path
    officer, viewer = browser_of("Programme officer"), browser_of("Viewer")
    made = io.BytesIO()
    Image.new("RGB", (400, 600), "teal").save(made, "JPEG")
    said = {
        "production": film.pk, "kind": "POSTER", "position": 1, "licence": "OWNED",
        "credit_line": "Nobody", "alt_en": "Two cooks", "publication": "DRAFT",
    }  # fmt: skip
    add = "/admin/productions/productionimage/add/"

    refused = officer.post(add, {**said, "upload": upload(b"<svg/>")})
    assert "Only JPEG, PNG and WebP images are kept." in refused.content.decode()
    assert viewer.post(add, {**said, "upload": upload(made.getvalue())}).status_code == 403
    assert officer.post(add, {**said, "upload": upload(made.getvalue())}).status_code == 302

    row = ProductionImage.objects.get()
    assert (row.uploaded_by.username, row.widths) == ("programme.officer", [320, 400])
    picture = f"/admin/productions/productionimage/{row.pk}/picture/320/"
    answer = viewer.get(picture)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "no-store" in answer["Cache-Control"]
    assert browser_of("nobody").get(picture).status_code == 403
    assert viewer.get(f"/images/{row.sha256}-320.jpg").status_code == 404


def test_what_is_wrong_with_a_number_is_said_in_the_form(boss: Client, film: Any):
    sent = answers_of(boss.get(URL.format(film.pk))) | {
        "identifiers-TOTAL_FORMS": "1",
        "identifiers-0-scheme": "EIDR",
        "identifiers-0-value": "10.5240/7791-8534-2C23-9030-8610-6",
    }

    answer = boss.post(URL.format(film.pk), sent)
    assert "The check character of 10.5240/7791-8534-2C23-9030-8610-6" in answer.content.decode()

    right = sent | {"identifiers-0-value": "https://doi.org/10.5240/7791-8534-2c23-9030-8610-5"}
    assert boss.post(URL.format(film.pk), right).status_code == 302
    assert film.identifiers.get().value == "10.5240/7791-8534-2C23-9030-8610-5"


def test_a_film_that_gets_seasons_is_refused_in_the_form(boss: Client):
    series = factories.SeasonFactory().production
    answers = answers_of(boss.get(URL.format(series.pk)))

    answer = boss.post(URL.format(series.pk), {**answers, "format": "FEATURE_FILM"})

    assert answer.status_code == 200
    assert "It has seasons" in answer.content.decode()
    assert Deliverable.objects.count() == 0
