"""The pages that say what went wrong: no trace, no echo of what was asked, no database."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from portfolio.website.page import render_page


def _error(request: HttpRequest, template: str, status: int) -> HttpResponse:
    response = render_page(request, template, status=status)
    add_never_cache_headers(response)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was asked cannot be read."""
    return _plain("400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not for this reader."""
    return _error(request, "403.html", 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not a public one; nobody can tell which."""
    return _error(request, "404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Nothing is asked of the database, the session or the request."""
    return _plain("500.html", 500)


def _plain(template: str, status: int) -> HttpResponse:
    from django.template.loader import render_to_string

    response = HttpResponse(render_to_string(template), status=status)
    add_never_cache_headers(response)
    return response
