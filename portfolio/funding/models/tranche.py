"""Tranches of a commitment, and what must be so before each is drawn."""

import datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Document
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD
from portfolio.common.history import keeps_history
from portfolio.common.money import AmountField, amount_is_positive
from portfolio.funding.choices import ConditionKind, EntryKind, TrancheState
from portfolio.funding.models.commitment import Commitment


class TrancheQuerySet(models.QuerySet["Tranche"]):
    """Tranches."""

    def as_of(self, day: datetime.date, *, known_at: datetime.datetime | None = None) -> Self:
        """Tranches with `paid`, what was paid of each on `day` and had not come back.

        Time: entries of value dates on or before `day`, recorded on or before `known_at`.
        """
        under = Q(entries__value_date__lte=day)
        if known_at is not None:
            under &= Q(entries__recorded_at__lte=known_at)
        sums = {
            kind: Sum("entries__amount", filter=under & Q(entries__kind=kind), default=Decimal(0))
            for kind in (EntryKind.DISBURSEMENT, EntryKind.REFUND)
        }
        return self.annotate(paid=sums[EntryKind.DISBURSEMENT] - sums[EntryKind.REFUND])

    def unpaid(self) -> Self:
        """Those of signed commitments that are neither paid nor cancelled."""
        return self.filter(
            commitment__state="SIGNED", state__in=["SCHEDULED", "REQUESTED", "APPROVED"]
        )

    def overdue_on(self, day: datetime.date) -> Self:
        """Unpaid ones that were due before `day`."""
        return self.unpaid().filter(due_date__lt=day)

    def due_between(self, first: datetime.date, last: datetime.date) -> Self:
        """Unpaid ones due from `first` to `last`, both ends included."""
        return self.unpaid().filter(due_date__range=(first, last))


@keeps_history(found_by_time="tranche_history_by_time")
class Tranche(models.Model):
    """A scheduled slice of a commitment; the slices add up to what is promised.

    Units: `amount` in the commitment's currency.
    """

    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.PROTECT,
        related_name="tranches",
        verbose_name=_("commitment"),
        db_index=False,
    )
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("on what occasion"), max_length=200, blank=True)
    amount = AmountField(_("amount"))
    due_date = models.DateField(_("due on"))
    state = models.CharField(
        _("state"), max_length=9, choices=TrancheState, default=TrancheState.SCHEDULED
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

    objects = TrancheQuerySet.as_manager()

    class Meta:
        verbose_name = _("tranche")
        verbose_name_plural = _("tranches")
        ordering = ["commitment", "number"]
        indexes = [models.Index(fields=["due_date", "state"], name="tranche_by_due_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "number"],
                name="tranche_has_a_number_of_its_own",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Another tranche of the commitment has this number."),
            ),
            amount_is_positive(name="tranche_amount_is_positive", amount="amount"),
            is_one_of(
                name="tranche_state_is_known",
                field="state",
                choices=TrancheState,
                message=_("Choose the state from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.reference} #{self.number}"


@keeps_history()
class Condition(models.Model):
    """A condition precedent: what must be accepted before its tranche is drawn.

    Time: an insurance counts on the days up to `valid_until`, that one included.
    """

    tranche = models.ForeignKey(Tranche, on_delete=models.CASCADE, related_name="conditions")
    kind = models.CharField(_("kind"), max_length=20, choices=ConditionKind)
    description = models.CharField(_("what exactly"), max_length=300)
    met_at = models.DateTimeField(_("met at"), null=True, blank=True, editable=False)
    met_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("found by"),
        db_index=False,
    )
    valid_until = models.DateField(_("in force until"), null=True, blank=True)
    evidence = models.ForeignKey(
        Document,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("evidence"),
    )

    class Meta:
        verbose_name = _("condition precedent")
        verbose_name_plural = _("conditions precedent")
        ordering = ["tranche", "pk"]
        constraints = [
            is_one_of(
                name="condition_kind_is_known",
                field="kind",
                choices=ConditionKind,
                message=_("Choose the kind of condition from the list."),
            ),
            models.CheckConstraint(
                name="condition_has_a_description",
                condition=~Q(description=""),
                violation_error_message=_("Say what exactly must be so."),
            ),
            models.CheckConstraint(
                name="condition_met_is_met_by_somebody",
                condition=Q(met_at__isnull=True, met_by__isnull=True)
                | Q(met_at__isnull=False, met_by__isnull=False),
                violation_error_message=_("Who found the condition met, and when, go together."),
            ),
            models.CheckConstraint(
                name="condition_insurance_has_a_last_day",
                condition=~Q(kind="INSURANCE_IN_FORCE")
                | Q(met_at__isnull=True)
                | Q(valid_until__isnull=False),
                violation_error_message=_("Say until when the insurance is in force."),
            ),
            models.CheckConstraint(
                name="condition_accepted_document_is_there",
                condition=~Q(kind="DOCUMENT_ACCEPTED")
                | Q(met_at__isnull=True)
                | Q(evidence__isnull=False),
                violation_error_message=_("Name the document that was accepted."),
            ),
        ]

    def __str__(self) -> str:
        return self.description

    def is_met_on(self, day: datetime.date) -> bool:
        """Whether it holds on `day`; the database asks the same before a payment."""
        if self.met_at is None:
            return False
        return self.kind != ConditionKind.INSURANCE_IN_FORCE or (
            self.valid_until is not None and self.valid_until >= day
        )


class DrawdownRequestQuerySet(models.QuerySet["DrawdownRequest"]):
    """Requests of payees."""

    def as_of(self, day: datetime.date, *, known_at: datetime.datetime | None = None) -> Self:
        """Those that were received on or before `day` and recorded on or before `known_at`."""
        found = self.filter(received_date__lte=day)
        return found if known_at is None else found.filter(recorded_at__lte=known_at)


class DrawdownRequest(models.Model):
    """The payee's request for a tranche; not yet money. Only ever added."""

    tranche = models.ForeignKey(
        Tranche, on_delete=models.PROTECT, related_name="drawdowns", verbose_name=_("tranche")
    )
    received_date = models.DateField(_("received on"))
    reference = models.CharField(
        _("the payee's reference"),
        max_length=100,
        blank=True,
        help_text=_("Such as an invoice number."),
    )
    remarks = models.TextField(_("remarks"), blank=True)
    document = models.ForeignKey(
        Document,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document"),
    )
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
        db_index=False,
    )

    objects = DrawdownRequestQuerySet.as_manager()

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("drawdown request")
        verbose_name_plural = _("drawdown requests")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.tranche} {self.received_date}"
