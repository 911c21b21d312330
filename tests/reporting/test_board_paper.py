"""The board paper: a report saved on a day says the same to the cent, whatever is recorded later."""

import datetime
import json
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from portfolio.funding.models import LedgerEntry
from portfolio.funding.operations import entries
from portfolio.funding.operations.commitments import Slice
from portfolio.funding.operations.exchange import Rate
from portfolio.reporting.questions import Asked
from portfolio.reporting.terms import Terms
from portfolio.staff.models import User
from tests.books import AT, DAY, Books

pytestmark = pytest.mark.django_db

GROUPS = {
    "report_top_sheet": ("strand_year", "partner", "project"),
    "report_cash_flow": ("month", "quarter", "fiscal_year"),
}
FX = Rate(Decimal("7.8"), DAY, "AGREEMENT")


def clock() -> datetime.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def history_ran_until_now(moment: datetime.datetime) -> None:
    """Put what the history saw so far before `moment`: in a test everything is one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in ("funding_trancheevent", "programmes_programmeevent"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"UPDATE {table} SET pgh_created_at = %s", [moment])
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def later_history_is_later(moment: datetime.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in ("funding_trancheevent", "programmes_programmeevent"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(
                f"UPDATE {table} SET pgh_created_at = clock_timestamp() WHERE pgh_created_at <> %s",
                [moment],
            )


@pytest.fixture
def chief(db):
    client = Client()
    client.force_login(User.objects.create_superuser("chief", "", "a long pass phrase"))
    return client


def document(chief, address):
    response = chief.get(f"{address}&download=json")
    assert response.status_code == 200
    return json.loads(b"".join(response.streaming_content))


def test_a_saved_report_reproduces_to_the_cent(chief):
    books = Books()
    slices = [Slice(Decimal(250000), datetime.date(2026, month, 1)) for month in (7, 8)]
    film = books.signed("500000", slices=slices)
    foreign = books.signed("100000", currency="USD", rate=FX)
    books.pay(books.payable(film))
    moment = clock()
    history_ran_until_now(moment)
    asked = Asked(Terms(books.programme, datetime.date(2026, 12, 31), clock()))
    saved = {
        (route, group): asked.address(route, group_by=group)
        for route, groups in GROUPS.items()
        for group in groups
    }
    before = {key: document(chief, address) for key, address in saved.items()}

    # Everything that may happen to books after a board has met.
    books.pay(books.payable(film), value_date=datetime.date(2026, 7, 2))
    books.pay(books.payable(foreign), rate=Rate(Decimal("7.9"), DAY, "BANK"))
    books.signed("250000")
    books.amend(film, "100000")
    books.allocate("90000000")
    entries.record_refund(
        commitment=foreign, amount=Decimal(1000), value_date=datetime.date(2026, 7, 1),
        actor=books.officer, rate=Rate(Decimal("7.7"), DAY, "BANK"),
    )  # fmt: skip
    payment = LedgerEntry.objects.filter(kind="DISBURSEMENT", commitment=film).earliest("pk")
    request = entries.request_reversal(entry=payment, at=AT, actor=books.officer, reason="Wrong")
    books.approve(request)
    entries.reverse_posting(
        request=request, value_date=datetime.date(2026, 7, 3), at=AT, actor=books.officer
    )
    books.programme.envelope_amount = Decimal("6000000000")
    books.programme.save()
    later_history_is_later(moment)

    after = {key: document(chief, address) for key, address in saved.items()}
    now = document(chief, asked.unpinned().address("report_top_sheet"))

    assert after == before
    total = before["report_top_sheet", "strand_year"]["total"]
    assert (total["committed"], total["disbursed"]) == ("1280000.00", "250000.00")
    assert now["total"]["committed"] == "1630000.00"
    assert now["announced"]["amount"] == "6000000000.00"
    assert before["report_top_sheet", "strand_year"]["announced"]["amount"] == "5000000000.00"


def test_a_pin_stops_both_clocks_some_moments_back(chief):
    books = Books()
    books.signed("1000")
    address = Asked(Terms(books.programme, DAY)).pinned(timezone.now()).address("report_top_sheet")

    asked = dict(parse_qsl(urlsplit(address).query))

    assert asked["as_of"] == DAY.isoformat()
    known = datetime.datetime.fromisoformat(asked["known_at"])
    assert datetime.timedelta(minutes=2) <= timezone.now() - known < datetime.timedelta(minutes=3)
