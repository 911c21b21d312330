"""Versions of the schedule of a production."""

import datetime
from typing import Any

import pghistory
from django.db.models import Max
from django.utils.translation import gettext as _

from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.productions.models import Milestone, Production, ScheduleDate, ScheduleVersion


class NothingPlanned(Refused):
    """There are no dates to keep."""


@atomic_retrying
def keep_schedule(
    *, production: Production, name: str, actor: Any, remarks: str = ""
) -> ScheduleVersion:
    """Keep the dates of a production as they are expected now, under a name.

    Raises: NothingPlanned.
    """
    # Two who keep a version at once are given two numbers.
    Production.objects.select_for_update(no_key=True, of=("self",)).get(pk=production.pk)
    dates = {
        milestone.pk: milestone.actual_date or milestone.revised_date or milestone.planned_date
        for milestone in Milestone.objects.filter(production=production)
    }
    if not dates:
        raise NothingPlanned(_("There is no milestone yet: plan one first."))
    with pghistory.context(user=actor.pk):
        last = production.schedule_versions.aggregate(last=Max("number"))["last"] or 0
        version = ScheduleVersion.objects.create(
            production=production, number=last + 1, name=name, remarks=remarks
        )
        ScheduleDate.objects.bulk_create(
            ScheduleDate(version=version, milestone_id=milestone, planned_date=day)
            for milestone, day in dates.items()
            if day is not None
        )
    return version


@atomic_retrying
def lock_schedule(*, version: ScheduleVersion, actor: Any, at: datetime.datetime) -> None:
    """Lock a version: it never changes again, and later dates are held against it."""
    with pghistory.context(user=actor.pk):
        version.locked_at, version.locked_by = at, actor
        version.save(update_fields=["locked_at", "locked_by"])
