"""Amounts that are none, by every way in: threat L14. Refused, and nothing is written."""

from decimal import Decimal, localcontext
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.models import Ownership
from portfolio.common.money import converted, decimals_of, rounded
from portfolio.common.refusals import Refused
from portfolio.funding.models import Commitment, LedgerEntry, RateSeries
from portfolio.funding.operations import commitments, entries
from portfolio.funding.operations.exchange import Rate
from portfolio.programmes.models import Project
from tests.books import AT, DAY
from tests.funding.naive import at_commit
from tests.funding.rows import add, payment

pytestmark = pytest.mark.django_db

REFUSALS = (DatabaseError, ValidationError, Refused, ArithmeticError)
SIZES = [
    "NaN", "sNaN", "-NaN", "Infinity", "-Infinity", "1e308", "-1e308", "1e18", "1e-308", "0",
    "-0", "-0.01", "-1", "0.001", "0.005", "1.234", "999999999999999999.995",
]  # fmt: skip
not_amounts = st.sampled_from(SIZES).map(Decimal) | st.one_of(
    st.decimals(max_value=0, allow_nan=False),
    st.decimals(min_value=Decimal(10) ** 18, allow_nan=False),
    st.decimals(min_value=Decimal("0.0001"), max_value=10, places=4).filter(
        lambda d: d != d.quantize(Decimal("0.01"))
    ),
)
COLUMNS = [
    ("funding_commitment", "amount"),
    ("funding_commitmentsplit", "amount"),
    ("funding_tranche", "amount"),
    ("funding_commitmentamendment", "change_amount"),
    ("funding_amendmentsplit", "change_amount"),
    ("funding_approvallimit", "jointly_up_to"),
    ("funding_approvallimit", "alone_up_to"),
    ("funding_commitment", "rate"),
    ("partners_agreementamendment", "change_amount"),
    ("partners_ownership", "share"),
    ("programmes_programme", "envelope_amount"),
    ("programmes_project", "announced_amount"),
]
many = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def books_say() -> Any:
    """Everything that an amount could have reached."""
    return (
        list(LedgerEntry.objects.order_by("pk").values_list("pk", "amount")),
        list(Commitment.objects.order_by("pk").values_list("pk", "amount", "state")),
    )


def assert_refused(act: Any) -> None:
    """It is refused in words that we know, and nothing is written."""
    before = books_say()
    with pytest.raises(REFUSALS), transaction.atomic():  # noqa: PT012 - to the commit
        act()
        at_commit()
    assert books_say() == before


@given(amount=not_amounts)
@many
def test_l14_no_entry_is_of_what_is_no_amount(books, amount):
    tranche = books.payable(books.signed("5000"))
    commitment = books.paid("5000")

    def write(kind: str, **other: Any) -> None:
        row = payment(tranche, "1") if kind == "DISBURSEMENT" else None
        if row is None:
            add(commitment, kind, "1", amount=amount, **other)
            return
        row.amount = amount
        row.save()

    for kind in ("DISBURSEMENT", "REFUND", "RECOUPMENT"):
        assert_refused(lambda kind=kind: write(kind))


@given(amount=not_amounts)
@many
def test_l14_no_operation_takes_what_is_no_amount(books, amount):
    tranche = books.payable(books.signed("5000"))
    commitment = books.paid("5000")
    terms = {"value_date": DAY, "actor": books.officer}

    assert_refused(lambda: books.pay(tranche, amount=amount))
    assert_refused(lambda: entries.record_refund(commitment=commitment, amount=amount, **terms))
    assert_refused(lambda: entries.record_recoupment(commitment=commitment, amount=amount, **terms))
    assert_refused(
        lambda: entries.request_write_off(
            commitment=commitment, amount=amount, at=AT, actor=books.officer, reason="Lost"
        )
    )
    assert_refused(lambda: books.signed(str(amount)))
    assert_refused(lambda: books.amend(commitment, "0"))


@given(rate=st.sampled_from(["NaN", "Infinity", "0", "-7.8", "1e308"]).map(Decimal))
@many
def test_l14_no_rate_is_what_is_none(books, rate):
    commitment = books.approved("5000", currency="USD")

    assert_refused(
        lambda: commitments.sign_commitment(
            commitment=commitment, at=AT, actor=books.officer, rate=Rate(rate, DAY, "BANK")
        )
    )


