"""Partners and people."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from partners.choices import OrganisationKind
from partners.models import Person, Position
from portfolio.productions.models import Credit, Participation, Production
from portfolio.programmes.models import Programme
from portfolio.website import parameters, structured_data
from portfolio.website.page import public_page, render_page
from portfolio.website.queries.common import (
    best_matches,
    page_of,
    public_citations,
    public_claims,
)
from portfolio.website.queries.partners import group_of, public_organisations, public_people
from portfolio.website.queries.scholarships import public_schemes

# What one page shows of a partner's or a person's work; the list of productions has the rest.
MOST_SHOWN = 100


@public_page
def partners(request: HttpRequest) -> HttpResponse:
    """The organisations that take part: those that started the programme, then the others."""
    now = timezone.now()
    query = parameters.words(request)
    kind = parameters.choice(request, "kind", OrganisationKind.values)
    rows = public_organisations(now)
    if kind is None:
        rows = rows.none()
    elif kind:
        rows = rows.filter(kinds__contains=[kind])
    listed = best_matches(rows, query) if query else page_of(rows, after=parameters.after(request))
    return render_page(
        request,
        "website/partners.html",
        {
            "listed": listed,
            "started": [row for row in listed.rows if row.is_co_initiator],
            "others": [row for row in listed.rows if not row.is_co_initiator],
            "query": query,
            "kind": kind,
            "kinds": OrganisationKind.choices,
            "is_filtered": bool(query) or kind != "",
        },
        section="partners",
    )


@public_page
def partner(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation: its group, its part in the programme, its people, what is said of it."""
    now = timezone.now()
    row = public_organisations(now).filter(slug=slug).first()
    if row is None:
        raise Http404
    group = list(group_of(row, now))
    roles = list(
        Participation.objects.public(now)
        .filter(organisation=row)
        .select_related("production", "production__strand", "production__programme")
        .prefetch_related(public_citations(Production, now, through="production__"))
        .order_by("production__standing", "production__sort_name", "pk")[: MOST_SHOWN + 1]
    )
    origin = request.build_absolute_uri("/").rstrip("/")
    return render_page(
        request,
        "website/partner.html",
        {
            "partner": row,
            "group": group if len(group) > 1 else [],
            "sponsored": list(
                Programme.objects.public(now)
                .filter(sponsor=row)
                .prefetch_related(public_citations(Programme, now))[:20]
            ),
            "roles": roles[:MOST_SHOWN],
            "has_more_roles": len(roles) > MOST_SHOWN,
            "schemes": list(
                public_schemes(now).filter(institution=row).order_by("sort_name", "pk")[:50]
            ),
            "positions": list(
                Position.objects.public(now)
                .filter(organisation=row)
                .select_related("person")
                .prefetch_related(public_citations(Person, now, through="person__"))
                .order_by("person__sort_name", "pk")[:MOST_SHOWN]
            ),
            "claims": list(public_claims(now).filter(organisation=row)[:50]),
            "structured": [
                organisation_data(row, group, origin),
                structured_data.breadcrumbs(
                    origin,
                    (_("Home"), reverse("website:home")),
                    (_("Partners"), reverse("website:partners")),
                    (row.name_for(request.LANGUAGE_CODE), request.path),
                ),
            ],
        },
        section="partners",
    )


def organisation_data(row: Any, group: list[Any], origin: str) -> dict[str, Any]:
    """An organisation with the one it belongs to and those that belong to it."""
    data = structured_data.organisation(row, origin)
    if parent := getattr(row, "parent", None):
        data["parentOrganization"] = structured_data.organisation(parent, origin)
    owned = [structured_data.organisation(o, origin) for o in group if o.parent_id == row.pk]
    if owned:
        data["subOrganization"] = owned
    return data


@public_page
def people(request: HttpRequest) -> HttpResponse:
    """The people who speak for the programme, work for its partners or make its productions."""
    now = timezone.now()
    query = parameters.words(request)
    rows = public_people(now)
    listed = best_matches(rows, query) if query else page_of(rows, after=parameters.after(request))
    return render_page(
        request,
        "website/people.html",
        {"listed": listed, "query": query, "is_filtered": bool(query)},
        section="people",
    )


@public_page
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """One person: positions, credits, and what they are reported to have said."""
    now = timezone.now()
    row = public_people(now).filter(slug=slug).first()
    if row is None:
        raise Http404
    credits_ = (
        Credit.objects.public(now)
        .filter(person=row)
        .select_related("production")
        .prefetch_related(public_citations(Production, now, through="production__"))
        .order_by("production__sort_name", "pk")[:MOST_SHOWN]
    )
    origin = request.build_absolute_uri("/").rstrip("/")
    data = structured_data.person(row, origin)
    positions = list(row.positions.all())
    if positions:
        data["jobTitle"] = [str(position) for position in positions]
        data["worksFor"] = [
            structured_data.organisation(position.organisation, origin)
            for position in positions
            if position.organisation
        ]
    return render_page(
        request,
        "website/person.html",
        {
            "person": row,
            "positions": positions,
            "credits": list(credits_),
            "claims": list(public_claims(now).filter(speaker=row)[:50]),
            "structured": [
                data,
                structured_data.breadcrumbs(
                    origin,
                    (_("Home"), reverse("website:home")),
                    (_("People"), reverse("website:people")),
                    (row.name_for(request.LANGUAGE_CODE), request.path),
                ),
            ],
        },
        section="people",
    )
