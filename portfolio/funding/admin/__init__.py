"""Money in the staff admin: commitments, approvals, the ledger."""

from portfolio.funding.admin import approvals, commitments, exchange, ledger, tranches

__all__ = ["approvals", "commitments", "exchange", "ledger", "tranches"]
