"""Report pages: who opens them, what they say, and their files."""

import csv
import datetime
import io
import json
import re
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests.books import DAY, Books
from tests.conftest import FACTS
from tests.reporting.pages import page, signed_in, table_of

pytestmark = pytest.mark.django_db

ROUTES = (
    "report_top_sheet", "report_cash_flow", "report_due", "report_watch", "report_entries",
    "report_tranches",
)  # fmt: skip


@pytest.fixture
def books(db):
    books = Books()
    books.paid("500000")
    books.signed("1000")
    return books


@pytest.fixture
def finance(db):
    return signed_in("Finance")


@pytest.mark.parametrize("route", ROUTES)
def test_only_who_sees_the_ledger_sees_a_report(books, route):
    assert signed_in("").get(reverse(f"admin:{route}")).status_code == 403
    assert Client().get(reverse(f"admin:{route}")).status_code == 302
    assert signed_in("Auditor").get(reverse(f"admin:{route}")).status_code == 200


def test_declared_interests_are_not_for_every_viewer(books):
    assert signed_in("Viewer").get(reverse("admin:report_watch")).status_code == 403


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("known_at", ["", "2026-06-01T00:00:00Z", "2100-01-01T08:00:00"])
def test_a_report_opens_in_every_language(books, finance, route, known_at):
    for language in ("en", "zh-hant", "zh-hans"):
        finance.cookies["django_language"] = language
        page(finance, route, as_of="2026-12-31", known_at=known_at)


def test_picture_and_table_agree_to_the_cent(books, finance):
    sheet = page(finance, "report_top_sheet", as_of=DAY)
    flow = page(finance, "report_cash_flow", as_of="2026-12-31")

    headings, *rows = table_of(sheet)
    shown = dict(zip(headings, next(r for r in rows if r[0].endswith("2026")), strict=True))
    titles = re.findall(r"<title>(Net paid|Outstanding|Available): ([^<]+)</title>", sheet)
    assert ("Net paid", shown["Disbursed"]) in titles
    assert ("Outstanding", shown["Outstanding"]) in titles
    assert ("Available", shown["Available"]) in titles
    months = {row[0]: dict(zip(table_of(flow)[0], row, strict=True)) for row in table_of(flow)[1:]}
    columns = re.findall(r"<title>([^·<]+) · (Net paid|Left to pay): ([^<]+)</title>", flow)
    assert columns
    assert all(months[month][label] == amount for month, label, amount in columns)


@pytest.mark.parametrize("route", ["report_top_sheet", "report_cash_flow"])
def test_a_file_holds_what_the_page_shows(books, finance, route):
    asked = {"as_of": "2026-12-31", "programme": books.programme.slug}
    shown = table_of(page(finance, route, **asked))
    address = reverse(f"admin:{route}")

    def file(form):
        response = finance.get(address, {**asked, "download": form})
        assert response["Cache-Control"] == "private, no-store"
        return b"".join(response.streaming_content)

    rows = list(csv.reader(io.StringIO(file("csv").decode("utf-8-sig"))))
    sheet = [
        [c.value for c in r] for r in load_workbook(io.BytesIO(file("xlsx"))).active.iter_rows()
    ]
    heading = "Disbursed" if route == "report_top_sheet" else "Paid"
    paid = [row[shown[0].index(heading)].replace(",", "") for row in shown[1:]]
    if route == "report_cash_flow":
        paid = paid[:-1]

    assert [row[rows[0].index(heading)] for row in rows[1:]] == paid
    # A sheet says at its head what each row of a CSV says at its end.
    assert sheet[5] == rows[0][:-4]
    assert {tuple(row[-4:]) for row in rows[1:]} == {
        (books.programme.slug, "false", "2026-12-31", "")
    }
    assert [Decimal(str(r[sheet[5].index(heading)])) for r in sheet[6:]] == [
        Decimal(p) for p in paid
    ]
    assert finance.get(address, {**asked, "download": "pdf"}).status_code == 404


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_the_entries_behind_a_figure_are_a_file_as_well(books, finance, form):
    asked = {"figure": "disbursed", "as_of": str(DAY), "download": form}

    response = finance.get(reverse("admin:report_entries"), asked)
    body = b"".join(response.streaming_content)

    if form == "xlsx":
        _heads, row = load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
        shown = [row[1], str(row[4]), row[18]]
    elif form == "csv":
        (found,) = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
        shown = [found["kind"], found["counted"], found["approved_by"]]
    else:
        (found,) = json.loads(body)["results"]
        shown = [found["kind"], found["counted"], found["approved_by"]]
    assert shown[0] == "DISBURSEMENT"
    assert Decimal(shown[1]) == 500000
    assert shown[2] == books.approver.username


