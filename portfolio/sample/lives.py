"""The made-up lives of commitments, one after the other, until the ledger is as long as was asked."""

from collections.abc import Iterator
from typing import Any

from portfolio.sample.histories import History
from portfolio.sample.market import in_base, in_parts, next_month
from portfolio.sample.teller import COIN, Teller

# No life has more entries than this, so that the last ones can be chosen to make the number exact.
MOST_ENTRIES = 150

type Rows = dict[str, list[tuple[Any, ...]]]


def lives(teller: Teller, entries: int) -> Iterator[int]:
    """Tell lives until there are exactly as many entries; how many there are after each.

    The rows are in `teller.rows`, from where the caller takes them.
    """
    while teller.entry < entries:
        tell(teller, brief=entries - teller.entry <= MOST_ENTRIES)
        yield teller.entry


def tell(teller: Teller, *, brief: bool) -> None:
    """One life; a `brief` one is signed, nothing is drawn, and it has exactly one entry."""
    draft, amount, tranches, outcome, document = teller.promise(brief=brief)
    if outcome != "SIGNED":
        return
    recorded = min(teller.soon(draft.signed, 6), teller.market.last)
    request = teller.approve_promise(draft, amount, recorded)
    agreed = in_parts(amount, [3, 2] if len(draft.shares) == 2 else [1], COIN[draft.currency])
    parts = []
    for share, part in zip(draft.shares, agreed, strict=True):
        base = in_base(part, draft.rate.scaled)
        share.committed, share.committed_base = part, base
        teller.promised[share.allocation] += base
        parts.append((share, part, base, base))
    teller.post(
        draft, "COMMITMENT", parts, day=draft.signed, recorded=recorded, rate=draft.rate,
        approval=request, document=document,
    )  # fmt: skip
    if not brief:
        # What is drawn is drawn after the month of the signature.
        History(teller, draft, tranches, next_month(recorded) - 1).tell()
