"""Which published rate counts on a day: the last one, of the first series that knows both currencies."""

import datetime
from decimal import Decimal

import pytest

from portfolio.funding.models import ExchangeRate, RateSeries
from portfolio.funding.operations.exchange import NoRate, find_rate
from tests.books import DAY, Books

pytestmark = pytest.mark.django_db

FRIDAY = datetime.date(2026, 5, 29)
MONDAY = datetime.date(2026, 6, 1)


def series(slug, *, base="EUR", rank=100):
    return RateSeries.objects.create(slug=slug, name=slug, base=base, rank=rank)


def publish(of, day, **rates):
    for currency, rate in rates.items():
        ExchangeRate.objects.create(series=of, date=day, currency=currency, rate=Decimal(rate))


def found(currency, base, on):
    rate = find_rate(currency=currency, base=base, on=on)
    return str(rate.rate), rate.date, rate.source


def test_a_weekend_takes_the_rate_of_the_friday():
    publish(series("bank"), FRIDAY, HKD="8.5000")
    publish(RateSeries.objects.get(), MONDAY, HKD="8.6000")

    for day in (FRIDAY, FRIDAY + datetime.timedelta(days=1), FRIDAY + datetime.timedelta(days=2)):
        assert found("EUR", "HKD", day) == ("8.500000000000", FRIDAY, "SERIES")
    assert found("EUR", "HKD", MONDAY) == ("8.600000000000", MONDAY, "SERIES")


def test_two_currencies_meet_over_the_base_of_the_series_and_round_half_to_even():
    publish(series("bank"), FRIDAY, HKD="9", USD="1.4", JPY="160")

    assert found("USD", "HKD", FRIDAY) == ("6.428571428571", FRIDAY, "SERIES")
    assert found("HKD", "USD", FRIDAY) == ("0.155555555556", FRIDAY, "SERIES")
    assert found("HKD", "EUR", FRIDAY) == ("0.111111111111", FRIDAY, "SERIES")
    assert found("JPY", "HKD", FRIDAY) == ("0.056250000000", FRIDAY, "SERIES")
    # The thirteenth place is a five alone: to the even neighbour, down here and up there.
    publish(RateSeries.objects.get(), MONDAY, CNY="200000000000", SGD="0.1", THB="0.3")
    assert Decimal(found("CNY", "SGD", MONDAY)[0]) == 0
    assert Decimal(found("CNY", "THB", MONDAY)[0]) == Decimal("0.000000000002")


def test_both_currencies_are_of_one_day():
    bank = series("bank")
    publish(bank, FRIDAY, HKD="9", USD="1.2")
    publish(bank, MONDAY, HKD="18")

    assert found("USD", "HKD", MONDAY) == ("7.500000000000", FRIDAY, "SERIES")


def test_a_series_that_ended_two_months_ago_says_nothing_any_more():
    publish(series("bank"), FRIDAY, HKD="9")

    assert found("EUR", "HKD", FRIDAY + datetime.timedelta(days=60))[1] == FRIDAY
    with pytest.raises(NoRate, match=r"no rate from EUR to HKD on 2026-07-29.*import_rates"):
        find_rate(currency="EUR", base="HKD", on=FRIDAY + datetime.timedelta(days=61))
    with pytest.raises(NoRate):
        find_rate(currency="EUR", base="HKD", on=FRIDAY - datetime.timedelta(days=1))


def test_the_series_of_the_lowest_rank_that_knows_both_counts():
    publish(series("second", rank=20), FRIDAY, HKD="9", USD="1.2")
    publish(series("first", base="HKD", rank=10), FRIDAY, EUR="0.1")

    rate = find_rate(currency="EUR", base="HKD", on=MONDAY)
    assert (rate.rate, rate.series.slug) == (Decimal(10), "first")
    # The first does not know dollars.
    rate = find_rate(currency="USD", base="HKD", on=MONDAY)
    assert (rate.rate, rate.series.slug) == (Decimal("7.5"), "second")


def test_one_currency_needs_no_series():
    assert found("HKD", "HKD", MONDAY) == ("1", MONDAY, "SAME_CURRENCY")


def test_a_promise_in_dollars_is_posted_at_the_published_rate_of_its_day():
    books = Books()
    bank = series("bank")
    publish(bank, FRIDAY, HKD="9", USD="1.2")
    publish(bank, DAY + datetime.timedelta(days=1), HKD="18", USD="1.2")

    commitment = books.signed("1000.01", currency="USD")

    entry = commitment.entries.get()
    assert (commitment.rate, commitment.rate_date, commitment.rate_series) == (
        Decimal("7.5"), FRIDAY, bank,
    )  # fmt: skip
    assert (entry.rate, entry.rate_date, entry.rate_source, entry.rate_series) == (
        Decimal("7.5"), FRIDAY, "SERIES", bank,
    )  # fmt: skip
    # 7,500.075 to the even cent.
    assert entry.base_amount == Decimal("7500.08")
    # The payment takes that of its own day.
    (payment,) = books.pay(books.payable(commitment), value_date=DAY + datetime.timedelta(days=3))
    assert (payment.rate, payment.base_amount, payment.promised_base_amount) == (
        Decimal(15), Decimal("15000.15"), Decimal("7500.08"),
    )  # fmt: skip
