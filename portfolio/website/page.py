"""How a public page is answered: the same to everyone, kept for a minute, never written to."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from portfolio.website.formats import LANGUAGE_TAGS
from portfolio.website.source_marks import SourceMarks

# A page that was withdrawn is gone from every cache after this many seconds.
SECONDS_KEPT = 60


@dataclass(frozen=True)
class Alternate:
    """The same page in one of the three languages."""

    code: str
    tag: str
    name: str
    path: str
    url: str
    is_current: bool


def path_in(language: str, path: str) -> str:
    """The address of a page in another language; English has no prefix."""
    prefix = get_script_prefix()
    rest = path.removeprefix(prefix)
    for code, _name in settings.LANGUAGES:
        if rest == code or rest.startswith(f"{code}/"):
            rest = rest[len(code) + 1 :]
            break
    return f"{prefix}{rest}" if language == settings.LANGUAGE_CODE else f"{prefix}{language}/{rest}"


def alternates(request: HttpRequest, *, path: str | None = None) -> list[Alternate]:
    """This page in each language, ours included; the language switch keeps what was asked."""
    path = request.path if path is None else path
    current = get_language()
    asked = f"?{query}" if (query := request.GET.urlencode()) else ""
    return [
        Alternate(
            code=code,
            tag=LANGUAGE_TAGS[code],
            name=str(name),
            path=path_in(code, path) + asked,
            url=request.build_absolute_uri(path_in(code, path)),
            is_current=code == current,
        )
        for code, name in settings.LANGUAGES
    ]


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
    section: str = "",
) -> HttpResponse:
    """A page with what every page needs: its language, its alternates and its sources."""
    language = get_language() or settings.LANGUAGE_CODE
    every_page = {
        "language": language,
        "language_tag": LANGUAGE_TAGS.get(language, "en"),
        "alternates": alternates(request) if status < 400 else alternates(request, path="/"),
        "canonical": request.build_absolute_uri(request.path) if status < 400 else "",
        "marks": SourceMarks(),
        "section": section,
        "origin": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, template, every_page | (context or {}), status=status)


def public_page[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page that anyone may see and any cache may keep for a minute; only GET and HEAD."""

    @gzip_page
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        response.headers["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
        # Weak from the start: the same page may travel compressed or plain.
        etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        response.headers["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or response

    return answer
