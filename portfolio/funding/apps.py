"""Promises and payments: commitments, tranches, approvals, the ledger, exchange rates."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundingConfig(AppConfig):
    name = "portfolio.funding"
    verbose_name = _("Funding")
