"""Scholarship schemes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.website import parameters, structured_data
from portfolio.website.page import public_page, render_page
from portfolio.website.queries.common import page_of, public_claims
from portfolio.website.queries.scholarships import (
    public_rounds,
    public_schemes,
    rounds_with_open_data,
    scholars_of,
)

MOST_ROUNDS = 50


@public_page
def scholarships(request: HttpRequest) -> HttpResponse:
    """The schemes that pay for places at an institution."""
    now = timezone.now()
    listed = page_of(public_schemes(now), after=parameters.after(request))
    return render_page(
        request,
        "website/scholarships.html",
        {"listed": listed, "has_open_data": rounds_with_open_data(now).exists()},
        section="scholarships",
    )


@public_page
def scheme(request: HttpRequest, slug: str) -> HttpResponse:
    """One scheme: where, how many places, and what is not disclosed."""
    now = timezone.now()
    row = public_schemes(now).filter(slug=slug).first()
    if row is None:
        raise Http404
    origin = request.build_absolute_uri("/").rstrip("/")
    rounds = list(public_rounds(row, now)[:MOST_ROUNDS])
    scholars = scholars_of(rounds, now)
    return render_page(
        request,
        "website/scheme.html",
        {
            "scheme": row,
            "rounds": [
                {
                    "row": round,
                    "is_open": round.is_open(now),
                    "is_ahead": now < round.opens_at,
                    "scholars": scholars.get(round.pk, []),
                }
                for round in rounds
            ],
            "claims": list(public_claims(now).filter(project=row.pk)[:50]),
            "structured": [
                structured_data.scheme(row, origin),
                structured_data.breadcrumbs(
                    origin,
                    (_("Home"), reverse("website:home")),
                    (_("Scholarships"), reverse("website:scholarships")),
                    (row.name_for(request.LANGUAGE_CODE), request.path),
                ),
            ],
        },
        section="scholarships",
    )
