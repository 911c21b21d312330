"""What the pages about programmes and strands ask."""

import datetime

from django.db.models import Prefetch, Q, QuerySet

from partners.models import Organisation
from portfolio.programmes.choices import ProgrammeRole
from portfolio.programmes.models import Programme, ProgrammePartner, Strand
from portfolio.sources.models import Claim
from portfolio.website.queries.common import public_citations, public_claims


def public_programmes(at: datetime.datetime) -> QuerySet[Programme]:
    """Programmes that anyone may see, each with its sponsor if that is public, and its sources.

    Order: the latest announced first.  Queries: four.
    """
    return (
        Programme.objects.public(at)
        .prefetch_related(
            Prefetch("sponsor", queryset=Organisation.objects.public(at)),
            "quoted_equivalents",
            public_citations(Programme, at),
        )
        .order_by("-announced_date", "sort_name", "pk")
    )


def public_strands(at: datetime.datetime) -> QuerySet[Strand]:
    """Strands of public programmes in the order of their announcement, with their sources.

    Queries: two.
    """
    return (
        Strand.objects.public(at)
        .select_related("programme")
        .prefetch_related(public_citations(Strand, at))
        .order_by("programme", "position", "pk")
    )


def co_initiators(programme: Programme, at: datetime.datetime) -> QuerySet[Organisation]:
    """The organisations that started the programme together, by name, with their sources.

    Queries: two.
    """
    return (
        Organisation.objects.public(at)
        .filter(
            programme_roles__programme=programme, programme_roles__role=ProgrammeRole.CO_INITIATOR
        )
        .prefetch_related(public_citations(Organisation, at))
        .order_by("sort_name", "pk")
        .distinct()
    )


def claims_around(programme: Programme, at: datetime.datetime) -> QuerySet[Claim]:
    """What is claimed of the programme, of its projects, of its sponsor and of its partners.

    Queries: as `public_claims`.
    """
    partners = ProgrammePartner.objects.filter(programme=programme).values("organisation")
    return public_claims(at).filter(
        Q(programme=programme)
        | Q(project__programme=programme)
        | Q(organisation=programme.sponsor_id)
        | Q(organisation__in=partners)
    )
