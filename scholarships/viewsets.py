"""Scholarship schemes in the API."""

from portfolio.common.api.viewsets import RowViewSet
from scholarships.filtersets import SchemeFilterSet
from scholarships.models import Scheme
from scholarships.serializers import SchemeSerializer


class SchemeViewSet(RowViewSet):
    """Places at institutions that the programme pays for.

    By itself the list holds what is in the programme; `standing` asks for what came before it.
    """

    queryset = Scheme.objects.all()
    serializer_class = SchemeSerializer
    filterset_class = SchemeFilterSet
