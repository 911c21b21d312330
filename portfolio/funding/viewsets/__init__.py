"""Money in the API: only for staff's keys."""

from portfolio.funding.viewsets.approvals import (
    ApprovalLimitViewSet,
    ApprovalRequestViewSet,
    DelegationViewSet,
)
from portfolio.funding.viewsets.books import (
    ExchangeRateViewSet,
    PeriodClosingViewSet,
    RateSeriesViewSet,
)
from portfolio.funding.viewsets.ledger import LedgerEntryViewSet
from portfolio.funding.viewsets.promises import (
    AgreementViewSet,
    AllocationViewSet,
    CommitmentViewSet,
    TrancheViewSet,
)
from portfolio.funding.viewsets.requests import DrawdownRequestViewSet

__all__ = [
    "AgreementViewSet",
    "AllocationViewSet",
    "ApprovalLimitViewSet",
    "ApprovalRequestViewSet",
    "CommitmentViewSet",
    "DelegationViewSet",
    "DrawdownRequestViewSet",
    "ExchangeRateViewSet",
    "LedgerEntryViewSet",
    "PeriodClosingViewSet",
    "RateSeriesViewSet",
    "TrancheViewSet",
]
