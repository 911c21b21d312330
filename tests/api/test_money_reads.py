"""Limits, delegations, closings and series of rates are rows too; and made-up money says that it is."""

import csv
import datetime
import io
import json
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from openpyxl import load_workbook

from portfolio.api_router import PRIVATE
from portfolio.funding.models import ApprovalLimit, Delegation, PeriodClosing, RateSeries
from tests.api.money import faults
from tests.books import DAY, Books

pytestmark = pytest.mark.django_db

# Every list whose rows belong to a programme.
OF_PROGRAMMES = [
    "allocations", "approval-requests", "commitments", "drawdown-requests", "ledger-entries",
    "period-closings", "tranches",
]  # fmt: skip


def closing(books, through, *, recorded=DAY):
    row = PeriodClosing.objects.create(
        programme=books.programme, through_date=through, reason="Audited",
        recorded_by=books.officer,
        recorded_at=datetime.datetime.combine(recorded, datetime.time(9), datetime.UTC),
    )  # fmt: skip
    row.refresh_from_db()
    return row


@pytest.fixture
def two_programmes():
    """A real one and a made-up one, each with a row of everything."""
    real, made_up = Books(), Books()
    made_up.programme.is_fictional = True
    made_up.programme.save()
    for books in (real, made_up):
        books.paid("500000")
        closing(books, datetime.date(2025, 12, 31))
    return real, made_up


@pytest.mark.parametrize("name", OF_PROGRAMMES)
def test_every_row_of_money_says_whether_it_is_made_up(finance, two_programmes, name):
    real, made_up = two_programmes

    rows = finance.rows(f"{name}/", ordering="id")

    said = {(_programme_of(row, two_programmes), row["is_fictional"]) for row in rows}
    assert said == {(real.programme.slug, False), (made_up.programme.slug, True)}
    address = rows[-1]["reference" if name == "commitments" else "id"]
    detail = finance.row(f"{name}/{address}/")
    assert detail["is_fictional"] is rows[-1]["is_fictional"] is True


def _programme_of(row, both):
    """The programme of a row, whichever way it names it."""
    programme = row.get("programme")
    if isinstance(programme, dict):
        return programme["slug"]
    if programme is not None:
        return programme
    commitment = row["commitment"]
    reference = commitment["reference"] if isinstance(commitment, dict) else commitment
    [found] = [
        books.programme.slug
        for books in both
        if books.programme.commitments.filter(reference=reference).exists()
    ]
    return found


@pytest.mark.parametrize("name", OF_PROGRAMMES)
def test_every_file_of_money_says_whether_it_is_made_up(finance, two_programmes, name):
    shown = [row["is_fictional"] for row in finance.rows(f"{name}/")]
    assert set(shown) == {True, False}

    text = finance.get(f"{name}/", format="csv").getvalue().decode()
    document = json.loads(finance.get(f"{name}/", format="json").getvalue())
    raw = io.BytesIO(finance.get(f"{name}/", format="xlsx").getvalue())
    sheet = list(load_workbook(raw).active.iter_rows(values_only=True))

    written = [row["is_fictional"] for row in csv.DictReader(io.StringIO(text))]
    assert written == [str(value).lower() for value in shown]
    assert [row["is_fictional"] for row in document["results"]] == shown
    column = sheet[0].index("is_fictional")
    assert [row[column] for row in sheet[1:]] == shown


def test_a_public_programme_says_that_it_is_made_up(get, two_programmes):
    real, made_up = two_programmes

    assert get(f"programmes/{made_up.programme.slug}/")["is_fictional"] is True
    assert get(f"programmes/{real.programme.slug}/")["is_fictional"] is False


def test_a_request_for_an_amendment_names_it(finance):
    books = Books()
    commitment = books.signed("3000000")
    amendment = books.amend(commitment, "1000")

    [asked] = finance.rows("approval-requests/", kind="AMENDMENT")
    others = finance.rows("approval-requests/", kind="COMMITMENT")

    assert asked["amendment"] == {"id": amendment.pk, "number": 1}
    assert {row["amendment"] for row in others} == {None}
    text = finance.get("approval-requests/", format="csv", kind="AMENDMENT").getvalue().decode()
    assert [row["amendment"] for row in csv.DictReader(io.StringIO(text))] == ["1"]


def test_limits_of_approval_are_rows_and_those_in_force_on_a_day_are_found(finance):
    books = Books()
    role = Group.objects.get(name="Approver")
    board = Group.objects.create(name="Board")
    past = ApprovalLimit.objects.create(
        role=board, currency="HKD", alone_up_to=Decimal(0), jointly_up_to=Decimal(5),
        start_date=DAY, end_date=DAY + datetime.timedelta(days=9), decision="Minute 4",
    )  # fmt: skip

    row = finance.row(f"approval-limits/{past.pk}/")
    every = finance.rows("approval-limits/")
    of_role = finance.rows("approval-limits/", role="Approver", currency="JPY")

    assert row == {
        "id": past.pk, "role": "Board", "currency": "HKD", "alone_up_to": "0.00",
        "jointly_up_to": "5.00", "start_date": "2026-06-01", "end_date": "2026-06-10",
        "decision": "Minute 4",
    }  # fmt: skip
    assert [r["id"] for r in every] == list(
        ApprovalLimit.objects.order_by("-pk").values_list("pk", flat=True)
    )
    assert [(r["role"], r["alone_up_to"]) for r in of_role] == [("Approver", "100000000.00")]
    for day, found in (
        ("2026-05-31", []), ("2026-06-01", [past.pk]), ("2026-06-10", [past.pk]),
        ("2026-06-11", []),
    ):  # fmt: skip
        rows = finance.rows("approval-limits/", role="Board", in_force_on=day)
        assert [r["id"] for r in rows] == found, day
    # One without an end holds on every later day.
    assert len(finance.rows("approval-limits/", role=role.name, in_force_on="2100-01-01")) == 3
    assert books.approver.groups.get() == role


