"""What staff's keys read of money: commitments, tranches, approvals, the ledger.

Notes are nowhere in it, nor is anything of a person but the name that they sign in with.
"""

from portfolio.funding.serializers.agreements import AgreementSerializer
from portfolio.funding.serializers.approvals import (
    ApprovalLimitSerializer,
    ApprovalRequestSerializer,
    DelegationSerializer,
)
from portfolio.funding.serializers.ledger import (
    ExchangeRateSerializer,
    LedgerEntrySerializer,
    PeriodClosingSerializer,
    RateSeriesSerializer,
)
from portfolio.funding.serializers.promises import (
    AllocationSerializer,
    CommitmentSerializer,
    DrawdownRequestSerializer,
    TrancheSerializer,
)

__all__ = [
    "AgreementSerializer",
    "AllocationSerializer",
    "ApprovalLimitSerializer",
    "ApprovalRequestSerializer",
    "CommitmentSerializer",
    "DelegationSerializer",
    "DrawdownRequestSerializer",
    "ExchangeRateSerializer",
    "LedgerEntrySerializer",
    "PeriodClosingSerializer",
    "RateSeriesSerializer",
    "TrancheSerializer",
]
