"""Pages and reports of money in a real browser: accessible, as wide as the screen, true to their tables.

With TOPSHEET_SCREENSHOTS=1 the docs get pictures.
"""

import datetime
import re
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from partners.models import Interest
from portfolio.funding.models import LedgerEntry
from portfolio.funding.operations import commitments
from portfolio.funding.operations.commitments import Slice
from portfolio.staff.roles import write_roles
from tests.admin.screens import picture, serious_of, tab_of
from tests.books import AT, DAY, Books
from tests.browser import settled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IN_THE_DOCS = ("top-sheet", "cash-flow", "watch", "entries")


@pytest.fixture
def books(live_server: Any) -> Books:
    """Two payees, one with a very long name: paid, promised, overdue, waiting, and too close."""
    # Another browser test may have emptied the tables.
    write_roles(apps, SimpleNamespace(connection=connection))
    books = Books()
    for row, english, chinese in (
        (books.programme, "Sample programme (fictional)", "虛構樣本計劃"),
        (books.strand, "Films", "電影"),
        (books.project, "The Harbour Clock", "海港時計"),
        (books.funder, "Sample Fund", "樣本基金"),
        (
            books.payee,
            "The Imaginary Pictures and Television Production Company of the Outlying Islands Limited",
            "離島虛構影視製作及發行有限公司",
        ),
    ):
        row.name_en, row.name_zh_hant = english, chinese
        row.save()
    slices = [
        Slice(Decimal("300000.01"), DAY),
        Slice(Decimal("12345678.99"), DAY.replace(year=2027)),
    ]
    paid = books.signed("12645679", slices=slices)
    books.pay(books.payable(paid))
    books.signed("500000", slices=[Slice(Decimal(500000), datetime.date(2026, 7, 1))])
    Interest.objects.create(person=books.approver, organisation=books.payee, nature="Shareholder")
    commitments.submit_commitment(commitment=books.draft("800000"), at=AT, actor=books.officer)
    return books


@pytest.fixture
def addresses(books: Books) -> dict[str, str]:
    """The pages by the names of their pictures."""
    entry = LedgerEntry.objects.filter(kind="DISBURSEMENT").get()
    terms = f"programme={books.programme.slug}&as_of=2026-11-20"
    return {
        "top-sheet": f"/admin/reports/top-sheet/?{terms}",
        "cash-flow": f"/admin/reports/cash-flow/?{terms}",
        "quarters": f"/admin/reports/cash-flow/?{terms}&group_by=quarter",
        "slices": f"/admin/reports/tranches/?{terms}&figure=due",
        "due": f"/admin/reports/overdue/?{terms}",
        "watch": f"/admin/reports/watch/?{terms}",
        "entries": f"/admin/reports/entries/?{terms}&figure=outstanding",
        "allocations": f"/admin/programmes/allocation/?programme={books.programme.pk}",
        "commitment": f"/admin/funding/commitment/{entry.commitment_id}/change/",
        "commitments": "/admin/funding/commitment/",
        "tranches": "/admin/funding/tranche/",
        "inbox": "/admin/approvals/",
        "ledger": "/admin/funding/ledgerentry/",
        "entry": f"/admin/funding/ledgerentry/{entry.pk}/change/",
    }


def amount_of(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("\u2212", "-").replace("–", "0"))


def table_of(page: Any) -> dict[str, dict[str, Decimal]]:
    """The rows of the last table by their names, each amount by its heading."""
    heads, rows = page.evaluate(
        """() => {
            const table = [...document.querySelectorAll('table.report-table')].at(-1);
            const texts = (row) => [...row.children].map((cell) => cell.textContent.trim());
            return [texts(table.tHead.rows[0]), [...table.tBodies[0].rows].map(texts)];
        }"""
    )
    return {row[0]: dict(zip(heads[1:], map(amount_of, row[1:]), strict=True)) for row in rows}


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(1440, "light", "en-GB"), (390, "dark", "zh-HK")]
)
def test_pages_of_money_can_be_read_by_everyone_on_every_screen(
    chromium: Any, live_site: str, books: Books, addresses: dict[str, str],
    width: int, scheme: str, locale: str,
):  # fmt: skip
    page = tab_of(
        chromium, live_site, books.approver,
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale=locale,
    )  # fmt: skip
    found = {}

    for name, path in addresses.items():
        page.goto(f"{live_site}{path}")
        settled(page)
        found[name] = serious_of(page)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found[name].append("is wider than the screen")
        if name in IN_THE_DOCS and width == 1440:
            picture(page, name)
        if name == "cash-flow" and width == 390:
            picture(page, f"{name}-phone")

    assert page.evaluate("document.documentElement.lang").lower().startswith(locale[:2])
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert page.faults == []
    page.context.close()


def test_what_a_picture_shows_is_what_its_table_says(
    chromium: Any, live_site: str, books: Books, addresses: dict[str, str]
):
    page = tab_of(chromium, live_site, books.approver, locale="en-GB")

    page.goto(f"{live_site}{addresses['top-sheet']}")
    bars = page.evaluate(
        """() => [...document.querySelectorAll('.report-bar')].map((bar) => [
            bar.previousElementSibling.textContent.trim(),
            [...bar.querySelectorAll('title')].map((title) => title.textContent)])"""
    )
    rows = table_of(page)
    assert bars
    for name, titles in bars:
        shown = dict(title.split(": ") for title in titles)
        row = rows[name]
        kept = {
            "Net paid": row["Disbursed"] - row.get("Refunded", Decimal(0)),
            "Outstanding": row["Outstanding"], "Available": row["Available"],
        }  # fmt: skip
        assert {k: amount_of(v) for k, v in shown.items()} == {k: v for k, v in kept.items() if v}

    page.goto(f"{live_site}{addresses['cash-flow']}")
    titles = page.evaluate(
        "() => [...document.querySelectorAll('.report-flow title')].map((t) => t.textContent)"
    )
    rows = table_of(page)
    shown = {}
    for title in titles:
        month, label, amount = re.fullmatch(r"(.+) · (.+): (.+)", title).groups()  # type: ignore[union-attr]
        shown[month, label] = amount_of(amount)
    assert shown == {
        (month, label): row[label]
        for month, row in rows.items()
        for label in ("Net paid", "Left to pay")
        if row[label]
    }
    assert sum(shown.values()) == Decimal("12645679.00") + Decimal(500000)
    page.context.close()
