"""Financing plans: every source of the money that a title costs, in versions."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from partners.models import Document, Organisation
from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.money import (
    LARGEST_AMOUNT,
    AmountField,
    CurrencyField,
    amount_fits_its_currency,
    amount_is_positive,
    currency_is_iso4217,
)
from portfolio.funding.choices import RateSource
from portfolio.funding.models import Commitment, RateField, RateSeries
from portfolio.productions.choices import FinancingKind, Secured
from portfolio.productions.models.production import Production
from portfolio.productions.models.recoupment import WaterfallPosition


class FinancingPlanQuerySet(models.QuerySet["FinancingPlan"]):
    """Versions of financing plans."""

    def with_total(self) -> Self:
        """Plans with `total`, what their sources add up to in the plan's currency."""
        return self.annotate(total=Sum("sources__base_amount", default=Decimal("0.00")))


@keeps_history()
class FinancingPlan(models.Model):
    """Who pays for a production. Once locked its sources stay, but for becoming surer; another one follows it.

    Time: of the locked versions the highest number counts.
    """

    production = models.ForeignKey(
        Production, on_delete=models.PROTECT, related_name="financing_plans",
        verbose_name=_("production"),
    )  # fmt: skip
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    currency = CurrencyField(_("currency"), help_text=_("That of the budget."))
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("Why it follows the version before it.")
    )
    made_at = models.DateTimeField(_("begun at"), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+",
        verbose_name=_("begun by"),
    )  # fmt: skip
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("locked by"),
    )  # fmt: skip

    objects = FinancingPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("financing plan")
        verbose_name_plural = _("financing plans")
        ordering = ["production", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["production", "number"],
                name="financing_plan_has_a_number_of_its_own",
                violation_error_message=_("Another version of the plan has this number."),
            ),
            currency_is_iso4217(name="financing_plan_currency_is_iso4217"),
            models.CheckConstraint(
                name="financing_plan_after_the_first_has_a_reason",
                condition=Q(number=1) | ~Q(reason=""),
                violation_error_message=_("Say why it follows the version before it."),
            ),
            models.CheckConstraint(
                name="financing_plan_locked_is_locked_by_somebody",
                condition=Q(locked_at__isnull=True, locked_by__isnull=True)
                | Q(locked_at__isnull=False, locked_by__isnull=False),
                violation_error_message=_("Who locked the version, and when, go together."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(title)s, financing plan %(number)s") % {
            "title": self.production, "number": self.number,
        }  # fmt: skip


@keeps_history()
class FinancingSource(models.Model):
    """One source of the money: what sort, whose, how much, and how sure it is.

    Units: `amount` in major units of `currency`; `base_amount` in the plan's, which is `amount` times `rate`,
    half to even. Its share of the plan follows from that and is never stored.
    """

    plan = models.ForeignKey(
        FinancingPlan, on_delete=models.CASCADE, related_name="sources",
        verbose_name=_("financing plan"),
    )  # fmt: skip
    number = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind"), max_length=17, choices=FinancingKind)
    party = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True,
        related_name="financing_sources", verbose_name=_("party"),
        help_text=_("Empty while nobody is found, and where it is the programme itself."),
    )  # fmt: skip
    is_programme = models.BooleanField(_("the programme itself"), default=False)
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, null=True, blank=True,
        related_name="financing_sources", verbose_name=_("commitment"),
        help_text=_("Of the programme to this title."),
    )  # fmt: skip
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    rate = RateField(_("rate"))
    rate_date = models.DateField(_("rate of"))
    rate_source = models.CharField(_("rate from"), max_length=14, choices=RateSource)
    rate_series = models.ForeignKey(
        RateSeries, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("series of the rate"),
    )  # fmt: skip
    base_amount = AmountField(_("in the currency of the plan"))
    recoupment_place = models.PositiveSmallIntegerField(
        _("recoupment place"), null=True, blank=True,
        help_text=_("1 recoups first; equal places recoup together; empty recoups nothing."),
    )  # fmt: skip
    position = models.ForeignKey(
        WaterfallPosition, on_delete=models.PROTECT, null=True, blank=True,
        related_name="financing_sources", verbose_name=_("position in the waterfall"),
    )  # fmt: skip
    secured = models.CharField(_("secured"), max_length=16, choices=Secured, default=Secured.SOUGHT)
    secured_date = models.DateField(
        _("dated"), null=True, blank=True, help_text=_("The day of the letter or of the signature.")
    )
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("document"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("source of a financing plan")
        verbose_name_plural = _("sources of financing plans")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="financing_source_has_a_number_of_its_own",
                violation_error_message=_("Another source of the plan has this number."),
            ),
            is_one_of(
                name="financing_source_kind_is_known",
                field="kind",
                choices=FinancingKind,
                message=_("Choose the kind of money from the list."),
            ),
            is_one_of(
                name="financing_source_secured_is_known",
                field="secured",
                choices=Secured,
                message=_("Choose from the list how sure it is."),
            ),
            is_one_of(
                name="financing_source_rate_source_is_known",
                field="rate_source",
                choices=RateSource,
                message=_("Choose where the rate comes from."),
            ),
            currency_is_iso4217(name="financing_source_currency_is_iso4217"),
            amount_is_positive(name="financing_source_amount_is_positive", amount="amount"),
            amount_fits_its_currency(name="financing_source_amount_fits_its_currency"),
            models.CheckConstraint(
                name="financing_source_has_a_rate",
                condition=Q(rate__gt=0, rate__lte=LARGEST_AMOUNT)
                & ~(Q(rate_source="SERIES") & Q(rate_series__isnull=True))
                & ~(Q(rate_source="SAME_CURRENCY") & ~Q(rate=1)),
                violation_error_message=_("Give the rate with its date and where it comes from."),
            ),
            models.CheckConstraint(
                name="financing_source_is_of_one_party",
                condition=Q(party__isnull=True) | Q(is_programme=False),
                violation_error_message=_(
                    "Either an organisation pays it or the programme itself does."
                ),
            ),
            models.CheckConstraint(
                name="financing_source_commitment_is_of_the_programme",
                condition=Q(commitment__isnull=True) | Q(is_programme=True),
                violation_error_message=_(
                    "Only what the programme itself pays has a commitment of it."
                ),
            ),
            models.CheckConstraint(
                name="financing_source_recoupment_place_counts_from_one",
                condition=Q(recoupment_place__isnull=True) | Q(recoupment_place__gte=1),
                violation_error_message=_("The first place is 1."),
            ),
            models.CheckConstraint(
                name="financing_source_secured_says_by_whom_and_how",
                condition=Q(secured=Secured.SOUGHT)
                | Q(secured_date__isnull=False, document__isnull=False)
                & (Q(party__isnull=False) | Q(is_programme=True)),
                violation_error_message=_(
                    "A letter or a signature has its party, its day and its document."
                ),
            ),
        ]

    def __str__(self) -> str:
        who = self.plan.production.programme if self.is_programme else self.party
        return f"{self.get_kind_display()}: {who or _('nobody yet')}"
