"""The worked example of the docs: every figure of its tables, to the cent."""

import datetime
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from portfolio.funding.operations.exchange import Rate
from portfolio.productions.models import WaterfallPosition
from portfolio.productions.operations.recoupment_run import difference, run_waterfall
from tests.productions.falls import Fall

pytestmark = pytest.mark.django_db

PAGE = (Path(settings.BASE_DIR) / "docs" / "waterfall.md").read_text("utf-8")
D = Decimal
TERMS = [
    ("Collection", "PRO_RATA", [("collection", "collector", "FEE", {"rate": D(1), "share": D(100)})]),
    ("Sales", "PRO_RATA", [
        ("commission", "agent", "FEE", {"rate": D(15), "share": D(100), "cap": D(1_500_000)}),
    ]),
    ("Investors", "PARI_PASSU", [
        ("corridor", "cast", "CORRIDOR", {"rate": D(5), "cap": D(300_000)}),
        ("fund", "fund", "RECOUPMENT", {"amount": D(6_000_000), "premium": D(20)}),
        ("studio", "studio", "RECOUPMENT", {"amount": D(3_000_000), "premium": D(20)}),
    ]),
    ("Deferments", "PRO_RATA", [
        ("producer", "producer", "RECOUPMENT", {"amount": D(300_000), "share": D(60)}),
        ("director", "director", "RECOUPMENT", {"amount": D(100_000), "share": D(40)}),
    ]),
    ("Profit", "PRO_RATA", [
        ("fund-profit", "fund", "PROFIT", {"share": D(50)}),
        ("studio-profit", "studio", "PROFIT", {"share": D(20)}),
        ("producer-profit", "producer", "PROFIT", {"share": D(30)}),
    ]),
]  # fmt: skip


def figure(cell: str) -> Decimal | None:
    """A cell of a table; a dash is no figure."""
    return None if cell == "–" else Decimal(cell.removesuffix(" %").replace(",", ""))


def tables_of_the_page() -> list[dict[str, tuple[Decimal | None, ...]]]:
    """After each receipt, in the order of the page: what each position was given and where it stands."""
    found: list[dict[str, tuple[Decimal | None, ...]]] = []
    for line in PAGE.splitlines():
        if line == "| code | given | received | outstanding | recouped |":
            found.append({})
        cells = re.fullmatch(r"\| ([a-z-]+) \| (.+) \| (.+) \| (.+) \| (.+) \|", line)
        if cells and found and cells[1] != "code" and "---" not in line:
            found[-1][cells[1]] = tuple(figure(cell) for cell in cells.groups()[1:])
    return found


def table_of(fall: Fall, day: str) -> dict[str, tuple[Decimal | None, ...]]:
    outcome = run_waterfall(fall.row, as_of=datetime.date.fromisoformat(day))
    given = outcome.steps[-1].given
    assert outcome.residual == 0
    assert sum(given.values()) == outcome.steps[-1].receipt.base_amount
    return {
        line.code: (given.get(line.code, Decimal(0)), line.received, line.outstanding, line.percent)
        for line in outcome.lines
    }


def test_every_receipt_of_the_worked_waterfall_gives_what_the_page_says():
    date = datetime.date.fromisoformat
    fall = Fall(TERMS)
    fall.agree()
    found = []

    fall.receive("4000000", date("2025-03-31"))
    found.append(table_of(fall, "2025-03-31"))

    bank = Rate(Decimal("7.8153"), date("2025-05-15"), "BANK")
    dollars = fall.receive("350000.01", date("2025-05-15"), currency="USD", rate=bank)
    assert dollars.base_amount == Decimal("2735355.08")
    found.append(table_of(fall, "2025-05-15"))

    wrong = fall.receive("1000000", date("2025-06-30"))
    found.append(table_of(fall, "2025-06-30"))
    fall.reverse(wrong, date("2025-07-10"), "Of another film")
    found.append(table_of(fall, "2025-07-10"))

    fall.receive("7000000", date("2025-09-30"))
    found.append(table_of(fall, "2025-09-30"))

    second = fall.open(date("2025-05-01"), reason="Amendment 1: the commission is 8 %")
    WaterfallPosition.objects.filter(tier__version=second, code="commission").update(rate=D(8))
    fall.agree(second)
    before, after = (
        run_waterfall(fall.row, as_of=date("2025-10-31"), up_to_version=number) for number in (1, 2)
    )
    rows = re.findall(
        r"^\| ([A-Z][a-z]+) \| ([0-9,.]+) \| ([0-9,.]+) \| (-?[0-9,.]+) \|$", PAGE, re.M
    )
    changes = difference(before, after)
    assert {
        party.name_en: (before.by_party[party], after.by_party[party], change)
        for party, change in changes.items()
    } == {name: tuple(figure(cell) for cell in cells) for name, *cells in rows}
    assert sum(changes.values()) == 0

    fall.receive("1000000.01", date("2025-11-15"))
    found.append(table_of(fall, "2025-11-15"))

    assert found == tables_of_the_page()
    assert len(found) == 6


def test_the_terms_on_the_page_are_those_that_were_run():
    terms, _rest = PAGE.split("How each kind is counted", 1)
    named = set(re.findall(r"^\|[^|]*\|[^|]*\| ([a-z-]+) \|", terms, re.M)) - {"code"}

    assert named == {code for _name, _sharing, rows in TERMS for code, *_rest in rows}
