"""Writes about co-production: the shares of all producers at once."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from partners.models import Agreement, Organisation
from portfolio.common.transactions import atomic_retrying
from portfolio.productions.models import CoproductionShare, CoproductionTerms, Production


@atomic_retrying
def record_shares(
    *,
    production: Production,
    effective_date: datetime.date,
    shares: Iterable[tuple[Organisation, Decimal]],
    actor: Any,
    agreement: Agreement | None = None,
    reason: str = "",
) -> CoproductionTerms:
    """Record who holds which share from a day on; what was recorded before stays.

    Raises: IntegrityError coproduction_shares_add_up_to_100 at the end of the transaction.
    """
    terms = CoproductionTerms.objects.create(
        production=production, effective_date=effective_date, agreement=agreement, reason=reason,
        recorded_by=actor,
    )  # fmt: skip
    CoproductionShare.objects.bulk_create(
        CoproductionShare(terms=terms, organisation=organisation, share=share)
        for organisation, share in shares
    )
    return terms
