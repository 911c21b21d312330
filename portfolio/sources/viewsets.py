"""Sources and claims in the API."""

import datetime

from portfolio.common.api.ordering import Order
from portfolio.common.api.viewsets import RowViewSet
from portfolio.sources.filtersets import ClaimFilterSet, SourceFilterSet
from portfolio.sources.models import Claim, Source
from portfolio.sources.serializers import ClaimSerializer, SourceSerializer


class SourceViewSet(RowViewSet):
    """The documents that state what is known, newest first."""

    queryset = Source.objects.all()
    serializer_class = SourceSerializer
    filterset_class = SourceFilterSet
    orders = {
        "published_date": Order("published_date", cast="date", missing=datetime.date.min),
        "title": Order("title"),
    }
    ordering = "-published_date"


class ClaimViewSet(RowViewSet):
    """What was said and is not a fact: plans, expectations, objectives, assertions."""

    queryset = Claim.objects.all()
    serializer_class = ClaimSerializer
    filterset_class = ClaimFilterSet
    orders = {"slug": Order("slug")}
    ordering = "slug"
