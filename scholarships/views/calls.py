"""Calls for applications, and how one asks for the way in."""

import datetime

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from portfolio.common.sealed import fingerprint
from scholarships.models import Round
from scholarships.operations.addresses import ask_for_address
from scholarships.views.forms import AddressForm
from scholarships.views.page import page, portal, visit, with_letters

# Letters to one address, and questions from one caller: a whole class may sit behind one address.
LIMITS = {"letters": "5/h/key", "caller": "120/10m/ip"}


def open_calls(now: datetime.datetime) -> list[Round]:
    """Public rounds that are open, or will be."""
    return list(
        Round.objects.public(now)
        .filter(closes_at__gte=now)
        .select_related("scheme__institution")
        .order_by("closes_at", "pk")[:50]
    )


@portal("GET", "POST")
def calls(request: HttpRequest) -> HttpResponse:
    """What one may apply for now; and the way in for who already did."""
    return _answer(request, None)


@portal("GET", "POST")
def call(request: HttpRequest, scheme: str, round: str) -> HttpResponse:
    """One call: what it is, until when, by which rules; and the way in."""
    now = timezone.now()
    row = (
        Round.objects.public(now)
        .filter(scheme__slug=scheme, code=round)
        .select_related("scheme__institution", "scheme__programme")
        .first()
    )
    if row is None:
        raise Http404
    return _answer(request, row)


def _answer(request: HttpRequest, row: Round | None) -> HttpResponse:
    now = timezone.now()
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _ask(request, form.cleaned_data["email"], row, now)
    link = visit(request, now)
    context = {"form": form, "visitor": link.applicant if link else None}
    if row is None:
        return page(request, "calls.html", {**context, "rounds": open_calls(now), "now": now})
    when = "before" if now < row.opens_at else "open" if row.is_open(now) else "after"
    terms = {
        "round": row,
        "when": when,
        "rules": list(row.rules.all()),
        "papers": list(row.papers.all()),
    }
    return page(request, "call.html", {**context, **terms})


def _ask(
    request: HttpRequest, email: str, row: Round | None, now: datetime.datetime
) -> HttpResponse:
    """The same answer, whether the address is known, new, or asked for too often."""
    response = page(request, "letter_on_its_way.html", {"round": row})
    # The count lies in a table: of an address nobody can guess it without the key.
    key = fingerprint(email.strip().lower())
    for name, of in (("caller", None), ("letters", key)):
        if not ratelimit.consume(request, app="scholarships", action=name, config=LIMITS, key=of):
            return response
    letter = ask_for_address(email=email, language=get_language() or "en", at=now, round=row)
    return response if letter is None else with_letters(request, response, letter.applicant)
