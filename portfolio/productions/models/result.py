"""Results: what was reported of a production's takings, tickets and viewers."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD
from portfolio.common.history import keeps_history
from portfolio.common.money import LARGEST_AMOUNT, AmountField, CurrencyField, currency_is_iso4217
from portfolio.common.publishing import is_public
from portfolio.productions.choices import MONEY_MEASURES, Measure, ReleaseMedium
from portfolio.productions.models.production import Production
from portfolio.productions.models.release import PLACE_HELP, place_is_known, random_address
from portfolio.sources.models import Source

KEYS = (
    "production_id", "territory", "medium", "measure", "start_date", "end_date", "source_id",
)  # fmt: skip
"""What tells a figure from another; a later report of the same stands beside the earlier."""
SAME_NUMBER = ("production_id", "territory", "medium", "measure", "value", "currency")
"""What is the same where a number appears twice."""

NO_END = Value(datetime.date.max, models.DateField())


class ResultQuerySet(models.QuerySet["Result"]):
    """Results."""

    def standing(self) -> Self:
        """Those that nobody withdrew."""
        return self.filter(withdrawal__isnull=True)

    def counting(self, known_at: datetime.datetime | None = None) -> Self:
        """The latest report of each figure, as recorded up to `known_at`, that instant included."""
        rows = self.filter(
            Q(withdrawal__isnull=True)
            if known_at is None
            else Q(withdrawal__isnull=True) | Q(withdrawal__withdrawn_at__gt=known_at)
        )
        if known_at is not None:
            rows = rows.filter(recorded_at__lte=known_at)
        return rows.order_by(*KEYS, "-recorded_at", "-pk").distinct(*KEYS)

    def newest_reports(self, known_at: datetime.datetime | models.Expression | None = None) -> Self:
        """Those of these rows that no later report of the same figure among them replaces.

        Time: with `known_at` only what was recorded up to that instant, which is included.
        """
        rows = self if known_at is None else self.filter(recorded_at__lte=known_at)
        last = Coalesce("end_date", NO_END)
        later = (
            rows.order_by()
            .annotate(last_day=last)
            .filter(
                Q(recorded_at__gt=OuterRef("recorded_at"))
                | Q(recorded_at=OuterRef("recorded_at"), pk__gt=OuterRef("pk")),
                last_day=Coalesce(OuterRef("end_date"), NO_END),
                **{name: OuterRef(name) for name in KEYS if name != "end_date"},
            )
        )
        return rows.filter(~Exists(later))

    def with_twins(self) -> Self:
        """Results with `has_twin`: whether the last reports among them have the number somewhere else too."""
        others = (
            self.order_by()
            .filter(withdrawal__isnull=True)
            .newest_reports()
            .filter(**{name: OuterRef(name) for name in SAME_NUMBER})
            .exclude(pk=OuterRef("pk"))
            .annotate(last_day=Coalesce("end_date", NO_END))
            .filter(
                ~Q(
                    source=OuterRef("source"),
                    start_date=OuterRef("start_date"),
                    last_day=Coalesce(OuterRef("end_date"), NO_END),
                )
            )
        )
        return self.annotate(has_twin=Exists(others))

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Public figures of public productions that nobody withdrew, at the instant `at`."""
        return self.standing().filter(
            is_public(at, "production__"),
            is_public(at, "production__programme__"),
            is_public=True,
        )


@keeps_history()
class Result(models.Model):
    """A figure that was reported of a production for a period; a later report is added, none is changed.

    Units: `value` in major units of `currency`, or a count without one; NULL is "not disclosed", never 0.
    Time: both days included; without an end, from the first day to the day of the report.
    """

    server_may = ONLY_ADD

    slug = random_address()
    production = models.ForeignKey(
        Production, on_delete=models.PROTECT, related_name="results", verbose_name=_("production")
    )
    territory = models.CharField(_("territory"), max_length=5, help_text=PLACE_HELP)
    medium = models.CharField(_("medium"), max_length=20, choices=ReleaseMedium)
    measure = models.CharField(_("measure"), max_length=20, choices=Measure)
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("to"), null=True, blank=True)
    value = AmountField(_("value"), null=True, blank=True)
    currency = CurrencyField(_("currency"), blank=True)
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="results", verbose_name=_("source")
    )
    is_public = models.BooleanField(_("public"), default=False)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["-start_date", "-pk"]
        indexes = [
            models.Index(fields=["production", "measure"], name="result_by_production"),
            models.Index(fields=["start_date", "id"], name="result_by_first_day"),
        ]
        constraints = [
            place_is_known(name="result_territory_is_known"),
            is_one_of(
                name="result_medium_is_known",
                field="medium",
                choices=ReleaseMedium,
                message=_("Choose the medium from the list."),
            ),
            is_one_of(
                name="result_measure_is_known",
                field="measure",
                choices=Measure,
                message=_("Choose the measure from the list."),
            ),
            models.CheckConstraint(
                name="result_period_is_ordered",
                condition=Q(end_date__isnull=True) | Q(end_date__gte=F("start_date")),
                violation_error_message=_("The last day must not be before the first."),
            ),
            currency_is_iso4217(name="result_currency_is_iso4217", field="currency", optional=True),
            models.CheckConstraint(
                name="result_value_has_its_unit",
                condition=Q(value__isnull=True, currency="")
                | (
                    Q(value__isnull=False, value__gt=0, value__lte=LARGEST_AMOUNT)
                    & (
                        (Q(measure__in=MONEY_MEASURES) & ~Q(currency=""))
                        | (~Q(measure__in=MONEY_MEASURES) & Q(currency=""))
                    )
                ),
                violation_error_message=_(
                    "Give a value of more than zero, money with its currency and a count without; leave both "
                    "empty where none is disclosed."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.production_id} · {self.territory} · {self.measure} · {self.start_date}"


@keeps_history()
class ResultWithdrawal(models.Model):
    """That a result was recorded by mistake: it stays, and counts no more."""

    server_may = ONLY_ADD

    result = models.OneToOneField(
        Result, on_delete=models.PROTECT, related_name="withdrawal", verbose_name=_("result")
    )
    reason = models.CharField(_("reason"), max_length=300)
    withdrawn_at = models.DateTimeField(_("withdrawn at"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )

    class Meta:
        verbose_name = _("withdrawal of a result")
        verbose_name_plural = _("withdrawals of results")
        ordering = ["-withdrawn_at"]
        constraints = [
            models.CheckConstraint(
                name="result_withdrawal_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason
