"""The money of a film for tests: a budget, its approval, a plan, written as short rows."""

import datetime
import itertools
from decimal import Decimal
from typing import Any

from portfolio.productions.choices import BudgetCategory, FinancingKind, Secured, Verdict
from portfolio.productions.models import BudgetVersion, CostReport, FinancingPlan, FinancingSource
from portfolio.productions.operations import budgets, coproduction, costs, financing
from portfolio.staff.models import User
from tests.factories import DocumentFactory, OrganisationFactory, ProductionFactory

NUMBERS = itertools.count(1)
DAY = datetime.date(2026, 6, 1)
AT = datetime.datetime(2026, 6, 1, 10, tzinfo=datetime.UTC)

# account, category, amount, name
PLAIN: Any = [
    ("1100", "ABOVE_THE_LINE", "200", "Story and rights"),
    ("2000", "BELOW_THE_LINE", "600", "Crew"),
    ("5000", "POST", "150", "Picture editing"),
    ("9000", "CONTINGENCY", "50", "Contingency"),
]


def accounts(rows: Any) -> list[budgets.Account]:
    """Accounts of short rows."""
    return [
        budgets.Account(code, BudgetCategory(category), Decimal(amount), name_en=name)
        for code, category, amount, name in rows
    ]


class Purse:
    """A film, who makes its budget, and who approves it."""

    def __init__(self, film: Any = None, *, currency: str = "HKD") -> None:
        n = next(NUMBERS)
        self.maker, self.approver = (
            User.objects.create(username=f"{name}-{n}") for name in ("budgeter", "signatory")
        )
        self.film = film or ProductionFactory()
        self.currency = currency

    def budget(self, rows: Any = PLAIN, **words: Any) -> BudgetVersion:
        """An open version with these lines; with None, those of the one before."""
        return budgets.begin_budget(
            production=self.film, actor=self.maker, at=AT,
            accounts=None if rows is None else accounts(rows),
            **{"currency": self.currency, "reason": "As first planned", **words},
        )  # fmt: skip

    def lock(self, version: Any) -> Any:
        """Lock a version of a budget."""
        budgets.lock_budget(version=version, actor=self.maker, at=AT)
        return version

    def decide(self, version: Any, verdict: str = "APPROVED", **words: Any) -> Any:
        """What the other one decides."""
        return budgets.decide_budget(
            version=version, verdict=Verdict(verdict),
            **{"actor": self.approver, "at": AT, "reason": "Board of 1 June", **words},
        )  # fmt: skip

    def approved(self, rows: Any = PLAIN, **words: Any) -> BudgetVersion:
        """A version that was locked and approved."""
        version = self.lock(self.budget(rows, **words))
        self.decide(version)
        return BudgetVersion.objects.with_total().get(pk=version.pk)

    def plan(self, **words: Any) -> FinancingPlan:
        """An open financing plan."""
        return financing.begin_plan(
            production=self.film, actor=self.maker, at=AT,
            **{"currency": self.currency, "reason": "As first planned", **words},
        )  # fmt: skip

    def source(self, plan: Any, amount: str, kind: str = "EQUITY", **words: Any) -> FinancingSource:
        """A source of the plan by an organisation, sought."""
        if not words.get("is_programme"):
            words.setdefault("party", OrganisationFactory())
        return financing.add_source(
            plan=plan, kind=FinancingKind(kind), amount=Decimal(amount), on=DAY, actor=self.maker,
            **{"currency": plan.currency, **words},
        )  # fmt: skip

    def sign(self, source: Any, secured: str = "SIGNED", **words: Any) -> None:
        """Its letter or its signature."""
        financing.secure_source(
            source=source, secured=Secured(secured), actor=self.maker,
            **{"secured_date": DAY, "document": DocumentFactory(), **words},
        )  # fmt: skip

    def lock_plan(self, plan: Any) -> Any:
        """Lock a plan."""
        financing.lock_plan(plan=plan, actor=self.maker, at=AT)
        return plan

    def financed(self, amount: str = "1000") -> FinancingPlan:
        """A locked plan of one signed source."""
        plan = self.plan()
        source = self.source(plan, amount)
        self.lock_plan(plan)
        self.sign(source)
        return plan

    def report(
        self, budget: Any, rows: Any, as_of: datetime.date = DAY, **words: Any
    ) -> CostReport:
        """A cost report: account, category, to date, committed, to complete and perhaps a name."""
        return costs.record_cost_report(
            budget=budget, as_of=as_of, actor=self.maker,
            costs=[
                costs.Cost(code, BudgetCategory(category), *(Decimal(f) for f in figures[:3]), *figures[3:])
                for code, category, *figures in rows
            ],
            **{"source": "Line producer", **words},
        )  # fmt: skip

    def share(self, *shares: str, **words: Any) -> Any:
        """Co-producers with these shares."""
        return coproduction.record_shares(
            production=self.film, actor=self.maker,
            shares=[(OrganisationFactory(), Decimal(share)) for share in shares],
            **{"effective_date": DAY, "reason": "Letter of 1 June", **words},
        )  # fmt: skip
