"""Letters to applicants: written with what they tell of, and sent when that is done."""

import datetime

from django.db.models import Exists, OuterRef, Q, Subquery

from portfolio.common.transactions import atomic_retrying
from scholarships.choices import AwardState, ConsentUse, LetterKind, ReportState
from scholarships.models import (
    Applicant,
    Application,
    Award,
    Consent,
    Letter,
    ProgressReport,
    Round,
)

REMIND_AHEAD = datetime.timedelta(days=14)
BETWEEN_REMINDERS = datetime.timedelta(days=7)
FIRST_SURVEY = datetime.timedelta(days=180)
BETWEEN_SURVEYS = datetime.timedelta(days=365)
SURVEYS_END = datetime.timedelta(days=5 * 365)


def write_letter(
    *,
    applicant: Applicant,
    kind: LetterKind,
    application: Application | None = None,
    round: Round | None = None,
) -> Letter | None:
    """Put a letter in the outbox; whoever has no address gets none."""
    if not applicant.email:
        return None
    return Letter.objects.create(
        applicant=applicant,
        application=application,
        round=round,
        kind=kind,
        language=applicant.language,
    )


def reports_to_remind_of(applicant: Applicant, day: datetime.date) -> list[ProgressReport]:
    """Reports that a scholar owes: those that are late, and those due in the next two weeks."""
    return list(
        ProgressReport.objects.filter(
            award__application__applicant=applicant,
            award__state=AwardState.ACCEPTED,
            state__in=[ReportState.EXPECTED, ReportState.RETURNED],
            due_date__lte=day + REMIND_AHEAD,
        )
        .select_related("award__application")
        .order_by("due_date", "pk")
    )


def write_reminders(*, at: datetime.datetime, day: datetime.date) -> int:
    """One letter to each scholar who owes reports, and none within a week of the last one."""
    owing = ProgressReport.objects.filter(
        award__application__applicant=OuterRef("pk"),
        award__state=AwardState.ACCEPTED,
        state__in=[ReportState.EXPECTED, ReportState.RETURNED],
        due_date__lte=day + REMIND_AHEAD,
    )
    people = Applicant.objects.known().filter(Exists(owing)).exclude(email="").order_by("pk")
    return sum(
        _write_unless_lately(
            applicant=person, kind=LetterKind.REPORTS_DUE, since=at - BETWEEN_REMINDERS
        )
        for person in people
    )


def write_surveys(*, at: datetime.datetime) -> int:
    """Ask those who completed their award and agreed to be asked: after half a year, then once a year."""
    last_word = (
        Consent.objects.filter(applicant=OuterRef("pk"), use=ConsentUse.LATER_SURVEY)
        .order_by("-pk")
        .values("is_given")[:1]
    )
    done = Award.objects.filter(
        application__applicant=OuterRef("pk"),
        state=AwardState.COMPLETED,
        state_at__range=(at - SURVEYS_END, at - FIRST_SURVEY),
    )
    people = (
        Applicant.objects.known()
        .filter(Exists(done))
        .annotate(agrees=Subquery(last_word))
        .filter(agrees=True)
        .exclude(email="")
        .order_by("pk")
    )
    return sum(
        _write_unless_lately(applicant=person, kind=LetterKind.SURVEY, since=at - BETWEEN_SURVEYS)
        for person in people
    )


@atomic_retrying
def _write_unless_lately(
    *, applicant: Applicant, kind: LetterKind, since: datetime.datetime
) -> bool:
    # Two runs at once: the second waits here, and then finds the letter of the first.
    person = Applicant.objects.select_for_update(no_key=True).get(pk=applicant.pk)
    if Letter.objects.filter(
        Q(written_at__gte=since) | Q(sent_at__isnull=True), applicant=person, kind=kind
    ).exists():
        return False
    return write_letter(applicant=person, kind=kind) is not None
