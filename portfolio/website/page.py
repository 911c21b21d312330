"""How a public page is answered: the same to everyone, kept for a minute, never written to."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from time import monotonic
from typing import Any, Concatenate

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from portfolio.common.alternates import LANGUAGE_TAGS, alternates
from portfolio.website.fiction import fiction_kept
from portfolio.website.source_marks import SourceMarks

# A page that was withdrawn is gone everywhere after this many seconds: from here and from caches.
SECONDS_KEPT = 60
MOST_KEPT = 2_000


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
        "fictional": fiction_kept.programmes() if status < 400 else [],
        "origin": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, template, every_page | (context or {}), status=status)


@dataclass(frozen=True)
class Kept:
    """A page as it was written, and until when it may be given again."""

    until: float
    body: bytes
    etag: str


class PagesKept:
    """The pages this process wrote in the last seconds; the oldest goes when there are too many."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()

    def find(self, key: str) -> Kept | None:
        """The page, unless its time is over."""
        with self._lock:
            kept = self._pages.get(key)
        return kept if kept and kept.until > monotonic() else None

    def keep(self, key: str, kept: Kept) -> None:
        """Keep a page."""
        with self._lock:
            self._pages[key] = kept
            self._pages.move_to_end(key)
            while len(self._pages) > MOST_KEPT:
                self._pages.popitem(last=False)


pages_kept = PagesKept()


def public_page[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page that anyone may see and any cache may keep; only GET and HEAD.

    Time: PAGE_SECONDS in this process and the rest of the minute in caches, so that what was
    withdrawn is gone within the minute. Addresses with a question are written each time anew.
    """

    @gzip_page
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        seconds: int = settings.PAGE_SECONDS
        # The address is absolute: it holds the host and the scheme, which the page names.
        key = "" if request.GET or not seconds else request.build_absolute_uri()
        kept = pages_kept.find(key) if key else None
        if kept:
            response = HttpResponse(kept.body)
        else:
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            # Weak from the start: the same page may travel compressed or plain.
            etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            kept = Kept(monotonic() + seconds, response.content, etag)
            if key:
                pages_kept.keep(key, kept)
        response.headers["Cache-Control"] = f"public, max-age={SECONDS_KEPT - seconds}"
        response.headers["ETag"] = kept.etag
        return get_conditional_response(request, etag=kept.etag, response=response) or response

    return answer
