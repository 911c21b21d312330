"""What the database refuses of exchange rates, kept answers and the totals that it keeps itself."""

import datetime
from decimal import Decimal

import pytest

from portfolio.common.refusals import Refused
from portfolio.funding.models import (
    DayTotal,
    ExchangeRate,
    KeptAnswer,
    MonthTotal,
    PayeeTotal,
    ProjectTotal,
    RateSeries,
    SpanTotal,
)
from portfolio.funding.operations import commitments
from tests.books import AT, DAY
from tests.refusals import refused

pytestmark = pytest.mark.django_db

NEXT_DAY = DAY + datetime.timedelta(days=1)


def series(**other):
    values = {"slug": "central-bank", "name": "A central bank", "base": "EUR"}
    return RateSeries.objects.create(**(values | other))


def test_a_series_has_an_address_and_a_currency(db):
    series()

    with refused("rate_series_slug_is_lower_case"):
        series(slug="Central Bank")
    with refused("rate_series_base_is_iso4217"):
        series(slug="other", base="XDR")


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"rate": Decimal(0)}, "exchange_rate_is_more_than_zero"),
        ({"rate": Decimal(-1)}, "exchange_rate_is_more_than_zero"),
        ({"currency": "HKX"}, "exchange_rate_currency_is_iso4217"),
        ({"date": DAY}, "exchange_rate_is_one_a_day"),
    ],
)
def test_a_rate_is_more_than_zero_and_one_a_day(db, other, rule):
    values = {"series": series(), "currency": "HKD", "rate": Decimal("8.5")}
    ExchangeRate.objects.create(date=DAY, **(values | {"rate": Decimal("0.000000000001")}))

    with refused(rule):
        ExchangeRate.objects.create(**({"date": NEXT_DAY} | values | other))


def test_a_published_rate_stays(db):
    rate = ExchangeRate.objects.create(series=series(), currency="HKD", date=DAY, rate=1)

    rate.rate = Decimal(2)
    with refused("exchange_rate_never_changes"):
        rate.save()
    with refused("exchange_rate_never_changes"):
        rate.delete()


def test_without_a_rate_nothing_is_signed(books):
    commitment = books.approved("100", currency="USD")

    with pytest.raises(Refused, match="There is no rate from USD to HKD"):
        commitments.sign_commitment(commitment=commitment, at=AT, actor=books.officer)

    commitment.refresh_from_db()
    assert (commitment.state, commitment.entries.count()) == ("APPROVED", 0)


def test_an_answer_is_kept_once_a_key(books):
    def answer(**other):
        values = {
            "caller": books.officer, "endpoint": "ledger-entries", "key": "1", "status": 201,
            "fingerprint": b"x", "body": "{}",
        }  # fmt: skip
        return KeptAnswer.objects.create(**(values | other))

    answer()
    answer(caller=books.approver)
    answer(endpoint="drawdowns")
    answer(key="2")

    with refused("kept_answer_is_one_a_key"):
        answer()
    with refused("kept_answer_has_a_key"):
        answer(key="")


@pytest.mark.parametrize(
    ("model", "rule", "days"),
    [
        (DayTotal, "day_total_is_one", {"value_date": DAY, "recorded_date": DAY}),
        (MonthTotal, "month_total_is_one", {"value_month": DAY, "recorded_month": DAY}),
        (SpanTotal, "span_total_is_one", {"span": "DAY", "first_date": DAY}),
    ],
)
def test_there_is_one_total_of_a_place_and_time(books, model, rule, days):
    values = {
        "allocation": books.first, "kind": "REFUND", "currency": "HKD", "entries": 1, "amount": 1,
        "base_amount": 1, "promised_base_amount": 1,
    } | days  # fmt: skip
    model.objects.create(**values)
    model.objects.create(**(values | {"currency": "USD"}))

    with refused(rule):
        model.objects.create(**values)
    if model is SpanTotal:
        with refused("span_total_span_is_known"):
            model.objects.create(**(values | {"span": "WEEK"}))


@pytest.mark.parametrize(
    ("model", "rule", "party"),
    [
        (PayeeTotal, "payee_total_is_one", "payee"),
        (ProjectTotal, "project_total_is_one", "project"),
    ],
)
def test_there_is_one_total_of_a_party_in_a_currency(books, model, rule, party):
    values = {
        "programme": books.programme, "party": getattr(books, party), "currency": "HKD",
        "committed": 1, "de_committed": 0, "disbursed": 0, "refunded": 0, "recouped": 0,
        "written_off": 0, "fx_effect": 0,
    }  # fmt: skip
    model.objects.create(**values)
    model.objects.create(**(values | {"currency": ""}))

    with refused(rule):
        model.objects.create(**values)
