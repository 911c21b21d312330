"""Days, currencies and rates of the sample, in whole numbers so that millions of entries are quick.

Units: amounts are in hundredths of a currency's major unit ("cents", for yen as well); rates are in
billionths of a thousandth: 10**12 is one.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

ONE = 10**12
BASE = "HKD"
# Roughly what one unit is worth in HKD, to choose amounts by; what counts is the published rate.
ABOUT: Mapping[str, float] = {"HKD": 1.0, "USD": 7.8, "CNY": 1.1, "JPY": 0.052}


@dataclass(frozen=True, slots=True)
class DayRate:
    """The rate that counts on a day: as a whole number, as it is written, and of which day."""

    scaled: int
    written: str
    date: str
    source: str


class Market:
    """What each currency was worth on each day, in the base currency.

    Source: the series of rates in the database; the last published one on or before the day counts.
    """

    def __init__(
        self,
        first: datetime.date,
        last: datetime.date,
        published: Mapping[datetime.date, Mapping[str, Decimal]],
    ) -> None:
        self.first, self.last = first.toordinal(), last.toordinal()
        self.written = {
            day: datetime.date.fromordinal(day).isoformat()
            for day in range(self.first - 10, self.last + 4000)
        }
        self.rates: dict[str, Sequence[DayRate]] = {
            BASE: [
                DayRate(ONE, "1", self.written[day], "SAME_CURRENCY")
                for day in range(self.first, self.last + 1)
            ]
        }
        for currency in sorted(set(ABOUT) - {BASE}):
            self.rates[currency] = self._day_by_day(currency, published)

    def _day_by_day(
        self, currency: str, published: Mapping[datetime.date, Mapping[str, Decimal]]
    ) -> list[DayRate]:
        found: list[DayRate] = []
        last: DayRate | None = None
        for day in range(self.first - 10, self.last + 1):
            known = published.get(datetime.date.fromordinal(day), {})
            if BASE in known and currency in known:
                with localcontext(prec=60):
                    rate = (known[BASE] / known[currency]).quantize(
                        Decimal(1).scaleb(-12), ROUND_HALF_EVEN
                    )
                last = DayRate(int(rate.scaleb(12)), str(rate), self.written[day], "SERIES")
            if day >= self.first:
                if last is None:
                    raise ValueError(f"There is no rate of {currency} on {self.written[day]}.")
                found.append(last)
        return found

    def rate(self, currency: str, day: int) -> DayRate:
        """The rate of a currency on a day."""
        return self.rates[currency][day - self.first]


def in_base(cents: int, rate: int) -> int:
    """Hundredths of the base currency for hundredths of another, half to even."""
    if rate == ONE:
        return cents
    whole, rest = divmod(cents * rate, ONE)
    if 2 * rest > ONE or (2 * rest == ONE and whole % 2):
        whole += 1
    return whole


def written(cents: int) -> str:
    """An amount as PostgreSQL reads it."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"


def workday(day: int) -> int:
    """The day itself, or the Monday after a weekend."""
    weekday = (day - 1) % 7
    return day + 7 - weekday if weekday > 4 else day


def month_of(day: int) -> int:
    """The number of a day's month, counted through the years."""
    date = datetime.date.fromordinal(day)
    return date.year * 12 + date.month - 1


def next_month(day: int) -> int:
    """The first day of the month after a day's."""
    date = datetime.date.fromordinal(day)
    after = datetime.date(date.year + date.month // 12, date.month % 12 + 1, 1)
    return after.toordinal()


def in_parts(amount: int, weights: Sequence[int], coin: int) -> list[int]:
    """`amount` in the proportion of `weights`, in whole coins; together exactly it."""
    total = sum(weights)
    parts = [amount * weight // total // coin * coin for weight in weights]
    left = (amount - sum(parts)) // coin
    for n in range(left):
        parts[n % len(parts)] += coin
    return parts
