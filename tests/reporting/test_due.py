"""Tranches that are due: which ones, what is left of each, and what stands in the way."""

import datetime
from decimal import Decimal

import pgtrigger
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partners.models import Block
from portfolio.funding.choices import ConditionKind
from portfolio.funding.models import Condition, Tranche
from portfolio.funding.operations import tranches as drawing
from portfolio.funding.operations.commitments import Slice
from portfolio.reporting.due import Whole, overdue_tranches, tranches_behind, upcoming_tranches
from portfolio.reporting.terms import Terms
from tests.books import AT, DAY, Books
from tests.reporting.histories import (
    FIRST,
    SPAN,
    History,
    days,
    entries_under,
    histories,
    pasts,
    slices_under,
)

pytestmark = pytest.mark.django_db

DUE = datetime.date(2026, 9, 1)
NEXT = DUE + datetime.timedelta(days=1)
ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def history(db):
    return History()


def overdue(books, day=NEXT, **terms):
    return overdue_tranches(Terms(books.programme, day, **terms), most=50).rows


def upcoming(books, day, days):
    found = upcoming_tranches(Terms(books.programme, day), days=days, most=50)
    return [row.number for row in found.rows]


def numbers(found):
    return [row.number for row in found]


def known_since(model, at):
    """Say that what the history tells of a model was learned at `at`."""
    table = model.pgh_event_model
    with pgtrigger.ignore(f"{table._meta.label}:append_only"):
        table.objects.update(pgh_created_at=at)


def test_a_tranche_is_overdue_from_the_day_after_it_was_due(books):
    books.signed("1000")

    assert numbers(overdue(books, DUE)) == []
    assert numbers(overdue(books, NEXT)) == [1]


def test_upcoming_is_from_the_day_on_both_ends_included(books):
    slices = [Slice(Decimal(100), DUE + datetime.timedelta(days=n)) for n in (0, 30, 31)]
    books.signed("300", slices=slices)

    assert upcoming(books, DUE, 30) == [1, 2]
    assert upcoming(books, NEXT, 30) == [2, 3]


def test_what_is_paid_or_not_signed_or_of_another_programme_is_not_due(books):
    books.paid("1000")
    books.approved("1000")
    Books().signed("1000")

    assert numbers(overdue(books)) == []


def test_what_was_overdue_then_and_was_paid_since_is_overdue_as_of_then(books):
    commitment = books.signed("1000")
    books.pay(books.payable(commitment), value_date=NEXT)

    assert [row.left_to_pay for row in overdue(books, NEXT)] == []
    assert upcoming(books, DUE, 0) == [1]
    later = NEXT + ONE_DAY
    other = books.signed("2000")
    books.pay(books.payable(other), value_date=later, amount=Decimal(500))
    assert [row.left_to_pay for row in overdue(books, NEXT)] == [Decimal("2000.00")]
    assert [row.left_to_pay for row in overdue(books, later)] == [Decimal("1500.00")]


def test_what_was_paid_without_being_known_then_was_overdue_as_known_then(books):
    books.paid("1000")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SELECT now() - interval '1 hour', clock_timestamp()")
        before, now = cursor.fetchone()
        cursor.execute("ALTER TABLE funding_ledgerentry DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE funding_ledgerentry SET recorded_at = %s WHERE kind = 'COMMITMENT'", [before]
        )
    table = Tranche.pgh_event_model
    with pgtrigger.ignore(f"{table._meta.label}:append_only"):
        table.objects.exclude(state="PAID").update(pgh_created_at=before)
        table.objects.filter(state="PAID").update(pgh_created_at=now)

    (row,) = overdue(books, known_at=before)

    assert (row.state, row.left_to_pay) == ("APPROVED", Decimal("1000.00"))
    assert overdue(books, known_at=now) == []
    assert overdue(books, known_at=before - ONE_DAY) == []


def test_a_tranche_shows_what_is_left_and_what_stands_in_the_way(books, django_assert_num_queries):
    commitment = books.signed("1000")
    tranche = books.payable(commitment)
    books.pay(tranche, amount=Decimal(400))
    Condition.objects.create(
        tranche=tranche, kind=ConditionKind.REPORT_ACCEPTED, description="First report"
    )
    Block.objects.create(organisation=books.payee, start_date=NEXT, reason="Audit")

    # One, with the commitment, the payee and the project.
    with django_assert_num_queries(1):
        (row,) = overdue(books)

    shown = (row.payee.name_for("en"), row.project.name_for("en"), row.left_to_pay, row.amount)
    assert shown == (
        books.payee.name_for("en"), books.project.name_for("en"), Decimal("600.00"), Decimal(1000),
    )  # fmt: skip
    assert (row.reference, row.state, row.rate) == (commitment.reference, "APPROVED", Decimal(1))
    assert (row.open_conditions, row.is_blocked) == (1, True)
    assert overdue(books, currency="USD") == []
    assert tranche.__class__.objects.as_of(DAY).get().paid == Decimal("400.00")
    before = DAY - datetime.timedelta(days=1)
    assert tranche.__class__.objects.as_of(before).get().paid == 0


