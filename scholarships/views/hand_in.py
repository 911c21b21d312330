"""Looked over, handed in, opened again, withdrawn."""

import datetime

from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from portfolio.common.refusals import Refused
from scholarships.choices import ApplicationState, AwardState, RuleKind
from scholarships.models import Answers, Application
from scholarships.operations.applications import (
    reopen_application,
    save_answers,
    submit_application,
    withdraw_application,
)
from scholarships.operations.eligibility import findings
from scholarships.operations.words_of_letters import moment_of
from scholarships.views.application import closed_to_change, own
from scholarships.views.page import (
    Visitor,
    page,
    portal,
    refused,
    refused_words,
    visitors,
    with_letters,
)
from scholarships.views.words import state_words

MAY_WITHDRAW = {
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.ELIGIBLE,
    ApplicationState.INELIGIBLE,
    ApplicationState.WAITING,
    ApplicationState.SELECTED,
}
# Reports are written by who took the place up.
TAKEN_UP = {AwardState.ACCEPTED, AwardState.DEFERRED, AwardState.COMPLETED}


@portal("GET")
@visitors
def application(request: Visitor, number: str) -> HttpResponse:
    """One's own application: where it stands, its receipt, and what one may do now."""
    row = own(request, number)
    now = timezone.now()
    award = getattr(row, "award", None)
    context = {
        "row": row,
        "words": state_words(row),
        "received": moment_of(row.submitted_at) if row.submitted_at else "",
        "closes": moment_of(row.round.closes_at),
        "is_open": row.round.is_open(now),
        "may_reopen": row.state == ApplicationState.SUBMITTED and row.round.is_open(now),
        "may_withdraw": row.state in MAY_WITHDRAW,
        "award": award,
        "reply_by": moment_of(award.reply_by) if award else "",
        "may_reply": award is not None
        and award.state == AwardState.OFFERED
        and now <= award.reply_by,
        "reports": list(award.reports.all()) if award and award.state in TAKEN_UP else [],
        "files": list(row.files.select_related("paper")),
        "broken": _broken(row) if row.state == ApplicationState.INELIGIBLE else [],
    }
    return page(request, "application.html", context)


def _broken(row: Application) -> list[str]:
    return [str(rule) for rule in row.round.rules.all() if rule.kind in row.broken_rules]


@portal("GET", "POST")
@visitors
def check(request: Visitor, number: str) -> HttpResponse:
    """Everything at a glance, each rule with what it came to; then it is handed in."""
    row = own(request, number)
    now = timezone.now()
    if request.method == "POST":
        return _hand_in(request, row, now)
    if closed := closed_to_change(request, row, now):
        return closed
    written = Answers.objects.filter(application=row).first()
    found = findings(round=row.round, applicant=request.applicant, answers=written)
    has = {each.paper_id for each in row.files.all()}
    wanted = [(paper, paper.pk in has) for paper in row.round.papers.all()]
    # What one declares is declared by handing in.
    judged = [each for each in found if each.rule.kind != RuleKind.DECLARATION]
    context = {
        "row": row,
        "step": "check",
        "answers": written,
        "findings": judged,
        "unmet": any(not each.is_met for each in judged),
        "declared": [each.text for each in found if each.rule.kind == RuleKind.DECLARATION],
        "papers": wanted,
        "missing": [paper for paper, is_there in wanted if paper.is_mandatory and not is_there],
        "nameless": not request.applicant.name,
        "closes": moment_of(row.round.closes_at),
    }
    return page(request, "check.html", context)


def _hand_in(request: Visitor, row: Application, now: datetime.datetime) -> HttpResponse:
    """The database says whether it came in time: by the moment at which we began to take it in."""
    try:
        with transaction.atomic():
            if row.state == ApplicationState.DRAFT:
                save_answers(
                    application=row, answers={"declares": request.POST.get("declares") == "on"}
                )
            submit_application(application=row, at=now)
    except (Refused, IntegrityError) as error:
        back = reverse("portal:application", args=[row.number])
        return refused(request, refused_words(error), back=back)
    response = redirect("portal:application", row.number)
    return with_letters(request, response, request.applicant)


@portal("POST")
@visitors
def reopen(request: Visitor, number: str) -> HttpResponse:
    """Change what was handed in, while the call is open."""
    row = own(request, number)
    try:
        reopen_application(application=row, at=timezone.now())
    except (Refused, IntegrityError) as error:
        back = reverse("portal:application", args=[row.number])
        return refused(request, refused_words(error), back=back)
    return redirect("portal:person", row.number)


@portal("GET", "POST")
@visitors
def withdraw(request: Visitor, number: str) -> HttpResponse:
    """Take it out of the call, after a question."""
    row = own(request, number)
    if row.state not in MAY_WITHDRAW:
        raise Http404
    if request.method != "POST":
        return page(request, "withdraw.html", {"row": row})
    try:
        withdraw_application(application=row, at=timezone.now())
    except (Refused, IntegrityError) as error:
        back = reverse("portal:application", args=[row.number])
        return refused(request, refused_words(error), back=back)
    response = redirect("portal:application", row.number)
    return with_letters(request, response, request.applicant)
