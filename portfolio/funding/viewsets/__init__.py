"""Money in the API: only for staff's keys."""

from portfolio.funding.viewsets.ledger import LedgerEntryViewSet
from portfolio.funding.viewsets.promises import (
    AgreementViewSet,
    AllocationViewSet,
    ApprovalRequestViewSet,
    CommitmentViewSet,
    ExchangeRateViewSet,
    TrancheViewSet,
)
from portfolio.funding.viewsets.requests import DrawdownRequestViewSet

__all__ = [
    "AgreementViewSet",
    "AllocationViewSet",
    "ApprovalRequestViewSet",
    "CommitmentViewSet",
    "DrawdownRequestViewSet",
    "ExchangeRateViewSet",
    "LedgerEntryViewSet",
    "TrancheViewSet",
]
