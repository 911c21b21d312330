"""A waterfall for tests: a title, an agreement, parties, and terms written as short rows."""

import datetime
import itertools
from decimal import Decimal
from typing import Any

from partners.models import Agreement
from portfolio.productions.models import (
    Waterfall,
    WaterfallPosition,
    WaterfallTier,
    WaterfallVersion,
)
from portfolio.productions.operations import recoupment
from portfolio.staff.models import User
from tests.factories import OrganisationFactory, ProductionFactory

NUMBERS = itertools.count(1)
AT = datetime.datetime(2025, 3, 1, 10, tzinfo=datetime.UTC)
DAY = datetime.date(2025, 3, 1)

# What has a percentage of whom, in tiers: (name, sharing, [(code, party, kind, what it has), …]).
PLAIN: Any = [
    ("Investors", "PARI_PASSU", [
        ("fund", "fund", "RECOUPMENT", {"amount": Decimal(600)}),
        ("studio", "studio", "RECOUPMENT", {"amount": Decimal(400)}),
    ]),
    ("Profit", "PRO_RATA", [
        ("fund-profit", "fund", "PROFIT", {"share": Decimal(50)}),
        ("studio-profit", "studio", "PROFIT", {"share": Decimal(50)}),
    ]),
]  # fmt: skip


class Fall:
    """A waterfall in Hong Kong dollars with one open version."""

    def __init__(self, tiers: Any = PLAIN, *, currency: str = "HKD", since: Any = DAY) -> None:
        n = next(NUMBERS)
        self.officer = User.objects.create(username=f"collector-{n}")
        self.parties: dict[str, Any] = {}
        self.agreement = Agreement.objects.create(
            reference=f"CAMA-{n}", title="Collection agreement", kind="INVESTMENT", start_date=DAY
        )
        self.row = Waterfall.objects.create(
            production=ProductionFactory(), agreement=self.agreement, currency=currency
        )
        self.version = self.open(since)
        self.write(tiers)

    def open(self, since: datetime.date, **words: Any) -> WaterfallVersion:
        return recoupment.open_version(
            waterfall=self.row, effective_date=since, actor=self.officer,
            **{"reason": "As first agreed", **words},
        )  # fmt: skip

    def write(self, tiers: Any) -> None:
        for number, (name, sharing, positions) in enumerate(tiers, 1):
            tier = WaterfallTier.objects.create(
                version=self.version, number=number, name=name, sharing=sharing
            )
            for order, (code, party, kind, words) in enumerate(positions, 1):
                if party not in self.parties:
                    self.parties[party] = OrganisationFactory(name_en=party.capitalize())
                WaterfallPosition.objects.create(
                    tier=tier, number=order, code=code, party=self.parties[party], kind=kind,
                    **words,
                )  # fmt: skip

    def agree(self, version: Any = None) -> None:
        recoupment.put_in_force(version=version or self.version, actor=self.officer, at=AT)

    def receive(self, amount: str, day: datetime.date = DAY, **words: Any) -> Any:
        return recoupment.record_receipt(
            waterfall=self.row, received_date=day, amount=Decimal(amount), actor=self.officer,
            **{"source": "Cinemas, Hong Kong", "currency": self.row.currency, **words},
        )  # fmt: skip

    def reverse(self, receipt: Any, day: datetime.date = DAY, reason: str = "Twice") -> Any:
        return recoupment.reverse_receipt(
            receipt=receipt, received_date=day, reason=reason, actor=self.officer
        )
