"""Which exchange rate counts on a day."""

import datetime
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from django.utils.translation import gettext as _

from portfolio.common.refusals import Refused
from portfolio.funding.choices import RateSource
from portfolio.funding.models import ExchangeRate, RateSeries

# A weekend and holidays are days; a series that ended is not the last published rate.
LONGEST_GAP = datetime.timedelta(days=60)
PLACES = Decimal(1).scaleb(-12)


class NoRate(Refused):
    """No series has a rate for the day or the weeks before it."""


@dataclass(frozen=True)
class Rate:
    """What one unit of a currency is worth in another, of which day, and who says so."""

    rate: Decimal
    date: datetime.date
    source: str
    series: RateSeries | None = None


def find_rate(*, currency: str, base: str, on: datetime.date) -> Rate:
    """The last rate published on or before a day, of the first series that knows both currencies.

    Units: `base` for one `currency`, with twelve decimals, half to even.
    Raises: NoRate.
    """
    if currency == base:
        return Rate(Decimal(1), on, RateSource.SAME_CURRENCY)
    for series in RateSeries.objects.order_by("rank", "pk"):
        wanted = {currency, base} - {series.base}
        published = ExchangeRate.objects.filter(
            series=series, currency__in=wanted, date__lte=on, date__gte=on - LONGEST_GAP
        ).order_by("-date")
        days: dict[datetime.date, dict[str, Decimal]] = {}
        for row in published:
            found = days.setdefault(row.date, {series.base: Decimal(1)})
            found[row.currency] = row.rate
            # A day counts where both are published: one of Monday and one of Friday is no rate.
            if found.keys() >= {currency, base}:
                with localcontext(prec=60):
                    rate = (found[base] / found[currency]).quantize(PLACES, ROUND_HALF_EVEN)
                return Rate(rate, row.date, RateSource.SERIES, series)
    raise NoRate(
        _(
            "There is no rate from %(currency)s to %(base)s on %(day)s or in the 60 days before. "
            "Import rates (manage.py import_rates), or give the one of the agreement or the bank."
        )
        % {"currency": currency, "base": base, "day": on}
    )
