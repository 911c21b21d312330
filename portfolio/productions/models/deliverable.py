"""What a production has to hand over, and whether it was accepted."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Document
from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.productions.choices import DeliverableKind, DeliverableState
from portfolio.productions.models.production import Production

# Together they also say which states there are.
EXPECTED = Q(
    state=DeliverableState.EXPECTED,
    received_date__isnull=True,
    received_by__isnull=True,
    decided_at__isnull=True,
    decided_by__isnull=True,
)
RECEIVED = Q(
    state=DeliverableState.RECEIVED,
    received_date__isnull=False,
    received_by__isnull=False,
    decided_at__isnull=True,
    decided_by__isnull=True,
)
DECIDED = Q(
    state__in=[DeliverableState.ACCEPTED, DeliverableState.REJECTED],
    received_date__isnull=False,
    received_by__isnull=False,
    decided_at__isnull=False,
    decided_by__isnull=False,
)


class DeliverableQuerySet(models.QuerySet["Deliverable"]):
    """Deliverables."""

    def missing(self) -> Self:
        """Mandatory ones that are not accepted: the production is not delivered before."""
        return self.filter(is_mandatory=True).exclude(state=DeliverableState.ACCEPTED)

    def overdue_on(self, day: datetime.date) -> Self:
        """Those that were due before `day` and have not come, or were rejected."""
        waited_for = [DeliverableState.EXPECTED, DeliverableState.REJECTED]
        return self.filter(state__in=waited_for, due_date__lt=day)


@keeps_history()
class Deliverable(models.Model):
    """A thing that a production hands over: received, then accepted or rejected by somebody else.

    Never public.
    """

    production = models.ForeignKey(
        Production,
        on_delete=models.CASCADE,
        related_name="deliverables",
        verbose_name=_("production"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=DeliverableKind)
    title = models.CharField(
        _("what exactly"), max_length=200, blank=True, help_text=_("Such as: DCP 4K, Cantonese.")
    )
    is_mandatory = models.BooleanField(
        _("mandatory"), default=True, help_text=_("It is delivered when all of these are accepted.")
    )
    due_date = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=DeliverableState,
        default=DeliverableState.EXPECTED,
        editable=False,
    )
    received_date = models.DateField(_("received on"), null=True, blank=True, editable=False)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("taken in by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.TextField(_("reason"), blank=True, editable=False)
    document = models.ForeignKey(
        Document,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("document"),
    )

    objects = DeliverableQuerySet.as_manager()

    class Meta:
        verbose_name = _("deliverable")
        verbose_name_plural = _("deliverables")
        ordering = ["production", F("due_date").asc(nulls_last=True), "pk"]
        indexes = [models.Index(fields=["due_date", "state"], name="deliverable_by_due_date")]
        constraints = [
            is_one_of(
                name="deliverable_kind_is_known",
                field="kind",
                choices=DeliverableKind,
                message=_("Choose the kind of deliverable from the list."),
            ),
            models.UniqueConstraint(
                fields=["production", "kind", "title"],
                name="deliverable_is_asked_for_once",
                violation_error_message=_(
                    "The production has this deliverable already; say what exactly the other one is."
                ),
            ),
            models.CheckConstraint(
                name="deliverable_of_another_kind_says_what",
                condition=~Q(kind=DeliverableKind.OTHER, title=""),
                violation_error_message=_("Say what exactly is to be handed over."),
            ),
            models.CheckConstraint(
                name="deliverable_state_has_its_dates",
                condition=EXPECTED | RECEIVED | DECIDED,
                violation_error_message=_(
                    "What is received has a day and a name, and what is decided has both as well."
                ),
            ),
            models.CheckConstraint(
                name="deliverable_is_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("received_by")),
                violation_error_message=_(
                    "Somebody other than who took it in accepts or rejects it."
                ),
            ),
            models.CheckConstraint(
                name="deliverable_rejected_has_a_reason",
                condition=~Q(state=DeliverableState.REJECTED, reason=""),
                violation_error_message=_("Say why it is rejected."),
            ),
        ]

    def __str__(self) -> str:
        kind = str(self.get_kind_display())
        if self.kind == DeliverableKind.OTHER:
            return self.title or kind
        return f"{kind}: {self.title}" if self.title else kind
