"""Each figure of a report page leads to what it is made of, under the same clocks."""

import csv
import datetime
import html
import io
import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from portfolio.funding.operations.commitments import Slice
from portfolio.funding.operations.exchange import Rate
from portfolio.programmes.operations import set_allocation
from portfolio.staff.models import User
from tests.books import DAY, Books
from tests.factories import DocumentFactory
from tests.reporting.pages import page, signed_in, table_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(db):
    books = Books()
    books.paid("500000")
    books.signed("1000")
    return books


@pytest.fixture
def finance(db):
    return signed_in("Finance")


def test_every_figure_of_a_sheet_leads_to_entries_that_come_to_it(books, finance):
    text = page(finance, "report_top_sheet", as_of=DAY, programme=books.programme.slug)
    links = re.findall(r'<td><a href="([^"]+)">([^<]+)</a>', text)

    assert len(links) >= 8
    for address, figure in links:
        explained = finance.get(html.unescape(address)).content.decode()
        assert f"as_of={DAY}" in address
        assert f'<p class="house-figure">HKD {figure}</p>' in explained


@pytest.mark.parametrize("group_by", ["", "quarter", "fiscal_year"])
@pytest.mark.parametrize("currency", ["", "USD"])
def test_every_figure_of_a_cash_flow_leads_to_what_it_is_made_of(
    books, finance, group_by, currency
):
    slices = [Slice(Decimal(60000), datetime.date(2026, month, 9)) for month in (6, 8, 11)]
    foreign = books.signed(
        "180000", currency="USD", slices=slices, rate=Rate(Decimal("7.8123"), DAY, "AGREEMENT")
    )
    books.pay(books.payable(foreign), rate=Rate(Decimal("7.9"), DAY, "BANK"))
    clocks = {"as_of": "2026-12-31", "known_at": "2100-01-01T00:00:00Z"}
    text = page(finance, "report_cash_flow", **clocks, group_by=group_by, currency=currency)
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", text.rpartition("<table")[2], re.S)[1:]
    links = re.findall(r'<td><a href="([^"]+)">([^<]+)</a>', text)

    assert len(links) >= {"": 15, "quarter": 10, "fiscal_year": 10}[group_by]
    bare = [c for row in rows for c in re.findall(r"<td[^>]*>([^<]+)</td>", row)]
    assert set(bare) <= {"0.00"}
    for address, figure in links:
        address = html.unescape(address)
        explained = finance.get(address).content.decode()
        assert f'<p class="house-figure">{currency or "HKD"} {figure}</p>' in explained
        assert "as_of=2026-12-31&known_at=2100-01-01T00%3A00%3A00Z" in address
        shown = table_of(explained)
        column = next(i for i, h in enumerate(shown[0]) if h.startswith(heading_of(address)))
        amounts = [Decimal(r[column].replace(",", "").replace("\u2212", "-")) for r in shown[1:]]
        assert sum(amounts) == Decimal(figure.replace(",", ""))


def heading_of(address):
    """Which column of the page that explains adds up to the figure."""
    if "reports/entries" in address:
        return "Counts"
    return "Left to pay" if "figure=unpaid" in address else "Due ("


def test_announced_leads_to_the_programme_and_a_share_to_the_entries_of_its_strand(books, finance):
    books.programme.envelope_amount = Decimal("5000000000")
    books.programme.envelope_currency = "HKD"
    books.programme.save()

    sheet = page(finance, "report_top_sheet", as_of=DAY, programme=books.programme.slug)
    watch = page(finance, "report_watch", as_of=DAY, programme=books.programme.slug)

    address = reverse("admin:programmes_programme_change", args=[books.programme.pk])
    assert f'<a href="{address}">HK$5,000,000,000.00</a>' in sheet
    links = [
        html.unescape(link)
        for link in re.findall(r'<td class="report-amount"><a href="([^"]+)">', watch)
    ]
    assert len(links) == 2
    assert all("HKD 501,000.00" in finance.get(link).content.decode() for link in links)
    assert "partner=" not in links[1]


