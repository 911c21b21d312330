"""How receipts of a title run down a recoupment waterfall: whole minor units in, whole minor units out.

Units: every amount is an integer of the smallest coin; every percentage an integer of ten-thousandths of a
    per cent, so that 100 % is `WHOLE`. Nothing is a float and nothing is lost: what a receipt brings and
    what its allocations give are the same number.
Rounding: where money is shared, each gets the whole coins of its share, and the coins left over go one each
    to the largest fractions; of equal fractions the position that is listed first goes first. What accrues by
    a percentage (fees, corridors) accrues exactly and is due in whole coins: a fraction waits until it makes
    a whole one. A premium is rounded once, half to even.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

WHOLE = 1_000_000


class Kind(StrEnum):
    """Why a party receives."""

    FEE = "FEE"
    CORRIDOR = "CORRIDOR"
    RECOUPMENT = "RECOUPMENT"
    PROFIT = "PROFIT"


@dataclass(frozen=True)
class Position:
    """What one party has in a tier.

    `rate` is of the gross receipt for a fee, of what enters the tier for a corridor; `amount` and `premium`
    are what is recouped; `share` is the part of a tier that is shared by fixed percentages; `cap` the most
    that it ever receives. The `code` is the same claim in every version.
    """

    code: str
    party: str
    kind: Kind
    rate: int = 0
    share: int = 0
    amount: int = 0
    premium: int = 0
    cap: int | None = None


@dataclass(frozen=True)
class Tier:
    """Positions of one priority: by what each has outstanding, or by fixed shares."""

    positions: tuple[Position, ...]
    is_pro_rata: bool


@dataclass(frozen=True)
class Version:
    """The tiers in their order, from a day on; of several the highest number counts."""

    number: int
    since: date
    tiers: tuple[Tier, ...]


@dataclass(frozen=True)
class Receipt:
    """What came in on a day; a reversal takes back what the one it names gave."""

    key: int
    on: date
    amount: int
    reversal_of: int | None = None


@dataclass(frozen=True)
class Step:
    """What one receipt did: to whom it went, and what became due by it."""

    receipt: Receipt
    version: int
    given: Mapping[str, int]
    accrued: Mapping[str, int]


@dataclass(frozen=True)
class State:
    """Where the waterfall stands after some receipts, with every step that led there.

    `accrued` are millionths of a coin.
    """

    steps: tuple[Step, ...] = ()
    received: Mapping[str, int] = field(default_factory=dict)
    accrued: Mapping[str, int] = field(default_factory=dict)

    @property
    def gross(self) -> int:
        """What came in, less what was reversed."""
        return sum(step.receipt.amount for step in self.steps)


@dataclass(frozen=True)
class Standing:
    """How far a position has come; `due` and `outstanding` are None where nothing limits it."""

    position: Position
    tier: int
    received: int
    due: int | None
    outstanding: int | None


class NoVersion(Exception):
    """No version of the waterfall was in force on the day of a receipt."""


def version_on(versions: Iterable[Version], day: date) -> Version:
    """The version that counts on a day. Raises: NoVersion."""
    in_force = [version for version in versions if version.since <= day]
    if not in_force:
        raise NoVersion(day)
    return max(in_force, key=lambda version: version.number)


def run(
    versions: Sequence[Version], receipts: Iterable[Receipt], start: State | None = None
) -> State:
    """Run receipts in their order through the versions in force on their days, from `start` on.

    Raises: NoVersion.
    """
    state = start or State()
    for receipt in receipts:
        state = advance(versions, state, receipt)
    return state


def advance(versions: Sequence[Version], state: State, receipt: Receipt) -> State:
    """One receipt more. Raises: NoVersion."""
    if receipt.reversal_of is not None:
        step = _taken_back(state, receipt)
    else:
        step = _shared_out(version_on(versions, receipt.on), state, receipt)
    return State(
        steps=(*state.steps, step),
        received=_added(state.received, step.given),
        accrued=_added(state.accrued, step.accrued),
    )


def recoupable(position: Position) -> int:
    """What is to be recouped with the premium, rounded once, half to even."""
    whole, rest = divmod(position.amount * (WHOLE + position.premium), WHOLE)
    if rest * 2 > WHOLE or (rest * 2 == WHOLE and whole % 2):
        whole += 1
    return whole


def due_to(position: Position, accrued: int) -> int | None:
    """All that a position may have received by now; None where there is no limit."""
    due: int | None
    if position.kind in (Kind.FEE, Kind.CORRIDOR):
        due = accrued // WHOLE
    elif position.kind is Kind.RECOUPMENT:
        due = recoupable(position)
    else:
        due = None
    if position.cap is None:
        return due
    return position.cap if due is None else min(due, position.cap)


def standings(version: Version, state: State) -> list[Standing]:
    """Every position of a version, in its order."""
    found = []
    for number, tier in enumerate(version.tiers, 1):
        for position in tier.positions:
            received = state.received.get(position.code, 0)
            due = due_to(position, state.accrued.get(position.code, 0))
            found.append(
                Standing(
                    position, number, received, due,
                    None if due is None else max(due - received, 0),
                )
            )  # fmt: skip
    return found


def shared(money: int, weights: Sequence[int], rooms: Sequence[int | None]) -> list[int]:
    """Share `money` by weights, nobody above their room; what one cannot take goes to the others.

    The sum is `money`, or all the rooms together where that is less.
    """
    given = [0] * len(weights)
    open_ = [i for i, weight in enumerate(weights) if weight > 0 and rooms[i] != 0]
    while open_ and money > 0:
        total = sum(weights[i] for i in open_)
        # Room is compared with the exact share, before rounding.
        full = [i for i in open_ if _fills(rooms[i], money * weights[i], total)]
        if not full:
            for i, coins in zip(open_, _largest_remainder(money, open_, weights), strict=True):
                given[i] += coins
            break
        for i in full:
            room = rooms[i]
            assert room is not None  # noqa: S101 - what has no limit is never full
            given[i] = room
            money -= room
        open_ = [i for i in open_ if i not in full]
    return given


def _fills(room: int | None, share: int, total: int) -> bool:
    return room is not None and share >= room * total


def _largest_remainder(money: int, open_: Sequence[int], weights: Sequence[int]) -> list[int]:
    total = sum(weights[i] for i in open_)
    parts = [divmod(money * weights[i], total) for i in open_]
    coins = [whole for whole, _rest in parts]
    order = sorted(range(len(parts)), key=lambda n: (-parts[n][1], n))
    for n in order[: money - sum(coins)]:
        coins[n] += 1
    return coins


def _shared_out(version: Version, state: State, receipt: Receipt) -> Step:
    accrued: dict[str, int] = {}
    given: dict[str, int] = {}
    for tier in version.tiers:
        for position in tier.positions:
            if position.kind is Kind.FEE:
                accrued[position.code] = position.rate * receipt.amount

    def room_of(position: Position) -> int | None:
        code = position.code
        due = due_to(position, state.accrued.get(code, 0) + accrued.get(code, 0))
        taken = state.received.get(code, 0) + given.get(code, 0)
        return None if due is None else max(due - taken, 0)

    left = receipt.amount
    for tier in version.tiers:
        entering = left
        for position in tier.positions:
            if position.kind is Kind.CORRIDOR:
                accrued[position.code] = position.rate * entering
                room = room_of(position)
                given[position.code] = left if room is None else min(room, left)
                left -= given[position.code]
        claims = [p for p in tier.positions if p.kind is not Kind.CORRIDOR]
        rooms = [room_of(position) for position in claims]
        weights = [
            position.share if tier.is_pro_rata else (room or 0)
            for position, room in zip(claims, rooms, strict=True)
        ]
        for position, coins in zip(claims, shared(left, weights, rooms), strict=True):
            given[position.code] = coins
            left -= coins
    assert left == 0, "the last tier shares all there is"  # noqa: S101 - a rule of every version
    return Step(receipt, version.number, _some(given), _some(accrued))


def _taken_back(state: State, receipt: Receipt) -> Step:
    first = next(step for step in state.steps if step.receipt.key == receipt.reversal_of)
    return replace(
        first,
        receipt=receipt,
        given={code: -coins for code, coins in first.given.items()},
        accrued={code: -parts for code, parts in first.accrued.items()},
    )


def _some(amounts: Mapping[str, int]) -> dict[str, int]:
    return {code: amount for code, amount in amounts.items() if amount}


def _added(sums: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    found = dict(sums)
    for code, amount in more.items():
        found[code] = found.get(code, 0) + amount
    return found
