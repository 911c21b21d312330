"""Exchange rates and closed periods, to read."""

from portfolio.common.api.exporting import Flat
from portfolio.common.api.filters import SLUG
from portfolio.common.api.ordering import Order
from portfolio.common.exports.columns import Holds
from portfolio.funding.filtersets import (
    ExchangeRateFilterSet,
    PeriodClosingFilterSet,
    RateSeriesFilterSet,
)
from portfolio.funding.models import ExchangeRate, PeriodClosing, RateSeries
from portfolio.funding.serializers import (
    ExchangeRateSerializer,
    PeriodClosingSerializer,
    RateSeriesSerializer,
)
from portfolio.staff.api import ByNumber, PrivateRowViewSet


class ExchangeRateViewSet(ByNumber):
    """Published rates, as they were imported."""

    permission = "funding.view_exchangerate"
    queryset = ExchangeRate.objects.all()
    serializer_class = ExchangeRateSerializer
    filterset_class = ExchangeRateFilterSet
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("series", "series__slug"),
        Flat("base", "series__base"),
        Flat("currency"),
        Flat("date", holds=Holds.DAY),
        Flat("rate", holds=Holds.AMOUNT),
    )


class RateSeriesViewSet(PrivateRowViewSet):
    """Who publishes rates against which currency, and which series is used first."""

    permission = "funding.view_rateseries"
    queryset = RateSeries.objects.all()
    serializer_class = RateSeriesSerializer
    filterset_class = RateSeriesFilterSet
    lookup_schema = {"type": "string", "pattern": SLUG}
    orders = {"slug": Order("slug")}
    ordering = "slug"
    columns = (
        Flat("slug"),
        Flat("name"),
        Flat("base"),
        Flat("rank", holds=Holds.NUMBER),
    )


class PeriodClosingViewSet(ByNumber):
    """Through which day the books of a programme are closed; of each programme the last one counts."""

    permission = "funding.view_periodclosing"
    queryset = PeriodClosing.objects.all()
    serializer_class = PeriodClosingSerializer
    filterset_class = PeriodClosingFilterSet
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("programme", "programme__slug"),
        Flat("is_fictional", "programme__is_fictional", Holds.FLAG),
        Flat("through_date", holds=Holds.DAY),
        Flat("reason"),
        Flat("recorded_at", holds=Holds.MOMENT),
        Flat("recorded_by", "recorded_by__username"),
    )
