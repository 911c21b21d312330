"""Exchange rates: dated series as somebody published them."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import slug_is_lower_case
from portfolio.common.grants import ONLY_ADD
from portfolio.common.history import keeps_history
from portfolio.common.money import CurrencyField, currency_is_iso4217


class RateField(models.DecimalField):
    """A rate with twelve decimals, never a float."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **{**kwargs, "max_digits": 24, "decimal_places": 12})  # type: ignore[arg-type]

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        """Django's own class, so that migrations import nothing of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DecimalField", list(args), kwargs


@keeps_history()
class RateSeries(models.Model):
    """Rates that one publisher gives day by day against one currency, such as the ECB's euro rates."""

    slug = models.SlugField(_("address"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    base = CurrencyField(
        _("against"), help_text=_("Each rate says how much of a currency one of this one buys.")
    )
    rank = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("The lowest that knows both currencies is used.")
    )

    class Meta:
        verbose_name = _("series of exchange rates")
        verbose_name_plural = _("series of exchange rates")
        ordering = ["rank", "pk"]
        constraints = [
            slug_is_lower_case(name="rate_series_slug_is_lower_case"),
            currency_is_iso4217(name="rate_series_base_is_iso4217", field="base"),
        ]

    def __str__(self) -> str:
        return self.name


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    """Published rates."""

    def as_of(self, day: datetime.date) -> Self:
        """The last rate of each series and currency that was published on or before `day`.

        Time: a rate has no second clock; each entry keeps the one that it used.
        """
        found = self.filter(date__lte=day).order_by("series_id", "currency", "-date")
        return found.distinct("series_id", "currency")


class ExchangeRate(models.Model):
    """How much of a currency one unit of the series' own buys, as published for a day.

    Never edited: a corrected rate is imported beside the old entries that used the one before, and
    those keep what they used.
    """

    series = models.ForeignKey(
        RateSeries, on_delete=models.PROTECT, related_name="rates", verbose_name=_("series")
    )
    currency = CurrencyField(_("currency"))
    date = models.DateField(_("date"))
    rate = RateField(_("rate"))

    objects = ExchangeRateQuerySet.as_manager()

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-date", "series", "currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "currency", "date"],
                name="exchange_rate_is_one_a_day",
                violation_error_message=_("The series has a rate of this currency for the day."),
            ),
            currency_is_iso4217(name="exchange_rate_currency_is_iso4217"),
            models.CheckConstraint(
                name="exchange_rate_is_more_than_zero",
                condition=Q(rate__gt=0, rate__lt=1_000_000_000_000),
                violation_error_message=_("A rate is more than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.currency} {self.rate}"
