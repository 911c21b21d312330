"""What the pages about scholarships ask."""

import datetime

from django.db.models import Prefetch, QuerySet

from partners.models import Organisation
from portfolio.website.queries.common import public_citations
from scholarships.models import Scheme


def public_schemes(at: datetime.datetime) -> QuerySet[Scheme]:
    """Schemes that anyone may see, with their institution, its owner, and their sources.

    Queries: four.
    """
    institutions = Organisation.objects.public(at).prefetch_related(
        Prefetch("parent", queryset=Organisation.objects.public(at))
    )
    return (
        Scheme.objects.public(at)
        .select_related("strand", "programme")
        .prefetch_related(
            Prefetch("institution", queryset=institutions), public_citations(Scheme, at)
        )
    )
