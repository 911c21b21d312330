"""Who tells the made-up lives of commitments: the promise, and the words that all of it is made of.

Shape: rows for the tables and for the stages that `steps.sql` and `posting.sql` take turn by turn, as
tuples in the order of `tables.COLUMNS`. Nothing here knows the database or a clock: the same seed gives
the same rows.
"""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from portfolio.sample.market import (
    ABOUT,
    DayRate,
    Market,
    in_parts,
    workday,
    written,
)

# One approver is enough up to this, in hundredths; two above it.
ALONE = {"HKD": 500_000_000, "USD": 60_000_000, "CNY": 450_000_000, "JPY": 10_000_000_000}
LARGEST_HKD = 600_000_000
COIN = {"HKD": 1, "USD": 1, "CNY": 1, "JPY": 100}
CONDITIONS = {
    "DOCUMENT_ACCEPTED": "The final budget annexed to the agreement is accepted",
    "MILESTONE_REACHED": "Principal photography has begun",
    "INSURANCE_IN_FORCE": "The production insurance is in force",
    "REPORT_ACCEPTED": "The progress report is accepted",
}
STAGES = (
    "document", "agreement", "party", "paper", "commitment", "split", "tranche", "condition",
    "agreement_amendment", "promise", "request", "decision", "draw", "amendment", "back", "end",
    "entry",
)  # fmt: skip


@dataclass(frozen=True)
class World:
    """Who and what there is to promise money to, by the ids of their rows."""

    programme: int
    series: int
    # strand -> {fiscal year: allocation}
    allocations: dict[int, dict[int, int]]
    # (project, strand, payee)
    projects: Sequence[tuple[int, int, int]]
    funder: int
    officers: Sequence[int]
    approvers: Sequence[int]
    finance: int


class Months:
    """Turns that are the months in which things were recorded: every rule sees what came before."""

    def __init__(self, market: Market) -> None:
        self.of = {
            day: int(text[:4]) * 12 + int(text[5:7]) - 1 for day, text in market.written.items()
        }

    def begin(self) -> None:
        """A life begins in whatever month it does."""

    def pass_on(self) -> None:
        """What comes next is in a later month anyway."""

    def __getitem__(self, day: int) -> int:
        return self.of[day]


class Steps:
    """Turns of all lives at once: as many as one life has steps that need what it did before."""

    def __init__(self) -> None:
        self.number = 1

    def begin(self) -> None:
        """A life begins with the first turn."""
        self.number = 1

    def pass_on(self) -> None:
        """What comes next changes what this turn changed."""
        self.number += 1

    def __getitem__(self, _day: int) -> int:
        return self.number


@dataclass
class Share:
    """What an allocation bears of a commitment, as the ledger will have it."""

    allocation: int
    fiscal_year: int
    split: int
    committed: int = 0
    committed_base: int = 0
    disbursed: int = 0  # net of refunds
    disbursed_base: int = 0
    written_off: int = 0

    @property
    def left(self) -> int:
        return self.committed - self.disbursed

    @property
    def left_base(self) -> int:
        return self.committed_base - self.disbursed_base


@dataclass
class Draft:
    """What a commitment is while its life is told."""

    id: int
    project: int
    strand: int
    payee: int
    currency: str
    signed: int
    rate: DayRate
    agreement: int
    shares: list[Share] = field(default_factory=list)


