"""Random waterfalls: no coin lost or made, caps and order kept, the same however it is run."""

import datetime
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.common.waterfall import (
    WHOLE,
    Kind,
    NoVersion,
    Position,
    Receipt,
    State,
    Tier,
    Version,
    advance,
    due_to,
    recoupable,
    run,
    shared,
    standings,
    version_on,
)

DAY = datetime.date(2026, 1, 1)
COINS = st.integers(1, 5_000_000)
RATES = st.integers(1, WHOLE // 4)


def hundred(draw: st.DrawFn, parts: int) -> list[int]:
    """Percentages, each above zero, that make 100."""
    cuts = sorted(draw(st.sets(st.integers(1, WHOLE - 1), min_size=parts - 1, max_size=parts - 1)))
    return [after - before for before, after in pairwise([0, *cuts, WHOLE])]


@st.composite
def tiers(draw: st.DrawFn, number: int, is_last: bool) -> Tier:
    """A tier: corridors off the top, then claims by what is outstanding or by fixed shares."""
    found = [
        Position(f"{number}c{n}", f"P{n}", Kind.CORRIDOR, rate=draw(RATES), cap=draw(st.none() | COINS))
        for n in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    count = draw(st.integers(1, 4))
    is_pro_rata = is_last or draw(st.booleans())
    shares = hundred(draw, count) if is_pro_rata else [0] * count
    for n, share in enumerate(shares):
        kind = Kind.RECOUPMENT
        if is_last:
            kind = Kind.PROFIT
        elif is_pro_rata:
            kind = draw(st.sampled_from([Kind.FEE, Kind.RECOUPMENT, Kind.PROFIT]))
        words = {"share": share}
        if kind is Kind.FEE:
            words |= {"rate": draw(RATES), "cap": draw(st.none() | COINS)}
        elif kind is Kind.RECOUPMENT:
            words |= {"amount": draw(COINS), "premium": draw(st.integers(0, WHOLE))}
            words["cap"] = draw(st.none() | COINS)
        elif not is_last:
            words["cap"] = draw(COINS)
        found.append(Position(f"{number}k{n}", f"P{n}", kind, **words))
    return Tier(tuple(found), is_pro_rata)


@st.composite
def versions(draw: st.DrawFn, number: int = 1, since: datetime.date = DAY) -> Version:
    """A waterfall of up to five tiers."""
    count = draw(st.integers(1, 5))
    return Version(
        number, since, tuple(draw(tiers(n, n == count)) for n in range(1, count + 1))
    )  # fmt: skip


@st.composite
def receipts(draw: st.DrawFn) -> list[Receipt]:
    """Receipts in the order of their days, some of them reversed later."""
    found: list[Receipt] = []
    reversible: list[Receipt] = []
    day = DAY
    for key in range(1, draw(st.integers(1, 12)) + 1):
        day += datetime.timedelta(days=draw(st.integers(0, 40)))
        if reversible and draw(st.integers(0, 4)) == 0:
            wrong = reversible.pop(draw(st.integers(0, len(reversible) - 1)))
            found.append(Receipt(key, day, -wrong.amount, wrong.key))
        else:
            found.append(Receipt(key, day, draw(COINS)))
            reversible.append(found[-1])
    return found


def only_in(rows: list[Receipt]) -> list[Receipt]:
    return [row for row in rows if row.reversal_of is None]


@given(versions(), receipts())
@settings(max_examples=100, deadline=None)
def test_what_comes_in_is_what_goes_out_to_the_coin(version, rows):
    state = run([version], rows)

    assert [sum(step.given.values()) for step in state.steps] == [row.amount for row in rows]
    assert sum(state.received.values()) == state.gross == sum(row.amount for row in rows)
    assert min(state.received.values(), default=0) >= 0


@given(versions(), receipts())
@settings(max_examples=100, deadline=None)
def test_nobody_passes_what_is_due_to_them_or_their_cap(version, rows):
    state = State()
    for row in only_in(rows):
        state = advance([version], state, row)
        for line in standings(version, state):
            assert line.due is None or line.received <= line.due
            assert line.position.cap is None or line.received <= line.position.cap
            if line.position.kind is Kind.RECOUPMENT:
                assert line.received <= recoupable(line.position)


@given(versions(), receipts())
@settings(max_examples=100, deadline=None)
def test_a_later_tier_gets_nothing_while_an_earlier_one_has_claims(version, rows):
    state = State()
    for row in only_in(rows):
        state = advance([version], state, row)
        step = state.steps[-1]
        reached = max(
            number for number, tier in enumerate(version.tiers, 1)
            if any(position.code in step.given for position in tier.positions)
        )  # fmt: skip
        for line in standings(version, state):
            if line.tier < reached and line.position.kind is not Kind.CORRIDOR:
                assert line.outstanding == 0


@given(
    versions(), versions(number=2, since=DAY + datetime.timedelta(days=60)), receipts(), st.data()
)
@settings(max_examples=100, deadline=None)
def test_run_piece_by_piece_is_the_same_as_run_from_the_start(first, second, rows, data):
    cut = data.draw(st.integers(0, len(rows)))
    both = [first, second]

    whole = run(both, rows)

    assert run(both, rows[cut:], start=run(both, rows[:cut])) == whole
    assert run(both[::-1], rows) == whole
    assert sum(whole.received.values()) == whole.gross


@given(versions(), receipts(), st.data())
@settings(max_examples=200, deadline=None)
def test_a_receipt_in_two_parts_changes_no_total_by_more_than_a_coin_a_position(
    version, rows, data
):
    rows = only_in(rows)
    place = data.draw(st.integers(0, len(rows) - 1))
    one = rows[place]
    part = data.draw(st.integers(0, one.amount))
    parts = [replace(one, amount=part), replace(one, key=999, amount=one.amount - part)]

    whole = run([version], rows).received
    split = run([version], [*rows[:place], *parts, *rows[place + 1 :]]).received

    positions = sum(len(tier.positions) for tier in version.tiers)
    off = {code: split.get(code, 0) - coins for code, coins in whole.items()}
    assert max(map(abs, off.values())) <= positions, off


@given(versions(), receipts())
@settings(max_examples=100, deadline=None)
def test_a_reversal_takes_back_from_each_exactly_what_was_given(version, rows):
    rows = only_in(rows)
    state = run([version], rows)
    last = rows[-1]

    after = advance([version], state, Receipt(999, last.on, -last.amount, last.key))

    before = run([version], rows[:-1])
    for sums, then in ((after.received, before.received), (after.accrued, before.accrued)):
        assert {k: v for k, v in sums.items() if v} == dict(then.items())


@given(
    st.integers(0, 10**15),
    st.lists(st.tuples(st.integers(0, WHOLE), st.none() | st.integers(0, 10**12)), max_size=8),
)
@settings(max_examples=200, deadline=None)
def test_what_is_shared_is_all_or_fills_every_room(money, parts):
    weights = [weight for weight, _room in parts]
    rooms = [room for _weight, room in parts]

    given_ = shared(money, weights, rooms)

    takers = [room for weight, room in parts if weight]
    limit = None if None in takers else sum(room or 0 for room in takers)
    assert sum(given_) == (money if limit is None else min(money, limit)) or not takers
    assert all(room is None or coins <= room for coins, room in zip(given_, rooms, strict=True))


@pytest.mark.parametrize(
    ("money", "weights", "rooms", "expected"),
    [
        # Equal fractions: the one that is listed first has the coin.
        (100, [1, 1, 1], [None] * 3, [34, 33, 33]),
        (101, [1, 1, 1], [None] * 3, [34, 34, 33]),
        (100, [1, 1, 4], [None] * 3, [17, 17, 66]),
        # The largest fraction has it, wherever it stands: 1.43, 2.86 and 5.71.
        (10, [1, 2, 4], [None] * 3, [1, 3, 6]),
        # What the first cannot take goes to the others by their weights.
        (100, [50, 30, 20], [20, None, None], [20, 48, 32]),
        (100, [50, 50], [20, 30], [20, 30]),
        (0, [1, 1], [None, None], [0, 0]),
    ],
)
def test_coins_left_over_go_to_the_largest_fractions(money, weights, rooms, expected):
    assert shared(money, weights, rooms) == expected


@pytest.mark.parametrize(
    ("amount", "premium", "whole"),
    [(1000, 200_000, 1200), (5, 100_000, 6), (15, 100_000, 16), (25, 100_000, 28), (1, 0, 1)],
)
def test_a_premium_is_rounded_once_half_to_even(amount, premium, whole):
    assert recoupable(Position("a", "A", Kind.RECOUPMENT, amount=amount, premium=premium)) == whole


def test_a_fee_that_could_not_be_paid_waits_for_its_turn():
    fee = Position("fee", "Agent", Kind.FEE, rate=100_000, share=WHOLE)
    version = Version(1, DAY, (
        Tier((Position("a", "A", Kind.RECOUPMENT, amount=100),), is_pro_rata=False),
        Tier((fee,), is_pro_rata=True),
        Tier((Position("p", "P", Kind.PROFIT, share=WHOLE),), is_pro_rata=True),
    ))  # fmt: skip

    state = run([version], [Receipt(1, DAY, 100), Receipt(2, DAY, 100)])

    assert [dict(step.given) for step in state.steps] == [{"a": 100}, {"fee": 20, "p": 80}]
    assert due_to(fee, state.accrued["fee"]) == 20


def test_the_highest_number_in_force_counts():
    first, second, third = (
        Version(number, DAY + datetime.timedelta(days=days), ())
        for number, days in ((1, 0), (2, 30), (3, 10))
    )
    every = [first, second, third]

    assert version_on(every, DAY) == first
    assert version_on(every[:2], DAY + datetime.timedelta(days=30)) == second
    assert version_on(every, DAY + datetime.timedelta(days=30)) == third
    with pytest.raises(NoVersion):
        version_on(every, DAY - datetime.timedelta(days=1))
