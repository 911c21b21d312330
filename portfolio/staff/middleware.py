"""Who a request comes from, how long they may stay, and what a staff page may do in the browser."""

import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from pghistory.middleware import HistoryMiddleware

from portfolio.staff.mfa import second_factor_is_shown

type GetResponse = Callable[[HttpRequest], HttpResponseBase]

ACCOUNT_PAGES = "/accounts/"
STAFF_PAGES = ("/admin/", ACCOUNT_PAGES)
BEGAN, SEEN = "topsheet_began", "topsheet_seen"
SECONDS_BETWEEN_SIGHTS = 600


class SessionMiddleware:
    """A signed-in person is who they say for a limited time, and nobody without a second factor.

    Only the account pages, where the factor is enrolled and shown, know a person by password alone.
    Everywhere else, in the admin, the API and on the public pages, that is an anonymous request: there
    is no second way in. The person is looked up only when something asks for them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Put the person behind both limits."""
        signed_in = request.user
        request.person = SimpleLazyObject(lambda: within_limits(request, signed_in, time.time()))  # type: ignore[attr-defined]
        if request.path_info.startswith(ACCOUNT_PAGES):
            request.user = request.person  # type: ignore[attr-defined]
        else:
            request.user = SimpleLazyObject(lambda: with_second_factor(request))  # type: ignore[assignment]
        return self.get_response(request)


def within_limits(request: HttpRequest, user: Any, now: float) -> Any:
    """The person, or nobody once the session has lasted too long.

    Time: idle for SESSION_COOKIE_AGE (the session's own expiry, moved on at each sight), or open for
    SESSION_ABSOLUTE_AGE since sign-in.
    """
    if not user.is_authenticated:
        return AnonymousUser()
    began = request.session.setdefault(BEGAN, now)
    if now - began > settings.SESSION_ABSOLUTE_AGE:
        # Signing out asks who is signed in: the row itself, not the question that is being answered.
        request.user = unwrapped(user)
        auth.logout(request)
        return AnonymousUser()
    if now - request.session.get(SEEN, 0) > SECONDS_BETWEEN_SIGHTS:
        request.session[SEEN] = now
    return unwrapped(user)


def with_second_factor(request: HttpRequest) -> Any:
    """The person, where this session has shown a second factor; else nobody."""
    person: Any = request.person  # type: ignore[attr-defined]
    if person.is_authenticated and not second_factor_is_shown(request, person):
        return AnonymousUser()
    return unwrapped(person)


def unwrapped(user: Any) -> Any:
    """The row behind a lazy reference."""
    return user._wrapped if isinstance(user, SimpleLazyObject) else user


class StaffPagesMiddleware:
    """Staff and account pages are kept by no cache; the admin's own scripts get the policy they need.

    Source: docs/adr/0006; threats S21, S29.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Mark the answer."""
        response = self.get_response(request)
        if request.path_info.startswith(STAFF_PAGES):
            del response.headers["Cache-Control"]
            patch_cache_control(response, private=True, no_store=True)
            if request.path_info.startswith(ACCOUNT_PAGES):
                response._csp_config = settings.ACCOUNT_PAGES_CSP  # type: ignore[attr-defined]
            else:
                response._csp_config = settings.ADMIN_CSP  # type: ignore[attr-defined]
        return response


class RequestHistoryMiddleware(HistoryMiddleware):
    """Writes into the history who changed something and by which request."""

    def get_context(self, request: Any) -> dict[str, Any]:
        """The person, the address without its query, the method and a number for the request."""
        return {
            **super().get_context(request),
            "method": request.method,
            "request": uuid.uuid4().hex,
        }
