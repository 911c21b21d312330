"""`as_of` and `known_at` of allocations, commitments and tranches: each figure again, the plain way."""

import csv
import datetime
import io
from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portfolio.funding.models import Commitment, LedgerEntry, Tranche
from portfolio.programmes.models import Allocation, AllocationRevision
from tests.api.money import faults
from tests.books import Books
from tests.reporting.histories import KINDS, NAMES, History, at, days, fold, histories, moments

pytestmark = pytest.mark.django_db

SAME_DAY = [
    (0, "COMMITMENT", 50, datetime.date(2026, 6, 1), at(60 * 25), Decimal(1), False),
    (0, "COMMITMENT", 10, datetime.date(2026, 6, 1), at(60 * 30), Decimal(1), False),
]
CENT = Decimal("0.01")
revisions = st.lists(st.tuples(st.integers(0, 2), days, moments, st.integers(1, 9)), max_size=5)


def text(amount):
    return str(Decimal(amount).quantize(CENT))


def entries_then(as_of, known_at):
    """The entries of then, by looking at each."""
    return [
        entry
        for entry in LedgerEntry.objects.all()
        if (as_of is None or entry.value_date <= as_of)
        and (known_at is None or entry.recorded_at <= known_at)
    ]


def sums_of(entries):
    """Plain sums by name, and what is outstanding of them."""
    found = dict.fromkeys(NAMES, Decimal(0))
    for entry in entries:
        found[NAMES[KINDS.index(entry.kind)]] += entry.amount
    left = found["committed"] - found["de_committed"] - found["disbursed"] + found["refunded"]
    return {**found, "outstanding": left}


def bases_of(entries):
    """Sums in base currency by name, as a position has them."""
    found = defaultdict(Decimal)
    for entry in entries:
        name = NAMES[KINDS.index(entry.kind)]
        if name in ("recouped", "written_off"):
            found[f"{name}_base"] += entry.base_amount
            continue
        found[f"{name}_base"] += entry.promised_base_amount
        if name in ("disbursed", "refunded"):
            found[f"{name}_paid_base"] += entry.base_amount
    return found


def allocated_then(allocation, as_of, known_at):
    return sum(
        (
            row.change_amount
            for row in AllocationRevision.objects.filter(allocation=allocation)
            if (as_of is None or row.effective_date <= as_of)
            and (known_at is None or row.recorded_at <= known_at)
        ),
        Decimal(0),
    )


def asked(as_of, known_at):
    found = {}
    if as_of is not None:
        found["as_of"] = as_of.isoformat()
    if known_at is not None:
        found["known_at"] = known_at.isoformat()
    return found


@pytest.fixture
def history(db):
    return History()


def revise(history, drawn):
    """Decisions on the allocations, in effect and known when the draw says."""
    allocations = list(Allocation.objects.order_by("pk"))
    for number, (which, day, known, millions) in enumerate(drawn, start=50):
        AllocationRevision.objects.create(
            allocation=allocations[which], number=number, kind="REVISION",
            change_amount=Decimal(millions) * 1_000_000, effective_date=day, decision="Paper",
            reason="Plan", recorded_at=known, recorded_by=history.books.officer,
        )  # fmt: skip


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    steps=histories, later=histories, drawn=revisions, as_of=st.none() | days,
    known_at=st.none() | moments,
)  # fmt: skip
# Promises of the day of `known_at` itself, before and after it, folded and not.
@example(steps=SAME_DAY, later=[], drawn=[], as_of=None, known_at=at(60 * 28))
@example(steps=[], later=SAME_DAY, drawn=[], as_of=None, known_at=at(60 * 28))
def test_lists_are_as_they_were_on_any_day_as_known_at_any_moment(
    finance, history, steps, later, drawn, as_of, known_at
):
    with transaction.atomic():
        for step in steps:
            history.add(step)
        fold()
        for step in later:
            history.add(step)
        revise(history, drawn)
        then, question = entries_then(as_of, known_at), asked(as_of, known_at)

        for row in finance.rows("allocations/", **question):
            own = [entry for entry in then if entry.allocation_id == row["id"]]
            signs = {"COMMITMENT": 1, "DE_COMMITMENT": -1}
            committed = sum(signs.get(e.kind, 0) * e.promised_base_amount for e in own)
            assert row["allocated"] == text(allocated_then(row["id"], as_of, known_at))
            assert row["committed"] == text(committed)
            assert (
                text(sum(Decimal(r["change_amount"]) for r in row["revisions"]))
                == (row["allocated"])
            )
        for row in finance.rows("commitments/", **question):
            own = [e for e in then if e.commitment.reference == row["reference"]]
            by_allocation = defaultdict(list)
            for entry in own:
                by_allocation[entry.allocation_id].append(entry)
            shown = {position["allocation"]["id"]: position for position in row["positions"]}
            assert set(shown) >= set(by_allocation)
            for allocation, position in shown.items():
                entries = by_allocation[allocation]
                sums, bases = sums_of(entries), bases_of(entries)
                assert {n: position[n] for n in NAMES} == {n: text(sums[n]) for n in NAMES}
                for name in position.keys() - {"allocation", *NAMES}:
                    assert position[name] == text(bases[name]), name
        for row in finance.rows("tranches/", **question):
            own = [e for e in then if e.tranche_id == row["id"]]
            sums = sums_of(own)
            assert row["paid"] == text(sums["disbursed"] - sums["refunded"])
        transaction.set_rollback(True)


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=histories, drawn=revisions, as_of=days, known_at=st.none() | moments)
def test_querysets_are_as_of_any_day_as_known_at_any_moment(history, steps, drawn, as_of, known_at):
    with transaction.atomic():
        for step in steps:
            history.add(step)
        revise(history, drawn)
        then = entries_then(as_of, known_at)

        for allocation in Allocation.objects.as_of(as_of, known_at=known_at):
            assert allocation.allocated == allocated_then(allocation, as_of, known_at)
        for tranche in Tranche.objects.as_of(as_of, known_at=known_at):
            sums = sums_of([e for e in then if e.tranche_id == tranche.pk])
            assert tranche.paid == sums["disbursed"] - sums["refunded"]
        for commitment in Commitment.objects.as_of(as_of, known_at=known_at):
            sums = sums_of([e for e in then if e.commitment_id == commitment.pk])
            assert {name: getattr(commitment, name) for name in sums} == sums
        found = set(LedgerEntry.objects.as_of(as_of, known_at=known_at))
        assert found == set(then)
        transaction.set_rollback(True)


