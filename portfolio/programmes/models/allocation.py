"""Allocations: what part of the envelope a strand has in a fiscal year, and how it was revised."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from partners.models import Document
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD, ONLY_READ
from portfolio.common.history import keeps_history
from portfolio.common.money import LARGEST_AMOUNT, AmountField
from portfolio.programmes.choices import RevisionKind
from portfolio.programmes.models.strand import Strand


class AllocationQuerySet(models.QuerySet["Allocation"]):
    """Allocations."""

    def as_of(self, day: datetime.date, *, known_at: datetime.datetime | None = None) -> Self:
        """Allocations with `allocated`, the amount that they had on `day`.

        Time: decisions that took effect on or before `day`, recorded on or before `known_at`.
        """
        found = AllocationRevision.objects.as_of(day, known_at=known_at).order_by()
        sums = found.filter(allocation=OuterRef("pk")).values("allocation")
        return self.annotate(
            allocated=Coalesce(
                Subquery(sums.annotate(total=Sum("change_amount")).values("total")),
                Value(0, output_field=AmountField()),
            )
        )


@keeps_history()
class Allocation(models.Model):
    """The part of the envelope that is reserved for a strand in a fiscal year.

    Units: in the base currency of the programme.  Time: `fiscal_year` is the calendar year in which
    it begins.
    """

    strand = models.ForeignKey(
        Strand, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("strand")
    )
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["strand", "fiscal_year"]
        constraints = [
            models.UniqueConstraint(
                fields=["strand", "fiscal_year"],
                name="allocation_is_one_a_strand_and_year",
                violation_error_message=_(
                    "This strand has an allocation for the fiscal year: revise that one."
                ),
            ),
            models.CheckConstraint(
                name="allocation_fiscal_year_is_a_year",
                condition=Q(fiscal_year__gte=1990, fiscal_year__lte=2200),
                violation_error_message=_("Give a fiscal year from 1990 to 2200."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.strand} {self.fiscal_year}"


class AllocationRevisionQuerySet(models.QuerySet["AllocationRevision"]):
    """What changed allocations."""

    def as_of(self, day: datetime.date, *, known_at: datetime.datetime | None = None) -> Self:
        """Those that took effect on or before `day` and were recorded on or before `known_at`."""
        found = self.filter(effective_date__lte=day)
        return found if known_at is None else found.filter(recorded_at__lte=known_at)


class AllocationRevision(models.Model):
    """A decision that gave an allocation its amount or changed it; only ever added.

    Units: `change_amount` is the difference, in the base currency; the sum of them is what is
    allocated.  Source: IATI keeps original and revised budgets apart.
    """

    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="revisions", verbose_name=_("allocation")
    )
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("0 is the original."))
    kind = models.CharField(_("kind"), max_length=10, choices=RevisionKind)
    change_amount = AmountField(_("difference"))
    effective_date = models.DateField(_("in effect from"))
    decision = models.CharField(
        _("decision"), max_length=200, help_text=_("Who decided it where: a board paper, a minute.")
    )
    reason = models.TextField(_("reason"))
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
    )

    objects = AllocationRevisionQuerySet.as_manager()

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("revision of an allocation")
        verbose_name_plural = _("revisions of allocations")
        ordering = ["allocation", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["allocation", "number"],
                name="allocation_revision_has_a_number_of_its_own",
                violation_error_message=_("Somebody else revised this allocation: look again."),
            ),
            is_one_of(
                name="allocation_revision_kind_is_known",
                field="kind",
                choices=RevisionKind,
                message=_("An entry is the original or a revision."),
            ),
            models.CheckConstraint(
                name="allocation_revision_original_comes_first",
                condition=Q(number=0, kind=RevisionKind.ORIGINAL)
                | (Q(kind=RevisionKind.REVISION) & Q(number__gt=0)),
                violation_error_message=_(
                    "The first entry is the original, every other a revision."
                ),
            ),
            models.CheckConstraint(
                name="allocation_revision_changes_something",
                condition=Q(change_amount__gte=-LARGEST_AMOUNT, change_amount__lte=LARGEST_AMOUNT)
                & ~Q(change_amount=0),
                violation_error_message=_("Give an amount that differs from the one before."),
            ),
            models.CheckConstraint(
                name="allocation_revision_has_a_decision_and_a_reason",
                condition=~Q(decision="") & ~Q(reason=""),
                violation_error_message=_("Say who decided it, and why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.allocation} #{self.number}"


class AllocationBalance(models.Model):
    """What an allocation holds now: kept by the database, in the transaction of each posting.

    Units: in the base currency. One narrow row an allocation, because it is the limit itself: those
    who commit against one allocation wait for each other here and nowhere else.
    """

    allocation = models.OneToOneField(
        Allocation, on_delete=models.CASCADE, primary_key=True, related_name="balance"
    )
    allocated = AmountField(_("allocated"))
    committed = AmountField(_("committed"))

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("balance of an allocation")
        verbose_name_plural = _("balances of allocations")

    def __str__(self) -> str:
        return str(self.allocation_id)
