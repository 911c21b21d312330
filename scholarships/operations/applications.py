"""The life of an application until a panel decides about it."""

import datetime
from collections.abc import Mapping
from typing import Any

import pghistory
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from portfolio.common.refusals import Refused
from portfolio.common.sealed import fingerprint
from portfolio.common.transactions import atomic_retrying
from scholarships.choices import ApplicationState, EntryWay, LetterKind
from scholarships.models import Answers, Applicant, Application, Round
from scholarships.models.application import ANSWERS, GONE
from scholarships.operations.eligibility import broken, findings
from scholarships.operations.letters import write_letter


class NoSuchAnswer(Refused):
    """The form has no such field."""


class StepTaken(Refused):
    """The step was taken before, by somebody else or in another window."""


def context(actor: Any) -> Any:
    """The history names who of the staff did it; of applicants it names nobody."""
    return pghistory.context(user=None if actor is None else actor.pk)


def identity_of(number: str) -> str:
    """An identity number without what people write it with: A123456(7) and a1234567 are one."""
    return "".join(each for each in number.upper() if each.isalnum())


@atomic_retrying
def set_personal(*, applicant: Applicant, actor: Any = None, **values: Any) -> Applicant:
    """Change what is personal of an applicant; `identity_number` is kept with its fingerprint."""
    with context(actor):
        for name, value in values.items():
            setattr(applicant, name, value)
        fields = [*values, "changed_at"]
        if "identity_number" in values:
            number = identity_of(values["identity_number"] or "")
            applicant.identity_fingerprint = fingerprint(number) if number else ""
            fields.append("identity_fingerprint")
        applicant.changed_at = Now()
        applicant.save(update_fields=fields)
    return applicant


@atomic_retrying
def start_application(
    *, round: Round, applicant: Applicant, way: EntryWay = EntryWay.FORM, actor: Any = None
) -> Application:
    """The applicant's draft in a round; the one there is, where there is one."""
    with context(actor):
        found = (
            Application.objects.filter(round=round, applicant=applicant)
            .exclude(state__in=GONE)
            .first()
        )
        if found is not None:
            return found
        application = Application.objects.create(
            round=round, applicant=applicant, way=way, state_by=actor
        )
        Answers.objects.create(application=application)
    return application


@atomic_retrying
def save_answers(
    *, application: Application, answers: Mapping[str, Any], actor: Any = None
) -> Answers:
    """Keep what was written so far; a draft may be as unfinished as it likes. Raises: NoSuchAnswer."""
    unknown = set(answers) - set(ANSWERS)
    if unknown:
        raise NoSuchAnswer(str(NoSuchAnswer.__doc__))
    with context(actor):
        row = Answers.objects.select_for_update(no_key=True).get(application=application)
        for name, value in answers.items():
            setattr(row, name, value)
        row.changed_at = Now()
        row.save()
    return row


@atomic_retrying
def submit_application(
    *,
    application: Application,
    at: datetime.datetime,
    actor: Any = None,
    late_reason: str = "",
) -> Application:
    """Hand in a draft: its rules are looked at, its receipt is written, and it stays as it is.

    Time: the server's own role records the moment at which it began to take it in.
    Raises: IntegrityError with the name of the rule, such as application_comes_in_time.
    """
    with context(actor):
        row = _locked(application)
        with connection.cursor() as cursor:
            # The rules that are read now are those by which it comes in.
            cursor.execute(
                "SELECT 1 FROM scholarships_round WHERE id = %s FOR SHARE", [row.round_id]
            )
        found = findings(
            round=row.round,
            applicant=row.applicant,
            answers=Answers.objects.filter(application=row).first(),
        )
        row.broken_rules = broken(found)
        row.is_eligible = not row.broken_rules
        row.submitted_at = at
        row.late_reason = late_reason
        _step(row, ApplicationState.SUBMITTED, at=at, actor=actor)
        write_letter(applicant=row.applicant, kind=LetterKind.RECEIPT, application=row)
    return row


@atomic_retrying
def reopen_application(
    *, application: Application, at: datetime.datetime, actor: Any = None
) -> Application:
    """Make what was handed in a draft again, while the round is open."""
    with context(actor):
        row = _locked(application)
        row.late_reason = ""
        return _step(row, ApplicationState.DRAFT, at=at, actor=actor)


@atomic_retrying
def withdraw_application(
    *, application: Application, at: datetime.datetime, actor: Any = None, reason: str = ""
) -> Application:
    """Take an application out of its round; a place on the waiting list goes to the next."""
    with context(actor):
        row = _locked(application)
        row.waiting_place = None
        _step(row, ApplicationState.WITHDRAWN, at=at, actor=actor, reason=reason)
        write_letter(applicant=row.applicant, kind=LetterKind.WITHDRAWN, application=row)
    return row


@atomic_retrying
def set_aside_duplicate(
    *, application: Application, of: Application, at: datetime.datetime, actor: Any
) -> Application:
    """Set an application aside because another one is of the same person."""
    with context(actor):
        return _step(
            _locked(application),
            ApplicationState.DUPLICATE,
            at=at,
            actor=actor,
            reason=of.number,
        )


def possible_duplicates(application: Application) -> QuerySet[Application]:
    """Applications of the round by somebody who gave the same identity number, telephone or name."""
    person = application.applicant
    same = Application.objects.none()
    others = (
        Application.objects.filter(round=application.round_id)
        .exclude(applicant=person)
        .exclude(state__in=GONE)
    )
    for name in ("identity_fingerprint", "phone", "name_en", "name_zh_hant", "name_zh_hans"):
        if value := getattr(person, name):
            same |= others.filter(**{f"applicant__{name}": value})
    return same.distinct().order_by("pk")


@atomic_retrying
def judge_application(
    *,
    application: Application,
    at: datetime.datetime,
    actor: Any,
    is_eligible: bool | None = None,
    reason: str = "",
) -> Application:
    """Find an application eligible or not: as the rules say, or otherwise with a reason.

    Whoever is not eligible is told at once, and so is who was told that and is eligible after all.
    """
    with context(actor):
        row = _locked(application)
        verdict = row.is_eligible if is_eligible is None else is_eligible
        if not verdict and not reason:
            reason = ", ".join(row.broken_rules)
        state = ApplicationState.ELIGIBLE if verdict else ApplicationState.INELIGIBLE
        was_told = row.state == ApplicationState.INELIGIBLE
        row = _step(row, state, at=at, actor=actor, reason=reason)
        if was_told or not verdict:
            write_letter(applicant=row.applicant, kind=LetterKind.RESULT, application=row)
    return row


def _locked(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",), no_key=True)
        .select_related("round", "applicant")
        .get(pk=application.pk)
    )


def _step(
    row: Application,
    state: ApplicationState,
    *,
    at: datetime.datetime,
    actor: Any,
    reason: str = "",
) -> Application:
    if row.state == state:
        raise StepTaken(_("This was done already."))
    row.state, row.state_at, row.state_by, row.state_reason = state, at, actor, reason
    row.save()
    row.refresh_from_db()
    return row
