"""`as_of` of requests, amendments, shares, drawdowns, rates and closings: which rows, on which day."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from portfolio.funding.models import (
    ApprovalRequest,
    CommitmentAmendment,
    CommitmentSplit,
    DrawdownRequest,
    ExchangeRate,
    LedgerEntry,
    PeriodClosing,
    RateSeries,
)
from portfolio.funding.operations import commitments
from tests.books import AT, DAY, Books
from tests.funding.naive import at_commit

pytestmark = pytest.mark.django_db

ONE = datetime.timedelta(days=1)
LONG_AGO = AT - datetime.timedelta(days=4000)


def known_at(rows, moment):
    """What the owner of the database alone may do: say when rows were recorded."""
    at_commit()
    table = rows.model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        rows.update(recorded_at=moment)
        at_commit()
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_an_amendment_is_there_from_the_day_of_its_paper_once_its_entries_are_known(books):
    commitment = books.signed("3000000")
    signed = books.amend(commitment, "-1000")
    books.amend(commitment, "500", sign=False)
    known_at(LedgerEntry.objects.filter(kind="DE_COMMITMENT"), AT)
    found = CommitmentAmendment.objects.as_of

    assert list(found(DAY - ONE)) == []
    assert list(found(DAY)) == [signed]
    assert list(found(DAY, known_at=AT)) == [signed]
    assert list(found(DAY, known_at=AT - datetime.timedelta(microseconds=1))) == []


def test_a_share_is_borne_from_the_day_of_the_signature_once_it_is_known(books):
    commitment = books.signed(
        "1000",
        shares=[
            commitments.Share(books.first, amount=Decimal(400)),
            commitments.Share(books.second, amount=Decimal(600)),
        ],
    )
    books.draft("700")
    known_at(LedgerEntry.objects.all(), AT)
    found = CommitmentSplit.objects.as_of

    assert list(found(DAY - ONE)) == []
    assert [(s.commitment, s.allocation) for s in found(DAY).order_by("pk")] == [
        (commitment, books.first), (commitment, books.second),
    ]  # fmt: skip
    assert found(DAY, known_at=AT).count() == 2
    assert found(DAY, known_at=AT - ONE).count() == 0


def test_a_drawdown_is_there_from_the_day_it_was_received_once_it_is_recorded(books):
    books.payable()
    drawdown = DrawdownRequest.objects.get()
    found = DrawdownRequest.objects.as_of

    assert list(found(DAY - ONE)) == []
    assert list(found(DAY)) == [drawdown]
    assert list(found(DAY, known_at=drawdown.recorded_at)) == [drawdown]
    assert list(found(DAY, known_at=drawdown.recorded_at - datetime.timedelta(seconds=1))) == []


def test_a_request_is_what_had_become_of_it_by_then(books):
    commitment = books.draft("500000")
    request = commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)
    asked, answered = AT, AT + datetime.timedelta(hours=5)
    at_commit()
    set_history(request, asked)
    books.approve(request)
    at_commit()
    set_history(request, answered, state="APPROVED")
    found = ApprovalRequest.objects.as_of

    def states(day, **known):
        return list(found(day, **known).values_list("pk", "state_then"))

    # 10:00 in Greenwich is six in the evening of the same day in Hong Kong, five hours later 23:00.
    assert states(DAY - ONE) == []
    assert states(DAY) == [(request.pk, "APPROVED")]
    assert states(DAY, known_at=answered - ONE / 24) == [(request.pk, "OPEN")]
    assert states(DAY, known_at=asked - ONE / 24) == []
    set_history(request, answered + datetime.timedelta(hours=1), state="APPROVED")
    # Midnight in Hong Kong is the next day.
    assert states(DAY) == [(request.pk, "OPEN")]
    assert states(DAY + ONE) == [(request.pk, "APPROVED")]


def set_history(request, moment, *, state="OPEN"):
    """When the history saw a state of a request; in a test everything is one transaction."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE funding_approvalrequestevent DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE funding_approvalrequestevent SET pgh_created_at = %s "
            "WHERE pgh_obj_id = %s AND state = %s",
            [moment, request.pk, state],
        )
        assert cursor.rowcount > 0
        cursor.execute("ALTER TABLE funding_approvalrequestevent ENABLE TRIGGER USER")


def test_of_each_series_and_currency_the_last_published_rate_counts(db):
    ecb, other = (RateSeries.objects.create(slug=s, name=s, base="EUR") for s in ("one", "two"))
    rates = {
        (series, currency, day): ExchangeRate.objects.create(
            series=series, currency=currency, date=day, rate=Decimal("8.5")
        )
        for series, currency, day in (
            (ecb, "HKD", DAY - ONE), (ecb, "HKD", DAY), (ecb, "USD", DAY - ONE),
            (other, "HKD", DAY + ONE),
        )
    }  # fmt: skip
    found = ExchangeRate.objects.as_of

    assert set(found(DAY - 2 * ONE)) == set()
    assert set(found(DAY - ONE)) == {rates[ecb, "HKD", DAY - ONE], rates[ecb, "USD", DAY - ONE]}
    assert set(found(DAY)) == {rates[ecb, "HKD", DAY], rates[ecb, "USD", DAY - ONE]}
    assert set(found(DAY + ONE)) == {
        rates[ecb, "HKD", DAY], rates[ecb, "USD", DAY - ONE], rates[other, "HKD", DAY + ONE],
    }  # fmt: skip


def test_of_each_programme_the_last_closing_counts(books):
    other = Books()

    def close(at, through, programme=books.programme):
        return PeriodClosing.objects.create(
            programme=programme, through_date=through, reason="Audited", recorded_at=at,
            recorded_by=books.officer,
        )  # fmt: skip

    evening = datetime.datetime(2026, 6, 1, 15, 59, 59, tzinfo=datetime.UTC)
    first = close(evening, datetime.date(2026, 3, 31))
    second = close(evening + datetime.timedelta(seconds=1), datetime.date(2026, 4, 30))
    elsewhere = close(evening, datetime.date(2025, 12, 31), other.programme)
    found = PeriodClosing.objects.as_of

    assert set(found(DAY - ONE)) == set()
    # 16:00 in Greenwich is midnight in Hong Kong.
    assert set(found(DAY)) == {first, elsewhere}
    assert set(found(DAY + ONE)) == {second, elsewhere}
    assert set(found(DAY + ONE, known_at=evening)) == {first, elsewhere}
    assert set(found(timezone.localdate(), known_at=LONG_AGO)) == set()
