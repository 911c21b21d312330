"""Each private list says exactly what it declares, of exactly the rows that its filters mean."""

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from portfolio.api_router import PRIVATE
from portfolio.funding.models import ExchangeRate, LedgerEntry, RateSeries
from portfolio.funding.operations.exchange import Rate
from tests.api.money import payment
from tests.books import DAY, Books

pytestmark = pytest.mark.django_db


def at_commit():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def named(row):
    return {
        "slug": row.slug,
        "name": {
            "en": row.name_en or None,
            "zh-hant": row.name_zh_hant or None,
            "zh-hans": row.name_zh_hans or None,
        },
    }


def test_an_entry_says_where_each_cent_comes_from(finance):
    books = Books()
    commitment = books.signed(
        "1000.00", currency="USD", rate=Rate(Decimal("7.8"), DAY, "AGREEMENT")
    )
    tranche = books.payable(commitment)
    body = payment(tranche, rate="7.81", rate_date="2026-06-01", remarks="First slice")
    address = json.loads(finance.post("ledger-entries/", body).content)["address"]
    at_commit()

    row = finance.row(address.removeprefix("/api/v1/"))

    entry = LedgerEntry.objects.get(kind="DISBURSEMENT")
    assert row == {
        "id": entry.pk,
        "posting": str(entry.posting),
        "kind": "DISBURSEMENT",
        "iati_code": "3",
        "accounts": ["OUTSTANDING", "INVESTED"],
        "programme": named(books.programme),
        "is_fictional": False,
        "strand": named(books.strand),
        "fiscal_year": 2026,
        "project": named(books.project),
        "payee": named(books.payee),
        "commitment": {"reference": commitment.reference},
        "tranche": {"id": tranche.pk, "number": 1},
        "amount": "1000.00",
        "currency": "USD",
        "rate": "7.810000000000",
        "rate_date": "2026-06-01",
        "rate_source": "BANK",
        "rate_series": None,
        "base_amount": "7810.00",
        "promised_base_amount": "7800.00",
        "value_date": "2026-06-01",
        "recorded_at": entry.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "recorded_by": "dora",
        "approval": {"id": entry.approval_id},
        "approvers": [
            {
                "decided_by": books.approver.username,
                "authority": books.approver.username,
                "decided_at": "2026-06-01T10:00:00.000000Z",
            }
        ],
        "document": None,
        "reversal_of": None,
        "reference": "FT-1",
        "remarks": "First slice",
        "chain": {"sequence": 2, "hash": bytes(entry.link.hash).hex()},
    }
    assert finance.rows("ledger-entries/")[0] == row


def test_a_commitment_says_what_it_holds_where(finance):
    books = Books()
    commitment = books.paid("3000000")
    books.amend(commitment, "-0.01", sign=False)

    row = finance.row(f"commitments/{commitment.reference}/")

    assert row["payee"] == named(books.payee)
    assert row["state"] == "SIGNED"
    assert row["shares"] == [
        {
            "allocation": {
                "id": books.first.pk, "strand": books.strand.slug, "fiscal_year": 2026,
            },
            "amount": "3000000.00",
        }
    ]  # fmt: skip
    [tranche] = row["tranches"]
    assert (tranche["number"], tranche["state"], tranche["amount"]) == (1, "PAID", "3000000.00")
    [position] = row["positions"]
    assert (position["committed"], position["disbursed"]) == ("3000000.00", "3000000.00")
    [amendment] = row["amendments"]
    assert (amendment["change_amount"], amendment["state"]) == ("-0.01", "DRAFT")
    assert "notes" not in row


def test_an_allocation_keeps_its_original_beside_its_revisions(finance):
    books = Books()
    books.allocate("120000000")

    row = finance.row(f"allocations/{books.first.pk}/")

    assert (row["allocated"], row["committed"], row["currency"]) == ("120000000.00", "0.00", "HKD")
    assert [(r["kind"], r["change_amount"]) for r in row["revisions"]] == [
        ("ORIGINAL", "100000000.00"),
        ("REVISION", "20000000.00"),
    ]


def test_a_request_says_who_decided(finance):
    books = Books()
    books.payable(books.signed("3000000"))

    [first, *_rest] = finance.rows("approval-requests/", kind="PAYMENT")

    assert first["state"] == "APPROVED"
    assert first["requested_by"] == books.officer.username
    assert [d["decided_by"] for d in first["decisions"]] == [
        books.approver.username,
        books.second_approver.username,
    ]


