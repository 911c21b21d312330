"""Writes about budgets: versions that follow each other, their lines, and decisions about them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pghistory
from django.db.models import Max

from partners.models import Document
from portfolio.common.transactions import atomic_retrying
from portfolio.productions.choices import BudgetCategory, Verdict
from portfolio.productions.models import BudgetDecision, BudgetLine, BudgetVersion, Production


@dataclass(frozen=True)
class Account:
    """What one account is to cost."""

    code: str
    category: BudgetCategory
    amount: Decimal
    name_en: str = ""
    name_zh_hant: str = ""
    name_zh_hans: str = ""


@atomic_retrying
def begin_budget(
    *,
    production: Production,
    currency: str,
    actor: Any,
    at: datetime.datetime,
    reason: str = "",
    accounts: Iterable[Account] | None = None,
) -> BudgetVersion:
    """Begin a version with these accounts or, without them, with those of the version before it."""
    # Two who begin a version at once are given two numbers.
    Production.objects.select_for_update(no_key=True, of=("self",)).get(pk=production.pk)
    last = production.budgets.aggregate(last=Max("number"))["last"] or 0
    with pghistory.context(user=actor.pk):
        version = BudgetVersion.objects.create(
            production=production, number=last + 1, currency=currency, reason=reason,
            made_at=at, made_by=actor,
        )  # fmt: skip
        if accounts is None:
            lines = list(
                BudgetLine.objects.filter(version__production=production, version__number=last)
            )
            for line in lines:
                line.pk, line.version = None, version
        else:
            lines = [BudgetLine(version=version, **vars(account)) for account in accounts]
        BudgetLine.objects.bulk_create(lines)
    return version


@atomic_retrying
def enter_accounts(*, version: BudgetVersion, accounts: Iterable[Account], actor: Any) -> None:
    """Put these accounts in the place of all that an open version has."""
    with pghistory.context(user=actor.pk):
        BudgetVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
        BudgetLine.objects.filter(version=version).delete()
        BudgetLine.objects.bulk_create(
            BudgetLine(version=version, **vars(account)) for account in accounts
        )


@atomic_retrying
def lock_budget(*, version: BudgetVersion, actor: Any, at: datetime.datetime) -> None:
    """Lock a version: it never changes again, and somebody else decides about it."""
    with pghistory.context(user=actor.pk):
        version.locked_at, version.locked_by = at, actor
        version.save(update_fields=["locked_at", "locked_by"])


@atomic_retrying
def decide_budget(
    *,
    version: BudgetVersion,
    verdict: Verdict,
    actor: Any,
    at: datetime.datetime,
    reason: str = "",
    document: Document | None = None,
) -> BudgetDecision:
    """Approve or reject a locked version; somebody else than who made or locked it.

    Raises: IntegrityError with the name of the rule, such as budget_decision_is_by_another.
    """
    return BudgetDecision.objects.create(
        version=version, verdict=verdict, reason=reason, document=document, decided_at=at,
        decided_by=actor,
    )  # fmt: skip
