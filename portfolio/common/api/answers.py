"""How a body leaves: with its tag, how long it may be kept, and for whom."""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

# How long a cache may answer for us: a correction is public within a minute.
SECONDS_TO_KEEP = 60


def answer(
    request: HttpRequest, body: bytes, content_type: str = "application/json"
) -> HttpResponse:
    """200 with the body, or 304 where the caller has it already."""
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    known = request.META.get("HTTP_IF_NONE_MATCH")
    response: HttpResponse
    if known is not None and _is_among(tag, known):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type=content_type)
        response.headers["Content-Length"] = str(len(body))
        if request.method == "HEAD":
            response.content = b""
    headers = response.headers
    headers["ETag"] = tag
    headers["Cache-Control"] = f"public, max-age={SECONDS_TO_KEEP}"
    headers["Vary"] = "Accept-Encoding"
    return response


def make_private(response: Any) -> Any:
    """An answer to one caller: nobody keeps it, and nobody takes it for another's."""
    response["Cache-Control"] = "private, no-store"
    response["Vary"] = "Authorization, Accept-Encoding"
    return response


def _is_among(tag: str, known: str) -> bool:
    """Weak comparison, as a GET asks for: a proxy that compresses makes the tag weak."""
    if known.strip() == "*":
        return True
    return any(part.strip().removeprefix("W/") == tag for part in known[:2000].split(","))
