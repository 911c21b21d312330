"""The rules of receipts: converted once, in their order, only ever added; and what they come to."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from portfolio.funding.operations.exchange import NoRate, Rate
from portfolio.productions.models import Receipt, WaterfallPosition
from portfolio.productions.operations.recoupment_run import difference, run_waterfall
from tests.productions.falls import DAY, Fall
from tests.refusals import refused

pytestmark = pytest.mark.django_db

APRIL, MAY = datetime.date(2025, 4, 1), datetime.date(2025, 5, 1)


@pytest.fixture
def fall(db):
    """A plain waterfall in force: 600 and 400 to recoup, then half and half."""
    found = Fall()
    found.agree()
    return found


def received(outcome):
    return {line.code: line.received for line in outcome.lines}


def test_a_receipt_is_never_changed_taken_away_or_emptied(fall):
    row = fall.receive("100")

    with refused("receipt_never_changes"):
        Receipt.objects.filter(pk=row.pk).update(amount=Decimal(1))
    with refused("receipt_never_changes"):
        Receipt.objects.filter(pk=row.pk)._raw_delete("default")
    with refused("receipt_is_never_emptied"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE productions_receipt")


def test_receipts_come_in_the_order_of_their_days(fall):
    fall.receive("100", APRIL)
    fall.receive("100", APRIL)

    with refused("receipt_follows_the_last_in_time"):
        fall.receive("100", APRIL - datetime.timedelta(days=1))
    with refused("receipt_is_of_a_day_that_has_come"):
        fall.receive("100", timezone.localdate() + datetime.timedelta(days=2))


def test_a_receipt_needs_a_version_in_force_on_its_day(fall):
    fall.receive("100", DAY)

    with refused("receipt_has_a_version_in_force"):
        Fall().receive("100")
    other = Fall()
    other.agree()
    with refused("receipt_has_a_version_in_force"):
        other.receive("100", DAY - datetime.timedelta(days=1))


def test_a_receipt_is_converted_once_at_its_rate(fall):
    charged = Rate(Decimal("7.8153"), DAY, "BANK")
    row = fall.receive("100.01", currency="USD", rate=charged)

    assert row.base_amount == Decimal("781.61")
    with refused("receipt_is_converted_at_its_rate"):
        Receipt.objects.create(**words(fall, currency="USD", rate_source="BANK", rate=8))
    with refused("receipt_is_converted_at_its_rate"):
        Receipt.objects.create(**words(fall, currency="USD"))
    with pytest.raises(NoRate):
        fall.receive("100", currency="USD")


def words(fall, **more):
    return {
        "waterfall": fall.row, "received_date": DAY, "source": "Cinemas", "amount": Decimal(100),
        "currency": "HKD", "rate": Decimal(1), "rate_date": DAY, "rate_source": "SAME_CURRENCY",
        "base_amount": Decimal(100), "recorded_by": fall.officer, **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("receipt_currency_is_iso4217", {"currency": "XXX"}),
        ("receipt_amount_fits_its_currency", {"currency": "JPY", "amount": Decimal("1.50")}),
        ("receipt_rate_source_is_known", {"rate_source": "GUESS", "currency": "USD"}),
        ("receipt_has_a_source", {"source": ""}),
        ("receipt_period_is_ordered", {"period_start": MAY, "period_end": APRIL}),
        ("receipt_amount_is_positive_unless_it_reverses", {"amount": -100, "base_amount": -100}),
        ("receipt_amount_is_positive_unless_it_reverses", {"amount": 0, "base_amount": 0}),
        ("receipt_has_a_rate", {"rate": 2, "base_amount": 200}),
        ("receipt_rate_is_not_of_a_later_day", {"rate_date": APRIL}),
    ],
)
def test_a_receipt_says_what_came_from_whom(fall, rule, wrong):
    Receipt.objects.create(**words(fall, period_start=APRIL, period_end=APRIL))

    if wrong.keys() & {"currency"}:
        wrong = {"rate_source": "BANK", "rate": Decimal(1), **wrong}
        wrong["base_amount"] = wrong.get("amount", Decimal(100))
    with refused(rule):
        Receipt.objects.create(**words(fall, **wrong))


def test_a_reversal_takes_back_a_receipt_as_it_was_once_and_with_a_reason(fall):
    row = fall.receive("100")
    other = fall.receive("40")

    with refused("receipt_reversal_has_a_reason"):
        fall.reverse(row, reason="")
    with refused("receipt_reversal_mirrors_its_receipt"):
        Receipt.objects.create(
            **words(fall, amount=-30, base_amount=-30, reversal_of=other, remarks="Part")
        )
    back = fall.reverse(row)
    with refused("productions_receipt_reversal_of_id"):
        fall.reverse(row)
    with refused("receipt_reversal_mirrors_its_receipt"):
        Receipt.objects.create(**words(fall, amount=100, reversal_of=None) | {
            "amount": Decimal(-100), "base_amount": Decimal(-100), "reversal_of": back, "remarks": "Back",
        })  # fmt: skip
    assert received(run_waterfall(fall.row, as_of=DAY)) == {
        "fund": Decimal(24), "studio": Decimal(16), "fund-profit": Decimal(0),
        "studio-profit": Decimal(0),
    }  # fmt: skip


def test_receipt_is_recorded_now(fall, as_app_role):
    row = Receipt.objects.create(
        **words(fall, recorded_at=datetime.datetime(1999, 12, 31, tzinfo=datetime.UTC))
    )
    row.refresh_from_db()

    assert row.recorded_at.year > 2000


def test_a_waterfall_replays_as_of_any_day_and_as_known_at_any_moment(
    fall, django_assert_num_queries
):
    fall.receive("500", DAY)
    fall.receive("700", APRIL)

    with django_assert_num_queries(5):  # versions, tiers, positions, parties; receipts
        now = run_waterfall(fall.row, as_of=MAY)
    assert received(now) == {
        "fund": Decimal(600), "studio": Decimal(400), "fund-profit": Decimal(100),
        "studio-profit": Decimal(100),
    }  # fmt: skip
    assert (now.gross, now.residual) == (Decimal(1200), Decimal(0))
    assert [line.percent for line in now.lines] == [Decimal(100), Decimal(100), None, None]
    assert received(run_waterfall(fall.row, as_of=DAY)) == {
        "fund": Decimal(300), "studio": Decimal(200), "fund-profit": Decimal(0),
        "studio-profit": Decimal(0),
    }  # fmt: skip
    long_ago = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    assert run_waterfall(fall.row, as_of=MAY, known_at=long_ago).lines == []


def test_an_amendment_replays_what_came_since_its_day_and_shows_the_difference(fall):
    fall.receive("500", DAY)
    fall.receive("700", APRIL)
    second = fall.open(APRIL, reason="The fund recoups more")
    WaterfallPosition.objects.filter(tier__version=second, code="fund").update(amount=Decimal(700))
    fall.agree(second)

    before = run_waterfall(fall.row, as_of=MAY, up_to_version=1)
    after = run_waterfall(fall.row, as_of=MAY)

    assert received(after) == {
        "fund": Decimal(700), "studio": Decimal(400), "fund-profit": Decimal(50),
        "studio-profit": Decimal(50),
    }  # fmt: skip
    assert difference(before, after) == {
        fall.parties["fund"]: Decimal(50), fall.parties["studio"]: Decimal(-50),
    }  # fmt: skip
    assert [step.version for step in after.steps] == [1, 2]


def test_what_a_later_version_drops_stays_received(fall):
    fall.receive("500", DAY)
    second = fall.open(APRIL, reason="The studio is bought out")
    WaterfallPosition.objects.filter(tier__version=second, code="studio").delete()
    fall.agree(second)
    fall.receive("300", APRIL)

    lines = {line.code: line for line in run_waterfall(fall.row, as_of=MAY).lines}

    assert (lines["fund"].received, lines["fund"].outstanding) == (Decimal(600), Decimal(0))
    assert (lines["studio"].received, lines["studio"].tier) == (Decimal(200), None)
    assert lines["studio"].outstanding is None