def test_a_condition_is_open_until_it_was_met_and_a_block_counts_on_its_days(books):
    commitment = books.signed("1000")
    condition = Condition.objects.create(
        tranche=commitment.tranches.get(), kind="REPORT_ACCEPTED", description="First report"
    )
    drawing.meet_condition(
        condition=condition, at=AT + datetime.timedelta(days=200), actor=books.officer
    )
    Block.objects.create(organisation=books.payee, start_date=NEXT, end_date=NEXT, reason="Audit")
    met = (AT + datetime.timedelta(days=200)).date()

    def ways(day):
        return [(row.open_conditions, row.is_blocked) for row in overdue(books, day)]

    assert ways(NEXT) == [(1, True)]
    assert ways(NEXT + ONE_DAY) == [(1, False)]
    assert ways(met - ONE_DAY) == [(1, False)]
    assert ways(met) == [(0, False)]


def test_what_stood_in_the_way_is_told_as_it_was_known(books):
    commitment = books.signed("1000")
    condition = Condition.objects.create(
        tranche=commitment.tranches.get(), kind="REPORT_ACCEPTED", description="First report"
    )
    block = Block.objects.create(organisation=books.payee, start_date=DAY, reason="Audit")
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (made,) = cursor.fetchone()
    soon = made + datetime.timedelta(minutes=5)
    known_since(Condition, soon)
    known_since(Block, soon)
    drawing.meet_condition(condition=condition, at=AT, actor=books.officer)
    block.delete()
    for model in (Condition, Block):
        table = model.pgh_event_model
        last = table.objects.order_by("pgh_id").last()
        with pgtrigger.ignore(f"{table._meta.label}:append_only"):
            table.objects.filter(pk=last.pk).update(pgh_created_at=soon + ONE_DAY)

    def ways(known_at):
        return [(r.open_conditions, r.is_blocked) for r in overdue(books, known_at=known_at)]

    assert ways(soon - datetime.timedelta(minutes=1)) == [(0, False)]
    assert ways(soon) == [(1, True)]
    assert ways(soon + ONE_DAY) == ways(None) == [(0, False)]


def test_pages_hold_each_tranche_once_and_say_what_all_come_to(books):
    slices = [Slice(Decimal(100), DUE + datetime.timedelta(days=n % 3)) for n in range(7)]
    books.signed("700", slices=slices)
    terms, seen, after = Terms(books.programme, DAY), [], None

    while True:
        page = tranches_behind("due", terms, after=after, most=3)
        seen += [row.number for row in page.rows]
        assert page.whole == Whole(7, Decimal(700), Decimal(700), {"HKD": Decimal(700)})
        if (after := page.following) is None:
            break

    assert seen == [1, 4, 7, 2, 5, 3, 6]


def test_a_list_that_is_cut_reads_no_more_and_says_nothing_of_the_whole(books):
    slices = [Slice(Decimal(100), DUE + datetime.timedelta(days=n)) for n in range(4)]
    commitment = books.signed("400", slices=slices)
    books.pay(books.payable(commitment), value_date=DUE + datetime.timedelta(days=8))
    day = DUE + datetime.timedelta(days=6)
    terms = Terms(books.programme, day)

    page = overdue_tranches(terms, most=2)
    after = tranches_behind("unpaid", terms, after=page.following, most=2, with_whole=False)

    assert (numbers(page.rows), page.whole) == ([1, 2], None)
    assert (numbers(after.rows), after.following) == ([3, 4], None)
    assert overdue_tranches(terms, most=4).whole == tranches_behind("unpaid", terms, most=4).whole


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    steps=histories, past=pasts, as_of=days, ago=st.none() | st.integers(-5, 300),
    currency=st.sampled_from([None, "HKD", "USD"]), ahead=st.integers(0, 120),
)  # fmt: skip
def test_lists_of_any_day_and_moment_are_what_each_tranche_says(
    history, steps, past, as_of, ago, currency, ahead
):
    known_at = None if ago is None else history.made_at + datetime.timedelta(minutes=ago)
    terms = Terms(history.books.programme, as_of, known_at, currency)
    last = as_of + datetime.timedelta(days=ahead)
    with transaction.atomic():
        for step in steps:
            history.add(step)
        history.stood(past)

        late = overdue_tranches(terms, most=50)
        soon = upcoming_tranches(terms, days=ahead, most=50)
        every = tranches_behind("due", terms, most=50)

        slices = [
            {key: each[key] for key in ("id", "due_date", "due", "unpaid")}
            for each in slices_under(entries_under(terms), terms)
        ]
        shown = ("id", "due_date", "due", "unpaid")
        found = {
            name: [{key: getattr(row, key) for key in shown} for row in each.rows]
            for name, each in (("late", late), ("soon", soon), ("every", every))
        }
        assert found == {
            "late": [s for s in slices if s["unpaid"] and s["due_date"] < as_of],
            "soon": [s for s in slices if s["unpaid"] and as_of <= s["due_date"] <= last],
            "every": slices,
        }
        assert late.whole.unpaid == sum(s["unpaid"] for s in found["late"])
        assert every.whole.due == sum(s["due"] for s in slices)
        for most in (1, 2):
            cut = overdue_tranches(terms, most=most)
            assert [row.id for row in cut.rows] == [s["id"] for s in found["late"]][:most]
        transaction.set_rollback(True)


@settings(
    max_examples=20, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=histories)
def test_today_it_is_what_the_states_of_the_tranches_say(history, steps):
    day = FIRST + datetime.timedelta(days=SPAN)
    with transaction.atomic():
        for step in steps:
            history.add(step)

        late = overdue_tranches(Terms(history.books.programme, day), most=50)

        by_state = Tranche.objects.overdue_on(day).order_by("due_date", "pk")
        assert [row.id for row in late.rows] == list(by_state.values_list("pk", flat=True))
        transaction.set_rollback(True)
