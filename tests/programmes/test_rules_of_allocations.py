"""What the database refuses of allocations: within the envelope, above what is committed, only added."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection

from portfolio.programmes.models import Allocation, AllocationRevision
from portfolio.programmes.operations import NothingChanges, fiscal_year_of, set_allocation
from portfolio.staff.models import User
from tests.books import Books
from tests.conftest import drop_rule
from tests.factories import ProgrammeFactory, StrandFactory
from tests.refusals import refused

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 6, 1)


def allocate(strand, amount, *, year=2026):
    actor, _made = User.objects.get_or_create(username="alice")
    return set_allocation(
        strand=strand, fiscal_year=year, amount=Decimal(amount), effective_date=DAY,
        decision="Board paper 1", reason="Plan", actor=actor,
    ).allocation  # fmt: skip


def revision(allocation, **other):
    actor, _made = User.objects.get_or_create(username="alice")
    values = {
        "allocation": allocation, "number": 1, "kind": "REVISION", "change_amount": Decimal(1),
        "effective_date": DAY, "decision": "Board paper 2", "reason": "Plan",
        "recorded_by": actor,
    }  # fmt: skip
    return AllocationRevision.objects.create(**(values | other))


def test_all_allocations_together_stay_within_the_envelope():
    programme = ProgrammeFactory(envelope_amount=Decimal("100.00"))
    first, second = StrandFactory(programme=programme), StrandFactory(programme=programme)
    allocate(first, "60.00")
    allocate(second, "40.00")

    with refused("allocations_stay_within_the_envelope"):
        allocate(second, "40.01")
    with refused("allocations_stay_within_the_envelope"):
        allocate(first, "0.01", year=2027)
    allocate(first, "59.99")
    allocate(second, "40.01")


def test_an_envelope_covers_its_allocations():
    programme = ProgrammeFactory(envelope_amount=Decimal("100.00"))
    allocate(StrandFactory(programme=programme), "60.00")
    programme.envelope_amount = Decimal("60.00")
    programme.save()

    programme.envelope_amount = Decimal("59.99")
    with refused("envelope_covers_its_allocations"):
        programme.save()
    # Nor can it be hidden, to allocate beyond it meanwhile.
    programme.envelope_amount, programme.envelope_currency = None, ""
    with refused("envelope_covers_its_allocations"):
        programme.save()


def test_an_undisclosed_envelope_has_no_bound():
    programme = ProgrammeFactory(envelope_amount=None, envelope_currency="")

    allocate(StrandFactory(programme=programme), "60.00")


def test_an_allocation_covers_what_is_committed():
    books = Books(allocated="10000000")
    books.signed("6000000")
    books.allocate("6000000")

    with refused("allocation_covers_its_commitments"):
        books.allocate("5999999.99")


def test_an_allocation_is_never_less_than_nothing():
    allocation = allocate(StrandFactory(), "10")

    with refused("allocation_covers_its_commitments"):
        revision(allocation, change_amount=Decimal("-10.01"))
    revision(allocation, change_amount=Decimal("-10"))


def test_base_currency_and_fiscal_year_stay_once_something_is_allocated():
    programme = ProgrammeFactory()
    programme.fiscal_year_start_month = 4
    programme.save()
    allocate(StrandFactory(programme=programme), "1")

    programme.fiscal_year_start_month = 1
    with refused("programme_keeps_its_books"):
        programme.save()
    programme.fiscal_year_start_month = 4
    programme.envelope_currency = programme.base_currency = "USD"
    with refused("programme_keeps_its_books"):
        programme.save()


def test_a_strand_has_one_allocation_a_year():
    strand = StrandFactory()
    allocation = Allocation.objects.create(strand=strand, fiscal_year=2026)
    Allocation.objects.create(strand=strand, fiscal_year=2027)

    with refused("allocation_is_one_a_strand_and_year"):
        Allocation.objects.create(strand=strand, fiscal_year=2026)
    allocation.fiscal_year = 2028
    with refused("allocation_keeps_strand_and_year"):
        allocation.save()
    allocation.fiscal_year, allocation.strand = 2026, StrandFactory(programme=strand.programme)
    with refused("allocation_keeps_strand_and_year"):
        allocation.save()


@pytest.mark.parametrize("year", [1989, 2201])
def test_a_fiscal_year_is_a_year(year):
    strand = StrandFactory()
    Allocation.objects.create(strand=strand, fiscal_year=1990 if year < 2000 else 2200)

    with refused("allocation_fiscal_year_is_a_year"):
        Allocation.objects.create(strand=strand, fiscal_year=year)


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"number": 0}, "allocation_revision_original_comes_first"),
        ({"kind": "ORIGINAL"}, "allocation_revision_original_comes_first"),
        ({"change_amount": Decimal(0)}, "allocation_revision_changes_something"),
        ({"decision": ""}, "allocation_revision_has_a_decision_and_a_reason"),
        ({"reason": ""}, "allocation_revision_has_a_decision_and_a_reason"),
    ],
)
def test_a_revision_says_what_when_and_why(other, rule):
    allocation = Allocation.objects.create(strand=StrandFactory(), fiscal_year=2026)
    revision(allocation)

    with refused(rule):
        revision(allocation, **({"number": 2} | other))


def test_a_revision_has_a_number_of_its_own():
    allocation = allocate(StrandFactory(), "10")
    revision(allocation)

    with refused("allocation_revision_has_a_number_of_its_own"):
        revision(allocation)


def test_a_revision_is_the_original_or_one():
    allocation = allocate(StrandFactory(), "10")

    # The rule about the first one speaks before the rule about known kinds.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    drop_rule("allocation_revision_original_comes_first")
    with refused("allocation_revision_kind_is_known"):
        revision(allocation, kind="WISH")


def test_setting_what_is_set_already_writes_nothing():
    strand = StrandFactory()
    allocation = allocate(strand, "10")

    with pytest.raises(NothingChanges):
        allocate(strand, "10")

    assert [row.change_amount for row in allocation.revisions.all()] == [Decimal("10.00")]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (
            "UPDATE programmes_allocationrevision SET change_amount = 2",
            "allocation_revision_never_changes",
        ),
        ("DELETE FROM programmes_allocationrevision", "allocation_revision_never_changes"),
        (
            "TRUNCATE programmes_allocationrevision CASCADE",
            "allocation_revision_is_never_emptied",
        ),
    ],
)
def test_what_was_decided_stays_even_for_the_owner(statement, rule):
    allocate(StrandFactory(), "10")

    with refused(rule), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"base_currency": "ABC", "envelope_amount": None, "envelope_currency": ""},
         "programme_base_currency_is_iso4217"),
        ({"base_currency": "USD"}, "programme_base_currency_is_of_the_envelope"),
        ({"fiscal_year_start_month": 0}, "programme_fiscal_year_begins_in_a_month"),
        ({"fiscal_year_start_month": 13}, "programme_fiscal_year_begins_in_a_month"),
        ({"over_commitment": "LOOK"}, "programme_over_commitment_is_known"),
    ],
)  # fmt: skip
def test_the_terms_of_the_books_make_sense(other, rule):
    ProgrammeFactory(base_currency="USD", envelope_currency="USD", fiscal_year_start_month=12)

    with refused(rule):
        ProgrammeFactory(**other)


@pytest.mark.parametrize(
    ("day", "begins_in", "year"),
    [
        ("2026-01-01", 1, 2026),
        ("2026-12-31", 1, 2026),
        ("2026-03-31", 4, 2025),
        ("2026-04-01", 4, 2026),
        ("2027-03-31", 4, 2026),
        ("2026-11-30", 12, 2025),
        ("2026-12-01", 12, 2026),
        ("2028-02-29", 3, 2027),
        ("2028-03-01", 3, 2028),
    ],
)
def test_a_fiscal_year_is_called_by_the_year_in_which_it_begins(day, begins_in, year):
    assert fiscal_year_of(datetime.date.fromisoformat(day), begins_in) == year
