"""What a reader typed into an address, made clean; nothing of it can break a page."""

import re

from django.http import Http404, HttpRequest

LONGEST_QUERY = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u200b-\u200f\u202a-\u202e]+")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


def words(request: HttpRequest, name: str = "q") -> str:
    """The searched words: no control characters, single spaces, at most 200 characters."""
    raw = request.GET.get(name, "")[: 10 * LONGEST_QUERY]
    return " ".join(_CONTROL.sub(" ", raw).split())[:LONGEST_QUERY]


def choice(request: HttpRequest, name: str, known: list[str]) -> str | None:
    """The chosen word in upper case; "" where none was chosen, None where it is not a known one."""
    value = words(request, name).upper().replace("-", "_")
    return value if value == "" or value in known else None


def slug(request: HttpRequest, name: str) -> str | None:
    """The chosen address part; "" where none was chosen, None where it can be nobody's."""
    value = words(request, name)
    return value if value == "" or _SLUG.fullmatch(value) else None


def after(request: HttpRequest) -> str:
    """After which row the list goes on; "" is the start. What can be no row's is not found."""
    value = slug(request, "after")
    if value is None:
        raise Http404
    return value
