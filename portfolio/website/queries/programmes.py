"""What the pages about programmes and strands ask."""

import datetime

from django.db.models import Prefetch, QuerySet

from partners.models import Organisation
from portfolio.programmes.choices import ProgrammeRole
from portfolio.programmes.models import Programme, Strand
from portfolio.website.queries.common import public_citations


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
