"""A waterfall in the admin: its steps, its positions, and what is refused in words."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from portfolio.productions.models import Receipt, WaterfallPosition
from tests.productions.falls import DAY, Fall

pytestmark = pytest.mark.django_db


def step(fall, name, key=0):
    return reverse("admin:productions_waterfall_step", args=[fall.row.pk, name, key])


def page(client, fall):
    url = reverse("admin:productions_waterfall_change", args=[fall.row.pk])
    return client.get(url).content.decode()


def test_a_waterfall_is_agreed_run_and_taken_back_by_steps(boss):
    fall = Fall()

    boss.post(step(fall, "put-in-force", fall.version.pk))
    boss.post(step(fall, "record-receipt"), {
        "received_date": "2025-03-31", "source": "Cinemas", "amount": "1,100.00", "currency": "hkd",
    })  # fmt: skip
    shown = page(boss, fall)
    row = Receipt.objects.get()

    assert row.amount == Decimal(1100)
    assert row.recorded_by.username
    assert "HK$600.00" in shown
    assert "100.00 %" in shown
    boss.post(
        step(fall, "reverse-receipt", row.pk), {"received_date": "2025-04-01", "reason": "Twice"}
    )
    assert [r.amount for r in Receipt.objects.order_by("pk")] == [Decimal(1100), Decimal(-1100)]
    assert step(fall, "reverse-receipt", row.pk) not in page(boss, fall)


def test_an_amended_version_shows_the_difference_per_party(boss):
    fall = Fall()
    fall.agree()
    fall.receive("1200", DAY)
    boss.post(
        step(fall, "begin-version"),
        {"effective_date": "2025-03-01", "reason": "The fund recoups more"},
    )
    second = fall.row.versions.get(number=2)
    WaterfallPosition.objects.filter(tier__version=second, code="fund").update(amount=Decimal(700))
    boss.post(step(fall, "put-in-force", second.pk))

    shown = page(boss, fall)

    assert "What the last version changed" in shown
    assert "-HK$50.00" in shown


def test_what_the_database_refuses_is_said_in_words_and_keeps_the_input(boss):
    fall = Fall([])

    answer = boss.post(step(fall, "put-in-force", fall.version.pk)).content.decode()

    assert "Add at least one tier first" in answer
    fall.version.refresh_from_db()
    assert fall.version.locked_at is None


def test_only_who_may_takes_a_step(browser_of):
    fall = Fall()
    fall.agree()

    assert browser_of("Auditor").get(step(fall, "record-receipt")).status_code == 403
    assert browser_of("Programme officer").get(step(fall, "record-receipt")).status_code == 403
    assert browser_of("Viewer").get(step(fall, "begin-version")).status_code == 403
    assert browser_of("Finance").get(step(fall, "record-receipt")).status_code == 200
    assert browser_of("Finance").get(step(fall, "no-such-step")).status_code == 404
    later = datetime.date(2025, 5, 1)
    foreign = Fall()
    foreign.agree()
    receipt = foreign.receive("5", later)
    assert browser_of("Finance").get(step(fall, "reverse-receipt", receipt.pk)).status_code == 404