def test_files_have_the_same_figures_of_then_as_the_lists(finance, history):
    post = history.add
    post((0, "DISBURSEMENT", 50, datetime.date(2026, 6, 20), at(60 * 24 * 25), Decimal(1), False))
    post((1, "DISBURSEMENT", 90, datetime.date(2026, 7, 5), at(60 * 24 * 20), Decimal(8), False))
    post((1, "REFUND", 30, datetime.date(2026, 7, 6), at(60 * 24 * 40), Decimal(8), False))
    for as_of, known_at in (
        (None, None),
        (datetime.date(2026, 7, 5), None),
        (None, at(60 * 24 * 25)),
        (datetime.date(2026, 7, 5), at(60 * 24 * 20)),
    ):
        then, question = entries_then(as_of, known_at), asked(as_of, known_at)

        def lines(name, question=question):
            file = finance.get(f"{name}/", format="csv", **question).getvalue().decode()
            return list(csv.DictReader(io.StringIO(file)))

        for line in lines("commitments"):
            sums = sums_of([e for e in then if e.commitment.reference == line["reference"]])
            assert {n: Decimal(line[n]) for n in sums} == sums
        for name, fields in (("allocations", ("allocated", "committed")), ("tranches", ("paid",))):
            shown = finance.rows(f"{name}/", **question)
            file = lines(name)
            for field in fields:
                assert [Decimal(line[field]) for line in file] == [
                    Decimal(row[field]) for row in shown
                ], (name, field)


def test_a_figure_of_then_hides_no_row_and_a_detail_is_of_now(finance):
    books = Books()
    commitment = books.paid("500000")

    [row] = finance.rows("commitments/", as_of="2020-01-01", reference=commitment.reference)
    detail = finance.row(f"commitments/{commitment.reference}/")
    [tranche] = finance.rows("tranches/", known_at="2020-01-01T00:00:00Z")

    assert row["positions"] == []
    assert [position["disbursed"] for position in detail["positions"]] == ["500000.00"]
    assert (tranche["paid"], tranche["state"]) == ("0.00", "PAID")
    assert finance.row(f"tranches/{tranche['id']}/")["paid"] == "500000.00"


def test_a_page_of_then_is_one_statement_and_goes_on_with_its_clocks(finance):
    books = Books()
    for _ in range(3):
        books.paid("1000")
    for name in ("allocations", "commitments", "tranches"):
        path = f"{name}/?as_of=2026-06-01&known_at=2100-01-01T00:00:00Z&page_size=1"
        finance.row(path)
        with CaptureQueriesContext(connection) as queries:
            page = finance.row(path)
        assert len(queries) == 2, name
        assert "as_of=2026-06-01" in page["next"]
        second = finance.row(page["next"].removeprefix("/api/v1/"))
        assert second["results"] != page["results"]


@pytest.mark.parametrize("name", ["allocations", "commitments", "tranches"])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"as_of": "yesterday"}, "Give a date such as 2024-03-11."),
        ({"as_of": "2026-02-30"}, "Give a date such as 2024-03-11."),
        ({"as_of": ""}, "Give a date such as 2024-03-11."),
        ({"known_at": "2026-06-01"}, "Give an instant with its offset"),
        ({"known_at": "2026-06-01T10:00:00"}, "Give an instant with its offset"),
        ({"known_at": "now"}, "Give an instant with its offset"),
        ({"as_of": ["2026-06-01", "2026-06-02"]}, "Give this parameter once."),
    ],
)
def test_nonsense_for_a_clock_is_refused_by_name(finance, name, asked, said):
    response = finance.get(f"{name}/", **asked)
    as_file = finance.get(f"{name}/", format="csv", **asked)

    assert (response.status_code, as_file.status_code) == (400, 400)
    [(parameter, detail)] = faults(response).items()
    assert parameter in asked
    assert said in detail
