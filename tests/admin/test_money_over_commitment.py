"""A promise beyond its allocation, where the programme only warns: asked for, approved, signed."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from portfolio.funding.models import ApprovalRequest, ExchangeRate, LedgerEntry, RateSeries
from tests.admin.forms import refusal_of, step_of
from tests.admin.people import browser
from tests.books import DAY, Books

pytestmark = pytest.mark.django_db


def promised(currency: str, *, policy: str) -> tuple[Books, Client, Any]:
    """Approved: HK$1,560 in either currency, of HK$1,000."""
    series = RateSeries.objects.create(slug="bank", name="Bank", base="USD", rank=1)
    ExchangeRate.objects.create(series=series, date=DAY, currency="HKD", rate=Decimal("7.8"))
    books = Books(allocated="1000.00", over_commitment=policy)
    amount = {"HKD": "1560", "USD": "200"}[currency]
    commitment = books.approved(amount, currency=currency)
    return books, browser(books.officer, "Programme officer"), commitment


def steps_on(desk: Client, commitment: Any) -> str:
    page = desk.get(f"/admin/funding/commitment/{commitment.pk}/change/")
    return str(page.content.decode())


def assert_cannot_sign(desk: Client, commitment: Any) -> None:
    """In the currency of the books the page says so beforehand, in another the database on the day."""
    said = "is left of"
    if commitment.currency == "HKD":
        assert said in steps_on(desk, commitment)
        page = desk.post(f"/admin/funding/commitment/{commitment.pk}/step/sign/0/", follow=True)
        assert page.status_code == 200
    else:
        assert said in refusal_of(step_of(desk, commitment, "sign"))


@pytest.mark.parametrize("currency", ["HKD", "USD"])
def test_where_the_programme_warns_the_officer_asks_and_then_signs(currency: str):
    books, desk, commitment = promised(currency, policy="WARN")
    assert "ask-over-commitment" in steps_on(desk, commitment)

    assert_cannot_sign(desk, commitment)
    assert not LedgerEntry.objects.exists()

    step_of(desk, commitment, "ask-over-commitment", reason="Next year's money")
    request = ApprovalRequest.objects.get(kind="OVER_COMMITMENT")
    assert (request.reason, request.state) == ("Next year's money", "OPEN")
    assert "ask-over-commitment" not in steps_on(desk, commitment)
    books.approve(request)

    assert refusal_of(step_of(desk, commitment, "sign")) == ""
    assert LedgerEntry.objects.get().base_amount == Decimal("1560.00")


@pytest.mark.parametrize("currency", ["HKD", "USD"])
def test_where_the_programme_stops_nobody_is_asked(currency: str):
    _books, desk, commitment = promised(currency, policy="STOP")

    assert "ask-over-commitment" not in steps_on(desk, commitment)
    assert_cannot_sign(desk, commitment)
    assert not LedgerEntry.objects.exists()
