"""The small files that a browser or a robot asks for at the root of the site."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from portfolio.website.page import path_in


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What robots may read: every public page, once."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /accounts/",
        # Filters and searches have no end.
        "Disallow: /*?",
        f"Sitemap: {request.build_absolute_uri(path_in('en', reverse('website:sitemap')))}",
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers that look for the icon at its old address find it."""
    response = HttpResponseRedirect(static("website/icon.png"))
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
