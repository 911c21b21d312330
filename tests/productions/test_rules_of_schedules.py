"""Milestones, the slip, and schedule versions that never change once locked."""

import datetime

import pytest
from django.db.models.functions import Now

from portfolio.common.publishing import Publication
from portfolio.productions.models import Milestone, ScheduleDate, ScheduleVersion
from portfolio.productions.operations.schedules import (
    NothingPlanned,
    keep_schedule,
    lock_schedule,
)
from tests.factories import MilestoneFactory, ProductionFactory
from tests.productions.slate import AT
from tests.refusals import refused

pytestmark = pytest.mark.django_db

JUNE, JULY, AUGUST = (datetime.date(2026, month, 1) for month in (6, 7, 8))


def slip_of(milestone: Milestone) -> int:
    return Milestone.objects.with_slip().get(pk=milestone.pk).slip.days


@pytest.fixture
def shoot(slate):
    """A milestone planned for June."""
    return MilestoneFactory(production=slate.film, kind="PHOTOGRAPHY_START", planned_date=JUNE)


def test_the_slip_is_from_the_plan_to_what_is_expected_and_then_to_what_was(shoot):
    assert slip_of(shoot) == 0

    shoot.revised_date = JULY
    shoot.save()
    assert slip_of(shoot) == 30

    shoot.actual_date = datetime.date(2026, 5, 30)
    shoot.save()
    assert slip_of(shoot) == -2


def test_the_slip_is_held_against_the_version_locked_last(slate, shoot):
    later = MilestoneFactory(production=slate.film, kind="DELIVERY", planned_date=JULY)
    shoot.revised_date = JULY
    shoot.save()
    first = keep_schedule(production=slate.film, name="Greenlight", actor=slate.officer)
    assert slip_of(shoot) == 30  # a version that is open counts for nothing
    lock_schedule(version=first, actor=slate.officer, at=AT)
    assert slip_of(shoot) == 0

    shoot.revised_date = AUGUST
    shoot.save()
    second = keep_schedule(production=slate.film, name="After the storm", actor=slate.officer)
    assert slip_of(shoot) == 31
    lock_schedule(version=second, actor=slate.officer, at=AT)
    assert (slip_of(shoot), slip_of(later)) == (0, 0)
    assert (first.number, second.number) == (1, 2)


def test_a_milestone_that_is_not_in_the_baseline_is_held_against_its_first_plan(slate, shoot):
    lock_schedule(
        version=keep_schedule(production=slate.film, name="Greenlight", actor=slate.officer),
        actor=slate.officer, at=AT,
    )  # fmt: skip
    new = MilestoneFactory(production=slate.film, planned_date=JUNE, revised_date=JULY)

    assert slip_of(new) == 30


def test_what_was_to_be_before_a_day_and_is_not_is_overdue(shoot):
    next_day = JUNE + datetime.timedelta(days=1)

    assert list(Milestone.objects.overdue_on(JUNE)) == []
    assert list(Milestone.objects.overdue_on(next_day)) == [shoot]
    Milestone.objects.update(revised_date=next_day)
    assert list(Milestone.objects.overdue_on(next_day)) == []
    Milestone.objects.update(revised_date=None, actual_date=JUNE)
    assert list(Milestone.objects.overdue_on(AUGUST)) == []


def test_nothing_is_kept_of_nothing(slate):
    with pytest.raises(NothingPlanned):
        keep_schedule(production=slate.film, name="Greenlight", actor=slate.officer)


def test_a_locked_version_never_changes(slate, shoot):
    version = keep_schedule(production=slate.film, name="Greenlight", actor=slate.officer)
    other = MilestoneFactory(production=slate.film, kind="DELIVERY")
    ScheduleVersion.objects.filter(pk=version.pk).update(name="At greenlight")
    ScheduleDate.objects.filter(version=version).update(planned_date=JULY)
    lock_schedule(version=version, actor=slate.officer, at=AT)

    for change in (
        {"name": "Another"},
        {"locked_at": None, "locked_by": None},
        {"locked_by": slate.second},
    ):
        with refused("schedule_version_locked_stays"):
            ScheduleVersion.objects.filter(pk=version.pk).update(**change)
    with refused("schedule_version_locked_stays"):
        ScheduleVersion.objects.filter(pk=version.pk)._raw_delete("default")
    with refused("schedule_date_of_a_locked_version_stays"):
        ScheduleDate.objects.filter(version=version).update(planned_date=AUGUST)
    with refused("schedule_date_of_a_locked_version_stays"):
        ScheduleDate.objects.create(version=version, milestone=other, planned_date=JUNE)
    with refused("schedule_date_of_a_locked_version_stays"):
        shoot.delete()


