"""Reports through the API: the figures of the queries, strictly asked, in three forms, by key."""

import csv
import io
import json
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from portfolio.common.api.components import COMPONENTS
from portfolio.common.api.throttling import SharedThrottle
from portfolio.funding.models import LedgerEntry
from portfolio.reporting.api import REPORTS
from portfolio.reporting.cash_flow import PERIODS, cash_flow
from portfolio.reporting.files import cash_flow_document, top_sheet_document
from portfolio.reporting.positions import GROUPS as POSITION_GROUPS
from portfolio.reporting.report_schema import ANSWERS
from portfolio.reporting.terms import Terms
from portfolio.reporting.top_sheet import GROUPS, top_sheet
from portfolio.staff.models import Scope
from tests.api.money import Caller, person
from tests.books import DAY, Books
from tests.factories import OrganisationFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_limit(settings):
    settings.API_RATE = 0
    SharedThrottle.counts.clear()


@pytest.fixture
def books(db):
    books = Books()
    books.payee.name_en = "=cmd()"
    books.payee.save()
    books.paid("500000")
    return books


@pytest.fixture
def caller(books):
    return Caller(person("Viewer"), Scope.REPORTS_READ)


def body(response):
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("group_by", GROUPS)
def test_a_top_sheet_is_the_one_of_the_query(books, caller, group_by):
    found = caller.row(f"reports/top-sheet/?as_of={DAY}&group_by={group_by}")

    assert found == top_sheet_document(top_sheet(Terms(books.programme, DAY), group_by=group_by))
    assert found["results"][0]["committed"] == found["total"]["committed"] == "500000.00"


def test_a_cash_flow_is_the_one_of_the_query(books, caller):
    found = caller.row(f"reports/cash-flow/?as_of={DAY}")

    assert found == cash_flow_document(cash_flow(Terms(books.programme, DAY)))
    assert found["total"]["net"] == "500000.00"


@pytest.mark.parametrize("group_by", PERIODS)
def test_a_cash_flow_is_by_month_quarter_or_fiscal_year(books, caller, group_by):
    books.programme.__class__.objects.filter(pk=books.programme.pk).update(
        fiscal_year_start_month=1
    )
    path = "reports/cash-flow/"
    found = caller.row(f"{path}?as_of={DAY}&group_by={group_by}")

    assert found["group_by"] == group_by
    assert [row[group_by] for row in found["results"]] == {
        "month": ["2026-06-01", "2026-07-01", "2026-08-01", "2026-09-01"],
        "quarter": ["2026-04-01", "2026-07-01"],
        "fiscal_year": [2026],
    }[group_by]
    assert found["results"][-1]["net_so_far"] == found["total"]["net"] == "500000.00"
    text = body(caller.get(path, as_of=DAY, group_by=group_by, format="csv")).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row[group_by] for row in rows] == [str(row[group_by]) for row in found["results"]]
    assert {(row["programme"], row["as_of"], row["known_at"]) for row in rows} == {
        (books.programme.slug, str(DAY), "")
    }


@pytest.mark.parametrize("group_by", ["partner", "project"])
@pytest.mark.parametrize("currency", [{}, {"currency": "HKD"}, {"currency": "USD"}])
def test_positions_are_by_partner_or_project(books, caller, group_by, currency):
    first = books.payee
    books.signed("1000")
    books.payee = OrganisationFactory()
    books.signed("20")
    path, asked = "reports/positions/", {"as_of": DAY, "group_by": group_by, **currency}
    found = json.loads(body(caller.get(path, **asked, page_size=1)))
    results = list(found["results"])
    while found["next"]:
        found = json.loads(caller.client.get(found["next"]).content)
        results += found["results"]

    expected = {
        "partner": [(first.slug, 2, "1000.00"), (books.payee.slug, 1, "20.00")],
        "project": [(books.project.slug, 3, "1020.00")],
    }[group_by]
    if currency.get("currency") == "USD":
        expected = []
    assert [(r[group_by], r["commitments"], r["outstanding"]) for r in results] == expected
    as_csv = list(
        csv.DictReader(io.StringIO(body(caller.get(path, **asked, format="csv")).decode()))
    )
    book = load_workbook(io.BytesIO(body(caller.get(path, **asked, format="xlsx"))))
    as_json = json.loads(body(caller.get(path, **asked, format="json")))
    heads, *sheet = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert [row["outstanding"] for row in as_json["results"]] == [e[2] for e in expected]
    assert [(r[group_by], r["outstanding"], r["as_of"]) for r in as_csv] == [
        (slug, amount, str(DAY)) for slug, _n, amount in expected
    ]
    assert [row[heads.index("commitments")] for row in sheet] == [e[1] for e in expected]
    for row in results:
        assert [row[name] for name in ("next_due", "currency")] == ["2026-09-01", "HKD"]
        assert (row["fx_effect"] is None) == bool(currency)


