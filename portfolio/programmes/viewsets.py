"""Programmes, strands and projects in the API."""

from portfolio.common.api.ordering import BY_NAME, Order
from portfolio.common.api.viewsets import RowViewSet
from portfolio.programmes.filtersets import ProgrammeFilterSet, ProjectFilterSet, StrandFilterSet
from portfolio.programmes.models import Programme, Project, Strand
from portfolio.programmes.serializers import (
    ProgrammeSerializer,
    ProjectSerializer,
    StrandSerializer,
)


class ProgrammeViewSet(RowViewSet):
    """Announced envelopes of money with who is behind them."""

    queryset = Programme.objects.all()
    serializer_class = ProgrammeSerializer
    filterset_class = ProgrammeFilterSet


class StrandViewSet(RowViewSet):
    """What the envelopes are meant for, in the order of the announcement."""

    queryset = Strand.objects.all()
    serializer_class = StrandSerializer
    filterset_class = StrandFilterSet
    orders = {"position": Order("position", cast="int"), "name": BY_NAME}
    ordering = "position"


class ProjectViewSet(RowViewSet):
    """Everything that money can be promised to: productions, concerts, venue collaborations, schemes.

    By itself the list holds what is in the programme; `standing` asks for what came before it.
    """

    queryset = Project.objects.all()
    serializer_class = ProjectSerializer
    filterset_class = ProjectFilterSet
