"""One search over everything."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portfolio.website import parameters
from portfolio.website.page import public_page, render_page
from portfolio.website.queries.search import everything_matching


@public_page
def search(request: HttpRequest) -> HttpResponse:
    """What the words may mean, by sort of thing, in any script and with a typo."""
    query = parameters.words(request)
    found = everything_matching(query, timezone.now()) if query else []
    return render_page(
        request,
        "website/search.html",
        {"query": query, "found": found, "count": sum(len(rows) for _sort, rows in found)},
        section="search",
    )
