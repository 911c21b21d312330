"""Milestones of productions, and the schedules they were once planned in."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.publishing import Publishable, is_public, publication_is_known
from portfolio.productions.choices import MilestoneKind
from portfolio.productions.models.production import Production
from portfolio.productions.models.series import Titled


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    """Milestones."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Milestones of public productions that anyone may see at the instant `at`."""
        return self.filter(
            is_public(at),
            is_public(at, "production__"),
            is_public(at, "production__programme__"),
        )

    def with_slip(self) -> Self:
        """Milestones with `expected`, the day it was or is to be, `baseline`, the day it is held
        against, and `slip`, by how much later that is.

        The baseline is the day in the version of the schedule that was locked last; what is not in
        it, or where none is locked, is held against the first plan.
        """
        locked = (
            ScheduleDate.objects.filter(milestone=OuterRef("pk"), version__locked_at__isnull=False)
            .order_by("-version__number")
            .values("planned_date")[:1]
        )
        return self.annotate(
            expected=Coalesce("actual_date", "revised_date", "planned_date"),
            baseline=Coalesce(Subquery(locked), F("planned_date")),
        ).annotate(
            slip=ExpressionWrapper(
                F("expected") - F("baseline"), output_field=models.DurationField()
            )
        )

    def overdue_on(self, day: datetime.date) -> Self:
        """Those that were to be before `day` and are not yet."""
        return self.filter(
            Q(revised_date__lt=day) | Q(revised_date__isnull=True, planned_date__lt=day),
            actual_date__isnull=True,
        )

    def in_order(self) -> Self:
        """By the day they were or are to be."""
        return self.order_by(
            Coalesce("actual_date", "revised_date", "planned_date"), "production", "pk"
        )


@keeps_history()
class Milestone(Titled, Publishable):
    """A date of a production that somebody waits for: as first planned, as now expected, as it was."""

    production = models.ForeignKey(
        Production,
        on_delete=models.CASCADE,
        related_name="milestones",
        verbose_name=_("production"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=MilestoneKind)
    planned_date = models.DateField(_("planned for"), null=True, blank=True)
    revised_date = models.DateField(
        _("now expected on"), null=True, blank=True, help_text=_("Empty while the plan stands.")
    )
    actual_date = models.DateField(_("was on"), null=True, blank=True)
    remarks = models.CharField(
        _("remarks"), max_length=300, blank=True, help_text=_("For staff; never public.")
    )

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["production", "pk"]
        indexes = [
            models.Index(
                Coalesce("revised_date", "planned_date"),
                name="milestone_still_to_come",
                condition=Q(actual_date__isnull=True),
            ),
        ]
        constraints = [
            is_one_of(
                name="milestone_kind_is_known",
                field="kind",
                choices=MilestoneKind,
                message=_("Choose the kind of milestone from the list."),
            ),
            models.UniqueConstraint(
                fields=["production", "kind", "title_en", "title_zh_hant", "title_zh_hans"],
                name="milestone_is_there_once",
                violation_error_message=_(
                    "The production has this milestone already; give the other one a title."
                ),
            ),
            models.CheckConstraint(
                name="milestone_of_another_kind_has_a_title",
                condition=~Q(
                    kind=MilestoneKind.OTHER, title_en="", title_zh_hant="", title_zh_hans=""
                ),
                violation_error_message=_("Give a milestone of another kind a title."),
            ),
            models.CheckConstraint(
                name="milestone_has_a_date",
                condition=Q(planned_date__isnull=False) | Q(actual_date__isnull=False),
                violation_error_message=_("Say for when it is planned, or when it was."),
            ),
            models.CheckConstraint(
                name="milestone_is_planned_before_it_is_revised",
                condition=Q(revised_date__isnull=True) | Q(planned_date__isnull=False),
                violation_error_message=_("Say for when it was planned first."),
            ),
            publication_is_known(name="milestone_publication_is_known"),
        ]

    def __str__(self) -> str:
        title = self.title_for(get_language() or "en")
        kind = str(self.get_kind_display())
        if self.kind == MilestoneKind.OTHER:
            return title or kind
        return f"{kind}: {title}" if title else kind


@keeps_history()
class ScheduleVersion(models.Model):
    """The dates of a production as they were planned at one time, under a name.

    Once locked it never changes: later dates are held against it.
    """

    production = models.ForeignKey(
        Production,
        on_delete=models.CASCADE,
        related_name="schedule_versions",
        verbose_name=_("production"),
    )
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    name = models.CharField(_("name"), max_length=200)
    remarks = models.TextField(_("remarks"), blank=True)
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("locked by"),
    )

    class Meta:
        verbose_name = _("schedule version")
        verbose_name_plural = _("schedule versions")
        ordering = ["production", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["production", "number"],
                name="schedule_version_has_a_number_of_its_own",
                violation_error_message=_("Another version of the schedule has this number."),
            ),
            models.CheckConstraint(
                name="schedule_version_has_a_name",
                condition=~Q(name=""),
                violation_error_message=_("Give the version a name."),
            ),
            models.CheckConstraint(
                name="schedule_version_locked_is_locked_by_somebody",
                condition=Q(locked_at__isnull=True, locked_by__isnull=True)
                | Q(locked_at__isnull=False, locked_by__isnull=False),
                violation_error_message=_("Who locked the version, and when, go together."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"


@keeps_history()
class ScheduleDate(models.Model):
    """The day of one milestone in a version of the schedule."""

    version = models.ForeignKey(
        ScheduleVersion, on_delete=models.CASCADE, related_name="dates", verbose_name=_("version")
    )
    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.CASCADE,
        related_name="schedule_dates",
        verbose_name=_("milestone"),
    )
    planned_date = models.DateField(_("planned for"))

    class Meta:
        verbose_name = _("date of a schedule version")
        verbose_name_plural = _("dates of schedule versions")
        ordering = ["version", "planned_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "milestone"],
                name="schedule_date_is_given_once",
                violation_error_message=_("The version has a date for this milestone already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone} {self.planned_date}"
