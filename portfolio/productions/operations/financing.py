"""Writes about financing plans: versions, their sources, and how sure each has become."""

import datetime
from decimal import Decimal
from typing import Any

import pghistory
from django.db.models import Max

from partners.models import Document
from portfolio.common.money import converted
from portfolio.common.transactions import atomic_retrying
from portfolio.funding.operations.exchange import Rate, find_rate
from portfolio.productions.choices import FinancingKind, Secured
from portfolio.productions.models import FinancingPlan, FinancingSource, Production


@atomic_retrying
def begin_plan(
    *,
    production: Production,
    currency: str,
    actor: Any,
    at: datetime.datetime,
    reason: str = "",
) -> FinancingPlan:
    """Begin a version with the sources of the one before it, where that is in the same currency."""
    # Two who begin a version at once are given two numbers.
    Production.objects.select_for_update(no_key=True, of=("self",)).get(pk=production.pk)
    last = production.financing_plans.aggregate(last=Max("number"))["last"] or 0
    with pghistory.context(user=actor.pk):
        plan = FinancingPlan.objects.create(
            production=production, number=last + 1, currency=currency, reason=reason,
            made_at=at, made_by=actor,
        )  # fmt: skip
        sources = list(
            FinancingSource.objects.filter(
                plan__production=production, plan__number=last, plan__currency=currency
            )
        )
        for source in sources:
            source.pk, source.plan = None, plan
        FinancingSource.objects.bulk_create(sources)
    return plan


@atomic_retrying
def add_source(
    *,
    plan: FinancingPlan,
    kind: FinancingKind,
    amount: Decimal,
    currency: str,
    on: datetime.date,
    actor: Any,
    rate: Rate | None = None,
    **words: Any,
) -> FinancingSource:
    """Add a source, converted once into the currency of the plan, at the rate of the day `on` or at `rate`.

    Raises: NoRate.
    """
    if rate is None:
        rate = find_rate(currency=currency, base=plan.currency, on=on)
    with pghistory.context(user=actor.pk):
        # Two who add a source at once are given two places.
        FinancingPlan.objects.select_for_update(no_key=True).get(pk=plan.pk)
        last = plan.sources.aggregate(last=Max("number"))["last"] or 0
        return FinancingSource.objects.create(
            plan=plan, number=last + 1, kind=kind, amount=amount, currency=currency,
            rate=rate.rate, rate_date=rate.date, rate_source=rate.source, rate_series=rate.series,
            base_amount=converted(amount, rate.rate, plan.currency), **words,
        )  # fmt: skip


@atomic_retrying
def remove_source(*, source: FinancingSource, actor: Any) -> None:
    """Take a source out of an open plan."""
    with pghistory.context(user=actor.pk):
        source.delete()


@atomic_retrying
def lock_plan(*, plan: FinancingPlan, actor: Any, at: datetime.datetime) -> None:
    """Lock a plan: its sources stay, but for becoming surer."""
    with pghistory.context(user=actor.pk):
        plan.locked_at, plan.locked_by = at, actor
        plan.save(update_fields=["locked_at", "locked_by"])


@atomic_retrying
def secure_source(
    *,
    source: FinancingSource,
    secured: Secured,
    secured_date: datetime.date,
    document: Document | None,
    actor: Any,
) -> None:
    """Record the letter of intent or the signature of a source, with its day and its paper.

    Raises: IntegrityError with the name of the rule, such as financing_source_only_becomes_surer.
    """
    with pghistory.context(user=actor.pk):
        row = FinancingSource.objects.select_for_update(no_key=True).get(pk=source.pk)
        row.secured, row.secured_date, row.document = secured, secured_date, document
        row.save(update_fields=["secured", "secured_date", "document"])
