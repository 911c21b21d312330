"""How an amount is shared among the allocations that bear a commitment."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _

from portfolio.common.money import decimals_of, is_amount, rounded
from portfolio.common.refusals import Refused


class CannotShare(Refused):
    """The parts hold less than what is to be shared."""


class NoAmount(Refused):
    """What was given cannot be paid in the currency."""


def check_amount(amount: Decimal, currency: str) -> None:
    """See to it that an amount is more than zero and has no more decimals than its currency.

    Raises: NoAmount.
    """
    amount = Decimal(amount)
    if not is_amount(amount) or amount <= 0:
        raise NoAmount(_("Give an amount that is more than zero, with two decimals at most."))
    if amount != rounded(amount, currency):
        raise NoAmount(_("This currency has no decimals: give a whole amount."))


def in_proportion(amount: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Parts of `amount` in the proportion of `weights`; together they are exactly it.

    Each is rounded down, and what is left goes coin by coin to those that lost most by it.
    """
    total = sum(weights, Decimal(0))
    coin = Decimal(1).scaleb(-decimals_of(currency))
    exact = [amount * weight / total for weight in weights]
    parts = [part.quantize(coin, ROUND_DOWN) for part in exact]
    left = int((amount - sum(parts, Decimal(0))) / coin)
    by_loss = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in by_loss[:left]:
        parts[n] += coin
    return parts


def by_year(
    amount: Decimal,
    room: Sequence[tuple[int, Decimal]],
    currency: str,
    *,
    latest_first: bool = False,
) -> list[Decimal]:
    """Parts of `amount` for (fiscal year, what it can take) each: years in turn, full ones first.

    Within a year in proportion to what each can take, so that two strands that share a commitment
    share each payment.
    Raises: CannotShare.
    """
    parts = [Decimal(0)] * len(room)
    left = amount
    for year in sorted({year for year, _most in room}, reverse=latest_first):
        places = [n for n, (of, most) in enumerate(room) if of == year and most > 0]
        most = sum((room[n][1] for n in places), Decimal(0))
        take = min(left, most)
        if take <= 0:
            continue
        shared = in_proportion(take, [room[n][1] for n in places], currency)
        for n, part in zip(places, shared, strict=True):
            parts[n] = part
        left -= take
    if left > 0:
        raise CannotShare(f"{currency} {left} is more than there is.")
    return parts
