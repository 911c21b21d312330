"""Behind each figure stand the entries that it is made of, with what proves them."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portfolio.funding.models import LedgerEntry
from portfolio.reporting.cash_flow import cash_flow
from portfolio.reporting.explanations import MADE_OF, Cell, entries_behind
from portfolio.reporting.terms import Terms
from portfolio.reporting.top_sheet import GROUPS, top_sheet
from tests.books import DAY, Books
from tests.reporting.histories import History, at, days, histories, moments

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(db):
    return History()


@settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    steps=histories, as_of=days, known_at=st.none() | moments,
    currency=st.sampled_from([None, "USD"]), group_by=st.sampled_from(GROUPS),
)  # fmt: skip
def test_every_figure_of_a_sheet_is_the_sum_of_the_entries_behind_it(
    history, steps, as_of, known_at, currency, group_by
):
    from django.db import transaction

    terms = Terms(history.books.programme, as_of, known_at, currency)
    with transaction.atomic():
        for step in steps:
            history.add(step)
        sheet = top_sheet(terms, group_by=group_by)

        for cell, figures in [({}, sheet.total), *((x.cell, x.figures) for x in sheet.lines)]:
            for name, figure in figures.every().items():
                if figure is not None:
                    found = entries_behind(name, Cell(**cell), terms)
                    assert found.total == figure, (name, cell)
        for month in cash_flow(terms).months:
            behind = entries_behind("disbursed", Cell(month=month.month), terms)
            assert behind.total == month.paid
        transaction.set_rollback(True)


def test_the_entries_of_a_cell_come_in_pages_the_latest_first(db):
    books = Books()
    made = [books.signed("1000") for _ in range(3)]
    terms, cell = Terms(books.programme, DAY), Cell(strand=books.strand.slug, fiscal_year=2026)

    first = entries_behind("committed", cell, terms, most=2)
    second = entries_behind("committed", cell, terms, most=2, after=first.following)

    assert [e.commitment for e in [*first.entries, *second.entries]] == made[::-1]
    assert second.following is None
    assert (first.total, first.count) == (second.total, second.count) == (Decimal(3000), 3)


def test_an_entry_is_shown_with_what_proves_it(db, django_assert_num_queries):
    books = Books()
    books.paid("500000")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    terms = Terms(books.programme, DAY)

    # The sum, the page, and the approvers of the page.
    with django_assert_num_queries(3):
        found = entries_behind("disbursed", Cell(), terms)
        entry = found.entries[0]
        shown = [d.decided_by.username for d in entry.approval.yes]
        proof = (entry.rate, entry.rate_date, entry.recorded_by, entry.document)
        place = (entry.link.sequence, len(bytes(entry.link.hash)))

    assert shown == [books.approver.username]
    assert proof == (Decimal(1), DAY, books.officer, None)
    assert place == (2, 32)


def test_available_is_explained_by_decisions_and_entries(db):
    books = Books()
    books.signed("1000")
    terms = Terms(books.programme, DAY)

    found = entries_behind("available", Cell(fiscal_year=2026), terms)

    assert [r.change_amount for r in found.revisions] == [Decimal("100000000.00")]
    assert [e.counted for e in found.entries] == [Decimal("-1000.00")]
    assert found.total == Decimal("99999000.00")


def test_nothing_known_later_stands_behind_a_figure(db):
    books = Books()
    books.signed("1000")
    before = LedgerEntry.objects.get().recorded_at - datetime.timedelta(microseconds=1)

    assert entries_behind("committed", Cell(), Terms(books.programme, DAY)).count == 1
    assert entries_behind("committed", Cell(), Terms(books.programme, DAY, before)).count == 0
    assert entries_behind("committed", Cell(), Terms(books.programme, DAY, at(0))).count == 0


def test_every_figure_can_be_explained():
    from portfolio.reporting.figures import FIGURES

    assert set(FIGURES) <= set(MADE_OF)
