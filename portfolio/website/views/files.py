"""The small files that a browser or a robot asks for at the root of the site."""

from http import HTTPStatus

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from portfolio.common.alternates import path_in
from portfolio.productions.models import ProductionImage


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


@require_safe
def image(request: HttpRequest, sha256: str, width: str) -> HttpResponseBase:
    """A file of an image, while the image, its production and the programme are public.

    The address names the bytes; whoever keeps them asks after a minute whether they are still public, and
    is sent them no second time. So a withdrawn image is gone within a minute.
    """
    rows = ProductionImage.objects.public(timezone.now()).filter(sha256=sha256)
    row = rows.filter(widths__contains=[int(width)]).first()
    if row is None:
        raise Http404
    response: HttpResponseBase | None = get_conditional_response(
        request, etag=f'"{sha256}-{width}"'
    )
    if response is None or response.status_code != HTTPStatus.NOT_MODIFIED:
        try:
            file = default_storage.open(row.path_of(int(width)))
        except FileNotFoundError:
            raise Http404 from None
        response = FileResponse(file, content_type="image/jpeg")
    response.headers["ETag"] = f'"{sha256}-{width}"'
    response.headers["Cache-Control"] = "public, max-age=60"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
