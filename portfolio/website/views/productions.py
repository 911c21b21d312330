"""Productions, one production, and the track record."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.productions.choices import ON_SCREEN, Format, ImageKind, Stage
from portfolio.programmes.choices import Standing
from portfolio.website import parameters, structured_data
from portfolio.website.page import public_page, render_page
from portfolio.website.queries.common import best_matches, page_of, public_claims
from portfolio.website.queries.productions import (
    Chosen,
    chosen_productions,
    first_works,
    participating_partners,
    public_productions,
    with_credits,
    with_everything,
    with_posters,
)
from portfolio.website.queries.programmes import public_strands
from portfolio.website.queries.results import public_releases, public_results


@public_page
def productions(request: HttpRequest) -> HttpResponse:
    """The productions of the programme, by strand, format, stage and partner, or by words."""
    now = timezone.now()
    query = parameters.words(request)
    chosen = Chosen(
        strand=parameters.slug(request, "strand"),
        format=parameters.choice(request, "format", Format.values),
        stage=parameters.choice(request, "stage", Stage.values),
        partner=parameters.slug(request, "partner"),
    )
    rows = chosen_productions(
        with_posters(public_productions(now), now).in_programme(), chosen, now
    )
    listed = best_matches(rows, query) if query else page_of(rows, after=parameters.after(request))
    return render_page(
        request,
        "website/productions.html",
        {
            "listed": listed,
            "query": query,
            "chosen": chosen,
            "is_filtered": bool(query) or chosen != Chosen(),
            "strands": list(public_strands(now).prefetch_related(None)[:100]),
            "formats": Format.choices,
            "stages": Stage.choices,
            "partners": participating_partners(now),
            "first_works": first_works(now),
        },
        section="productions",
    )


@public_page
def production(request: HttpRequest, slug: str) -> HttpResponse:
    """One production: who takes part, who makes it, what came of it, what is claimed, and who says so."""
    now = timezone.now()
    row = with_everything(public_productions(now), now).filter(slug=slug).first()
    if row is None:
        raise Http404
    before = row.standing == Standing.TRACK_RECORD
    parent = "website:track_record" if before else "website:productions"
    origin = request.build_absolute_uri("/").rstrip("/")
    images = list(row.images.all())
    posters = [image for image in images if image.kind == ImageKind.POSTER]
    results = public_results(row.pk, now)
    return render_page(
        request,
        "website/production.html",
        {
            "production": row,
            "is_track_record": before,
            "poster": posters[0] if posters else None,
            "stills": [image for image in images if image.kind == ImageKind.STILL],
            "crew": [c for c in row.credits.all() if c.role not in ON_SCREEN],
            "cast": [c for c in row.credits.all() if c.role in ON_SCREEN],
            "releases": public_releases(row.pk, now),
            "results": results,
            "has_twins": any(f.stands_twice for group in results for f in group.figures),
            "today": timezone.localdate(now),
            "claims": list(public_claims(now).filter(project=row.pk)[:50]),
            "structured": [
                structured_data.production(row, origin),
                structured_data.breadcrumbs(
                    origin,
                    (_("Home"), reverse("website:home")),
                    (_("Track record") if before else _("Productions"), reverse(parent)),
                    (row.name_for(request.LANGUAGE_CODE), request.path),
                ),
            ],
        },
        section="track_record" if before else "productions",
    )


@public_page
def track_record(request: HttpRequest) -> HttpResponse:
    """Work that came before the programme and counts in none of its totals."""
    now = timezone.now()
    listed = page_of(
        with_credits(public_productions(now), now).track_record(),
        after=parameters.after(request),
    )
    return render_page(
        request, "website/track_record.html", {"listed": listed}, section="track_record"
    )