def kinds_and_days(client, **asked):
    asked = {"figure": "outstanding", "as_of": "2027-12-31", "download": "csv", **asked}
    body = b"".join(client.get(reverse("admin:report_entries"), asked).streaming_content)
    rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    return [(row["kind"], row["value_date"]) for row in rows]


def test_a_file_of_entries_is_in_the_order_of_days_and_of_one_partner_as_recorded(books, finance):
    late, early = datetime.date(2026, 12, 1), datetime.date(2026, 6, 5)
    books.signed("2000", agreement=books.agreement(signed=late))
    books.signed("3000", agreement=books.agreement(signed=early))
    before = [("COMMITMENT", str(DAY)), ("DISBURSEMENT", str(DAY)), ("COMMITMENT", str(DAY))]

    of_cell = kinds_and_days(finance, strand=books.strand.slug, fiscal_year="2026")
    of_partner = kinds_and_days(finance, partner=books.payee.slug)

    assert of_cell == [*before, ("COMMITMENT", str(early)), ("COMMITMENT", str(late))]
    assert of_partner == [*before, ("COMMITMENT", str(late)), ("COMMITMENT", str(early))]


def test_a_file_of_what_there_is_not_has_its_headings(books, finance):
    assert kinds_and_days(finance, strand="no-such-strand") == []
    assert kinds_and_days(finance, figure="fx_effect", currency="HKD") == []


def test_the_real_programme_says_what_is_not_disclosed(finance):
    call_command("load_facts", str(FACTS), verbosity=0)

    text = page(finance, "report_top_sheet")

    assert "HK$5,000,000,000.00 (at least)" in text
    assert "It is not zero: it is not known here." in text
    assert "0.00</td>" not in text


def test_overdue_tranches_are_listed_with_what_is_left(books, finance):
    text = page(finance, "report_due", as_of="2026-09-02", programme=books.programme.slug)

    assert "HKD 1,000.00" in text
    assert "HKD 500,000.00" not in text


@pytest.mark.parametrize(
    ("route", "asked", "status"),
    [
        ("report_entries", {"figure": "secrets"}, 404),
        ("report_entries", {"fiscal_year": "x"}, 404),
        ("report_entries", {"month": "2026-13"}, 404),
        ("report_entries", {"last_month": "9999-12"}, 404),
        ("report_tranches", {"figure": "paid"}, 404),
        ("report_tranches", {"due_from": "2026-02-30"}, 404),
        ("report_tranches", {"due_to": "0001-01-01"}, 404),
        ("report_tranches", {"after": "x"}, 404),
        ("report_tranches", {"after": "2026-01-01.-1"}, 404),
        ("report_tranches", {"after": "2026-01-01.1"}, 200),
        ("report_cash_flow", {"group_by": "partner"}, 200),
        ("report_due", {"as_of": "2200-12-31", "days": "3660"}, 200),
        ("report_entries", {"strand": "none"}, 404),
        ("report_entries", {"after": "-1"}, 404),
        ("report_entries", {"commitment": "a\x00b"}, 404),
        ("report_entries", {"commitment": "none"}, 200),
        ("report_top_sheet", {"as_of": "31 June"}, 200),
        ("report_top_sheet", {"known_at": "0001-01-01T00:00:00+14:00"}, 200),
        ("report_top_sheet", {"programme": "none\x00"}, 200),
        ("report_top_sheet", {"currency": "XXX", "group_by": "colour"}, 200),
        ("report_due", {"days": "9" * 50}, 200),
        ("report_watch", {"share": "NaN"}, 200),
    ],
)
def test_bad_input_is_no_fault_of_ours(books, finance, route, asked, status):
    assert finance.get(reverse(f"admin:{route}"), asked).status_code == status


FIGURES = {"report_entries": "committed", "report_tranches": "due"}


@pytest.mark.parametrize("route", ROUTES)
def test_a_report_costs_as_many_queries_with_more_rows(books, finance, route):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(connection) as found:
            page(finance, route, as_of="2027-12-31", figure=FIGURES.get(route, ""))
        return len(found)

    cost()
    before = cost()
    for _ in range(3):
        books.paid("2000")

    assert cost() == before
    assert before <= 18