def test_each_row_leads_to_its_entries_under_the_same_clocks(books):
    caller = Caller(person("Viewer"), Scope.REPORTS_READ, Scope.FUNDING_READ)
    books.signed("1000")
    clocks = {"as_of": "2026-12-31", "known_at": "2100-01-01T00:00:00Z"}
    committed = {"COMMITMENT": 1}
    paid = {"DISBURSEMENT": 1, "REFUND": -1}
    asked = [
        *(("top-sheet", group_by, "committed", committed) for group_by in GROUPS),
        *(("cash-flow", group_by, "net", paid) for group_by in PERIODS),
        *(("positions", group_by, "committed", committed) for group_by in POSITION_GROUPS),
    ]

    for name, group_by, figure, signs in asked:
        rows = caller.rows(f"reports/{name}/", **clocks, group_by=group_by)
        assert rows
        for row in rows:
            response = caller.client.get(row["entries"])
            assert response.status_code == 200, response.content
            entries = json.loads(response.content)["results"]
            found = sum(signs.get(e["kind"], 0) * Decimal(e["base_amount"]) for e in entries)
            assert found == Decimal(row[figure]), (name, group_by)


def test_positions_come_in_pages(books, caller):
    books.signed("1000")

    first = caller.row(f"reports/positions/?as_of={DAY}&page_size=1")
    second = json.loads(caller.client.get(first["next"]).content)

    assert [row["disbursed"] for row in first["results"]] == ["500000.00"]
    assert [row["outstanding"] for row in second["results"]] == ["1000.00"]
    assert second["next"] is None


@pytest.mark.parametrize("name", sorted(REPORTS))
@pytest.mark.parametrize("currency", ["", "&currency=HKD", "&currency=USD"])
def test_answers_are_as_described(books, caller, name, currency):
    schema = {**ANSWERS[name], "components": {"schemas": COMPONENTS}}

    for group_by in REPORTS[name].groups:
        asked = f"as_of={DAY}{currency}&group_by={group_by}"
        Draft202012Validator(schema).validate(caller.row(f"reports/{name}/?{asked}"))


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_file_holds_the_rows_of_the_answer(books, caller, name):
    path = f"reports/{name}/"
    asked = {"as_of": DAY.isoformat(), "group_by": "partner"} if name == "top-sheet" else {}
    rows = json.loads(body(caller.get(path, **asked)))["results"]

    as_csv = list(
        csv.DictReader(io.StringIO(body(caller.get(path, **asked, format="csv")).decode()))
    )
    book = load_workbook(io.BytesIO(body(caller.get(path, **asked, format="xlsx"))))
    as_json = json.loads(body(caller.get(path, **asked, format="json")))["results"]

    sheet = [[cell.value for cell in row] for row in book.active.iter_rows()]
    figure = "paid" if name == "cash-flow" else "disbursed"
    assert [row[figure] for row in as_csv] == [row[figure] for row in rows]
    assert [row[figure] for row in as_json] == [row[figure] for row in rows]
    assert sheet[0] == list(as_csv[0])
    assert [row[sheet[0].index(figure)] for row in sheet[1:]] == [
        float(row[figure]) for row in rows
    ]
    if name != "cash-flow":
        column = next(c for c in as_csv[0] if c.endswith("name_en"))
        assert as_csv[0][column] == sheet[1][sheet[0].index(column)] == "'=cmd()"


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_answer_says_that_a_programme_is_made_up(books, caller, name):
    books.programme.is_fictional = True
    books.programme.save()
    path = f"reports/{name}/"
    rows = list(csv.DictReader(io.StringIO(body(caller.get(path, format="csv")).decode())))
    book = load_workbook(io.BytesIO(body(caller.get(path, format="xlsx"))))
    heads, first, *_more = [[cell.value for cell in row] for row in book.active.iter_rows()]

    assert json.loads(body(caller.get(path)))["is_fictional"] is True
    assert json.loads(body(caller.get(path, format="json")))["is_fictional"] is True
    assert {row["is_fictional"] for row in rows} == {"true"}
    assert first[heads.index("is_fictional")] is True