def test_delegations_are_rows_without_why_somebody_is_away(finance):
    books = Books()
    row = Delegation.objects.create(
        principal=books.approver, deputy=books.second_approver, start_date=DAY, end_date=DAY,
        reason="Illness",
    )  # fmt: skip

    shown = finance.row(f"delegations/{row.pk}/")

    assert shown == {
        "id": row.pk, "principal": books.approver.username,
        "deputy": books.second_approver.username, "start_date": "2026-06-01",
        "end_date": "2026-06-01",
    }  # fmt: skip
    for asked, found in (
        ({"principal": books.approver.username}, [row.pk]),
        ({"deputy": books.approver.username}, []),
        ({"deputy": books.second_approver.username, "in_force_on": "2026-06-01"}, [row.pk]),
        ({"in_force_on": "2026-06-02"}, []),
    ):
        assert [r["id"] for r in finance.rows("delegations/", **asked)] == found, asked
    text = finance.get("delegations/", format="csv").getvalue().decode()
    assert "Illness" not in text


def test_closings_are_rows_by_programme_day_and_what_was_known(finance):
    books, other = Books(), Books()
    first = closing(books, datetime.date(2026, 3, 31), recorded=datetime.date(2026, 4, 10))
    second = closing(books, datetime.date(2026, 4, 30), recorded=datetime.date(2026, 5, 20))
    elsewhere = closing(other, datetime.date(2026, 6, 30), recorded=datetime.date(2026, 7, 1))

    shown = finance.row(f"period-closings/{second.pk}/")

    assert (shown["programme"]["slug"], shown["through_date"], shown["reason"]) == (
        books.programme.slug, "2026-04-30", "Audited",
    )  # fmt: skip
    assert (shown["recorded_by"], shown["is_fictional"]) == (books.officer.username, False)
    for asked, found in (
        ({}, [elsewhere, second, first]),
        ({"programme": books.programme.slug}, [second, first]),
        ({"through_after": "2026-04-30"}, [elsewhere, second]),
        ({"through_before": "2026-04-29"}, [first]),
        ({"known_at": "2026-04-10T09:00:00Z"}, [first]),
        ({"known_at": "2026-04-10T08:59:59Z"}, []),
    ):
        rows = finance.rows("period-closings/", **asked)
        assert [r["id"] for r in rows] == [row.pk for row in found], asked


def test_series_of_rates_are_rows_by_their_address(finance):
    RateSeries.objects.create(slug="second", name="Second", base="USD", rank=20)
    RateSeries.objects.create(slug="first", name="First", base="EUR", rank=10)

    shown = finance.row("rate-series/second/")

    assert shown == {"slug": "second", "name": "Second", "base": "USD", "rank": 20}
    assert [r["slug"] for r in finance.rows("rate-series/")] == ["first", "second"]
    assert [r["slug"] for r in finance.rows("rate-series/", base="USD")] == ["second"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("approval-limits/", {"in_force_on": "tomorrow"}),
        ("approval-limits/", {"role": "x" * 151}),
        ("approval-limits/", {"currency": "hkd"}),
        ("delegations/", {"in_force_on": "2026-02-30"}),
        ("delegations/", {"principal": ""}),
        ("period-closings/", {"known_at": "2026-06-01"}),
        ("period-closings/", {"through_after": "1 June"}),
        ("rate-series/", {"base": "EURO"}),
    ],
)
def test_a_malformed_question_is_refused_by_name(finance, path, asked):
    response = finance.get(path, **asked)

    assert response.status_code == 400
    assert set(faults(response)) == set(asked)


def test_a_detail_that_is_not_there_is_404(finance):
    for path in ("approval-limits/1234567/", "delegations/1234567/", "rate-series/none/"):
        assert finance.get(path).status_code == 404


def test_no_list_of_money_leaves_out_whether_it_is_made_up():
    """What is about a programme says so; what is about none of them is here by name."""
    about_none = {"agreements", "approval-limits", "delegations", "exchange-rates", "rate-series"}
    money = {name for name, view in PRIVATE.items() if view.__module__.startswith("portfolio.funding")}  # fmt: skip

    assert money == {*OF_PROGRAMMES, *about_none}
    for name in OF_PROGRAMMES:
        assert "is_fictional" in PRIVATE[name].serializer_class().fields, name
        assert "is_fictional" in [flat.name for flat in PRIVATE[name].columns], name
