"""Productions in the API; a key of staff opens their waterfalls."""

from portfolio.productions.viewsets.productions import ProductionViewSet
from portfolio.productions.viewsets.results import ReleaseViewSet, ResultViewSet
from portfolio.productions.viewsets.waterfalls import WaterfallsView

__all__ = ["ProductionViewSet", "ReleaseViewSet", "ResultViewSet", "WaterfallsView"]