def test_accept_asks_for_a_file_as_well(books, caller):
    response = caller.client.get(
        "/api/v1/reports/positions/", headers={"accept": "text/csv;q=0.9, application/json;q=0.1"}
    )

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert body(response).startswith(b"reference,title,payee,")


def test_what_was_not_known_yet_is_not_there(books, caller):
    first = LedgerEntry.objects.earliest("recorded_at").recorded_at.isoformat()

    known = caller.get("reports/positions/", as_of=DAY, known_at=first)
    before = caller.get("reports/positions/", as_of=DAY, known_at="2020-01-01T00:00:00Z")

    assert json.loads(known.content)["results"][0]["disbursed"] == "0.00"
    assert json.loads(before.content)["results"] == []


@pytest.mark.parametrize("name", sorted(REPORTS))
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("asof", "2026-01-01"), ("as_of", "2026-02-30"), ("as_of", "20260101"), ("as_of", "9999-12-31"),
        ("known_at", "2026-01-01"), ("known_at", "2026-01-01T00:00:00"), ("known_at", "x"),
        ("known_at", "0001-01-01T00:00:00+14:00"), ("currency", "XXX"), ("currency", ""),
        ("programme", "nothing"), ("programme", "a\x00b"), ("format", "pdf"),
        ("page_size", "0"), ("cursor", "x"), ("group_by", "colour"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_by_name(books, caller, name, parameter, value):
    response = caller.get(f"reports/{name}/", **{parameter: value})

    assert response.status_code == 400
    assert [fault["parameter"] for fault in json.loads(response.content)["errors"]] == [parameter]


def test_a_parameter_given_twice_and_pages_of_a_file_are_refused(books, caller):
    twice = caller.client.get("/api/v1/reports/cash-flow/?as_of=2026-01-01&as_of=2026-01-02")
    paged = caller.get("reports/positions/", format="csv", page_size="5")

    assert (twice.status_code, paged.status_code) == (400, 400)


def test_which_of_several_programmes_has_to_be_said(books, caller):
    ProgrammeFactory()

    assert caller.get("reports/top-sheet/").status_code == 400
    assert caller.get("reports/top-sheet/", programme=books.programme.slug).status_code == 200


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_only_a_key_for_reports_opens_them(books, caller, name, client):
    other = Caller(person("Viewer"), Scope.FUNDING_READ)
    nobody = Caller(books.officer, Scope.REPORTS_READ)

    assert client.get(f"/api/v1/reports/{name}/").status_code == 401
    assert other.get(f"reports/{name}/").status_code == 403
    assert nobody.get(f"reports/{name}/").status_code == 403
    response = caller.get(f"reports/{name}/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    again = caller.client.get(
        f"/api/v1/reports/{name}/", headers={"if-none-match": response["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_report_costs_three_queries(books, caller, name, django_assert_num_queries):
    caller.get(f"reports/{name}/")

    # The key, the programme, the report.
    with django_assert_num_queries(3):
        caller.get(f"reports/{name}/")


def test_reports_are_in_the_document(client, books):
    document = json.loads(client.get("/api/v1/schema/").content)

    for name, view in REPORTS.items():
        operation = document["paths"][f"/api/v1/reports/{name}/"]["get"]
        described = {p["name"] for p in operation["parameters"] if p["in"] == "query"}
        assert described == {
            "programme", "as_of", "known_at", "currency", "format", "group_by",
            *(["cursor", "page_size"] if view.with_pages else []),
        }  # fmt: skip
        assert operation["security"] == [{"key": []}]
        assert set(operation["responses"]["200"]["content"]) >= {"application/json", "text/csv"}