def test_the_sums_of_what_is_due_lead_to_the_tranches(books, finance):
    books.signed("2000", currency="USD", rate=Rate(Decimal("7.8"), DAY, "AGREEMENT"))
    clocks = {"as_of": "2026-09-02", "known_at": "2100-01-01T00:00:00Z"}

    text = page(finance, "report_due", **clocks, days="30")

    links = re.findall(r'<a class="house-link" href="([^"]+)">((?:HK|US)\$[^<]+)</a>', text)
    assert [figure for _address, figure in links] == ["HK$1,000.00", "US$2,000.00"]
    for address, figure in links:
        shown = finance.get(html.unescape(address)).content.decode()
        amount = figure.partition("$")[2]
        assert f"D {amount}</p>" in shown
        assert "known_at=2100-01-01T00%3A00%3A00Z" in address
    assert "Pinned: this address will always show the same." in text
    assert "days=30" in html.unescape(text.partition("report-pinned")[2])


def test_pages_of_tranches_lead_on_to_the_next(books, finance, monkeypatch):
    monkeypatch.setattr("portfolio.reporting.due_pages.PAGE", 1)
    asked = {"as_of": "2026-12-31", "figure": "due", "due_to": "2026-09-01"}

    first = page(finance, "report_tranches", **asked)
    (more,) = re.findall(r'<a class="house-link" href="([^"]+)">Tranches due later', first)
    second = finance.get(html.unescape(more)).content.decode()

    numbers = [row[0] for text in (first, second) for row in table_of(text)[1:]]
    assert len(numbers) == len(set(numbers)) == 2
    assert "HKD 501,000.00" in second
    assert "Tranches due later" not in second


def test_what_was_paid_later_is_overdue_as_of_then_and_says_so(finance):
    books = Books()
    late = datetime.date(2026, 9, 15)
    books.pay(books.payable(books.signed("7000")), value_date=late)

    then = page(finance, "report_due", as_of="2026-09-02", programme=books.programme.slug)
    now = page(finance, "report_due", as_of="2026-09-15", programme=books.programme.slug)

    assert "Paid since" in then
    assert "HKD 7,000.00" in then
    assert "HKD 7,000.00" not in now


def test_documents_of_entries_and_decisions_are_linked_for_who_may_open_them(finance):
    books = Books()
    paper, invoice = DocumentFactory(title="Board paper 7"), DocumentFactory(title="Invoice 12")
    set_allocation(
        strand=books.strand, fiscal_year=2026, amount=Decimal("90000000"), decision="Board",
        effective_date=DAY, reason="Less", actor=books.officer, document=paper,
    )  # fmt: skip
    books.pay(books.payable(books.signed("7000")), document=invoice)
    asked = {"as_of": str(DAY), "programme": books.programme.slug}
    urls = [reverse("admin:partners_document_change", args=[d.pk]) for d in (paper, invoice)]
    blind = User.objects.create(username="no-documents", is_staff=True)
    blind.user_permissions.add(Permission.objects.get(codename="view_ledgerentry"))
    other = Client()
    other.force_login(blind)

    for figure, title, url in zip(
        ("allocated", "disbursed"), ("Board paper 7", "Invoice 12"), urls, strict=True
    ):
        text = page(finance, "report_entries", **asked, figure=figure)
        assert f'<a class="house-link" href="{url}">{title}</a>' in text
        hidden = page(other, "report_entries", **asked, figure=figure)
        assert title in hidden
        assert url not in hidden


def test_a_file_of_entries_says_the_iati_code_and_the_terms(books, finance):
    asked = {"figure": "outstanding", "as_of": str(DAY), "known_at": "2100-01-01T00:00:00Z"}

    body = b"".join(
        finance.get(reverse("admin:report_entries"), {**asked, "download": "csv"}).streaming_content
    )
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    text = page(finance, "report_entries", **asked)

    assert {(row["kind"], row["iati_code"]) for row in rows} == {
        ("COMMITMENT", "2"), ("DISBURSEMENT", "3"),
    }  # fmt: skip
    said = ("programme", "is_fictional", "as_of", "known_at")
    assert {tuple(row[name] for name in said) for row in rows} == {
        (books.programme.slug, "false", str(DAY), "2100-01-01T00:00:00.000000Z")
    }
    assert "IATI 2" in text
    assert "IATI 3" in text


def test_links_of_a_pinned_sheet_keep_both_clocks(books, finance):
    text = page(finance, "report_top_sheet", as_of=DAY, known_at="2100-01-01T00:00:00Z")
    links = re.findall(r'<td><a href="([^"]+)">', text)

    assert links
    assert all("known_at=2100-01-01T00%3A00%3A00Z" in html.unescape(link) for link in links)
    assert "this address will always show the same" in text
