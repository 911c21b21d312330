"""What the pages about concerts and venues ask."""

import datetime

from django.db.models import Count, F, Prefetch, Q, QuerySet

from partners.models import Organisation
from portfolio.common.publishing import is_public
from portfolio.live.choices import ShowStatus
from portfolio.live.models import (
    Billing,
    Capacity,
    Concert,
    Show,
    ShowReport,
    Space,
    Venue,
    VenueCollaboration,
)
from portfolio.website.queries.common import public_citations

MOST_SHOWS = 200


def public_shows(at: datetime.datetime) -> QuerySet[Show]:
    """Shows that anyone may see, in the order of their dates, each with the last public report.

    Queries: three; the reports of a show come newest first.
    """
    return (
        Show.objects.public(at)
        .select_related("concert", "concert__programme", "venue", "space")
        .prefetch_related(
            # Where it moved to may be a venue that nobody may see yet.
            Prefetch("moved_to", queryset=Show.objects.public(at)),
            Prefetch(
                "reports",
                queryset=ShowReport.objects.filter(is_public=True)
                .select_related("source")
                .order_by("-as_of_date", "-recorded_at", "-pk"),
            ),
        )
        .order_by("date", "starts_at", "pk")
    )


def public_concerts(at: datetime.datetime) -> QuerySet[Concert]:
    """Concerts that anyone may see, with their promoter, their artists, their shows and their sources.

    Queries: seven.
    """
    return (
        Concert.objects.public(at)
        .select_related("strand", "programme")
        .prefetch_related(
            Prefetch("promoter", queryset=Organisation.objects.public(at)),
            Prefetch(
                "billings",
                queryset=Billing.objects.public(at)
                .select_related("person", "act")
                .order_by("position", "pk"),
            ),
            Prefetch("shows", queryset=public_shows(at)),
            public_citations(Concert, at),
        )
    )


def public_venues(at: datetime.datetime) -> QuerySet[Venue]:
    """Venues that anyone may see, with owner, operator, spaces, capacities and sources.

    Annotates `coming`, its public shows that are planned or on sale.  Queries: six.
    """
    ahead = Q(shows__status__in=[ShowStatus.PLANNED, ShowStatus.ON_SALE])
    seen = is_public(at, "shows__concert__") & is_public(at, "shows__concert__programme__")
    organisations = Organisation.objects.public(at)
    return (
        Venue.objects.public(at)
        .annotate(coming=Count("shows", filter=ahead & seen))
        .prefetch_related(
            Prefetch("owner", queryset=organisations),
            Prefetch("operator", queryset=organisations),
            Prefetch("spaces", queryset=Space.objects.order_by("position", "pk")),
            Prefetch(
                "capacities",
                queryset=Capacity.objects.select_related("space").order_by(
                    F("space__position").asc(nulls_first=True), "configuration", "pk"
                ),
            ),
            public_citations(Venue, at),
        )
    )


def public_collaborations(at: datetime.datetime) -> QuerySet[VenueCollaboration]:
    """Venue collaborations that anyone may see, with their venue, their seasons and their sources.

    Queries: four.
    """
    return (
        VenueCollaboration.objects.public(at)
        .select_related("strand", "programme")
        .prefetch_related(
            Prefetch("venue", queryset=Venue.objects.public(at)),
            "seasons",
            public_citations(VenueCollaboration, at),
        )
    )
