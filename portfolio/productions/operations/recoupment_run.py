"""What a waterfall gives to whom: the rows as numbers, run, and as amounts again."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, localcontext

from django.db.models import Q

from partners.models import Organisation
from portfolio.common import waterfall as engine
from portfolio.common.money import decimals_of
from portfolio.productions.choices import TierSharing
from portfolio.productions.models import Receipt, Waterfall, WaterfallPosition, WaterfallVersion


@dataclass(frozen=True)
class Line:
    """How far one position has come. Units: major units of the waterfall's currency.

    `due`, `outstanding` and `percent` are None where nothing limits what it receives; `tier` is None where
    the version that counts no longer has the position.
    """

    code: str
    party: Organisation
    position: WaterfallPosition
    tier: int | None
    received: Decimal
    due: Decimal | None
    outstanding: Decimal | None
    percent: Decimal | None


@dataclass(frozen=True)
class Given:
    """A receipt and what it gave, by the code of each position."""

    receipt: Receipt
    version: int
    given: dict[str, Decimal]


@dataclass(frozen=True)
class Outcome:
    """A waterfall after its receipts."""

    waterfall: Waterfall
    version: WaterfallVersion | None
    lines: list[Line]
    steps: list[Given]
    gross: Decimal

    @property
    def by_party(self) -> dict[Organisation, Decimal]:
        """What each party received in all its positions."""
        sums: dict[Organisation, Decimal] = {}
        for line in self.lines:
            sums[line.party] = sums.get(line.party, Decimal(0)) + line.received
        return sums

    @property
    def residual(self) -> Decimal:
        """What came in and went to nobody: zero."""
        return self.gross - sum((line.received for line in self.lines), Decimal(0))


def run_waterfall(
    waterfall: Waterfall,
    *,
    as_of: datetime.date,
    known_at: datetime.datetime | None = None,
    up_to_version: int | None = None,
) -> Outcome:
    """Replay every receipt from the start.

    Time: receipts and versions of `as_of` and earlier, as recorded up to `known_at`; with `up_to_version`
    as if later versions had never been.  Queries: four.
    """
    versions = list(_versions(waterfall, as_of, known_at, up_to_version))
    receipts = list(_receipts(waterfall, as_of, known_at))
    unit = Decimal(1).scaleb(-decimals_of(waterfall.currency))
    rules = [_rules_of(version, unit) for version in versions]
    state = engine.run(
        rules,
        [
            engine.Receipt(r.pk, r.received_date, _coins(r.base_amount, unit), r.reversal_of_id)
            for r in receipts
        ],
    )
    return _outcome(waterfall, versions, rules, receipts, state, unit)


def difference(before: Outcome, after: Outcome) -> dict[Organisation, Decimal]:
    """By how much each party has more, or less, in the second run; those with the same left out."""
    then, now = before.by_party, after.by_party
    parties = sorted({*then, *now}, key=lambda party: (party.sort_name, party.pk))
    found = {p: now.get(p, Decimal(0)) - then.get(p, Decimal(0)) for p in parties}
    return {party: amount for party, amount in found.items() if amount}


def _versions(
    waterfall: Waterfall,
    as_of: datetime.date,
    known_at: datetime.datetime | None,
    up_to_version: int | None,
) -> Sequence[WaterfallVersion]:
    known = Q(locked_at__isnull=False, effective_date__lte=as_of)
    if known_at is not None:
        known &= Q(locked_at__lte=known_at)
    if up_to_version is not None:
        known &= Q(number__lte=up_to_version)
    rows = WaterfallVersion.objects.filter(known, waterfall=waterfall)
    return list(rows.order_by("number").prefetch_related("tiers__positions__party"))


def _receipts(
    waterfall: Waterfall, as_of: datetime.date, known_at: datetime.datetime | None
) -> Sequence[Receipt]:
    rows = Receipt.objects.filter(waterfall=waterfall, received_date__lte=as_of)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    return list(rows.select_related("rate_series", "recorded_by").order_by("pk"))


def _coins(amount: Decimal, unit: Decimal) -> int:
    with localcontext(prec=60):
        return int(amount / unit)


def _parts(percent: Decimal | None) -> int:
    return int(percent * engine.WHOLE / 100) if percent is not None else 0


def _rules_of(version: WaterfallVersion, unit: Decimal) -> engine.Version:
    return engine.Version(
        number=version.number,
        since=version.effective_date,
        tiers=tuple(
            engine.Tier(
                is_pro_rata=tier.sharing == TierSharing.PRO_RATA,
                positions=tuple(_rule_of(position, unit) for position in tier.positions.all()),
            )
            for tier in version.tiers.all()
        ),
    )


def _rule_of(position: WaterfallPosition, unit: Decimal) -> engine.Position:
    return engine.Position(
        code=position.code,
        party=str(position.party_id),
        kind=engine.Kind(position.kind),
        rate=_parts(position.rate),
        share=_parts(position.share),
        amount=_coins(position.amount, unit) if position.amount is not None else 0,
        premium=_parts(position.premium),
        cap=_coins(position.cap, unit) if position.cap is not None else None,
    )


def _outcome(
    waterfall: Waterfall,
    versions: list[WaterfallVersion],
    rules: list[engine.Version],
    receipts: list[Receipt],
    state: engine.State,
    unit: Decimal,
) -> Outcome:
    rows = {
        position.code: position
        for version in versions
        for tier in version.tiers.all()
        for position in tier.positions.all()
    }

    def money(coins: int) -> Decimal:
        with localcontext(prec=60):
            return (coins * unit).quantize(Decimal("0.01"))

    def limit(coins: int | None) -> Decimal | None:
        return None if coins is None else money(coins)

    lines = []
    if versions:
        for standing in engine.standings(rules[-1], state):
            row = rows[standing.position.code]
            lines.append(
                Line(
                    row.code, row.party, row, standing.tier, money(standing.received),
                    limit(standing.due), limit(standing.outstanding),
                    _percent(standing.received, standing.due),
                )
            )  # fmt: skip
    counted = {line.code for line in lines}
    for code in sorted(set(state.received) - counted):
        row = rows[code]
        received = money(state.received[code])
        lines.append(Line(code, row.party, row, None, received, None, None, None))
    return Outcome(
        waterfall=waterfall,
        version=versions[-1] if versions else None,
        lines=lines,
        steps=[
            Given(
                receipt,
                step.version,
                {code: money(coins) for code, coins in step.given.items()},
            )
            for receipt, step in zip(receipts, state.steps, strict=True)
        ],
        gross=money(state.gross),
    )


def _percent(received: int, due: int | None) -> Decimal | None:
    """How much of what is due was received; rounded down, so that 100 is all of it."""
    if not due:
        return None
    with localcontext(prec=60):
        return (Decimal(received) * 100 / Decimal(due)).quantize(Decimal("0.01"), ROUND_DOWN)
