"""In which language an address speaks, and what a browser may do with our pages."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import add_never_cache_headers

logger = logging.getLogger(__name__)

# Addresses that one person works at: there the language is that person's own choice.
OWN_CHOICE = ("/admin/", "/accounts/", "/account/", "/api/", "/i18n/")

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class AddressLanguageMiddleware(LocaleMiddleware):
    """A public page speaks the language of its address, the same to everyone who asks.

    Neither a cookie nor Accept-Language changes it, so that any cache may keep it. Where one person
    works (the admin, the account, the API) their cookie and their browser decide, as in Django.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language before the address is resolved."""
        if request.path_info.startswith(OWN_CHOICE):
            language = translation.get_language_from_request(request)
        else:
            language = (
                translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
            )
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Name the language; where it was negotiated, say so to caches."""
        if request.path_info.startswith(OWN_CHOICE):
            return super().process_response(request, response)
        response.headers.setdefault("Content-Language", translation.get_language() or "en")
        return response


class PermissionsPolicyMiddleware:
    """No answer of ours lets a page reach for a camera, a place or a wallet."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response


class DatabaseAwayMiddleware:
    """While the database does not answer, a page says so with 503; what happened is logged."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The 503 page for a lost or refused connection; every other fault stays what it is."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        if request.path_info.startswith("/api/"):
            return None
        logger.error("The database does not answer: %s", request.path_info, exc_info=exception)
        response = HttpResponse(render_to_string("503.html"), status=503)
        response.headers["Retry-After"] = "30"
        add_never_cache_headers(response)
        return response