def test_a_version_begins_open_and_is_locked_with_dates_in_it(slate, shoot):
    empty = ScheduleVersion(production=slate.film, number=1, name="Empty")

    with refused("schedule_version_begins_open"):
        ScheduleVersion.objects.create(
            production=slate.film, number=1, name="Locked", locked_at=AT, locked_by=slate.officer
        )
    empty.save()
    with refused("schedule_version_locked_has_dates"):
        lock_schedule(version=empty, actor=slate.officer, at=AT)
    empty.refresh_from_db()
    with refused("schedule_version_locked_is_locked_by_somebody"):
        ScheduleDate.objects.create(version=empty, milestone=shoot, planned_date=JUNE)
        ScheduleVersion.objects.filter(pk=empty.pk).update(locked_at=AT)


def test_a_version_has_a_name_a_number_and_one_date_for_each_milestone(slate, shoot):
    version = keep_schedule(production=slate.film, name="Greenlight", actor=slate.officer)

    with refused("schedule_version_has_a_name"):
        ScheduleVersion.objects.create(production=slate.film, number=2, name="")
    with refused("schedule_version_has_a_number_of_its_own"):
        ScheduleVersion.objects.create(production=slate.film, number=1, name="Again")
    with refused("schedule_date_is_given_once"):
        ScheduleDate.objects.create(version=version, milestone=shoot, planned_date=JULY)


def test_dates_versions_and_milestones_stay_with_one_production(slate, shoot):
    version = keep_schedule(production=slate.film, name="Greenlight", actor=slate.officer)
    other = ProductionFactory()
    foreign = MilestoneFactory(production=other)

    with refused("schedule_date_is_of_its_production"):
        ScheduleDate.objects.create(version=version, milestone=foreign, planned_date=JUNE)
    with refused("schedule_version_stays_with_its_production"):
        ScheduleVersion.objects.filter(pk=version.pk).update(production=other)
    with refused("milestone_stays_with_its_production"):
        Milestone.objects.filter(pk=shoot.pk).update(production=other)


@pytest.mark.parametrize(
    ("accepted", "wrong", "rule"),
    [
        ({"kind": "OTHER", "title_zh_hans": "开机"}, {"kind": "OTHER"}, "milestone_of_another_kind_has_a_title"),
        ({"kind": "DELIVERY"}, {"kind": "PARTY", "title_en": "Party"}, "milestone_kind_is_known"),
        ({"planned_date": None, "actual_date": JUNE}, {"planned_date": None}, "milestone_has_a_date"),
        ({"revised_date": JULY}, {"planned_date": None, "actual_date": JULY, "revised_date": JULY},
         "milestone_is_planned_before_it_is_revised"),
        ({}, {"publication": Publication.EMBARGOED}, "milestone_publication_is_known"),
    ],
)  # fmt: skip
def test_a_milestone_says_what_and_when(accepted, wrong, rule):
    MilestoneFactory(**accepted)

    with refused(rule):
        MilestoneFactory(**wrong)


def test_a_milestone_is_there_once_under_a_title(shoot):
    MilestoneFactory(production=shoot.production, kind=shoot.kind, title_en="Second unit")

    with refused("milestone_is_there_once"):
        MilestoneFactory(production=shoot.production, kind=shoot.kind)


def test_a_milestone_is_public_when_its_production_is():
    shown = MilestoneFactory()
    MilestoneFactory(production=shown.production, kind="DELIVERY", publication=Publication.DRAFT)
    MilestoneFactory(production=ProductionFactory(publication=Publication.DRAFT))

    assert list(Milestone.objects.public(Now())) == [shown]
