"""Answers addresses below /api/ by themselves: no session, no language, no form, no cookie.

What the API does not use it does not run. Host, security headers and the content policy are the
site's. Every answer may be read by scripts of any site, because it is public and no cookie counts.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import Resolver404, is_valid_path, resolve

from portfolio.common.api.problems import not_found, problem_of

PREFIX = "/api/"
LONGEST_PATH = 500
METHODS = ("GET", "HEAD", "OPTIONS")
# Scripts of other sites may send and read these beside the body. A key is no cookie: no site has it
# that was not given it.
SENDABLE = "Accept, If-None-Match"
SENDABLE_WITH_A_KEY = "Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match"
READABLE = "ETag, Idempotency-Replayed, Location, Retry-After"


class ApiMiddleware:
    """Stands behind the security headers and before everything that only pages need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The API's answer, or the site's for every other address."""
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        try:
            request.get_host()  # refuses a host that is not ours
            response = self.answer(request)
        except Exception as exc:
            response = problem_of(exc, request)
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = READABLE
        headers["X-Frame-Options"] = "DENY"
        # Of a known length an answer goes out in one piece.
        if isinstance(response, HttpResponse) and response.status_code not in (204, 304):
            headers.setdefault("Content-Length", str(len(response.content)))
        return response

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """What the view at the address says."""
        path = request.path_info
        if len(path) > LONGEST_PATH:
            return not_found(request)
        try:
            match = resolve(path)
        except Resolver404:
            if (
                request.method in ("GET", "HEAD")
                and not path.endswith("/")
                and is_valid_path(f"{path}/")
            ):
                query = request.META.get("QUERY_STRING")
                return HttpResponsePermanentRedirect(
                    f"{request.path}/" + (f"?{query}" if query else "")
                )
            return not_found(request)
        if request.method == "OPTIONS":
            return preflight(match.func)
        request.resolver_match = match
        return match.func(request, *match.args, **match.kwargs)


def preflight(view: Any) -> HttpResponse:
    """What a browser asks before a script of another site may."""
    methods = set(METHODS) | {method.upper() for method in getattr(view, "actions", ())}
    is_private = getattr(getattr(view, "cls", None), "is_private", False)
    response = HttpResponse(status=204)
    response["Allow"] = response["Access-Control-Allow-Methods"] = ", ".join(sorted(methods))
    response["Access-Control-Allow-Headers"] = SENDABLE_WITH_A_KEY if is_private else SENDABLE
    response["Access-Control-Max-Age"] = "86400"
    del response["Content-Type"]
    return response
