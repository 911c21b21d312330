"""What the rules of rights say, worked out cell by cell: day × medium × territory × language.

Knows nothing of bits, ranges or SQL. It is slow and it is right.
"""

import datetime
from dataclasses import dataclass, field, replace
from itertools import combinations, product

FIRST = datetime.date(2026, 1, 1)
DAYS = range(40)
# Leaves and places of the little world. AIRLINES stands for every other medium, MO for the rest of Greater
# China, JP for every other territory; the first and the last day for all before and after.
MEDIA = {
    "ALL": {"THEATRICAL", "SUBSCRIPTION_VOD", "FREE_TV", "PAY_TV", "AIRLINES"},
    "TELEVISION": {"FREE_TV", "PAY_TV"},
    "THEATRICAL": {"THEATRICAL"},
    "SUBSCRIPTION_VOD": {"SUBSCRIPTION_VOD"},
    "FREE_TV": {"FREE_TV"},
    "PAY_TV": {"PAY_TV"},
}
TERRITORIES = {
    "WORLD": {"HK", "TW", "US", "MO", "JP"},
    "GREATER_CHINA": {"HK", "TW", "MO"},
    "HK": {"HK"},
    "TW": {"TW"},
    "US": {"US"},
}
LANGUAGES = {"yue", "en", "every other"}

type Cell = tuple[int, str, str, str]


@dataclass(frozen=True)
class Hangs:
    """An end that hangs on an event, so many days after it."""

    event: str
    days: int


type End = int | Hangs | None


@dataclass(frozen=True)
class Words:
    """A scope in words; an end is the number of a day, None for open, or hangs on an event."""

    media: tuple[str, ...]
    media_except: tuple[str, ...]
    territories: tuple[str, ...]
    territories_except: tuple[str, ...]
    languages: tuple[str, ...]
    start: End
    end: End

    def day_of(self, end: End, events: dict[str, int | None]) -> int | None:
        if isinstance(end, Hangs):
            on = events[end.event]
            return None if on is None else on + end.days
        return end

    def hangs_in_the_air(self, events: dict[str, int | None]) -> bool:
        return any(isinstance(e, Hangs) and events[e.event] is None for e in (self.start, self.end))

    def days(self, events: dict[str, int | None], last: int | None = None) -> set[int]:
        if self.hangs_in_the_air(events):
            return set()
        start, end = self.day_of(self.start, events), self.day_of(self.end, events)
        return {
            d for d in DAYS
            if (start is None or start <= d) and (end is None or d <= end) and (last is None or d <= last)
        }  # fmt: skip

    def is_backwards(self, events: dict[str, int | None]) -> bool:
        if self.hangs_in_the_air(events):
            return False
        start, end = self.day_of(self.start, events), self.day_of(self.end, events)
        return start is not None and end is not None and end < start

    def leaves(self) -> set[str]:
        return set().union(*(MEDIA[m] for m in self.media)) - set().union(
            *(MEDIA[m] for m in self.media_except)
        )

    def places(self) -> set[str]:
        return set().union(*(TERRITORIES[t] for t in self.territories)) - set().union(
            *(TERRITORIES[t] for t in self.territories_except)
        )

    def tongues(self) -> set[str]:
        return set(self.languages) or LANGUAGES

    def cells(self, events: dict[str, int | None], last: int | None = None) -> set[Cell]:
        return set(product(self.days(events, last), self.leaves(), self.places(), self.tongues()))


@dataclass(frozen=True)
class GrantFact:
    words: Words
    exclusivity: str
    incoming: bool
    may_license_on: bool = True
    ended: int | None = None
    granted: int = 0
    holder: str = ""


@dataclass(frozen=True)
class HoldbackFact:
    words: Words
    grant: int
    binds_us: bool


@dataclass(frozen=True)
class PriorityFact:
    words: Words
    holder: str
    runs: tuple[int, int]
    is_option: bool
    open: bool = True


