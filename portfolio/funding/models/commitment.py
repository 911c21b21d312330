"""Commitments: firm written promises of an amount to a payee for a project."""

import datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement, Organisation
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_READ
from portfolio.common.history import keeps_history
from portfolio.common.money import (
    LARGEST_AMOUNT,
    AmountField,
    CurrencyField,
    amount_fits_its_currency,
    amount_is_positive,
    currency_is_iso4217,
)
from portfolio.funding.choices import CommitmentState, EntryKind, RateSource
from portfolio.funding.models.exchange import RateField, RateSeries
from portfolio.programmes.models import Allocation, Programme, Project

NOTHING = Decimal("0.00")


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    """Commitments."""

    def as_of(self, day: datetime.date, *, known_at: datetime.datetime | None = None) -> Self:
        """Commitments with `committed` … `written_off` and `outstanding`, as they stood on `day`.

        Units: in the commitment's own currency.
        Time: entries of value dates on or before `day`, recorded on or before `known_at`.
        """
        under = Q(entries__value_date__lte=day)
        if known_at is not None:
            under &= Q(entries__recorded_at__lte=known_at)
        sums = {
            name: Sum("entries__amount", filter=under & Q(entries__kind=kind), default=NOTHING)
            for name, kind in (
                ("committed", EntryKind.COMMITMENT),
                ("de_committed", EntryKind.DE_COMMITMENT),
                ("disbursed", EntryKind.DISBURSEMENT),
                ("refunded", EntryKind.REFUND),
                ("recouped", EntryKind.RECOUPMENT),
                ("written_off", EntryKind.WRITE_OFF),
            )
        }
        left = F("committed") - F("de_committed") - F("disbursed") + F("refunded")
        return self.annotate(**sums).annotate(outstanding=left)


