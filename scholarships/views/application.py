"""The form of an application, step by step; everything is saved as far as it goes."""

import datetime
from typing import Any

from django.db import IntegrityError
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.common.refusals import Refused
from scholarships.models import Answers, Application, ApplicationFile, RequiredPaper
from scholarships.models.application import is_open_to_change
from scholarships.operations.applications import save_answers, set_personal
from scholarships.operations.papers import MEDIA_TYPES, keep_paper, open_paper, remove_papers
from scholarships.views.forms import AnswersForm, PersonForm
from scholarships.views.page import (
    UPLOAD_SLACK,
    Visitor,
    page,
    portal,
    refused,
    refused_words,
    visitors,
)
from scholarships.views.words import state_words

LARGEST_UPLOAD = 50 * 1024 * 1024 + UPLOAD_SLACK


def own(request: Visitor, number: str) -> Application:
    """An application of this very person. Raises: Http404, also where it is somebody else's."""
    row = (
        Application.objects.filter(applicant=request.applicant, number=number)
        .select_related("round__scheme", "applicant")
        .first()
    )
    if row is None:
        raise Http404
    # The person that was looked up with the visit, and not read a second time.
    row.applicant = request.applicant
    return row


def closed_to_change(
    request: Visitor, row: Application, now: datetime.datetime
) -> HttpResponse | None:
    """Why the form takes nothing any more, or None while it does."""
    if is_open_to_change(row, now):
        return None
    back = reverse("portal:application", args=[row.number])
    return page(
        request,
        "no_change.html",
        {"row": row, "back": back, "is_late": now > row.round.closes_at, "words": state_words(row)},
        status=409,
    )


@portal("GET", "POST")
@visitors
def person(request: Visitor, number: str) -> HttpResponse:
    """Who applies."""
    row = own(request, number)
    if closed := closed_to_change(request, row, timezone.now()):
        return closed
    form = PersonForm(request.POST or None, applicant=request.applicant, round=row.round)
    if request.method == "POST" and form.is_valid():
        set_personal(applicant=request.applicant, **form.changes())
        return _onward(request, row, "portal:answers")
    return _step(request, "person.html", row, "person", {"form": form})


@portal("GET", "POST")
@visitors
def answers(request: Visitor, number: str) -> HttpResponse:
    """What one applies with."""
    row = own(request, number)
    if closed := closed_to_change(request, row, timezone.now()):
        return closed
    written = Answers.objects.filter(application=row).first() or Answers(application=row)
    form = AnswersForm(request.POST or None, answers=written, round=row.round)
    if request.method == "POST" and form.is_valid():
        try:
            save_answers(application=row, answers=form.cleaned_data)
        except IntegrityError as error:
            return refused(request, refused_words(error), back=request.path)
        return _onward(request, row, "portal:papers")
    return _step(request, "answers.html", row, "answers", {"form": form})


def _onward(request: Visitor, row: Application, step: str) -> HttpResponse:
    """To the next step, or back to the same page where they only wanted to save."""
    if "stay" in request.POST:
        return redirect(f"{request.path}?kept=1")
    return redirect(step, row.number)


def _step(
    request: Visitor, template: str, row: Application, step: str, context: dict[str, Any]
) -> HttpResponse:
    status = 400 if request.method == "POST" else 200
    frame = {"row": row, "step": step, "kept": "kept" in request.GET}
    return page(request, template, frame | context, status=status)


@portal("GET", "POST", largest=LARGEST_UPLOAD)
@visitors
def papers(request: Visitor, number: str) -> HttpResponse:
    """The papers of an application: one form each, so that one bad file keeps no other out."""
    row = own(request, number)
    if closed := closed_to_change(request, row, timezone.now()):
        return closed
    wanted = list(row.round.papers.all())
    faults: dict[int, str] = {}
    if request.method == "POST":
        paper = next((each for each in wanted if str(each.pk) == request.POST.get("paper")), None)
        if paper is None:
            raise Http404
        fault = _take(request, row, paper)
        if fault is None:
            return redirect(f"{request.path}?kept=1#paper-{paper.pk}")
        faults[paper.pk] = fault
    has = {each.paper_id: each for each in row.files.all()}
    listed = [
        {"paper": each, "file": has.get(each.pk), "fault": faults.get(each.pk)} for each in wanted
    ]
    return _step(request, "papers.html", row, "papers", {"listed": listed})


def _take(request: Visitor, row: Application, paper: RequiredPaper) -> str | None:
    """Keep or take back a paper; what is wrong with it, or None."""
    try:
        if "remove" in request.POST:
            remove_papers(application=row, paper=paper)
            return None
        file = request.FILES.get("file")
        if file is None:
            return _("Choose a file first.")
        keep_paper(application=row, paper=paper, file=file)
    except (Refused, IntegrityError) as error:
        return refused_words(error)
    return None


def _file(request: Visitor, number: str, file: int) -> HttpResponseBase:
    """A paper of one's own, to keep and never to be run in the page."""
    row = own(request, number)
    found = ApplicationFile.objects.filter(application=row, pk=file).first()
    if found is None:
        raise Http404
    try:
        content = open_paper(found)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content,
        as_attachment=True,
        filename=found.file_name,
        content_type=MEDIA_TYPES[found.format],
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


file = portal("GET")(visitors(_file))  # type: ignore[arg-type]
