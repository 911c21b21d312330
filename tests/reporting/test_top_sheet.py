"""The top sheet is what its entries add up to, on any day, as known at any moment."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portfolio.funding.models import ProjectTotal
from portfolio.reporting.terms import Terms
from portfolio.reporting.top_sheet import GROUPS, top_sheet
from tests.books import DAY
from tests.reporting.histories import (
    History,
    allocated_under,
    at,
    days,
    entries_under,
    figures_of,
    fold,
    histories,
    moments,
)

pytestmark = pytest.mark.django_db

KEYS = {
    "strand_year": lambda entry: (entry.strand.slug, entry.fiscal_year),
    "strand": lambda entry: (entry.strand.slug,),
    "fiscal_year": lambda entry: (entry.fiscal_year,),
    "partner": lambda entry: (entry.counterparty.slug,),
    "project": lambda entry: (entry.project.slug,),
}


@pytest.fixture
def history(db):
    return History()


def shown(sheet):
    return {
        tuple(line.cell.values()): {
            name: figure
            for name, figure in line.figures.every().items()
            if name not in ("allocated", "available")
        }
        for line in sheet.lines
    }


def recomputed(terms, group_by):
    groups = {}
    for entry in entries_under(terms):
        groups.setdefault(KEYS[group_by](entry), []).append(entry)
    return {key: figures_of(entries, terms) for key, entries in groups.items()}


def without_empty(found):
    return {key: figures for key, figures in found.items() if any(figures.values())}


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    steps=histories, later=histories, as_of=days, known_at=st.none() | moments,
    currency=st.sampled_from([None, None, "HKD", "USD", "JPY"]), group_by=st.sampled_from(GROUPS),
)  # fmt: skip
@example([], [], datetime.date(2026, 5, 31), None, None, "strand_year")
@example([], [], datetime.date(2026, 6, 30), at(0), None, "strand")
def test_a_sheet_is_what_its_entries_add_up_to(
    history, steps, later, as_of, known_at, currency, group_by
):
    terms = Terms(history.books.programme, as_of, known_at, currency)
    with transaction.atomic():
        for step in steps:
            history.add(step)
        fold()
        for step in later:
            history.add(step)

        sheet = top_sheet(terms, group_by=group_by)

        assert without_empty(shown(sheet)) == without_empty(recomputed(terms, group_by))
        total = {**sheet.total.every()}
        del total["allocated"], total["available"]
        assert total == figures_of(entries_under(terms), terms)
        if currency is None:
            given_by = allocated_under(terms)
            expected = sum(given_by.values(), Decimal("0.00"))
            # Nothing at all is no amount, not one of 0.
            assert sheet.total.allocated == (expected if given_by or sheet.lines else None)
            if group_by == "strand_year":
                assert {
                    tuple(line.cell.values()): line.figures.allocated for line in sheet.lines
                } == {key: given_by[key] for key in (tuple(x.cell.values()) for x in sheet.lines)}
        else:
            assert sheet.total.allocated is None
        transaction.set_rollback(True)


@pytest.mark.parametrize("group_by", GROUPS)
@pytest.mark.parametrize("known_at", [None, at(60 * 24 * 40 + 77)])
def test_a_sheet_is_one_query(history, django_assert_num_queries, group_by, known_at):
    terms = Terms(history.books.programme, DAY, known_at)

    # One statement is one snapshot: no figure is of another moment than the one beside it.
    with django_assert_num_queries(1):
        top_sheet(terms, group_by=group_by)


@pytest.mark.parametrize("group_by", ["partner", "project"])
@pytest.mark.parametrize("as_of", [DAY, datetime.date(2026, 12, 31)])
def test_the_first_parties_are_lines_and_the_others_one_line_folded_or_not(
    history, group_by, as_of
):
    terms = Terms(history.books.programme, as_of)
    whole = top_sheet(terms, group_by=group_by)
    found = [top_sheet(terms, group_by=group_by, most=1)]
    fold()
    found.append(top_sheet(terms, group_by=group_by, most=1))
    with transaction.atomic():
        history.add((0, "COMMITMENT", 100, DAY, at(0), Decimal(1), False))

        after = top_sheet(terms, group_by=group_by, most=1)

        transaction.set_rollback(True)

    assert len(whole.lines) == (3 if group_by == "partner" else 2)
    for sheet in found:
        first, rest = sheet.lines
        assert first == whole.lines[0]
        assert rest.others == len(whole.lines) - 1
        assert sheet.total == whole.total
    assert after.total.committed == whole.total.committed + Decimal("50000.00")
    assert after.lines[0].cell == whole.lines[0].cell


def test_a_party_from_whom_everything_was_taken_back_is_in_no_sheet_and_no_total(history):
    project = history.commitments[1].project
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO funding_ledgerdelta (allocation_id, project_id, counterparty_id, kind, currency,"
            " value_date, recorded_date, entries, amount, base_amount, promised_base_amount)"
            " SELECT allocation_id, project_id, counterparty_id, kind, currency, value_date,"
            " recorded_date, 1, -amount, -base_amount, -promised_base_amount"
            " FROM funding_ledgerdelta WHERE project_id = %s",
            [project.pk],
        )
    terms = Terms(history.books.programme, DAY)
    before = top_sheet(terms, group_by="project")
    assert ProjectTotal.objects.count() == 0

    fold()

    assert project.slug not in {line.cell["project"] for line in before.lines}
    assert not ProjectTotal.objects.filter(party=project).exists()
    assert ProjectTotal.objects.filter(party=history.books.project, currency="").count() == 1
    assert top_sheet(terms, group_by="project", most=1).lines == before.lines