@pytest.mark.parametrize("currency", ["", "XXX", "XAU", "hkd", "HK", "HKDD", "\u5143"])
def test_l14_no_currency_but_those_of_iso_4217(books, currency):
    tranche = books.payable(books.signed("5000"))

    assert_refused(lambda: books.draft("5000", currency=currency))
    assert_refused(lambda: payment(tranche, "1", currency=currency).save())


@pytest.mark.parametrize("amount", ["0.5", "99.99", "100.01"])
def test_l14_yen_have_no_decimals(books, amount):
    yen = Rate(Decimal("0.05"), DAY, "BANK")
    commitment = books.paid("100", currency="JPY", rate=yen, pay_rate=yen)

    assert_refused(lambda: books.signed(amount, currency="JPY", rate=yen))
    assert_refused(
        lambda: entries.record_refund(
            commitment=commitment, amount=Decimal(amount), value_date=DAY, actor=books.officer,
            rate=yen,
        )
    )  # fmt: skip


def test_l14_currencies_are_not_mixed(books):
    tranche = books.payable(books.signed("5000"))

    assert_refused(lambda: payment(tranche, "1", currency="USD").save())
    assert_refused(lambda: payment(tranche, "1", currency="USD", rate_source="BANK", rate=2).save())


@pytest.mark.parametrize(("table", "column"), COLUMNS)
@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "1e308"])
def test_l14_no_column_takes_what_is_no_number(books, table, column, amount):
    """The ORM refuses most of these itself: this is SQL."""
    draft = books.draft()
    Commitment.objects.filter(pk=draft.pk).update(rate=1, rate_date=DAY, rate_source="BANK")
    books.amend(books.signed("5000"), "100", sign=False)
    Project.objects.update(announced_amount=1, announced_currency="HKD")
    Ownership.objects.create(owner=books.funder, owned=books.payee, share=1)
    at_commit()
    # A commitment has other rules beside this once it is no draft any more.
    only = "WHERE state = 'DRAFT'" if table == "funding_commitment" else ""

    with (
        pytest.raises(DatabaseError, match=r"check constraint|overflow"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET {column} = %s {only}", [amount])


# --- Rounding ------------------------------------------------------------------------------------

amounts = st.decimals(
    min_value=Decimal("-999999999999999999.99"),
    max_value=Decimal("999999999999999999.99"),
    places=2,
)
rates = st.decimals(min_value=Decimal("0.000000000001"), max_value=Decimal(99999), places=12)


@given(amount=amounts, rate=rates, currency=st.sampled_from(["HKD", "JPY"]))
@settings(many, max_examples=300)
def test_l14_python_and_the_database_round_alike(books, amount, rate, currency):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT topsheet_round_half_even(%s::numeric * %s::numeric, topsheet_decimals(%s))",
            [amount, rate, currency],
        )
        (found,) = cursor.fetchone()

    with localcontext(prec=60):
        assert found == converted(amount, rate, currency)


@pytest.mark.parametrize(
    ("exact", "currency", "expected"),
    [
        ("0.005", "HKD", "0.00"),
        ("0.015", "HKD", "0.02"),
        ("0.0150000001", "HKD", "0.02"),
        ("-0.005", "HKD", "0.00"),
        ("-0.015", "HKD", "-0.02"),
        ("2.5", "JPY", "2"),
        ("3.5", "JPY", "4"),
        ("-2.5", "JPY", "-2"),
    ],
)
def test_l14_halves_go_to_the_even_neighbour(db, exact, currency, expected):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT topsheet_round_half_even(%s::numeric, topsheet_decimals(%s))",
            [exact, currency],
        )
        (found,) = cursor.fetchone()

    assert found == rounded(Decimal(exact), currency) == Decimal(expected)
    assert decimals_of(currency) == (0 if currency == "JPY" else 2)


@pytest.mark.parametrize("rate", ["NaN", "Infinity", "-Infinity", "0", "-7.8"])
def test_l14_no_rate_is_published_that_is_no_number(books, rate):
    """A published rate is never edited, so that only a new one could be wrong."""
    series = RateSeries.objects.create(slug="bank", name="A bank", base="EUR")

    with (
        pytest.raises(DatabaseError, match=r"exchange_rate_is_more_than_zero|overflow"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO funding_exchangerate (series_id, currency, date, rate) "
            "VALUES (%s, 'HKD', '2026-06-01', %s::numeric)",
            [series.pk, rate],
        )

    assert not series.rates.exists()
