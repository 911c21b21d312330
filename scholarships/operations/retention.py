"""Who has been kept long enough: a schedule in each round, carried out by a command."""

import datetime
from collections.abc import Iterator, Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone

from scholarships.choices import ApplicationState, AwardState
from scholarships.models import Applicant, Application, Award

NOT_SUCCESSFUL = frozenset(
    {
        ApplicationState.DRAFT,
        ApplicationState.REJECTED,
        ApplicationState.INELIGIBLE,
        ApplicationState.WITHDRAWN,
        ApplicationState.DUPLICATE,
    }
)
NEVER_BEGAN = frozenset({AwardState.DECLINED, AwardState.LAPSED})
ENDED = frozenset({AwardState.COMPLETED, AwardState.RESIGNED, AwardState.TERMINATED})
MONTHS_WITHOUT_APPLICATION = 12
DECEMBER = 12


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day some months later, or the last one of a month that has no such day."""
    years, month = divmod(day.month - 1 + months, DECEMBER)
    first = datetime.date(day.year + years, month + 1, 1)
    after = datetime.date(first.year + first.month // DECEMBER, first.month % DECEMBER + 1, 1)
    last = (after - datetime.timedelta(days=1)).day
    return first.replace(day=min(day.day, last))


def due_day_of(application: Application) -> datetime.date | None:
    """The day from which an application need not be kept, or None while it goes on.

    Time: the closing of its round, the end of its award, in Hong Kong. Expects `round` and `award`.
    """
    award: Award | None = getattr(application, "award", None)
    terms = application.round
    if application.state in NOT_SUCCESSFUL:
        return months_later(timezone.localdate(terms.closes_at), terms.retention_months)
    if award is None:
        return None
    ended = timezone.localdate(award.state_at)
    if award.state in NEVER_BEGAN:
        return months_later(ended, terms.retention_months)
    if award.state in ENDED:
        return months_later(ended, terms.award_retention_years * 12)
    return None


def due_day(applicant: Applicant, applications: Sequence[Application]) -> datetime.date | None:
    """The day from which a person is kept for nothing any more; None while anything goes on."""
    if not applications:
        return months_later(timezone.localdate(applicant.created_at), MONTHS_WITHOUT_APPLICATION)
    days = [due_day_of(each) for each in applications]
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return None
    return max([*known, applicant.held_until or datetime.date.min])


def due_on(day: datetime.date) -> Iterator[tuple[Applicant, datetime.date]]:
    """Who is to be erased on a day, each with the day since when. Queries: three a thousand people."""
    people = Applicant.objects.known().order_by("pk")
    # Whoever is held is left out at once; the database would refuse as well.
    people = people.filter(Q(held_until__isnull=True) | Q(held_until__lte=day))
    last = 0
    while rows := list(people.filter(pk__gt=last)[:1_000]):
        last = rows[-1].pk
        theirs: dict[int, list[Application]] = {row.pk: [] for row in rows}
        found = Application.objects.filter(applicant__in=rows).select_related("round", "award")
        for application in found:
            theirs[application.applicant_id].append(application)
        for row in rows:
            since = due_day(row, theirs[row.pk])
            if since is not None and since <= day:
                yield row, since


def undecided_for_long(day: datetime.date) -> QuerySet[Application]:
    """Applications that nobody decided about, of rounds that closed more than a year before a day."""
    before = datetime.datetime.combine(
        day - datetime.timedelta(days=365), datetime.time(), timezone.get_default_timezone()
    )
    return Application.objects.filter(
        round__closes_at__lt=before,
        state__in=["SUBMITTED", "ELIGIBLE", "WAITING", "SELECTED"],
        applicant__erased_at__isnull=True,
    ).order_by("pk")
