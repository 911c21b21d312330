"""The front page, a programme and a strand."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.common.alternates import path_in
from portfolio.productions.choices import Format
from portfolio.programmes.choices import ProjectKind
from portfolio.programmes.models import Programme, Strand
from portfolio.reporting.programme_overview import (
    StrandFigures,
    catalogue_figures,
    programme_figures,
    sources_of_projects,
)
from portfolio.website import parameters, structured_data
from portfolio.website.figures import strand_marks
from portfolio.website.page import public_page, render_page
from portfolio.website.queries.common import distinct_sources, page_of
from portfolio.website.queries.live import public_collaborations, public_concerts
from portfolio.website.queries.productions import public_productions
from portfolio.website.queries.programmes import (
    claims_around,
    co_initiators,
    public_programmes,
    public_strands,
)
from portfolio.website.queries.scholarships import public_schemes


@public_page
def home(request: HttpRequest) -> HttpResponse:
    """The announced programme; a list where there are several, an explanation where there is none."""
    now = timezone.now()
    programmes = list(public_programmes(now)[:101])
    if len(programmes) == 1:
        return overview(request, programmes[0], is_home=True)
    return render_page(request, "website/programmes.html", {"programmes": programmes})


@public_page
def programmes(request: HttpRequest) -> HttpResponse:
    """Every public programme."""
    found = list(public_programmes(timezone.now())[:101])
    return render_page(request, "website/programmes.html", {"programmes": found})


@public_page
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme; where it is the only one, the front page is its real address."""
    found = list(public_programmes(timezone.now())[:101])
    row = next((row for row in found if row.slug == slug), None)
    if row is None:
        # Beyond the first hundred: asked for by its own address.
        row = public_programmes(timezone.now()).filter(slug=slug).first()
    if row is None:
        raise Http404
    return overview(request, row, is_home=len(found) == 1)


def overview(request: HttpRequest, programme: Programme, *, is_home: bool) -> HttpResponse:
    """What was announced, what is known so far, and what is only claimed."""
    now = timezone.now()
    figures = programme_figures(programme=programme, at=now)
    strands = list(public_strands(now).filter(programme=programme))
    known = [figures.strands.get(strand.pk, StrandFigures()) for strand in strands]
    started = list(co_initiators(programme, now))
    most = max((line.projects for line in known), default=0)
    origin = request.build_absolute_uri("/").rstrip("/")
    front = reverse("website:home")
    page = front if is_home else reverse("website:programme", args=[programme.slug])
    return render_page(
        request,
        "website/programme.html",
        {
            "programme": programme,
            "figures": figures,
            "known": catalogue_figures(at=now),
            "formats": [
                (format_.label, count)
                for format_ in Format
                if (count := figures.of_format(format_))
            ],
            "strands": [
                (strand, line, strand_marks(line, most=most))
                for strand, line in zip(strands, known, strict=True)
            ],
            "co_initiators": started,
            "initiator_sources": distinct_sources(started),
            "production_sources": list(
                sources_of_projects(programme=programme, kind=ProjectKind.PRODUCTION, at=now)[:9]
            ),
            "scheme_sources": list(
                sources_of_projects(
                    programme=programme, kind=ProjectKind.SCHOLARSHIP_SCHEME, at=now
                )[:9]
            ),
            "claims": list(claims_around(programme, now)[:50]),
            "canonical": request.build_absolute_uri(page),
            "structured": [
                structured_data.programme(programme, origin),
                structured_data.breadcrumbs(origin, (_("Home"), path_in("en", front))),
            ],
        },
        section="home",
    )


@public_page
def strand(request: HttpRequest, slug: str) -> HttpResponse:
    """One strand and everything known in it."""
    now = timezone.now()
    row: Strand | None = public_strands(now).filter(slug=slug).first()
    if row is None:
        raise Http404
    listed = page_of(public_productions(now).filter(strand=row), after=parameters.after(request))
    origin = request.build_absolute_uri("/").rstrip("/")
    return render_page(
        request,
        "website/strand.html",
        {
            "strand": row,
            "siblings": list(public_strands(now).filter(programme=row.programme_id)),
            "listed": listed,
            "schemes": list(
                public_schemes(now).filter(strand=row).order_by("sort_name", "pk")[:50]
            ),
            "concerts": list(
                public_concerts(now).filter(strand=row).order_by("sort_name", "pk")[:50]
            ),
            "collaborations": list(
                public_collaborations(now).filter(strand=row).order_by("sort_name", "pk")[:50]
            ),
            "structured": [
                structured_data.breadcrumbs(
                    origin,
                    (_("Home"), reverse("website:home")),
                    (row.name_for(request.LANGUAGE_CODE), request.path),
                )
            ],
        },
        section="home",
    )
