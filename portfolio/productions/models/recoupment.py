"""Recoupment waterfalls: in which order the receipts of a title go to whom, and what came in."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement, AgreementAmendment, Document, Organisation
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD
from portfolio.common.history import keeps_history
from portfolio.common.money import (
    LARGEST_AMOUNT,
    AmountField,
    CurrencyField,
    amount_fits_its_currency,
    currency_is_iso4217,
)
from portfolio.funding.choices import RateSource
from portfolio.funding.models import RateField, RateSeries
from portfolio.productions.choices import PositionKind, TierSharing
from portfolio.productions.models.production import Production


class PercentField(models.DecimalField):
    """A percentage with four decimals, never a float."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_digits": 8, "decimal_places": 4})

    def deconstruct(self) -> Any:
        """Django's own class, so that migrations import nothing of ours."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DecimalField", args, kwargs


@keeps_history()
class Waterfall(models.Model):
    """The order in which an agreement shares the receipts of a title; its terms are in its versions."""

    production = models.ForeignKey(
        Production, on_delete=models.PROTECT, related_name="waterfalls",
        verbose_name=_("production"),
    )  # fmt: skip
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="waterfalls",
        verbose_name=_("agreement"),
    )  # fmt: skip
    currency = CurrencyField(_("currency"), help_text=_("In which it is run and accounted for."))

    class Meta:
        verbose_name = _("waterfall")
        verbose_name_plural = _("waterfalls")
        ordering = ["production", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["production", "agreement"],
                name="waterfall_is_one_of_an_agreement",
                violation_error_message=_("The agreement has a waterfall of this title already."),
            ),
            currency_is_iso4217(name="waterfall_currency_is_iso4217"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement.reference}: {self.production}"


@keeps_history()
class WaterfallVersion(models.Model):
    """The terms of a waterfall from a day on. Once in force it never changes; another one follows it.

    Time: of the versions in force whose day has come, the highest number counts; a receipt runs through
    the one that counts on its day, also where that was agreed later.
    """

    waterfall = models.ForeignKey(
        Waterfall, on_delete=models.CASCADE, related_name="versions", verbose_name=_("waterfall")
    )
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    effective_date = models.DateField(_("in effect from"))
    reason = models.TextField(_("reason"))
    amendment = models.ForeignKey(
        AgreementAmendment, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("amendment"),
    )  # fmt: skip
    locked_at = models.DateTimeField(_("in force since"), null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("put in force by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("version of a waterfall")
        verbose_name_plural = _("versions of waterfalls")
        ordering = ["waterfall", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["waterfall", "number"],
                name="waterfall_version_has_a_number_of_its_own",
                violation_error_message=_("Another version of the waterfall has this number."),
            ),
            models.CheckConstraint(
                name="waterfall_version_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why, such as: as first agreed."),
            ),
            models.CheckConstraint(
                name="waterfall_version_in_force_is_put_so_by_somebody",
                condition=Q(locked_at__isnull=True, locked_by__isnull=True)
                | Q(locked_at__isnull=False, locked_by__isnull=False),
                violation_error_message=_("Who put the version in force, and when, go together."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.waterfall}, {self.number}"


@keeps_history()
class WaterfallTier(models.Model):
    """One priority of a version: what it leaves goes to the next; the last leaves nothing."""

    version = models.ForeignKey(
        WaterfallVersion, on_delete=models.CASCADE, related_name="tiers", verbose_name=_("version")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    name = models.CharField(_("name"), max_length=200)
    sharing = models.CharField(_("shared"), max_length=10, choices=TierSharing)

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "number"],
                name="waterfall_tier_has_a_number_of_its_own",
                violation_error_message=_("Another tier has this number."),
            ),
            models.CheckConstraint(
                name="waterfall_tier_has_a_name",
                condition=~Q(name=""),
                violation_error_message=_("Give the tier a name."),
            ),
            is_one_of(
                name="waterfall_tier_sharing_is_known",
                field="sharing",
                choices=TierSharing,
                message=_("Choose from the list how the tier is shared."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


def is_part(field: str, most: int = 100) -> Q:
    """A percentage that is missing, or more than 0 and at most `most`."""
    return Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gt": 0, f"{field}__lte": most})


def is_positive(field: str) -> Q:
    """An amount that is missing, or more than zero."""
    return Q(**{f"{field}__isnull": True}) | Q(
        **{f"{field}__gt": 0, f"{field}__lte": LARGEST_AMOUNT}
    )


@keeps_history()
class WaterfallPosition(models.Model):
    """What one party receives in a tier, and why.

    Units: amounts in major units of the waterfall's currency; percentages of gross receipts (fee), of what
    enters the tier (corridor), of the amount (premium) or of the tier (share).
    """

    tier = models.ForeignKey(
        WaterfallTier, on_delete=models.CASCADE, related_name="positions", verbose_name=_("tier")
    )
    number = models.PositiveSmallIntegerField(
        _("order"), help_text=_("Of equal fractions of a cent the first has it.")
    )
    code = models.SlugField(
        _("code"),
        max_length=40,
        help_text=_("The same in every version, so that what was received is carried on."),
    )
    party = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="waterfall_positions",
        verbose_name=_("party"),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=10, choices=PositionKind)
    rate = PercentField(_("rate %"), null=True, blank=True, help_text=_("Of a fee or a corridor."))
    share = PercentField(
        _("share %"), null=True, blank=True, help_text=_("Of a tier that is shared pro rata.")
    )
    amount = AmountField(
        _("to recoup"), null=True, blank=True, help_text=_("Empty while not disclosed.")
    )
    premium = PercentField(_("premium %"), null=True, blank=True)
    cap = AmountField(
        _("cap"), null=True, blank=True, help_text=_("The most that it ever receives.")
    )

    class Meta:
        verbose_name = _("position in a waterfall")
        verbose_name_plural = _("positions in waterfalls")
        ordering = ["tier", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["tier", "number"],
                name="waterfall_position_has_a_number_of_its_own",
                violation_error_message=_("Another position of the tier has this number."),
            ),
            is_one_of(
                name="waterfall_position_kind_is_known",
                field="kind",
                choices=PositionKind,
                message=_("Choose the kind of position from the list."),
            ),
            models.CheckConstraint(
                name="waterfall_position_fits_its_kind",
                condition=Q(
                    kind=PositionKind.FEE, rate__isnull=False, amount__isnull=True,
                    premium__isnull=True,
                )
                | Q(
                    kind=PositionKind.CORRIDOR, rate__isnull=False, amount__isnull=True,
                    premium__isnull=True, share__isnull=True,
                )
                | Q(kind=PositionKind.RECOUPMENT, rate__isnull=True)
                | Q(
                    kind=PositionKind.PROFIT, rate__isnull=True, amount__isnull=True,
                    premium__isnull=True, share__isnull=False,
                )
                | ~Q(kind__in=PositionKind.values),
                violation_error_message=_(
                    "A fee and a corridor have a rate, a recoupment an amount and perhaps a premium, "
                    "a profit share its share."
                ),
            ),
            models.CheckConstraint(
                name="waterfall_position_percentages_are_in_range",
                condition=is_part("rate") & is_part("share") & is_part("premium", 1000),
                violation_error_message=_(
                    "A percentage is more than 0 and at most 100; a premium at most 1000."
                ),
            ),
            models.CheckConstraint(
                name="waterfall_position_amounts_are_positive",
                condition=is_positive("amount") & is_positive("cap"),
                violation_error_message=_("The amount must be more than zero."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.party}: {self.get_kind_display()}"


class Receipt(models.Model):
    """What was reported as received from a title, for a waterfall. Only ever added.

    Units: `amount` in major units of `currency`; `base_amount` in the currency of the waterfall, which is
    `amount` times `rate`, half to even.
    Time: `received_date` is when it came in; the period is what the statement is about, both ends included.
    """

    waterfall = models.ForeignKey(
        Waterfall, on_delete=models.PROTECT, related_name="receipts", verbose_name=_("waterfall")
    )
    received_date = models.DateField(_("received on"))
    period_start = models.DateField(_("for the time from"), null=True, blank=True)
    period_end = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(
        _("source"), max_length=300, help_text=_("Whose statement, for which medium and territory.")
    )
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    rate = RateField(_("rate"))
    rate_date = models.DateField(_("rate of"))
    rate_source = models.CharField(_("rate from"), max_length=14, choices=RateSource)
    rate_series = models.ForeignKey(
        RateSeries, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("series of the rate"),
    )  # fmt: skip
    base_amount = AmountField(_("in the currency of the waterfall"))
    reversal_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal",
        verbose_name=_("reversal of"),
    )  # fmt: skip
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("document"),
    )  # fmt: skip
    remarks = models.CharField(_("remarks"), max_length=500, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+",
        verbose_name=_("recorded by"),
    )  # fmt: skip

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("receipt of a title")
        verbose_name_plural = _("receipts of titles")
        ordering = ["-pk"]
        constraints = [
            currency_is_iso4217(name="receipt_currency_is_iso4217"),
            amount_fits_its_currency(name="receipt_amount_fits_its_currency"),
            is_one_of(
                name="receipt_rate_source_is_known",
                field="rate_source",
                choices=RateSource,
                message=_("Choose where the rate comes from."),
            ),
            models.CheckConstraint(
                name="receipt_has_a_source",
                condition=~Q(source=""),
                violation_error_message=_("Say whose statement it is."),
            ),
            models.CheckConstraint(
                name="receipt_period_is_ordered",
                condition=Q(period_start__isnull=True)
                | Q(period_end__isnull=True)
                | Q(period_end__gte=F("period_start")),
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                name="receipt_amount_is_positive_unless_it_reverses",
                condition=Q(
                    reversal_of__isnull=True, amount__gt=0, amount__lte=LARGEST_AMOUNT,
                    base_amount__gte=0, base_amount__lte=LARGEST_AMOUNT,
                )
                | Q(
                    reversal_of__isnull=False, amount__lt=0, amount__gte=-LARGEST_AMOUNT,
                    base_amount__lte=0, base_amount__gte=-LARGEST_AMOUNT,
                ),
                violation_error_message=_("The amount must be more than zero."),
            ),
            models.CheckConstraint(
                name="receipt_has_a_rate",
                condition=Q(rate__gt=0, rate__lte=LARGEST_AMOUNT)
                & ~(Q(rate_source="SERIES") & Q(rate_series__isnull=True))
                & ~(Q(rate_source="SAME_CURRENCY") & ~Q(rate=1)),
                violation_error_message=_(
                    "A receipt has a rate that is more than zero, with its date and source."
                ),
            ),
            models.CheckConstraint(
                name="receipt_rate_is_not_of_a_later_day",
                condition=Q(rate_date__lte=F("received_date")),
                violation_error_message=_(
                    "Use the last rate that was published on or before the day."
                ),
            ),
            models.CheckConstraint(
                name="receipt_reversal_has_a_reason",
                condition=Q(reversal_of__isnull=True) | ~Q(remarks=""),
                violation_error_message=_("Say why it is reversed."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.received_date} {self.source} {self.currency} {self.amount}"