@dataclass(frozen=True)
class World:
    """Everything that is known of a title; numbers are given in the order of arrival."""

    events: dict[str, int | None] = field(default_factory=lambda: {"A": None, "B": None})
    grants: tuple[GrantFact, ...] = ()
    holdbacks: tuple[HoldbackFact, ...] = ()
    priorities: tuple[PriorityFact, ...] = ()

    def with_grant(self, grant: GrantFact) -> "World":
        return replace(self, grants=(*self.grants, grant))

    def cells_of(self, grant: GrantFact) -> set[Cell]:
        return grant.words.cells(self.events, grant.ended)

    def is_lawful(self) -> bool:
        """Whether nothing in it is forbidden."""
        return not (
            self._backwards() or self._doubled() or self._never_acquired() or self._held_back()
            or self._out_of_turn()
        )  # fmt: skip

    def _backwards(self) -> bool:
        scopes = [g.words for g in self.grants if g.ended is None]
        scopes += [
            h.words for h in self.holdbacks if h.binds_us and self.grants[h.grant].ended is None
        ]
        scopes += [p.words for p in self.priorities if p.open]
        return any(words.is_backwards(self.events) for words in scopes)

    def _doubled(self) -> bool:
        out = [g for g in self.grants if not g.incoming]
        return any(
            self.cells_of(one) & self.cells_of(other)
            for one, other in combinations(out, 2)
            if one.exclusivity != other.exclusivity or one.exclusivity == "EXCLUSIVE"
        )

    def _never_acquired(self) -> bool:
        for grant in self.grants:
            if grant.incoming:
                continue
            enough = {
                "EXCLUSIVE": {"EXCLUSIVE"},
                "CO_EXCLUSIVE": {"EXCLUSIVE", "CO_EXCLUSIVE"},
                "NON_EXCLUSIVE": {"EXCLUSIVE", "CO_EXCLUSIVE", "NON_EXCLUSIVE"},
            }[grant.exclusivity]
            have = set().union(*(
                self.cells_of(g) for g in self.grants
                if g.incoming and g.may_license_on and g.exclusivity in enough
            ))  # fmt: skip
            if not self.cells_of(grant) <= have:
                return True
        return False

    def _held_back(self) -> bool:
        return any(
            self.cells_of(grant) & h.words.cells(self.events, self.grants[h.grant].ended)
            for h in self.holdbacks
            if h.binds_us
            for number, grant in enumerate(self.grants)
            if not grant.incoming and number != h.grant
        )

    def _out_of_turn(self) -> bool:
        return any(
            self.cells_of(grant) & p.words.cells(self.events)
            for p in self.priorities
            if p.open
            for grant in self.grants
            if not grant.incoming
            and grant.holder != p.holder
            and p.runs[0] <= grant.granted <= p.runs[1]
        )

    def free(self, cell: Cell, *, alone: bool, today: int) -> bool:
        """Whether a cell may be licensed, to one alone or beside others."""
        good = {"EXCLUSIVE"} if alone else {"EXCLUSIVE", "CO_EXCLUSIVE", "NON_EXCLUSIVE"}
        bad = {"EXCLUSIVE", "CO_EXCLUSIVE"} if not alone else {
            "EXCLUSIVE", "CO_EXCLUSIVE", "NON_EXCLUSIVE"
        }  # fmt: skip
        return (
            any(
                cell in self.cells_of(g) for g in self.grants
                if g.incoming and g.may_license_on and g.exclusivity in good
            )
            and not any(
                cell in self.cells_of(g) for g in self.grants
                if not g.incoming and g.exclusivity in bad
            )
            and not any(
                cell in h.words.cells(self.events, self.grants[h.grant].ended)
                for h in self.holdbacks if h.binds_us
            )
            and not any(
                cell in p.words.cells(self.events) for p in self.priorities
                if p.open and p.is_option and p.runs[0] <= today <= p.runs[1]
            )
        )  # fmt: skip
