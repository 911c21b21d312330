"""JSON is the one form of an answer; who accepts none of it is told so."""

from functools import lru_cache
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

LONGEST_ACCEPT = 2_000
ACCEPTABLE = {"*/*", "application/*", "application/json", "application/problem+json"}


class JsonOnly(BaseContentNegotiation):
    """Looks at the Accept header and at nothing else: no suffix, no parameter, no override."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The parser for a body."""
        return parsers[0] if parsers else None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        """The JSON renderer. Raises: NotAcceptable."""
        if not accepts_json(request.META.get("HTTP_ACCEPT", "*/*")[:LONGEST_ACCEPT]):
            raise NotAcceptable("The API answers in application/json only.")
        return renderers[0], "application/json"


@lru_cache(maxsize=256)
def accepts_json(header: str) -> bool:
    """Whether one of the accepted media types fits. Source: RFC 9110, 12.5.1."""
    if not header.strip():
        return True
    for part in header.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        refused = any(p.replace(" ", "").rstrip("0.") == "q=" for p in parameters)
        if media in ACCEPTABLE and not refused:
            return True
    return False
