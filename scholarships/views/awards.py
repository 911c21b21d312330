"""After the offer: yes or no, reports, and what came of it."""

from django.db import DatabaseError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.common.publishing import Publication
from portfolio.common.refusals import Refused
from scholarships.choices import AwardState, ReportState
from scholarships.models import Application, Award, Outcome, ProgressReport
from scholarships.operations.applications import set_personal
from scholarships.operations.awards import accept_offer, give_up
from scholarships.operations.masks import masked
from scholarships.operations.outcomes import add_outcome, remove_outcome
from scholarships.operations.reports import hand_in_report, save_report
from scholarships.operations.words_of_letters import moment_of
from scholarships.views.application import own
from scholarships.views.forms import BankForm, OutcomeForm, ReportForm
from scholarships.views.page import (
    EVERY_PURPOSE,
    Visitor,
    page,
    portal,
    refused,
    refused_words,
    visitors,
)

WRITES = {ReportState.EXPECTED, ReportState.RETURNED}
TAKEN_UP = [AwardState.ACCEPTED, AwardState.DEFERRED, AwardState.COMPLETED]


def _award(row: Application) -> Award:
    award = Award.objects.filter(application=row).first()
    if award is None:
        raise Http404
    return award


@portal("GET", "POST")
@visitors
def offer(request: Visitor, number: str) -> HttpResponse:
    """Say yes, with where to pay to, or no."""
    row = own(request, number)
    award, now = _award(row), timezone.now()
    back = reverse("portal:application", args=[row.number])
    if award.state != AwardState.OFFERED:
        return redirect(back)
    form = BankForm(request.POST if "accept" in request.POST else None)
    if request.method == "POST":
        try:
            if "decline" in request.POST:
                give_up(award=award, state=AwardState.DECLINED, at=now, actor=None)
                return redirect(back)
            if form.is_valid():
                with transaction.atomic():
                    accept_offer(award=award, at=now)
                    set_personal(applicant=request.applicant, **form.cleaned_data)
                return redirect(back)
        except (Refused, DatabaseError) as error:
            return refused(request, refused_words(error), back=back)
    context = {"row": row, "award": award, "form": form, "reply_by": moment_of(award.reply_by)}
    is_late = now > award.reply_by
    return page(
        request, "offer.html", {**context, "is_late": is_late}, status=409 if is_late else 200
    )


@portal("GET", "POST")
@visitors
def bank(request: Visitor, number: str) -> HttpResponse:
    """Another account to pay to."""
    row = own(request, number)
    if _award(row).state not in TAKEN_UP:
        raise Http404
    form = BankForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_personal(applicant=request.applicant, **form.cleaned_data)
        return redirect("portal:application", row.number)
    kept = masked(str(request.applicant.bank_account or ""))
    return page(request, "bank.html", {"row": row, "form": form, "kept_account": kept})


@portal("GET", "POST")
@visitors
def report(request: Visitor, number: str, which: int) -> HttpResponse:
    """Write a report, put it aside, hand it in."""
    row = own(request, number)
    found = ProgressReport.objects.filter(
        award__application=row, award__state__in=TAKEN_UP, number=which
    ).first()
    if found is None:
        raise Http404
    back = reverse("portal:application", args=[row.number])
    form = ReportForm(request.POST or None, initial={"text": found.text})
    if request.method == "POST":
        if found.state not in WRITES:
            return refused(request, _("This report was handed in already."), back=back)
        if form.is_valid():
            text = form.cleaned_data["text"]
            try:
                if "stay" in request.POST:
                    save_report(report=found, text=text)
                    return redirect(f"{request.path}?kept=1")
                if text.strip():
                    hand_in_report(report=found, text=text, at=timezone.now())
                    return redirect(back)
            except (Refused, DatabaseError) as error:
                return refused(request, refused_words(error), back=back)
            form.add_error("text", _("Write your report first."))
    context = {
        "row": row,
        "report": found,
        "form": form,
        "may_write": found.state in WRITES,
        "kept": "kept" in request.GET,
    }
    status = 400 if request.method == "POST" else 200
    return page(request, "report.html", context, status=status)


def _survey(request: Visitor) -> HttpResponse:
    """What came of the scholarship: a draft for staff to look at, never public by itself."""
    award = (
        Award.objects.filter(application__applicant=request.applicant, state__in=TAKEN_UP)
        .select_related("application__round")
        .order_by("-pk")
        .first()
    )
    if award is None:
        raise Http404
    form = OutcomeForm(request.POST if "add" in request.POST else None)
    if request.method == "POST":
        if "remove" in request.POST:
            mine = Outcome.objects.filter(award=award, publication=Publication.DRAFT)
            wanted = request.POST["remove"]
            found = (
                mine.filter(pk=wanted).first() if wanted.isdigit() and len(wanted) < 19 else None
            )
            if found is None:
                raise Http404
            remove_outcome(outcome=found)
            return redirect("portal:survey")
        if form.is_valid():
            add_outcome(award=award, **form.cleaned_data)
            return redirect("portal:survey")
    outcomes = list(Outcome.objects.filter(award=award))
    status = 400 if request.method == "POST" else 200
    context = {"award": award, "form": form, "outcomes": outcomes}
    return page(request, "survey.html", context, status=status)


survey = portal("GET", "POST")(visitors(_survey, EVERY_PURPOSE))
