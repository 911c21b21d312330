"""The worked example of the docs: budget, plan and cost reports, every figure of its tables to the cent."""

import datetime
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from portfolio.funding.operations.exchange import Rate
from portfolio.productions.choices import Stage
from portfolio.productions.operations.gates import what_gate_waits_for
from portfolio.productions.operations.title_money import cost_sheet, plan_sheet, top_sheet
from tests.productions.purse import DAY, Purse

pytestmark = pytest.mark.django_db

PAGE = (Path(settings.BASE_DIR) / "docs" / "title-money.md").read_text("utf-8")


def tables() -> list[list[list[str]]]:
    """The tables of the page: of each its rows, without the headings."""
    found: list[list[list[str]]] = []
    before = ""
    for line in PAGE.splitlines():
        if line.startswith("| ") and not before.startswith("|"):
            found.append([])
        elif line.startswith("| "):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
        before = line
    return found


BUDGET, TOP_SHEET, PLAN, *COSTS = tables()


def figure(cell: str) -> Any:
    """A cell of a table; a dash is no figure."""
    return None if cell in ("–", "") else Decimal(cell.removesuffix(" %").replace(",", ""))


def plain(cell: str) -> str:
    return str(figure(cell))


@pytest.fixture
def purse(db):
    return Purse()


@pytest.fixture
def budget(purse):
    return purse.approved([(c, k, plain(a), name) for c, k, name, a in BUDGET])


def test_the_top_sheet_is_that_of_the_page(budget):
    sheet = top_sheet(budget)

    assert [(str(p.category), p.amount, p.share) for p in sheet.parts] == [
        (category, figure(amount), figure(share)) for category, amount, share in TOP_SHEET[:-1]
    ]
    assert sheet.total == figure(TOP_SHEET[-1][1])


def test_the_plan_of_the_page_closes_with_its_last_source_and_every_signature(purse, budget):
    def source(plan, row):
        kind, party, amount, rate, place, *_rest = row
        currency, number = amount.split(" ")
        words: Any = {"is_programme": True} if party == "the programme" else {}
        if currency != "HKD":
            words["rate"] = Rate(Decimal(rate), DAY, "AGREEMENT")
        place = figure(place)
        purse.source(
            plan, plain(number), kind, currency=currency,
            recoupment_place=int(place) if place else None, **words,
        )  # fmt: skip

    first = purse.plan()
    for row in PLAN[:-1]:
        source(first, row)
    purse.lock_plan(first)
    refusal = re.sub(r"\s+", " ", re.search(r"refused: \*([^*]+)\*", PAGE)[1])
    assert what_gate_waits_for(purse.film, Stage.FINANCED) == refusal[0].upper() + refusal[1:]
    second = purse.plan(reason="The producer defers")
    source(second, PLAN[-1])
    purse.lock_plan(second)

    sheet = plan_sheet(second, budget=budget)
    assert [(r.source.kind, r.source.base_amount, r.share) for r in sheet.rows] == [
        (row[0], figure(row[5]), figure(row[6])) for row in PLAN
    ]
    assert sheet.missing == 0
    assert "is not signed yet" in what_gate_waits_for(purse.film, Stage.FINANCED)
    for row in sheet.rows:
        purse.sign(row.source)
    assert what_gate_waits_for(purse.film, Stage.FINANCED) == ""


def test_the_cost_reports_come_to_what_the_page_says(purse, budget):
    previous = None
    found, known = [], {row[0] for row in BUDGET}
    for lines, day in ((COSTS[0], (2026, 7, 31)), (COSTS[2], (2026, 8, 31))):
        rows = [
            (code, category, *map(plain, figures), *([] if code in known else ["Storm damage"]))
            for code, category, *figures in lines
        ]
        report = purse.report(budget, rows, datetime.date(*day))
        sheet = cost_sheet(report, previous=previous)
        found.append(
            [
                (
                    name,
                    f.budget,
                    f.to_date,
                    f.committed,
                    f.to_complete,
                    f.final,
                    f.variance,
                    f.change,
                )
                for name, f in (
                    *((str(part.category), part.figures) for part in sheet.parts),
                    ("TOTAL", sheet.total),
                )
            ]
        )
        previous = report

    assert found == [
        [(name, *map(figure, figures)) for name, *figures in table]
        for table in (COSTS[1], COSTS[3])
    ]
