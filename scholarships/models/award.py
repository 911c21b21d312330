"""Awards: a place, what is paid for it, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.publishing import Publishable, PublishableQuerySet, publication_is_known
from portfolio.funding.models import Commitment, Condition
from portfolio.programmes.models import Project
from portfolio.sources.models import Source
from scholarships.choices import AwardState, OutcomeKind, ReportState
from scholarships.models.application import Application
from scholarships.models.round import Round

HOLD_A_PLACE = [
    AwardState.OFFERED,
    AwardState.ACCEPTED,
    AwardState.DEFERRED,
    AwardState.COMPLETED,
]
ENDED_EARLY = [
    AwardState.DECLINED,
    AwardState.LAPSED,
    AwardState.RESIGNED,
    AwardState.TERMINATED,
]


class AwardQuerySet(models.QuerySet["Award"]):
    """Awards."""

    def holding(self) -> "AwardQuerySet":
        """Those that hold a place."""
        return self.filter(state__in=HOLD_A_PLACE)

    def taken_up(self) -> "AwardQuerySet":
        """Those that were accepted and not given up."""
        return self.filter(
            state__in=[AwardState.ACCEPTED, AwardState.DEFERRED, AwardState.COMPLETED]
        )


@keeps_history()
class Award(models.Model):
    """A place that was offered to an applicant, with the commitment that pays for it.

    The amount is that of its commitment: instalments are its tranches, and every change of it is an
    amendment, a de-commitment or a refund in the ledger.
    Time: an offer can be accepted until `reply_by`, that instant included.
    """

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="awards", verbose_name=_("round")
    )
    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="award", verbose_name=_("application")
    )
    commitment = models.OneToOneField(
        Commitment,
        on_delete=models.PROTECT,
        related_name="scholarship_award",
        verbose_name=_("commitment"),
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=AwardState,
        default=AwardState.OFFERED,
        editable=False,
    )
    state_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )
    state_reason = models.TextField(_("reason"), blank=True, editable=False)
    offered_at = models.DateTimeField(_("offered at"), editable=False)
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("offered by"),
    )
    reply_by = models.DateTimeField(_("answer by"))
    starts_on = models.DateField(_("begins on"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("in place of"),
    )

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["round", "state"], name="award_by_state")]
        constraints = [
            is_one_of(
                name="award_state_is_known",
                field="state",
                choices=AwardState,
                message=_("Choose the state from the list."),
            ),
            models.CheckConstraint(
                name="award_is_answered_after_the_offer",
                condition=Q(reply_by__gt=F("offered_at")),
                violation_error_message=_("The answer is due after the offer."),
            ),
            models.CheckConstraint(
                name="award_that_ends_has_a_reason",
                condition=~Q(
                    state__in=[AwardState.RESIGNED, AwardState.TERMINATED, AwardState.DEFERRED],
                    state_reason="",
                ),
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)


@keeps_history(exclude=("text",))
class ProgressReport(models.Model):
    """A report that a scholar owes by a day; its acceptance can be what an instalment waits for."""

    award = models.ForeignKey(
        Award, on_delete=models.PROTECT, related_name="reports", verbose_name=_("award")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    due_date = models.DateField(_("due on"))
    condition = models.OneToOneField(
        Condition,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("condition that it meets"),
    )
    state = models.CharField(
        _("state"),
        max_length=9,
        choices=ReportState,
        default=ReportState.EXPECTED,
        editable=False,
    )
    text = models.TextField(_("report"), max_length=20_000, blank=True)
    submitted_at = models.DateTimeField(_("handed in at"), null=True, blank=True, editable=False)
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
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ["award", "number"]
        indexes = [models.Index(fields=["due_date", "state"], name="report_by_due_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["award", "number"],
                name="progress_report_has_a_number_of_its_own",
                violation_error_message=_("Another report of the award has this number."),
            ),
            models.CheckConstraint(
                name="progress_report_state_has_its_moments",
                condition=Q(
                    state=ReportState.EXPECTED, submitted_at__isnull=True, decided_at__isnull=True,
                    decided_by__isnull=True,
                )
                | Q(
                    state=ReportState.SUBMITTED, submitted_at__isnull=False,
                    decided_at__isnull=True, decided_by__isnull=True,
                )
                | Q(
                    state__in=[ReportState.ACCEPTED, ReportState.RETURNED],
                    submitted_at__isnull=False, decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                violation_error_message=_(
                    "A report is handed in at a moment, and decided about by somebody at another."
                ),
            ),
            models.CheckConstraint(
                name="progress_report_returned_has_a_reason",
                condition=~Q(state=ReportState.RETURNED, reason=""),
                violation_error_message=_("Say what is missing in the report."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.award} #{self.number}"


class OutcomeQuerySet(PublishableQuerySet):
    """Outcomes of scholarships."""


@keeps_history(exclude=("title", "place"))
class Outcome(Publishable):
    """What came of a scholarship; public only with the scholar's consent."""

    award = models.ForeignKey(
        Award, on_delete=models.PROTECT, related_name="outcomes", verbose_name=_("award")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=OutcomeKind)
    title = models.CharField(_("what"), max_length=300)
    place = models.CharField(_("where"), max_length=200, blank=True)
    happened_on = models.DateField(_("on"), null=True, blank=True)
    project = models.ForeignKey(
        Project,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("work of the portfolio"),
    )
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
    )

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering = ["award", "happened_on", "pk"]
        constraints = [
            publication_is_known(name="outcome_publication_is_known"),
            is_one_of(
                name="outcome_kind_is_known",
                field="kind",
                choices=OutcomeKind,
                message=_("Choose the kind of outcome from the list."),
            ),
            models.CheckConstraint(
                name="outcome_is_named",
                condition=~Q(title=""),
                violation_error_message=_("Say what came of it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.get_kind_display()}"
