"""In by a secret address, around in what is one's own, and out again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from scholarships.choices import ApplicationState, ConsentUse, LinkPurpose
from scholarships.models import Application, Round
from scholarships.models.application import GONE
from scholarships.operations.applications import start_application
from scholarships.operations.consenting import record_consents
from scholarships.operations.consents import consents_of
from scholarships.operations.links import leave, open_link, revoke_links
from scholarships.views.calls import open_calls
from scholarships.views.page import (
    EVERY_PURPOSE,
    Visitor,
    begin_visit,
    end_visit,
    page,
    portal,
    visitors,
)
from scholarships.views.words import CONSENT_WORDS, state_words


@portal("GET")
def arrive(request: HttpRequest, secret: str) -> HttpResponse:
    """A button and nothing else: programs that look at links in letters open no visit."""
    return page(
        request,
        "open.html",
        {"secret": secret, "call": request.GET.get("call", "")[:12]},
    )


@portal("POST")
def enter(request: HttpRequest) -> HttpResponse:
    """Open what is theirs. The secret comes in the body, so that it stands in no log or history."""
    now = timezone.now()
    secret = request.POST.get("secret", "")[:100]
    link = next(
        (
            found
            for purpose in LinkPurpose
            if (found := open_link(secret=secret, purpose=purpose, at=now))
        ),
        None,
    )
    if link is None:
        return page(request, "closed_address.html", status=404)
    if link.purpose == LinkPurpose.SURVEY:
        response = redirect("portal:survey")
    else:
        response = redirect("portal:mine")
        wanted = request.POST.get("call", "")
        round = _round(wanted) if wanted.isdigit() else None
        if round is not None and round.is_open(now):
            row = start_application(round=round, applicant=link.applicant)
            response = redirect("portal:application", row.number)
    begin_visit(response, link, now)
    return response


def _round(pk: str) -> Round | None:
    return Round.objects.public(timezone.now()).filter(pk=pk[:12]).first()


@portal("GET")
@visitors
def mine(request: Visitor) -> HttpResponse:
    """The applications of this person, and what else they may apply for."""
    now = timezone.now()
    rows = list(
        Application.objects.filter(applicant=request.applicant)
        .select_related("round__scheme", "award")
        .order_by("-pk")
    )
    for row in rows:
        row.words = state_words(row)  # type: ignore[attr-defined]
    has = {row.round_id for row in rows if row.state not in GONE}
    others = [each for each in open_calls(now) if each.is_open(now) and each.pk not in has]
    graduated = any(getattr(row, "award", None) and row.award.state == "COMPLETED" for row in rows)
    return page(request, "mine.html", {"rows": rows, "others": others, "graduated": graduated})


@portal("POST")
@visitors
def begin(request: Visitor) -> HttpResponse:
    """A draft in a call that is open."""
    wanted = request.POST.get("round", "")
    round = _round(wanted) if wanted.isdigit() else None
    if round is None or not round.is_open(timezone.now()):
        raise Http404
    row = start_application(round=round, applicant=request.applicant)
    return redirect("portal:person", row.number)


def _leave(request: Visitor) -> HttpResponse:
    """Leave: this visit is over, on this device and wherever its note was copied to."""
    leave(link=request.link, at=timezone.now())
    response = redirect("portal:calls")
    end_visit(response)
    return response


go = portal("POST")(visitors(_leave, EVERY_PURPOSE))


@portal("POST")
@visitors
def close_addresses(request: Visitor) -> HttpResponse:
    """Close every address of this person; a new one comes by letter."""
    revoke_links(applicant=request.applicant, at=timezone.now())
    response = page(request, "closed_all.html", {"visitor": None})
    end_visit(response)
    return response


def _consents(request: Visitor) -> HttpResponse:
    """What this person agrees to: given and taken back at any time, each by itself."""
    if request.method == "POST":
        record_consents(
            applicant=request.applicant,
            given={use: request.POST.get(use) == "on" for use in ConsentUse.values},
            wordings={use: str(words) for use, words in CONSENT_WORDS.items()},
            language=request.LANGUAGE_CODE,
        )
        own = _going_on(request, request.POST.get("onward", ""))
        if own is not None:
            return redirect("portal:check", own.number)
        return redirect(f"{request.path}?kept=1")
    standing = consents_of(request.applicant)
    uses = [
        {"use": use, "words": CONSENT_WORDS[ConsentUse(use)], "given": standing[use]}
        for use in ConsentUse.values
    ]
    context = {
        "uses": uses,
        "kept": "kept" in request.GET,
        "row": _going_on(request, request.GET.get("onward", "")),
        "step": "consents",
        "is_survey": request.link.purpose == LinkPurpose.SURVEY,
    }
    return page(request, "consents.html", context)


def _going_on(request: Visitor, number: str) -> Application | None:
    """The application of their own that is being filled in, where this is a step of it."""
    return (
        Application.objects.filter(
            applicant=request.applicant, number=number[:12], state=ApplicationState.DRAFT
        )
        .select_related("round")
        .first()
    )


consents = portal("GET", "POST")(visitors(_consents, EVERY_PURPOSE))
