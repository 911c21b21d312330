"""The worked example of the docs, step by step: every figure of its tables, to the cent."""

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from partners.models import AgreementAmendment
from portfolio.funding.models import LedgerEntry
from portfolio.funding.operations import amendments, commitments, entries
from portfolio.funding.operations.exchange import Rate
from portfolio.programmes.operations import set_allocation
from portfolio.reporting.terms import Terms
from portfolio.reporting.top_sheet import top_sheet
from tests.books import AT, Books
from tests.factories import ProductionFactory, ProgrammeFactory, StrandFactory
from tests.funding.naive import at_commit

pytestmark = pytest.mark.django_db

PAGE = Path(settings.BASE_DIR) / "docs" / "worked-example.md"
COLUMNS = (
    "allocated", "committed", "de_committed", "available", "disbursed", "refunded", "fx_effect",
    "outstanding", "recouped",
)  # fmt: skip


def sheets_of_the_page() -> list[dict[str, Decimal]]:
    """The top sheets that the page shows, in its order."""
    rows = re.findall(r"^\| (-?[0-9,.]+(?: \| -?[0-9,.]+){8}) \|$", PAGE.read_text("utf-8"), re.M)
    return [
        dict(
            zip(COLUMNS, (Decimal(cell.replace(",", "")) for cell in row.split(" | ")), strict=True)
        )
        for row in rows
    ]


class Example(Books):
    """The people of `Books`, with a programme that has nothing yet."""

    def __init__(self) -> None:
        super().__init__()
        self.programme = ProgrammeFactory()
        self.strand = StrandFactory(programme=self.programme)
        self.first = set_allocation(
            strand=self.strand, fiscal_year=2026, amount=Decimal(100_000_000),
            effective_date=datetime.date(2026, 1, 15), decision="Board paper 1", reason="Plan",
            actor=self.officer,
        ).allocation  # fmt: skip

    def promise(self, day: str, amount: str, parts: Any, **terms: Any) -> Any:
        signed = datetime.date.fromisoformat(day)
        return self.signed(
            amount, agreement=self.agreement(signed=signed),
            project=ProductionFactory(strand=self.strand).project_ptr,
            slices=[commitments.Slice(Decimal(part), signed) for part in parts], **terms,
        )  # fmt: skip

    def amend_on(self, commitment: Any, change: str, day: str) -> None:
        signed, amount = datetime.date.fromisoformat(day), Decimal(change)
        paper = AgreementAmendment.objects.create(
            agreement=commitment.agreement, number=1, change_amount=amount,
            kind="INCREASE" if amount > 0 else "DECREASE", currency=commitment.currency,
            signed_date=signed, summary="By agreement",
        )  # fmt: skip
        amendment = amendments.draft_amendment(
            commitment=commitment, change_amount=amount, shares=[(self.first, amount)],
            reason="As agreed", at=AT, actor=self.officer, agreement_amendment=paper,
            due_date=datetime.date(2026, 12, 1) if amount > 0 else None,
        )  # fmt: skip
        self.approve(amendments.submit_amendment(amendment=amendment, at=AT, actor=self.officer))
        amendment.refresh_from_db()
        amendments.sign_amendment(amendment=amendment, at=AT, actor=self.officer)

    def sheet(self, day: str) -> dict[str, Decimal]:
        at_commit()
        found = top_sheet(Terms(self.programme, datetime.date.fromisoformat(day)))
        return {name: getattr(found.total, name) for name in COLUMNS}


def test_every_step_of_the_worked_example_shows_the_figures_of_the_page():
    example = Example()
    officer = example.officer
    date = datetime.date.fromisoformat
    found = [example.sheet("2026-01-15")]

    film = example.promise("2026-03-02", "30000000", ["10000000", "15000000", "5000000"])
    found.append(example.sheet("2026-03-02"))

    example.pay(example.payable(film), value_date=date("2026-03-20"))
    found.append(example.sheet("2026-03-20"))

    fixed = Rate(Decimal("7.8"), date("2026-04-01"), "AGREEMENT")
    ferry = example.promise(
        "2026-04-01", "2000000", ["1000000", "1000000"], currency="USD", rate=fixed
    )
    found.append(example.sheet("2026-04-01"))

    charged = Rate(Decimal("7.8153"), date("2026-05-04"), "BANK")
    example.pay(example.payable(ferry), value_date=date("2026-05-04"), rate=charged)
    found.append(example.sheet("2026-05-04"))

    wrong = example.pay(example.payable(film), value_date=date("2026-05-20"))
    request = entries.request_reversal(
        entry=wrong[0], at=AT, actor=officer, reason="The bank returned the transfer"
    )
    entries.reverse_posting(
        request=example.approve(request), value_date=date("2026-05-25"), at=AT, actor=officer
    )
    found += [example.sheet("2026-05-22"), example.sheet("2026-05-25")]

    example.amend_on(film, "2000000", "2026-06-15")
    found.append(example.sheet("2026-06-15"))

    example.amend_on(ferry, "-500000", "2026-06-30")
    found.append(example.sheet("2026-06-30"))

    entries.record_refund(
        commitment=film, amount=Decimal(250_000), value_date=date("2026-07-31"), actor=officer
    )
    found.append(example.sheet("2026-07-31"))

    entries.record_recoupment(
        commitment=film, amount=Decimal(4_000_000), value_date=date("2026-10-30"), actor=officer
    )
    found.append(example.sheet("2026-10-30"))

    assert found == sheets_of_the_page()
    assert len(found) == 11


def test_the_sheet_of_an_earlier_day_stays_what_it_was():
    example = Example()
    film = example.promise("2026-03-02", "30000000", ["30000000"])
    before = example.sheet("2026-03-02")

    example.pay(example.payable(film), value_date=datetime.date(2026, 3, 20))

    assert example.sheet("2026-03-02") == before
    assert LedgerEntry.objects.filter(kind="DISBURSEMENT").count() == 1
