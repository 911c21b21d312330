"""Releases and results of productions in the API."""

from typing import Any

from django.db.models.functions import Now

from portfolio.common.api.ordering import Order
from portfolio.common.api.viewsets import RowViewSet
from portfolio.productions.filtersets import ReleaseFilterSet, ResultFilterSet
from portfolio.productions.models import Release, Result
from portfolio.productions.serializers import ReleaseSerializer, ResultSerializer


class ReleaseViewSet(RowViewSet):
    """Where, in which medium and when productions come out, the latest first."""

    queryset = Release.objects.all()
    serializer_class = ReleaseSerializer
    filterset_class = ReleaseFilterSet
    orders = {"date": Order("date", cast="date")}
    ordering = "-date"


class ResultViewSet(RowViewSet):
    """Figures that sources reported of productions, each with its source, the latest period first.

    Nothing is added up and nothing converted. A figure that was reported again counts by its last report;
    one that was withdrawn is shown to nobody, whatever `known_at` asks for.
    """

    queryset = Result.objects.all()
    serializer_class = ResultSerializer
    filterset_class = ResultFilterSet
    orders = {"start_date": Order("start_date", cast="date")}
    ordering = "-start_date"

    @classmethod
    def visible(cls) -> Any:
        """What is public, with whether the same number is public for another period or source."""
        return Result.objects.public(Now()).with_twins()
