"""Sources, one source with everything it states, and how the data is made."""

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.website import parameters, structured_data
from portfolio.website.page import public_page, render_page
from portfolio.website.queries.common import best_matches
from portfolio.website.queries.sources import public_sources, stated_by

# The newest; older ones are found by their words.
MOST_SOURCES = 200


@public_page
def sources(request: HttpRequest) -> HttpResponse:
    """The documents that every figure of the site goes back to, the newest first."""
    query = parameters.words(request)
    rows = public_sources(timezone.now())
    if query:
        found = best_matches(rows, query).rows
    else:
        newest = F("published_date").desc(nulls_last=True)
        found = list(rows.order_by(newest, "pk")[: MOST_SOURCES + 1])
    return render_page(
        request,
        "website/sources.html",
        {
            "sources": found[:MOST_SOURCES],
            "has_more": len(found) > MOST_SOURCES,
            "query": query,
            "is_filtered": bool(query),
        },
        section="sources",
    )


@public_page
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """One document and everything it states."""
    now = timezone.now()
    row = public_sources(now).filter(slug=slug).first()
    if row is None:
        raise Http404
    stated = stated_by(row, now)
    origin = request.build_absolute_uri("/").rstrip("/")
    return render_page(
        request,
        "website/source.html",
        {
            "source": row,
            "stated": stated,
            "is_empty": not any(stated.values()),
            "structured": [
                structured_data.document(row, origin),
                structured_data.breadcrumbs(
                    origin,
                    (_("Home"), reverse("website:home")),
                    (_("Sources"), reverse("website:sources")),
                    (row.title, request.path),
                ),
            ],
        },
        section="sources",
    )


@public_page
def about_the_data(request: HttpRequest) -> HttpResponse:
    """How facts, claims, undisclosed amounts, names and search work.  Queries: none."""
    return render_page(request, "website/about_the_data.html", section="about")
