"""Steps of productions: which there are, what each gate asks for, and what nobody may do."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from portfolio.common.grants import ONLY_ADD, rights_of
from portfolio.productions.choices import Format, Stage
from portfolio.productions.models import Production, StageChange
from portfolio.productions.operations.stages import back_from, onward_from, take_step
from portfolio.programmes.choices import Standing
from tests.factories import (
    CreditFactory,
    DeliverableFactory,
    DocumentFactory,
    MilestoneFactory,
    ParticipationFactory,
    ProductionFactory,
)
from tests.productions.slate import AT, DAY, LATER, Slate
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_a_film_goes_all_the_way(slate):
    slate.walk_to("ARCHIVED")

    slate.film.refresh_from_db()
    taken = StageChange.objects.filter(production=slate.film).order_by("pk")
    assert slate.film.stage == "ARCHIVED"
    assert list(taken.values_list("from_stage", flat=True)) == [
        "ANNOUNCED", "DEVELOPMENT", "GREENLIT", "FINANCED", "PRE_PRODUCTION",
        "PRINCIPAL_PHOTOGRAPHY", "POST_PRODUCTION", "DELIVERED", "RELEASED",
    ]  # fmt: skip
    assert {change.decided_by for change in taken} == {slate.officer}


@pytest.mark.parametrize("form", [Format.FEATURE_FILM, Format.ANIMATION])
def test_the_buttons_know_the_steps_that_the_database_knows(form):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f, t FROM unnest(%s::text[]) f, unnest(%s::text[]) t "
            "WHERE topsheet_stage_leads_to(f, t, %s)",
            [Stage.values, Stage.values, form],
        )
        known = {pair for pair in cursor.fetchall() if pair[1] != "ABANDONED"}

    assert known == {(a, b) for a in Stage for b in onward_from(a, form)}


@pytest.mark.parametrize("there", list(Stage))
@pytest.mark.parametrize("to_stage", list(Stage))
def test_a_step_that_there_is_not_is_refused(there, to_stage):
    if there == to_stage:
        return
    # No gates stand in the way of work that came before.
    film = ProductionFactory(
        stage=there, standing=Standing.TRACK_RECORD, strand=None,
        programme=ProductionFactory().programme,
    )  # fmt: skip
    slate = Slate()
    allowed = [*onward_from(there, film.format), *back_from(there)]
    if there != Stage.ARCHIVED:
        allowed.append(Stage.ABANDONED)

    def step():
        take_step(
            production=film, to_stage=to_stage, effective_date=DAY, actor=slate.officer, at=AT,
            reason="The board decided so.",
        )  # fmt: skip

    if to_stage in allowed:
        step()
        film.refresh_from_db()
        assert film.stage == to_stage
    else:
        with refused("stage_change_is_a_step_there_is"):
            step()


def test_back_and_abandoned_have_a_reason(slate):
    slate.step("DEVELOPMENT")

    with refused("stage_change_back_has_a_reason"):
        slate.step("ANNOUNCED")
    with refused("stage_change_to_abandoned_has_a_reason"):
        slate.step("ABANDONED")
    slate.step("ANNOUNCED", reason="The rights were not free.")
    slate.step("ABANDONED", reason="Nobody wants it.")


def test_what_was_abandoned_comes_back_to_what_it_had_reached(slate):
    slate.walk_to("FINANCED")
    slate.step("ABANDONED", reason="The star left.")

    with refused("stage_change_is_a_step_there_is"):
        slate.step("PRE_PRODUCTION", reason="The star is back.")
    slate.step("FINANCED", reason="The star is back.")


def test_a_step_changes_the_stage(slate):
    with refused("stage_change_changes_the_stage"):
        StageChange.objects.create(
            production=slate.film, from_stage="ANNOUNCED", to_stage="ANNOUNCED", reason="Again",
            effective_date=DAY, decided_at=AT, decided_by=slate.officer,
        )  # fmt: skip


def test_even_without_the_guard_both_ends_are_stages(slate):
    words = {
        "production": slate.film, "reason": "?", "effective_date": DAY, "decided_at": AT,
        "decided_by": slate.officer,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE productions_stagechange DISABLE TRIGGER stage_change_is_guarded"
        )

    with refused("stage_change_begins_at_a_stage"):
        StageChange.objects.create(from_stage="PAUSED", to_stage="DEVELOPMENT", **words)
    with refused("stage_change_leads_to_a_stage"):
        StageChange.objects.create(from_stage="ANNOUNCED", to_stage="PAUSED", **words)


def test_who_saw_it_elsewhere_does_not_move_it(slate):
    seen_by_another = Production.objects.get(pk=slate.film.pk)
    slate.step("DEVELOPMENT")

    with refused("stage_change_starts_where_it_is"):
        take_step(
            production=seen_by_another, to_stage=Stage.DEVELOPMENT, effective_date=DAY,
            actor=slate.second, at=AT,
        )  # fmt: skip


def test_steps_follow_each_other_in_time_and_are_not_ahead_of_it(slate):
    slate.step("DEVELOPMENT")

    with refused("stage_change_follows_the_last_in_time"):
        slate.step("ANNOUNCED", reason="Back", effective_date=DAY - datetime.timedelta(days=1))
    with refused("stage_change_is_of_a_day_that_has_come"):
        slate.step("ANNOUNCED", reason="Back", effective_date=DAY + datetime.timedelta(days=1))
    slate.step("ANNOUNCED", reason="Back", effective_date=DAY)


def test_a_day_is_a_day_of_hong_kong(slate):
    night = datetime.datetime(2026, 6, 1, 17, tzinfo=datetime.UTC)

    slate.step("DEVELOPMENT", effective_date=datetime.date(2026, 6, 2), at=night)


def test_greenlight_asks_for_a_story_a_producer_a_director_and_a_decision(slate):
    paper = DocumentFactory()

    with refused("greenlight_says_what_it_is_about"):
        slate.step("GREENLIT", document=paper)
    Production.objects.filter(pk=slate.film.pk).update(synopsis_zh_hant="兩個廚師，一個爐。")
    ParticipationFactory(production=slate.film, role="BACKER")
    with refused("greenlight_has_a_producer"):
        slate.step("GREENLIT", document=paper)
    ParticipationFactory(production=slate.film, role="CO_PRODUCER")
    CreditFactory(production=slate.film, role="WRITER")
    with refused("greenlight_has_a_director"):
        slate.step("GREENLIT", document=paper)
    CreditFactory(production=slate.film, role="DIRECTOR")
    with refused("greenlight_has_its_paper"):
        slate.step("GREENLIT")
    slate.step("GREENLIT", document=paper)


def test_a_variety_show_is_greenlit_without_a_director():
    slate = Slate(format=Format.VARIETY_SHOW, logline_en="They sing.")
    ParticipationFactory(production=slate.film, role="PRODUCER")

    slate.step("GREENLIT", document=DocumentFactory())


def test_financial_close_asks_for_its_paper(slate):
    slate.walk_to("GREENLIT")
    slate.ready_for_financial_close()

    with refused("financial_close_has_its_paper"):
        slate.step("FINANCED")
    slate.step("FINANCED", document=DocumentFactory())


def test_photography_asks_for_its_dates(slate):
    slate.ready_for_greenlight()
    paper = DocumentFactory()
    slate.ready_for_financial_close()
    slate.step("GREENLIT", document=paper)
    slate.step("FINANCED", document=paper)
    slate.step("PRE_PRODUCTION")
    MilestoneFactory(production=slate.film, kind="PHOTOGRAPHY_START")
    MilestoneFactory(production=slate.film, kind="PHOTOGRAPHY_START", title_en="Second unit")

    with refused("photography_has_planned_dates"):
        slate.step("PRINCIPAL_PHOTOGRAPHY")
    MilestoneFactory(production=slate.film, kind="PHOTOGRAPHY_END")
    slate.step("PRINCIPAL_PHOTOGRAPHY")


def test_delivery_asks_for_every_mandatory_deliverable():
    slate = Slate(stage="POST_PRODUCTION")
    DeliverableFactory(production=slate.film, kind="TRAILER", is_mandatory=False)

    with refused("delivery_is_of_something"):
        slate.step("DELIVERED")
    slate.accepted(kind="DCP")
    late = DeliverableFactory(production=slate.film, kind="STILLS")
    with refused("delivery_is_of_everything_mandatory: .*mandatory"):
        slate.step("DELIVERED")
    late.delete()
    slate.step("DELIVERED")


def test_release_asks_for_the_day_of_the_first_release():
    slate = Slate(stage="DELIVERED")
    release = MilestoneFactory(production=slate.film, kind="RELEASE", planned_date=DAY)

    with refused("release_has_its_first_date"):
        slate.step("RELEASED")
    release.actual_date = LATER
    release.save()
    with refused("release_has_its_first_date"):
        slate.step("RELEASED")
    release.actual_date = DAY
    release.save()
    slate.step("RELEASED")


def test_the_stage_changes_by_a_step_alone(slate):
    slate.step("DEVELOPMENT")

    with refused("production_stage_follows_its_steps"):
        Production.objects.filter(pk=slate.film.pk).update(stage="RELEASED")
    Production.objects.filter(pk=slate.film.pk).update(stage="DEVELOPMENT", year=2027)


def test_a_step_is_never_changed_or_removed(slate):
    step = slate.step("DEVELOPMENT")

    with refused("stage_change_never_changes"):
        StageChange.objects.filter(pk=step.pk).update(reason="Because")
    with refused("stage_change_never_changes"):
        StageChange.objects.filter(pk=step.pk).delete()
    with refused("stage_change_is_never_emptied"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE productions_stagechange")
    assert rights_of(StageChange) == ONLY_ADD


def test_stage_change_is_decided_now(slate, as_app_role):
    step = slate.step("DEVELOPMENT", at=AT)

    step.refresh_from_db()
    assert abs(step.decided_at - timezone.now()) < datetime.timedelta(minutes=5)
