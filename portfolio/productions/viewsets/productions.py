"""Productions in the API."""

from portfolio.common.api.ordering import BY_NAME, Order
from portfolio.common.api.viewsets import RowViewSet
from portfolio.productions.filtersets import ProductionFilterSet
from portfolio.productions.models import Production
from portfolio.productions.serializers import ProductionDetailSerializer, ProductionSerializer


class ProductionViewSet(RowViewSet):
    """Films and series with who takes part in them and who makes them.

    By itself the list holds what is in the programme; `standing` asks for what came before it.
    """

    queryset = Production.objects.all()
    serializer_class = ProductionSerializer
    detail_serializer_class = ProductionDetailSerializer
    filterset_class = ProductionFilterSet
    orders = {"name": BY_NAME, "year": Order("year", cast="int", missing=0)}
