"""Venues, concerts and shows in the API."""

import datetime
from typing import Any

from django.db.models import DateField, DateTimeField, Value
from django.db.models.functions import Now

from portfolio.common.api.ordering import BY_NAME, Order
from portfolio.common.api.viewsets import RowViewSet
from portfolio.live.filtersets import ConcertFilterSet, ShowFilterSet, VenueFilterSet
from portfolio.live.models import Concert, Show, Venue
from portfolio.live.serializers import ConcertSerializer, ShowSerializer, VenueSerializer

LAST_DAY = datetime.date.max
LAST_INSTANT = datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC)


class VenueViewSet(RowViewSet):
    """Houses and grounds with their spaces and how many they hold."""

    queryset = Venue.objects.all()
    serializer_class = VenueSerializer
    filterset_class = VenueFilterSet


class ConcertViewSet(RowViewSet):
    """Concerts and tours with who performs, where and when.

    By itself the list holds what is in the programme; `standing` asks for what came before it.
    """

    queryset = Concert.objects.all()
    serializer_class = ConcertSerializer
    filterset_class = ConcertFilterSet
    orders = {"name": BY_NAME}


class ShowViewSet(RowViewSet):
    """The dates of concerts in public venues, the earliest first."""

    queryset = Show.objects.all()
    serializer_class = ShowSerializer
    filterset_class = ShowFilterSet
    orders = {"date": Order("date", cast="date")}
    ordering = "date"

    @classmethod
    def visible(cls) -> Any:
        """Public shows, told of by any report until the question says another day or instant."""
        return Show.objects.public(Now()).annotate(
            asked_as_of=Value(LAST_DAY, DateField()),
            asked_known_at=Value(LAST_INSTANT, DateTimeField()),
        )
