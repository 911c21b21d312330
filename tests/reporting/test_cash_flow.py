"""Cash flow and positions are what tranches and entries add up to, one by one."""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.common.exports.copying import copied_json
from portfolio.common.money import converted
from portfolio.funding.models import Commitment, Tranche
from portfolio.reporting.cash_flow import cash_flow
from portfolio.reporting.positions import COLUMNS, positions, statement
from portfolio.reporting.terms import Terms
from tests.books import DAY
from tests.reporting.histories import (
    NAMES,
    History,
    at,
    days,
    entries_under,
    figures_of,
    fold,
    histories,
    moments,
)

pytestmark = pytest.mark.django_db

RANDOM = settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
NOTHING = Decimal("0.00")


@pytest.fixture
def history(db):
    return History()


def months_of(entries, terms):
    """(paid, refunded) by month, entry by entry."""
    found = defaultdict(lambda: [NOTHING, NOTHING])
    for entry in entries:
        if entry.kind in ("DISBURSEMENT", "REFUND"):
            amount = entry.base_amount if terms.currency is None else entry.amount
            found[entry.value_date.replace(day=1)][entry.kind == "REFUND"] += amount
    return found


def left_to_pay(entries, terms):
    """What is unpaid by month of the due date, tranche by tranche."""
    found = defaultdict(lambda: NOTHING)
    signed = {e.commitment_id for e in entries if e.kind == "COMMITMENT"}
    for tranche in Tranche.objects.select_related("commitment"):
        commitment = tranche.commitment
        if commitment.pk not in signed:
            continue
        paid = sum((e.amount for e in entries if e.tranche_id == tranche.pk), NOTHING)
        left = max(tranche.amount - paid, NOTHING)
        if terms.currency is None:
            left = converted(left, commitment.rate, "HKD")
        found[tranche.due_date.replace(day=1)] += left
    return found


@RANDOM
@given(
    steps=histories, later=histories, as_of=days, known_at=st.none() | moments,
    currency=st.sampled_from([None, "HKD", "USD"]),
)  # fmt: skip
def test_a_cash_flow_is_what_its_entries_and_tranches_add_up_to(
    history, steps, later, as_of, known_at, currency
):
    terms = Terms(history.books.programme, as_of, known_at, currency)
    with transaction.atomic():
        for step in steps:
            history.add(step)
        fold()
        for step in later:
            history.add(step)
        entries = entries_under(terms)

        flow = cash_flow(terms)

        moved, left = months_of(entries, terms), left_to_pay(entries, terms)
        if known_at is not None and known_at < history.made_at:
            left = {}
        for month in flow.months:
            assert [month.paid, month.refunded] == moved.pop(month.month, [NOTHING, NOTHING])
            assert month.unpaid == left.pop(month.month, NOTHING)
        assert not moved
        assert not left
        assert flow.net == sum((m.net for m in flow.months), NOTHING)
        if flow.months:
            assert flow.months[-1].net_so_far == flow.net
            assert flow.months[-1].due_so_far == flow.due
        transaction.set_rollback(True)


@RANDOM
@given(
    steps=histories, later=histories, as_of=days, known_at=st.none() | moments,
    currency=st.sampled_from([None, "HKD", "USD"]),
)  # fmt: skip
def test_a_position_is_what_its_entries_add_up_to(history, steps, later, as_of, known_at, currency):
    terms = Terms(history.books.programme, as_of, known_at, currency)
    with transaction.atomic():
        for step in [*steps, *later]:
            history.add(step)
        entries = entries_under(terms)
        groups = defaultdict(list)
        for entry in entries:
            groups[entry.commitment_id].append(entry)
        # In its own currency, whatever the report is in.
        own = Terms(terms.programme, as_of, known_at, "own")
        expected = {
            pk: {k: v for k, v in figures_of(group, own).items() if k != "fx_effect"}
            for pk, group in groups.items()
            if figures_of(group, own)["committed"]
        }

        found, following = positions(terms)
        in_file = list(copied_json(*statement(terms), COLUMNS))

        assert following is None
        assert {
            row.id: {name: getattr(row.figures, name) for name in (*NAMES, "outstanding")}
            for row in found
        } == expected
        text = b"".join(in_file).decode()
        assert [row.reference in text for row in found] == [True] * len(found)
        assert text.count('"reference"') == len(found)
        annotated = Commitment.objects.as_of(as_of, known_at=known_at)
        assert {
            row.pk: {name: getattr(row, name) for name in (*NAMES, "outstanding")}
            for row in annotated
            if row.pk in expected
        } == expected
        transaction.set_rollback(True)


def test_pages_of_positions_hold_each_commitment_once(history):
    terms = Terms(history.books.programme, DAY)
    seen, after = [], 0

    while after is not None:
        page, after = positions(terms, after=after, most=1)
        seen += [row.id for row in page]

    assert seen == [c.pk for c in history.commitments]


@pytest.mark.parametrize("known_at", [None, at(60 * 24 * 300)])
def test_cash_flow_and_positions_are_one_query_each(history, django_assert_num_queries, known_at):
    terms = Terms(history.books.programme, DAY, known_at)

    # One statement is one snapshot.
    with django_assert_num_queries(2):
        cash_flow(terms)
        positions(terms)
