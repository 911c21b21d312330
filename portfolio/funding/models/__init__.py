"""Commitments, tranches, approvals, the ledger and exchange rates."""

from portfolio.funding.models.amendment import AmendmentSplit, CommitmentAmendment
from portfolio.funding.models.answers import KeptAnswer
from portfolio.funding.models.approval import (
    ApprovalDecision,
    ApprovalLimit,
    ApprovalRequest,
    ApprovalRequestQuerySet,
    Delegation,
    in_force_on,
)
from portfolio.funding.models.commitment import (
    Commitment,
    CommitmentPosition,
    CommitmentQuerySet,
    CommitmentSplit,
)
from portfolio.funding.models.exchange import ExchangeRate, RateField, RateSeries
from portfolio.funding.models.ledger import (
    LedgerEntry,
    LedgerEntryQuerySet,
    LedgerLink,
    PeriodClosing,
    iati_code_of,
)
from portfolio.funding.models.rollup import (
    DayTotal,
    LedgerDelta,
    MonthTotal,
    PayeeTotal,
    ProjectTotal,
    SpanTotal,
)
from portfolio.funding.models.tranche import (
    Condition,
    DrawdownRequest,
    Tranche,
    TrancheQuerySet,
)
from portfolio.funding.models.waiting import waiting_for

__all__ = [
    "AmendmentSplit",
    "ApprovalDecision",
    "ApprovalLimit",
    "ApprovalRequest",
    "ApprovalRequestQuerySet",
    "Commitment",
    "CommitmentAmendment",
    "CommitmentPosition",
    "CommitmentQuerySet",
    "CommitmentSplit",
    "Condition",
    "DayTotal",
    "Delegation",
    "DrawdownRequest",
    "ExchangeRate",
    "KeptAnswer",
    "LedgerDelta",
    "LedgerEntry",
    "LedgerEntryQuerySet",
    "LedgerLink",
    "MonthTotal",
    "PayeeTotal",
    "PeriodClosing",
    "ProjectTotal",
    "RateField",
    "RateSeries",
    "SpanTotal",
    "Tranche",
    "TrancheQuerySet",
    "iati_code_of",
    "in_force_on",
    "waiting_for",
]
