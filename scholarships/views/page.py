"""How a page of an applicant is answered: kept by nobody, found by no search, and only to its owner."""

import datetime
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final

from django.conf import settings
from django.core import signing
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from portfolio.common.alternates import LANGUAGE_TAGS, alternates
from portfolio.common.refusals import Refused, refusal_of
from scholarships.choices import LinkPurpose
from scholarships.models import Applicant, SecretLink
from scholarships.operations.links import visit_of
from scholarships.operations.sending import send_now, site_address

COOKIE = "topsheet_applicant" if settings.LOCAL else "__Host-topsheet_applicant"
SALT = "topsheet.applicant"
VISIT_SECONDS = 12 * 3600
# Forms of words; only the page of papers takes more.
LARGEST_BODY = 200_000
UPLOAD_SLACK = 64 * 1024

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]
type Answer[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Visitor(HttpRequest):
    """A request of somebody who came by a secret address."""

    link: SecretLink
    applicant: Applicant


def page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page in the look of the public ones, with what their frame needs."""
    language = get_language() or settings.LANGUAGE_CODE
    frame: dict[str, Any] = {
        "language": language,
        "language_tag": LANGUAGE_TAGS.get(language, "en"),
        # A secret stands in no address that is shown.
        "alternates": alternates(request),
        "section": "scholarships",
        "fictional": [],
        "visitor": getattr(request, "applicant", None),
    }
    return render(request, f"scholarships/{template}", frame | (context or {}), status=status)


def portal[**P](*methods: str, largest: int = LARGEST_BODY) -> Callable[[View[P]], Answer[P]]:
    """A page that no cache keeps and no search engine lists; a body that is too large is not read."""

    def decorate(view: View[P]) -> Answer[P]:
        protected = csrf_protect(require_http_methods(["HEAD", *methods])(view))

        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            length = request.META.get("CONTENT_LENGTH") or "0"
            response: HttpResponseBase
            if not length.isdigit() or int(length) > largest:
                response = too_large(request)
            else:
                response = protected(request, *args, **kwargs)
            response.headers["Cache-Control"] = "private, no-store"
            response.headers["X-Robots-Tag"] = "noindex"
            # Secret addresses go to nobody else, and our own forms still say where they come from.
            response.headers["Referrer-Policy"] = "same-origin"
            return response

        return answer

    return decorate


def visitors[**P](
    view: Callable[Concatenate[Any, P], HttpResponse],
    purposes: frozenset[str] = frozenset({LinkPurpose.APPLY}),
) -> View[P]:
    """Only for who came by a secret address of the right sort; anybody else is led to the way in."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        link = visit(request, timezone.now())
        if link is None or link.purpose not in purposes:
            return redirect("portal:calls")
        request.link, request.applicant = link, link.applicant  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return answer


EVERY_PURPOSE: Final = frozenset({LinkPurpose.APPLY, LinkPurpose.SURVEY})


def begin_visit(response: HttpResponse, link: SecretLink, at: datetime.datetime) -> None:
    """Give the browser a signed note of its own, apart from the session of staff."""
    note = {"link": link.pk, "began": at.isoformat()}
    response.set_cookie(
        COOKIE,
        signing.dumps(note, salt=SALT),
        max_age=VISIT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def end_visit(response: HttpResponse) -> None:
    """Take the note away."""
    response.delete_cookie(COOKIE, samesite="Lax")


def visit(request: HttpRequest, at: datetime.datetime) -> SecretLink | None:
    """The secret address by which this browser came, while it is good.  Queries: one."""
    try:
        said = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=VISIT_SECONDS)
        began = datetime.datetime.fromisoformat(said["began"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None
    return visit_of(link=said["link"], began_at=began, at=at)


def refused_words(error: Exception) -> str:
    """What an applicant reads of a refusal. Raises: the error, where it is no rule but a fault."""
    if isinstance(error, Refused):
        return str(error)
    words = refusal_of(error) if isinstance(error, DatabaseError) else None
    if words is None:
        raise error
    return str(words)


def refused(request: HttpRequest, words: str, *, back: str, status: int = 409) -> HttpResponse:
    """A page that says why something was not done, and where to go on."""
    return page(request, "refused.html", {"words": words, "back": back}, status=status)


def too_large(request: HttpRequest) -> HttpResponse:
    """413 before anything of it is read."""
    words = _("That is more than we can take at once. Hand in a smaller file.")
    return refused(request, words, back="", status=413)


def with_letters(
    request: HttpRequest, response: HttpResponse, applicant: Applicant
) -> HttpResponse:
    """Try to send the applicant's letters once the answer has gone out: nobody waits for the mail."""
    site = site_address(request.build_absolute_uri("/"))
    response._resource_closers.append(  # type: ignore[attr-defined]
        lambda: send_now(applicant=applicant, site=site, at=timezone.now())
    )
    return response
