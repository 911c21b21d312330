"""Cash flow and positions are what tranches and entries add up to, one by one."""

import datetime
import json
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.common.exports.copying import copied_json
from portfolio.funding.models import Commitment
from portfolio.reporting.cash_flow import CashFlow, cash_flow
from portfolio.reporting.positions import (
    COLUMNS,
    columns_of,
    party_positions,
    positions,
    statement,
)
from portfolio.reporting.terms import Terms
from portfolio.reporting.top_sheet import top_sheet
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
    pasts,
    slices_under,
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


def planned_of(slices):
    """(due, unpaid) by month of the due date, tranche by tranche."""
    found = defaultdict(lambda: [NOTHING, NOTHING])
    for each in slices:
        sums = found[each["due_date"].replace(day=1)]
        sums[0] += each["due"]
        sums[1] += each["unpaid"]
    return found


def known(history, ago):
    """A moment so many minutes after the tranches were made; None where everything is known."""
    return None if ago is None else history.made_at + datetime.timedelta(minutes=ago)


@RANDOM
@given(
    steps=histories, later=histories, past=pasts, as_of=days,
    known_at=st.none() | moments, ago=st.none() | st.integers(-5, 300),
    currency=st.sampled_from([None, "HKD", "USD"]),
)  # fmt: skip
def test_a_cash_flow_is_what_its_entries_and_tranches_add_up_to(
    history, steps, later, past, as_of, known_at, ago, currency
):
    known_at = known(history, ago) or known_at
    terms = Terms(history.books.programme, as_of, known_at, currency)
    with transaction.atomic():
        for step in steps:
            history.add(step)
        fold()
        for step in later:
            history.add(step)
        history.stood(past)
        entries = entries_under(terms)

        flow = cash_flow(terms)

        moved, planned = months_of(entries, terms), planned_of(slices_under(entries, terms))
        so_far = NOTHING
        for month in flow.months:
            assert [month.paid, month.refunded] == moved.pop(month.month, [NOTHING, NOTHING])
            assert [month.due, month.unpaid] == planned.pop(month.month, [NOTHING, NOTHING])
            so_far += month.due
            assert month.due_so_far == so_far
        assert not moved
        assert not planned
        assert flow.net == sum((m.net for m in flow.months), NOTHING)
        if flow.months:
            assert flow.months[-1].net_so_far == flow.net
            assert flow.months[-1].due_so_far == flow.due
        transaction.set_rollback(True)


SUMS = ("due", "unpaid", "paid", "refunded", "net")


@RANDOM
@given(
    steps=histories, past=pasts, as_of=days, currency=st.sampled_from([None, "USD"]),
    start_month=st.integers(1, 12), group_by=st.sampled_from(["quarter", "fiscal_year"]),
)  # fmt: skip
def test_quarters_and_fiscal_years_are_their_months_to_the_cent(
    history, steps, past, as_of, currency, start_month, group_by
):
    with transaction.atomic():
        for step in steps:
            history.add(step)
        history.stood(past)
        programme = history.books.programme
        programme.fiscal_year_start_month = start_month
        terms = Terms(programme, as_of, None, currency)

        flow, months = cash_flow(terms, group_by=group_by), cash_flow(terms).months

        size = {"quarter": 3, "fiscal_year": 12}[group_by]
        left = list(months)
        for row in flow.months:
            within = [m for m in left if row.month <= m.month <= row.last_date]
            assert within == left[: len(within)]
            left = left[len(within) :]
            assert (row.month.month - start_month) % size == 0
            for name in SUMS:
                assert getattr(row, name) == sum((getattr(m, name) for m in within), NOTHING)
            assert row.due_so_far == within[-1].due_so_far
            assert row.net_so_far == within[-1].net_so_far
        assert left == []
        together = CashFlow(terms, months)
        assert [getattr(flow, n) for n in SUMS] == [getattr(together, n) for n in SUMS]
        transaction.set_rollback(True)


@RANDOM
@given(
    steps=histories, later=histories, past=pasts, as_of=days,
    known_at=st.none() | moments, ago=st.none() | st.integers(-5, 300),
    currency=st.sampled_from([None, "HKD", "USD"]),
)  # fmt: skip
def test_a_position_is_what_its_entries_add_up_to(
    history, steps, later, past, as_of, known_at, ago, currency
):
    known_at = known(history, ago) or known_at
    terms = Terms(history.books.programme, as_of, known_at, currency)
    with transaction.atomic():
        for step in [*steps, *later]:
            history.add(step)
        history.stood(past)
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
        base = Terms(terms.programme, as_of, known_at)
        assert {row.id: row.outstanding_base for row in found} == {
            pk: figures_of(groups[pk], base)["outstanding"] for pk in expected
        }
        slices = slices_under(entries_under(base), base)
        assert {row.id: row.next_due for row in found} == {
            pk: min((s["due_date"] for s in slices if s["of"] == pk and s["unpaid"]), default=None)
            for pk in expected
        }
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


@RANDOM
@given(
    steps=histories, past=pasts, as_of=days, ago=st.none() | st.integers(-5, 300),
    currency=st.sampled_from([None, "HKD", "USD"]), group_by=st.sampled_from(["partner", "project"]),
)  # fmt: skip
def test_positions_of_partners_and_projects_are_those_of_their_commitments(
    history, steps, past, as_of, ago, currency, group_by
):
    terms = Terms(history.books.programme, as_of, known(history, ago), currency)
    key = {"partner": "payee", "project": "project"}[group_by]
    with transaction.atomic():
        for step in steps:
            history.add(step)
        history.stood(past)
        one_by_one, _none = positions(terms)

        found, following = party_positions(terms, group_by)
        in_file = json.loads(
            b"".join(copied_json(*statement(terms, group_by), columns_of(group_by)))
        )

        assert following is None
        groups = defaultdict(list)
        for row in one_by_one:
            groups[getattr(row, key)["slug"]].append(row)
        assert {row.party["slug"]: row.commitments for row in found} == {
            slug: len(rows) for slug, rows in groups.items()
        }
        sheet = top_sheet(terms, group_by=group_by)
        lines = {line.cell[group_by]: line.figures for line in sheet.lines}
        for row in found:
            rows = groups[row.party["slug"]]
            dates = [r.next_due for r in rows if r.next_due]
            assert row.next_due == min(dates, default=None)
            outstanding = [
                r.outstanding_base if currency is None else r.figures.outstanding for r in rows
            ]
            assert row.figures.outstanding == sum(outstanding, NOTHING)
            assert row.figures == replace(lines[row.party["slug"]], allocated=None)
            if currency is not None:
                for name in NAMES:
                    of_each = [getattr(r.figures, name) for r in rows]
                    assert getattr(row.figures, name) == sum(of_each, NOTHING)
        assert [(r[group_by], r["outstanding"], r["currency"]) for r in in_file["results"]] == [
            (row.party["slug"], str(row.figures.outstanding), terms.unit) for row in found
        ]
        transaction.set_rollback(True)


@pytest.mark.parametrize("group_by", ["partner", "project"])
def test_pages_of_parties_hold_each_once_by_number(history, group_by, django_assert_num_queries):
    terms = Terms(history.books.programme, DAY)
    seen, after = [], 0

    while after is not None:
        # One statement a page.
        with django_assert_num_queries(1):
            page, after = party_positions(terms, group_by, after=after, most=1)
        seen += [row.id for row in page]

    of = {"partner": "payee_id", "project": "project_id"}[group_by]
    assert seen == sorted({getattr(c, of) for c in history.commitments})


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