def test_rates_tranches_drawdowns_and_agreements_are_rows_too(finance):
    books = Books()
    tranche = books.payable()
    series = RateSeries.objects.create(slug="ecb", name="ECB", base="EUR")
    rate = ExchangeRate.objects.create(series=series, currency="HKD", date=DAY, rate=Decimal("9.1"))

    assert finance.rows("exchange-rates/") == [
        {
            "id": rate.pk,
            "series": {"slug": "ecb", "base": "EUR"},
            "currency": "HKD",
            "date": "2026-06-01",
            "rate": "9.100000000000",
        }
    ]
    assert finance.row(f"tranches/{tranche.pk}/")["commitment"] == {
        "reference": tranche.commitment.reference
    }
    [drawdown] = finance.rows("drawdown-requests/", commitment=tranche.commitment.reference)
    assert drawdown["tranche"] == {"id": tranche.pk, "number": 1}
    agreement = finance.row(f"agreements/{tranche.commitment.agreement.reference}/")
    assert {p["role"] for p in agreement["parties"]} == {"FUNDER", "PAYEE"}
    assert "notes" not in agreement


def ids(finance, **parameters):
    return [row["id"] for row in finance.rows("ledger-entries/", **parameters)]


def test_the_ledger_is_asked_by_everything_that_an_entry_belongs_to(finance):
    mine, other = Books(), Books()
    commitment = mine.paid()
    mine.signed("5", currency="JPY", rate=Rate(Decimal("0.05"), DAY, "AGREEMENT"))
    other.paid()
    own = list(
        LedgerEntry.objects.filter(programme=mine.programme)
        .order_by("-pk")
        .values_list("pk", flat=True)
    )
    of_commitment = [
        pk for pk in own if LedgerEntry.objects.get(pk=pk).commitment_id == commitment.pk
    ]

    assert len(ids(finance)) == len(own) + 2
    for parameters, expected in (
        ({"programme": mine.programme.slug}, own),
        ({"strand": mine.strand.slug}, own),
        ({"project": mine.project.slug}, own),
        ({"payee": mine.payee.slug}, own),
        ({"programme": mine.programme.slug, "fiscal_year": 2026}, own),
        ({"programme": mine.programme.slug, "fiscal_year": 2027}, []),
        ({"commitment": commitment.reference}, of_commitment),
        ({"commitment": commitment.reference, "kind": "DISBURSEMENT"}, of_commitment[:1]),
        ({"currency": "JPY"}, [pk for pk in own if pk not in of_commitment]),
        ({"programme": mine.programme.slug, "ordering": "id"}, own[::-1]),
        ({"programme": "nothing-of-the-kind"}, []),
        ({"commitment": "nothing"}, []),
    ):
        assert ids(finance, **parameters) == expected, parameters


def test_a_public_and_a_draft_programme_are_found_alike(finance):
    books = Books()
    books.paid()
    books.programme.publication = "DRAFT"
    books.programme.save()

    [row, _first] = finance.rows("ledger-entries/", programme=books.programme.slug)

    assert row["programme"] == named(books.programme)
    assert row["project"] == named(books.project)


def test_days_and_instants_are_included(finance):
    books = Books()
    commitment = books.signed()
    books.pay(books.payable(commitment), value_date=datetime.date(2026, 6, 3))
    promise, paid = LedgerEntry.objects.order_by("pk")
    instant = paid.recorded_at
    before = instant - datetime.timedelta(microseconds=1)
    z = "%Y-%m-%dT%H:%M:%S.%fZ"

    for parameters, expected in (
        ({"as_of": "2026-06-03"}, [paid.pk, promise.pk]),
        ({"as_of": "2026-06-02"}, [promise.pk]),
        ({"as_of": "2026-05-31"}, []),
        ({"value_date_after": "2026-06-03"}, [paid.pk]),
        ({"value_date_after": "2026-06-04"}, []),
        ({"value_date_after": "2026-06-01", "value_date_before": "2026-06-02"}, [promise.pk]),
        ({"known_at": instant.strftime(z)}, [paid.pk, promise.pk]),
        ({"known_at": before.strftime(z)}, [promise.pk]),
        ({"recorded_after": instant.strftime(z)}, [paid.pk]),
        ({"recorded_before": before.strftime(z)}, [promise.pk]),
        (
            {
                "known_at": instant.astimezone(
                    datetime.timezone(datetime.timedelta(hours=8))
                ).isoformat()
            },
            [paid.pk, promise.pk],
        ),
    ):
        assert ids(finance, **parameters) == expected, parameters


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("as_of", "yesterday"), ("as_of", "2026-6-1"), ("known_at", "2026-06-01"), ("kind", "GIFT"),
     ("known_at", "2026-06-01T10:00:00"), ("currency", "hkd"), ("fiscal_year", "26"), ("commitment", ""),
     ("commitment", "a\x00b"), ("programme", "A B"), ("page_size", "0"), ("format", "pdf"), ("q", "x"),
     ("recorded_by", "dora"), ("recorded_by__password", "x"), ("approval__decisions__reason", "x"),
     ("commitment__notes", "x"), ("known_at", "9999-99-99T99:99:99Z"), ("notes", "x")],
)  # fmt: skip
def test_s1_what_is_not_declared_or_malformed_is_refused_by_name(finance, parameter, value):
    response = finance.get("ledger-entries/", **{parameter: value})

    assert response.status_code == 400
    assert [e["parameter"] for e in json.loads(response.content)["errors"]] == [parameter]


