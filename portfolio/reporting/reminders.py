"""What is to be looked after by a day: rights that end, options that run out, what is late or due.

Each part is asked only for those who may see its rows.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.productions.models import Deliverable, Milestone
from portfolio.rights.choices import Direction, ExtentKind, GrantState, PriorityState
from portfolio.rights.models import Extent, Grant, Offer, Priority

MOST_OF_A_SORT = 200
ONE_DAY = datetime.timedelta(days=1)

type May = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to be done by a day: what, about which title, and where to do it.

    `key` tells it from every other, and stays the same while its day is moved.
    """

    key: str
    date: datetime.date
    what: str
    title: str
    detail: str
    url: str

    def is_late(self, day: datetime.date) -> bool:
        """Whether its day is over."""
        return self.date < day


def reminders(*, may: May, day: datetime.date, days: int) -> list[Reminder]:
    """What is late on `day` or comes within `days`, the oldest first.

    Shape: at most 200 of a sort, those of the nearest days to come and of what is late.
    Time: the last day that something holds, or by which it is due; rights that ended before `day` are
    over and not late.  Queries: one a sort that the reader may see, at most seven.
    """
    last = day + datetime.timedelta(days=days)
    found: list[Reminder] = []
    if may("rights.view_grant"):
        found += [*_windows(day, last), *_reversions(last)]
    if may("rights.view_priority"):
        found += [*_priorities(day, last), *_offers(last)]
    if may("productions.view_milestone"):
        found += _milestones(last)
    if may("productions.view_deliverable"):
        found += _deliverables(last)
    return sorted(found, key=lambda each: (each.date, each.what, each.title, each.key))


def _name(row: Any) -> str:
    return str(row.name_for(get_language() or "en"))


def _windows(day: datetime.date, last: datetime.date) -> Iterator[Reminder]:
    """Rights and holdbacks that end from today on: what ended before is over."""
    rows = (
        Extent.objects.filter(
            counts=True,
            kind__in=[ExtentKind.IN, ExtentKind.OUT, ExtentKind.HOLDBACK],
            window__endswith__gt=day,
            window__endswith__lte=last + ONE_DAY,
        )
        .exclude(grant__state=GrantState.ENDED)
        .defer("territories")
        .select_related("title", "holder")
        .order_by("window__endswith", "pk")[:MOST_OF_A_SORT]
    )
    words = {
        ExtentKind.IN: _("An acquired right ends"),
        ExtentKind.OUT: _("A licence ends"),
        ExtentKind.HOLDBACK: _("A holdback ends"),
    }
    for row in rows:
        assert row.window is not None  # noqa: S101 - the filter looked
        yield Reminder(
            key=f"extent-{row.pk}",
            date=row.window.upper - ONE_DAY,
            what=words[ExtentKind(row.kind)],
            title=_name(row.title),
            detail=_name(row.holder) if row.holder else "",
            url=reverse("admin:rights_grant_change", args=[row.grant_id]),
        )


def _reversions(last: datetime.date) -> Iterator[Reminder]:
    rows = (
        Grant.objects.filter(state=GrantState.IN_FORCE, reversion_date__lte=last)
        .select_related("title")
        .order_by("-reversion_date", "pk")[:MOST_OF_A_SORT]
    )
    for row in rows:
        acquired = row.direction == Direction.IN
        assert row.reversion_date is not None  # noqa: S101 - the filter looked
        yield Reminder(
            key=f"reversion-{row.pk}",
            date=row.reversion_date,
            what=_("An acquired right reverts") if acquired else _("A licence reverts to us"),
            title=_name(row.title),
            detail=_("unless %(condition)s") % {"condition": row.reversion_condition}
            if row.reversion_condition
            else "",
            url=reverse("admin:rights_grant_change", args=[row.pk]),
        )


def _priorities(day: datetime.date, last: datetime.date) -> Iterator[Reminder]:
    """Those that run out, and those that ran out and were never closed."""
    rows = (
        Priority.objects.filter(state=PriorityState.OPEN, valid_until_date__lte=last)
        .select_related("title", "holder")
        .order_by("-valid_until_date", "pk")[:MOST_OF_A_SORT]
    )
    for row in rows:
        yield Reminder(
            key=f"priority-{row.pk}",
            date=row.valid_until_date,
            what=_("%(kind)s runs out") % {"kind": row.get_kind_display()},
            title=_name(row.title),
            detail=_name(row.holder),
            url=reverse("admin:rights_priority_change", args=[row.pk]),
        )


def _offers(last: datetime.date) -> Iterator[Reminder]:
    rows = (
        Offer.objects.filter(answer="", answer_due_date__lte=last, grant__state=GrantState.DRAFT)
        .select_related("priority__title", "priority__holder")
        .order_by("-answer_due_date", "pk")[:MOST_OF_A_SORT]
    )
    for row in rows:
        assert row.answer_due_date is not None  # noqa: S101 - the filter looked
        yield Reminder(
            key=f"offer-{row.pk}",
            date=row.answer_due_date,
            what=_("An answer to an offer is due"),
            title=_name(row.priority.title),
            detail=_name(row.priority.holder),
            url=reverse("admin:rights_grant_change", args=[row.grant_id]),
        )


def _milestones(last: datetime.date) -> Iterator[Reminder]:
    rows = (
        Milestone.objects.filter(actual_date__isnull=True)
        .annotate(expected=Coalesce("revised_date", "planned_date"))
        .filter(expected__lte=last)
        .select_related("production")
        .order_by("-expected", "pk")[:MOST_OF_A_SORT]
    )
    for row in rows:
        yield Reminder(
            key=f"milestone-{row.pk}",
            date=row.expected,
            what=_("A milestone is expected"),
            title=_name(row.production),
            detail=str(row),
            url=reverse("admin:productions_milestone_change", args=[row.pk]),
        )


def _deliverables(last: datetime.date) -> Iterator[Reminder]:
    rows = (
        Deliverable.objects.filter(~Q(state="ACCEPTED") & ~Q(state="RECEIVED"), due_date__lte=last)
        .select_related("production")
        .order_by("-due_date", "pk")[:MOST_OF_A_SORT]
    )
    for row in rows:
        assert row.due_date is not None  # noqa: S101 - the filter looked
        yield Reminder(
            key=f"deliverable-{row.pk}",
            date=row.due_date,
            what=_("A deliverable is due"),
            title=_name(row.production),
            detail=str(row),
            url=reverse("admin:productions_deliverable_change", args=[row.pk]),
        )