@keeps_history()
class Commitment(models.Model):
    """A promise of an amount to a payee for a project, under a signed agreement.

    Units: `amount` in major units of `currency`, as first promised; what came later are amendments.
    `rate` is what one unit of `currency` was worth in the programme's base currency when it was
    signed; all that consumes the budget is counted at it.
    Source: IATI 2.03, outgoing commitment.
    """

    reference = models.CharField(_("reference"), max_length=40, unique=True)
    title = models.CharField(_("what it is for"), max_length=300)
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("programme")
    )
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("project")
    )
    payee = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="commitments", verbose_name=_("payee")
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("agreement"),
        help_text=_("Needed before it is signed."),
    )
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    state = models.CharField(
        _("state"), max_length=10, choices=CommitmentState, default=CommitmentState.DRAFT
    )
    state_at = models.DateTimeField(_("since"), editable=False)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    state_reason = models.TextField(_("reason"), blank=True)
    signed_date = models.DateField(
        _("signed on"), null=True, blank=True, help_text=_("The last signature of the agreement.")
    )
    rate = RateField(_("rate"), null=True, blank=True)
    rate_date = models.DateField(_("rate of"), null=True, blank=True)
    rate_source = models.CharField(_("rate from"), max_length=14, choices=RateSource, blank=True)
    rate_series = models.ForeignKey(
        RateSeries,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("series of the rate"),
        db_index=False,
    )
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff; never public."))

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["programme", "state"], name="commitment_by_state")]
        constraints = [
            amount_is_positive(name="commitment_amount_is_positive", amount="amount"),
            currency_is_iso4217(name="commitment_currency_is_iso4217", often=True),
            amount_fits_its_currency(name="commitment_amount_fits_its_currency"),
            is_one_of(
                name="commitment_state_is_known",
                field="state",
                choices=CommitmentState,
                message=_("Choose the state from the list."),
            ),
            models.CheckConstraint(
                name="commitment_has_a_reference",
                condition=~Q(reference="") & ~Q(title=""),
                violation_error_message=_("Give a reference, and say what it is for."),
            ),
            models.CheckConstraint(
                name="commitment_signed_has_agreement_and_rate",
                condition=(
                    ~Q(state__in=["SIGNED", "CLOSED", "CANCELLED"])
                    | Q(
                        agreement__isnull=False,
                        signed_date__isnull=False,
                        rate__isnull=False,
                        rate_date__isnull=False,
                    )
                ),
                violation_error_message=_(
                    "A signed commitment has its agreement, the day it was signed and the rate of that day."
                ),
            ),
            models.CheckConstraint(
                name="commitment_rate_has_a_source",
                condition=(
                    Q(rate__isnull=True, rate_date__isnull=True, rate_source="")
                    | (
                        Q(rate__isnull=False, rate__gt=0, rate__lte=LARGEST_AMOUNT)
                        & Q(rate_date__isnull=False, rate_source__in=RateSource.values)
                        & ~(Q(rate_source="SERIES") & Q(rate_series__isnull=True))
                        & ~(Q(rate_source="SAME_CURRENCY") & ~Q(rate=1))
                    )
                ),
                violation_error_message=_("Give the rate with its date and where it comes from."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class CommitmentSplitQuerySet(models.QuerySet["CommitmentSplit"]):
    """Shares of commitments."""

    def as_of(self, day: datetime.date, *, known_at: datetime.datetime | None = None) -> Self:
        """Shares that allocations bore on `day`: those that were posted by then.

        Time: entries of value dates on or before `day`, recorded on or before `known_at`.
        """
        posted = Q(
            commitment__entries__kind=EntryKind.COMMITMENT,
            commitment__entries__allocation=F("allocation"),
            commitment__entries__value_date__lte=day,
        )
        if known_at is not None:
            posted &= Q(commitment__entries__recorded_at__lte=known_at)
        return self.filter(posted).distinct()


@keeps_history()
class CommitmentSplit(models.Model):
    """How much of a commitment an allocation bears; all of them together are its amount.

    Units: `amount` in the commitment's currency; `percentage` only says how it was arrived at.
    """

    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.CASCADE,
        related_name="splits",
        db_index=False,
    )
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="splits", verbose_name=_("allocation")
    )
    amount = AmountField(_("amount"))
    percentage = models.DecimalField(
        _("per cent"), max_digits=7, decimal_places=4, null=True, blank=True
    )

    objects = CommitmentSplitQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of an allocation")
        verbose_name_plural = _("shares of allocations")
        ordering = ["commitment", "allocation__fiscal_year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "allocation"],
                name="commitment_split_names_an_allocation_once",
                violation_error_message=_("This allocation already bears a share."),
            ),
            amount_is_positive(name="commitment_split_amount_is_positive", amount="amount"),
            models.CheckConstraint(
                name="commitment_split_percentage_is_one",
                condition=Q(percentage__isnull=True) | Q(percentage__gt=0, percentage__lte=100),
                violation_error_message=_("Give more than 0 and at most 100 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.allocation}: {self.amount}"


class CommitmentPosition(models.Model):
    """What a commitment holds in an allocation now: kept by the database with each posting.

    Shape: one row per commitment and allocation.  Units: plain names in the commitment's currency;
    `…_base` in the programme's base currency, at the commitment's own rate for all but
    `disbursed_paid_base`, `refunded_paid_base`, `recouped_base` and `written_off_base`, which are at
    the rates of their days.
    """

    # Entries have the foreign keys, and only their triggers write here.
    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.CASCADE,
        related_name="positions",
        db_constraint=False,
        db_index=False,
    )
    allocation = models.ForeignKey(
        Allocation, on_delete=models.CASCADE, related_name="positions", db_constraint=False
    )
    committed = AmountField()
    de_committed = AmountField()
    disbursed = AmountField()
    refunded = AmountField()
    recouped = AmountField()
    written_off = AmountField()
    committed_base = AmountField()
    de_committed_base = AmountField()
    disbursed_base = AmountField()
    refunded_base = AmountField()
    disbursed_paid_base = AmountField()
    refunded_paid_base = AmountField()
    recouped_base = AmountField()
    written_off_base = AmountField()

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("position of a commitment")
        verbose_name_plural = _("positions of commitments")
        ordering = ["commitment", "allocation"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "allocation"],
                name="commitment_position_is_one_an_allocation",
                violation_error_message=_("There is one position for a commitment and allocation."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id}/{self.allocation_id}"
