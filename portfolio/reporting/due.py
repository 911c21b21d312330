"""What is to be paid: tranches that are overdue, and those that come next."""

import datetime
from typing import Any

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from partners.models import Block
from portfolio.funding.models import Condition, LedgerEntry, Tranche, TrancheQuerySet
from portfolio.programmes.models import Programme
from portfolio.reporting.terms import NOTHING


def overdue_tranches(
    *, programme: Programme, day: datetime.date, currency: str | None = None
) -> TrancheQuerySet:
    """Tranches due before `day` and not paid, the longest overdue first; see `_looked_at`."""
    return _looked_at(Tranche.objects.overdue_on(day), programme, day, currency)


def upcoming_tranches(
    *, programme: Programme, day: datetime.date, days: int, currency: str | None = None
) -> TrancheQuerySet:
    """Tranches due from `day` on and within `days`, both ends included, the next first."""
    last = day + datetime.timedelta(days=days)
    return _looked_at(Tranche.objects.due_between(day, last), programme, day, currency)


def _looked_at(
    found: Any, programme: Programme, day: datetime.date, currency: str | None
) -> TrancheQuerySet:
    """Tranches with what an officer has to know before each is paid.

    Shape: rows of Tranche with `unpaid` (in the commitment's currency), `open_conditions` (how many
    do not hold on `day`) and `is_blocked` (whether the payee is on `day`).
    Time: as everything is recorded now.  Queries: one.
    """
    paid = (
        LedgerEntry.objects.filter(tranche=OuterRef("pk"))
        .order_by()
        .values("tranche")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    unmet = Q(met_at__isnull=True) | Q(kind="INSURANCE_IN_FORCE", valid_until__lt=day)
    conditions = (
        Condition.objects.filter(unmet, tranche=OuterRef("pk"))
        .order_by()
        .values("tranche")
        .annotate(n=Count("pk"))
        .values("n")
    )
    blocks = Block.objects.active_on(day).filter(organisation=OuterRef("commitment__payee"))
    found = found.filter(commitment__programme=programme)
    if currency is not None:
        found = found.filter(commitment__currency=currency)
    return (
        found.select_related("commitment__payee", "commitment__project")
        .annotate(
            unpaid=F("amount") - Coalesce(Subquery(paid), NOTHING, output_field=DecimalField()),
            open_conditions=Coalesce(Subquery(conditions), 0),
            is_blocked=Exists(blocks),
        )
        .order_by("due_date", "pk")
    )
