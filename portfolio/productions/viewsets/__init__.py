"""Productions in the API; a key of staff opens their money."""

from portfolio.productions.viewsets.productions import ProductionViewSet
from portfolio.productions.viewsets.results import ReleaseViewSet, ResultViewSet
from portfolio.productions.viewsets.title_money import (
    BudgetsView,
    CostReportsView,
    FinancingPlansView,
)
from portfolio.productions.viewsets.waterfalls import WaterfallsView

__all__ = [
    "BudgetsView",
    "CostReportsView",
    "FinancingPlansView",
    "ProductionViewSet",
    "ReleaseViewSet",
    "ResultViewSet",
    "WaterfallsView",
]