class Teller:
    """Tells one life after the other."""

    def __init__(
        self, *, world: World, market: Market, seed: int, ids: Callable[[str], int],
        turns: "Months | Steps",
    ) -> None:  # fmt: skip
        self.world, self.market, self.ids = world, market, ids
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.rows: dict[str, list[tuple[Any, ...]]] = {stage: [] for stage in STAGES}
        self.promises = self.entry = 0
        # What was ever promised of each allocation, in hundredths of the base currency.
        self.promised: dict[int, int] = {
            allocation: 0 for years in world.allocations.values() for allocation in years.values()
        }
        self.turns = turns

    # --- Small words --------------------------------------------------------------------------

    def moment(self, day: int) -> str:
        """A moment in the office hours of a day, in UTC."""
        second = self.chance.randrange(3600, 36000)
        return (
            f"{self.market.written[day]} {second // 3600:02}:{second // 60 % 60:02}"
            f":{second % 60:02}+00"
        )

    def soon(self, day: int, most: int) -> int:
        """A working day after `day`, sooner rather than later."""
        return workday(day + int(most * self.chance.random() ** 2))

    def request(
        self, draft: Draft, kind: str, amount: int, *, turn: int, asked: int, decided: int | None,
        officer: int, reason: str = "", amendment: int | None = None, tranche: int | None = None,
        entry: int | None = None, decision: str = "APPROVE",
    ) -> int:  # fmt: skip
        """A request for approval with its decisions; without `decided` it is still open."""
        request = self.ids("request")
        self.rows["request"].append(
            (request, turn, kind, draft.id, amendment, tranche, entry, written(amount),
             draft.currency, reason, self.moment(asked), officer)
        )  # fmt: skip
        if decided is not None:
            count = 1 if amount <= ALONE[draft.currency] or decision != "APPROVE" else 2
            for person in self.chance.sample(self.world.approvers, count):
                self.rows["decision"].append(
                    (self.ids("decision"), request, turn, decision,
                     "" if decision == "APPROVE" else "The budget is not plausible yet.",
                     self.moment(decided), person)
                )  # fmt: skip
        return request

    def post(
        self, draft: Draft, kind: str, parts: Sequence[tuple[Share, int, int, int]], *, day: int,
        recorded: int, rate: DayRate, approval: int | None, tranche: int | None = None,
        reverses: Sequence[int] | None = None, document: int | None = None,
    ) -> list[int]:  # fmt: skip
        """Entries of one posting: for each share its amount, base amount and promised base amount."""
        posting = uuid.UUID(int=self.chance.getrandbits(128), version=4).hex
        moment, turn = self.moment(recorded), self.turns[recorded]
        made = []
        for n, (share, amount, base, promised) in enumerate(parts):
            self.entry += 1
            made.append(self.entry)
            self.rows["entry"].append(
                (self.entry, turn, moment, posting, kind, draft.strand, share.fiscal_year,
                 share.allocation, draft.project, draft.payee, draft.id, tranche, written(amount),
                 draft.currency, rate.written, rate.date, rate.source,
                 self.world.series if rate.source == "SERIES" else None, written(base),
                 written(promised), self.market.written[day], approval, document,
                 reverses[n] if reverses else None, f"SAMPLE-{self.entry:08}")
            )  # fmt: skip
        return made

    # --- The promise ----------------------------------------------------------------------------

    def promise(self, *, brief: bool) -> tuple[Draft, int, list[tuple[int, int, int]], str, int]:
        """The agreement, the commitment, its shares and tranches: (id, amount, due day) each."""
        chance, world, market = self.chance, self.world, self.market
        self.turns.begin()
        # By Pareto's law: a few projects get most of the promises, and a few promises most of the money.
        place = int(len(world.projects) / 12 * (chance.paretovariate(1.1) - 1))
        project, strand, payee = world.projects[place % len(world.projects)]
        currency = "HKD" if brief else chance.choices(tuple(ABOUT), (82, 9, 6, 3))[0]
        hkd = min(int(150_000 * chance.paretovariate(1.05)), LARGEST_HKD)
        amount = max(int(hkd / ABOUT[currency]) // 1000, 20) * 1000 * 100
        signed = workday(chance.randrange(market.first + 20, market.last - 3))
        signed = signed if signed <= market.last else market.last - 3
        drafted = signed - chance.randrange(18, 60)
        rate = market.rate(currency, signed)
        agreement, document = self.ids("agreement"), self.ids("document")
        draft = Draft(
            self.ids("commitment"), project, strand, payee, currency, signed, rate, agreement
        )
        fate = chance.random()
        outcome = "SIGNED"
        if not brief and fate < 0.07:
            outcome = ("DRAFT", "SUBMITTED", "APPROVED", "REJECTED", "WITHDRAWN")[
                int(fate * 100) % 5
            ]
        officer = chance.choice(world.officers)
        years = world.allocations[strand]
        first_year = int(market.written[signed][:4]) - (market.written[signed][5:7] < "04")
        chosen = [first_year]
        if not brief and chance.random() < 0.28 and first_year + 1 in years:
            chosen.append(first_year + 1)
        self.promises += 1
        reference = f"SAMPLE-{self.promises:07}"
        day = market.written[signed]
        self.rows["document"].append(
            (document, f"Agreement {reference} (fictional)", "AGREEMENT", f"Sample file {reference}",
             day, officer)
        )  # fmt: skip
        self.rows["agreement"].append(
            (agreement, f"{reference}-A", "Investment agreement (fictional)", "INVESTMENT", day)
        )
        is_signed = outcome == "SIGNED"
        for organisation, role, sooner in ((world.funder, "FUNDER", 0), (payee, "PAYEE", 2)):
            self.rows["party"].append(
                (self.ids("party"), agreement, organisation, role,
                 market.written[signed - sooner] if is_signed else None)
            )  # fmt: skip
        self.rows["paper"].append((self.ids("paper"), agreement, document))
        self.rows["commitment"].append(
            (draft.id, reference, "Production (fictional)", world.programme, project, payee,
             agreement, written(amount), currency, self.moment(max(drafted, market.first)), officer)
        )  # fmt: skip
        agreed = in_parts(amount, [3, 2] if len(chosen) == 2 else [1], COIN[currency])
        for year, part in zip(chosen, agreed, strict=True):
            split = self.ids("split")
            draft.shares.append(Share(years[year], year, split))
            percentage = None if len(chosen) == 1 else "60" if year == first_year else "40"
            self.rows["split"].append((split, draft.id, years[year], written(part), percentage))
        tranches = self.schedule(draft, amount, officer, drafted, document, brief=brief)
        if outcome not in ("SIGNED", "DRAFT"):
            self.leave(draft, amount, outcome, officer, drafted)
        return draft, amount, tranches, outcome, document

    def schedule(
        self, draft: Draft, amount: int, officer: int, drafted: int, document: int, *, brief: bool
    ) -> list[tuple[int, int, int]]:
        """Tranches that add up, each with its conditions."""
        chance, market = self.chance, self.market
        count = 1 if brief else chance.choices((1, 2, 3, 4, 5, 6), (12, 18, 26, 22, 14, 8))[0]
        parts = in_parts(amount, [chance.randint(2, 6) for _ in range(count)], 100)
        due = draft.signed + chance.randrange(25, 120)
        moment = self.moment(max(drafted, market.first))
        made = []
        for number, part in enumerate(parts, start=1):
            tranche = self.ids("tranche")
            made.append((tranche, part, due))
            self.rows["tranche"].append(
                (tranche, draft.id, number, "", written(part), market.written[due], moment, officer)
            )
            if chance.random() < 0.5:
                kind = chance.choice(tuple(CONDITIONS))
                insured = market.written[due + 700] if kind == "INSURANCE_IN_FORCE" else None
                # Open ones are those of tranches that nobody draws any more before the last day.
                met = self.moment(min(due - 12, market.last)) if due - 12 < market.last else None
                paper = document if met and kind == "DOCUMENT_ACCEPTED" else None
                self.rows["condition"].append(
                    (self.ids("condition"), tranche, kind, CONDITIONS[kind], met,
                     officer if met else None, insured if met else None, paper)
                )  # fmt: skip
            due += chance.randrange(40, 190)
        return made

    def approve_promise(self, draft: Draft, amount: int, recorded: int) -> int:
        """Submitted, approved and signed, in the month in which the signature was recorded."""
        market, officer = self.market, self.chance.choice(self.world.officers)
        turn = self.turns[recorded]
        asked = workday(draft.signed - 14)
        decided = workday(draft.signed - 8)
        request = self.request(
            draft, "COMMITMENT", amount, turn=turn, asked=asked, decided=decided, officer=officer
        )
        rate = draft.rate
        self.rows["promise"].append(
            (draft.id, turn, "SIGNED", self.moment(asked), officer, self.moment(decided),
             self.moment(recorded), market.written[draft.signed], rate.written, rate.date,
             rate.source, self.world.series if rate.source == "SERIES" else None)
        )  # fmt: skip
        return request

    def leave(self, draft: Draft, amount: int, outcome: str, officer: int, drafted: int) -> None:
        """A promise that is not signed: it waits, was rejected, or was given up."""
        asked = workday(max(drafted, self.market.first) + 2)
        decided = None if outcome in ("SUBMITTED", "WITHDRAWN") else workday(asked + 6)
        last = min(decided or asked, self.market.last)
        turn = self.turns[last]
        self.request(
            draft, "COMMITMENT", amount, turn=turn, asked=asked, decided=decided,
            officer=officer, decision="REJECT" if outcome == "REJECTED" else "APPROVE",
        )  # fmt: skip
        self.rows["promise"].append(
            (draft.id, turn, outcome, self.moment(asked), officer, self.moment(last),
             None, None, None, None, "", None)
        )  # fmt: skip
