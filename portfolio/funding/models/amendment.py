"""Amendments of commitments: increases and decreases, approved like the promise itself."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import AgreementAmendment
from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.money import LARGEST_AMOUNT, AmountField
from portfolio.funding.choices import AmendmentState
from portfolio.funding.models.commitment import Commitment
from portfolio.programmes.models import Allocation


class CommitmentAmendmentQuerySet(models.QuerySet["CommitmentAmendment"]):
    """Amendments of commitments."""

    def as_of(self, day: datetime.date, *, known_at: datetime.datetime | None = None) -> Self:
        """Amendments that had taken effect on `day`: those that entries of then stand on.

        Time: entries of value dates on or before `day`, recorded on or before `known_at`.
        """
        posted = Q(approval_requests__entries__value_date__lte=day)
        if known_at is not None:
            posted &= Q(approval_requests__entries__recorded_at__lte=known_at)
        return self.filter(posted).distinct()


@keeps_history()
class CommitmentAmendment(models.Model):
    """A later change of what a commitment promises; the original amount stays as it was.

    Units: `change_amount` in the commitment's currency: more than zero increases it, less decreases.
    """

    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.PROTECT,
        related_name="amendments",
        verbose_name=_("commitment"),
    )
    number = models.PositiveSmallIntegerField(_("number"))
    agreement_amendment = models.ForeignKey(
        AgreementAmendment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("amendment of the agreement"),
        help_text=_("Needed before it is signed."),
    )
    change_amount = AmountField(_("difference"))
    reason = models.TextField(_("reason"))
    due_date = models.DateField(
        _("new tranche due on"),
        null=True,
        blank=True,
        help_text=_(
            "For an increase; a decrease shortens the last tranches that are not asked for."
        ),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=AmendmentState, default=AmendmentState.DRAFT
    )
    state_at = models.DateTimeField(_("since"), editable=False)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )

    objects = CommitmentAmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amendment of a commitment")
        verbose_name_plural = _("amendments of commitments")
        ordering = ["commitment", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "number"],
                name="commitment_amendment_has_a_number_of_its_own",
                violation_error_message=_("Another amendment of the commitment has this number."),
            ),
            is_one_of(
                name="commitment_amendment_state_is_known",
                field="state",
                choices=AmendmentState,
                message=_("Choose the state from the list."),
            ),
            models.CheckConstraint(
                name="commitment_amendment_changes_something",
                condition=Q(change_amount__gte=-LARGEST_AMOUNT, change_amount__lte=LARGEST_AMOUNT)
                & ~Q(change_amount=0),
                violation_error_message=_("Give the difference: more than zero, or less."),
            ),
            models.CheckConstraint(
                name="commitment_amendment_increase_has_a_due_date",
                condition=Q(change_amount__lt=0) | Q(due_date__isnull=False),
                violation_error_message=_("Say when the additional amount is due."),
            ),
            models.CheckConstraint(
                name="commitment_amendment_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why the commitment is amended."),
            ),
            models.CheckConstraint(
                name="commitment_amendment_signed_has_its_paper",
                condition=~Q(state="SIGNED") | Q(agreement_amendment__isnull=False),
                violation_error_message=_("Name the signed amendment of the agreement."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.commitment.reference} / {self.number}"


@keeps_history()
class AmendmentSplit(models.Model):
    """How much of an amendment an allocation bears; all of them together are its difference."""

    amendment = models.ForeignKey(
        CommitmentAmendment, on_delete=models.CASCADE, related_name="splits"
    )
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="+", verbose_name=_("allocation")
    )
    change_amount = AmountField(_("difference"))

    class Meta:
        verbose_name = _("share of an amendment")
        verbose_name_plural = _("shares of an amendment")
        ordering = ["amendment", "allocation__fiscal_year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["amendment", "allocation"],
                name="amendment_split_names_an_allocation_once",
                violation_error_message=_("This allocation already bears a share."),
            ),
            models.CheckConstraint(
                name="amendment_split_changes_something",
                condition=Q(change_amount__gte=-LARGEST_AMOUNT, change_amount__lte=LARGEST_AMOUNT)
                & ~Q(change_amount=0),
                violation_error_message=_("Give the difference: more than zero, or less."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.allocation}: {self.change_amount}"