@pytest.mark.parametrize(
    "ordering", ["amount", "recorded_by__password", "-commitment__notes", "?", "pk"]
)
def test_s2_no_order_but_the_declared(finance, ordering):
    assert finance.get("ledger-entries/", ordering=ordering).status_code == 400


def test_pages_go_on_where_they_ended(finance):
    books = Books()
    for _ in range(3):
        books.signed("1000")
    expected = ids(finance)

    seen, path = [], "ledger-entries/?page_size=2&count=true"
    while path:
        page = finance.row(path)
        assert page["count"] == 3
        seen += [row["id"] for row in page["results"]]
        path = (page["next"] or "").removeprefix("/api/v1/")

    assert seen == expected
    assert len(seen) == 3


@pytest.fixture
def finance(finance):
    """Finance, who sees applications as well."""
    finance.user.groups.add(Group.objects.get(name="Scholarship officer"))
    return finance


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_a_page_is_one_statement_beside_the_key(finance, name):
    books = Books()
    books.paid()
    finance.get(f"{name}/")

    with CaptureQueriesContext(connection) as queries:
        assert finance.get(f"{name}/").status_code == 200

    # The key with its person and permission, and the page with all that it shows.
    assert len(queries) == 2


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_a_file_holds_exactly_what_the_filter_shows(finance, name):
    books = Books()
    books.paid()
    books.signed("1000")
    shown = finance.rows(f"{name}/")
    names = [flat.name for flat in PRIVATE[name].columns]

    given = finance.get(f"{name}/", format="csv")
    listed = list(csv.reader(io.StringIO(given.getvalue().decode())))
    document = json.loads(finance.get(f"{name}/", format="json").getvalue())
    sheet = load_workbook(io.BytesIO(finance.get(f"{name}/", format="xlsx").getvalue())).active

    key = PRIVATE[name].serializer_class().fields and names[0]
    assert listed[0] == names
    assert [row[0] for row in listed[1:]] == [str(row[key]) for row in shown]
    assert [row[key] for row in document["results"]] == [row[key] for row in shown]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        row[key] for row in shown
    ]
    assert given["Content-Disposition"] == f'attachment; filename="{name}.csv"'


def test_a_file_keeps_to_the_filter_and_the_order(finance):
    books = Books()
    books.paid()
    Books().paid()

    text = finance.get(
        "ledger-entries/", format="csv", programme=books.programme.slug, ordering="id",
        as_of="2026-06-01",
    ).getvalue()  # fmt: skip

    rows = list(csv.DictReader(io.StringIO(text.decode())))
    expected = list(LedgerEntry.objects.filter(programme=books.programme).order_by("pk"))
    assert [int(row["id"]) for row in rows] == [entry.pk for entry in expected]
    assert [row["amount"] for row in rows] == [str(entry.amount) for entry in expected]
    assert [row["iati_code"] for row in rows] == ["2", "3"]


def test_a_file_has_no_pages(finance):
    for parameter in ("page_size", "cursor", "count"):
        response = finance.get("ledger-entries/", format="csv", **{parameter: "1"})

        assert response.status_code == 400
        assert json.loads(response.content)["errors"][0]["parameter"] == parameter


def test_a_file_is_given_whatever_the_client_accepts(finance):
    response = finance.client.get("/api/v1/tranches/?format=csv", headers={"Accept": "text/csv"})

    assert response.getvalue().startswith(b"id,commitment,")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_a_row_that_is_not_there_is_not_found(finance):
    for path in (
        "ledger-entries/9/", "ledger-entries/99999999999999999999/", "commitments/none/",
        "commitments/" + "x" * 61 + "/", "agreements/%00/", "tranches/0/",
    ):  # fmt: skip
        assert finance.get(path).status_code == 404, path
