"""Scholarships in the API: schemes for everybody, applications and awards for a key of staff."""

from portfolio.common.api.exporting import Flat
from portfolio.common.api.viewsets import RowViewSet
from portfolio.common.exports.columns import Holds
from portfolio.staff.api import ByNumber
from portfolio.staff.models import Scope
from scholarships.filtersets import ApplicationFilterSet, AwardFilterSet, SchemeFilterSet
from scholarships.models import Application, Award, Scheme
from scholarships.serializers import ApplicationSerializer, AwardSerializer, SchemeSerializer


class SchemeViewSet(RowViewSet):
    """Places at institutions that the programme pays for.

    By itself the list holds what is in the programme; `standing` asks for what came before it.
    """

    queryset = Scheme.objects.all()
    serializer_class = SchemeSerializer
    filterset_class = SchemeFilterSet


class ApplicationViewSet(ByNumber):
    """Applications by their numbers, the newest first. Names and answers are nowhere in the API."""

    scope = Scope.SCHOLARSHIPS_READ
    permission = "scholarships.view_application"
    queryset = Application.objects.all()
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationFilterSet
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("number"),
        Flat("scheme", "round__scheme__slug"),
        Flat("round", "round__code"),
        Flat("way"),
        Flat("state"),
    )


class AwardViewSet(ByNumber):
    """Places that were offered, the newest first."""

    scope = Scope.SCHOLARSHIPS_READ
    permission = "scholarships.view_award"
    queryset = Award.objects.all()
    serializer_class = AwardSerializer
    filterset_class = AwardFilterSet
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("application", "application__number"),
        Flat("scheme", "round__scheme__slug"),
        Flat("round", "round__code"),
        Flat("commitment", "commitment__reference"),
        Flat("state"),
        Flat("starts_on", holds=Holds.DAY),
    )
