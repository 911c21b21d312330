"""Writes about waterfalls: versions that follow each other, receipts and their reversals."""

import datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.db.models import Max

from partners.models import AgreementAmendment, Document
from portfolio.common.money import converted
from portfolio.common.transactions import atomic_retrying
from portfolio.funding.operations.exchange import Rate, find_rate
from portfolio.productions.models import (
    Receipt,
    Waterfall,
    WaterfallPosition,
    WaterfallTier,
    WaterfallVersion,
)


@atomic_retrying
def open_version(
    *,
    waterfall: Waterfall,
    effective_date: datetime.date,
    reason: str,
    actor: Any,
    amendment: AgreementAmendment | None = None,
) -> WaterfallVersion:
    """Begin another version with the tiers and positions of the one before it, to be changed."""
    # Two who begin a version at once are given two numbers.
    Waterfall.objects.select_for_update(no_key=True).get(pk=waterfall.pk)
    last = waterfall.versions.aggregate(last=Max("number"))["last"] or 0
    with pghistory.context(user=actor.pk):
        version = WaterfallVersion.objects.create(
            waterfall=waterfall, number=last + 1, effective_date=effective_date, reason=reason,
            amendment=amendment,
        )  # fmt: skip
        for tier in WaterfallTier.objects.filter(
            version__waterfall=waterfall, version__number=last
        ):
            positions = list(tier.positions.all())
            tier.pk, tier.version = None, version
            tier._state.adding = True
            tier.save()
            for position in positions:
                position.pk, position.tier = None, tier
            WaterfallPosition.objects.bulk_create(positions)
    return version


@atomic_retrying
def put_in_force(*, version: WaterfallVersion, actor: Any, at: datetime.datetime) -> None:
    """Put a version in force: it never changes again, and receipts from its day on run through it."""
    with pghistory.context(user=actor.pk):
        version.locked_at, version.locked_by = at, actor
        version.save(update_fields=["locked_at", "locked_by"])


@atomic_retrying
def record_receipt(
    *,
    waterfall: Waterfall,
    received_date: datetime.date,
    source: str,
    amount: Decimal,
    currency: str,
    actor: Any,
    rate: Rate | None = None,
    period_start: datetime.date | None = None,
    period_end: datetime.date | None = None,
    document: Document | None = None,
    remarks: str = "",
) -> Receipt:
    """Record what came in, converted once into the currency of the waterfall.

    Raises: NoRate.
    """
    if rate is None:
        rate = find_rate(currency=currency, base=waterfall.currency, on=received_date)
    return Receipt.objects.create(
        waterfall=waterfall, received_date=received_date, period_start=period_start,
        period_end=period_end, source=source, amount=amount, currency=currency,
        rate=rate.rate, rate_date=rate.date, rate_source=rate.source, rate_series=rate.series,
        base_amount=converted(amount, rate.rate, waterfall.currency),
        document=document, remarks=remarks, recorded_by=actor,
    )  # fmt: skip


@atomic_retrying
def reverse_receipt(
    *, receipt: Receipt, received_date: datetime.date, reason: str, actor: Any
) -> Receipt:
    """Take a receipt back, on a day; each party gives back exactly what it had received by it."""
    return Receipt.objects.create(
        waterfall=receipt.waterfall, received_date=received_date, period_start=receipt.period_start,
        period_end=receipt.period_end, source=receipt.source, amount=-receipt.amount,
        currency=receipt.currency, rate=receipt.rate, rate_date=receipt.rate_date,
        rate_source=receipt.rate_source, rate_series=receipt.rate_series,
        base_amount=-receipt.base_amount, reversal_of=receipt, remarks=reason, recorded_by=actor,
    )  # fmt: skip
