"""Writes to allocations."""

import datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from partners.models import Document
from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.programmes.choices import RevisionKind
from portfolio.programmes.models import Allocation, AllocationRevision, Strand


class NothingChanges(Refused):
    """The allocation has this amount already."""


@atomic_retrying
def set_allocation(
    *,
    strand: Strand,
    fiscal_year: int,
    amount: Decimal,
    effective_date: datetime.date,
    decision: str,
    reason: str,
    actor: Any,
    document: Document | None = None,
) -> AllocationRevision:
    """Give a strand its amount for a fiscal year: the original, or a revision by the difference.

    Units: `amount` is what is to be allocated in all, in the base currency.
    Raises: NothingChanges; DatabaseError where the envelope or the commitments forbid it.
    """
    with pghistory.context(user=actor.pk):
        allocation, _made = Allocation.objects.select_for_update(no_key=True).get_or_create(
            strand=strand, fiscal_year=fiscal_year
        )
        known = allocation.revisions.aggregate(last=Max("number"), total=Sum("change_amount"))
        change = amount - (known["total"] or Decimal(0))
        if change == 0:
            raise NothingChanges(_("The allocation has this amount already."))
        first = known["last"] is None
        return AllocationRevision.objects.create(
            allocation=allocation,
            number=0 if first else known["last"] + 1,
            kind=RevisionKind.ORIGINAL if first else RevisionKind.REVISION,
            change_amount=change,
            effective_date=effective_date,
            decision=decision,
            reason=reason,
            document=document,
            recorded_by=actor,
        )


def fiscal_year_of(day: datetime.date, start_month: int) -> int:
    """The calendar year in which the fiscal year that contains `day` begins."""
    return day.year if day.month >= start_month else day.year - 1
