"""Venue collaborations: an agreement with a house, its seasons, and how revenue is shared."""

from decimal import Decimal
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement, Organisation
from portfolio.common.constraints import is_one_of, never_changes, period_is_ordered
from portfolio.common.history import keeps_history
from portfolio.live.choices import ShareBasis
from portfolio.live.models.venue import Venue
from portfolio.programmes.choices import ProjectKind
from portfolio.programmes.models import Project, ProjectQuerySet, project_is_of_kind


class VenueCollaborationQuerySet(ProjectQuerySet):
    """Venue collaborations."""


@keeps_history()
class VenueCollaboration(Project):
    """A project that works with a venue over one season or several, under an agreement."""

    venue = models.ForeignKey(
        Venue, on_delete=models.PROTECT, related_name="collaborations", verbose_name=_("venue")
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="venue_collaborations",
        verbose_name=_("agreement"),
    )
    minimum_shows = models.PositiveSmallIntegerField(
        _("minimum number of shows"),
        null=True,
        blank=True,
        help_text=_("Over its whole length; empty where none is agreed or disclosed."),
    )
    terms = models.TextField(
        _("terms"), blank=True, help_text=_("What else is agreed; for staff, never public.")
    )

    objects = VenueCollaborationQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue collaboration")
        verbose_name_plural = _("venue collaborations")
        ordering = ["sort_name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="venue_collaboration_minimum_is_a_number",
                condition=Q(minimum_shows__isnull=True) | Q(minimum_shows__gt=0),
                violation_error_message=_("Give at least one show, or leave it empty."),
            )
        ]
        triggers = [
            project_is_of_kind(
                name="venue_collaboration_is_one", kind=ProjectKind.VENUE_COLLABORATION
            ),
            never_changes(
                name="venue_collaboration_venue_never_changes",
                field="venue",
                message="a collaboration stays with its venue",
            ),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.kind and "kind" not in self.get_deferred_fields():
            self.kind = ProjectKind.VENUE_COLLABORATION


@keeps_history()
class Season(models.Model):
    """A part of a collaboration with days and a minimum of its own.

    Time: civil dates, both ends included; seasons of one collaboration do not overlap.
    """

    collaboration = models.ForeignKey(
        VenueCollaboration,
        on_delete=models.CASCADE,
        related_name="seasons",
        verbose_name=_("venue collaboration"),
    )
    title = models.CharField(_("title"), max_length=200)
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("until"))
    minimum_shows = models.PositiveSmallIntegerField(
        _("minimum number of shows"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("season")
        verbose_name_plural = _("seasons")
        ordering = ["collaboration", "start_date"]
        constraints = [
            period_is_ordered(name="season_period_is_ordered"),
            models.CheckConstraint(
                name="season_minimum_is_a_number",
                condition=Q(minimum_shows__isnull=True) | Q(minimum_shows__gt=0),
                violation_error_message=_("Give at least one show, or leave it empty."),
            ),
            ExclusionConstraint(
                name="seasons_do_not_overlap",
                expressions=[
                    (F("collaboration"), RangeOperators.EQUAL),
                    (
                        Func(
                            "start_date",
                            "end_date",
                            RangeBoundary(inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("Another season of the collaboration has these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.start_date}–{self.end_date})"


@keeps_history()
class RevenueShare(models.Model):
    """What part of the revenue under a collaboration is whose.

    Units: per cent of the basis; those of one basis never pass 100.
    """

    collaboration = models.ForeignKey(
        VenueCollaboration,
        on_delete=models.CASCADE,
        related_name="revenue_shares",
        verbose_name=_("venue collaboration"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="revenue_shares",
        verbose_name=_("organisation"),
    )
    basis = models.CharField(_("of"), max_length=10, choices=ShareBasis, default=ShareBasis.GROSS)
    percentage = models.DecimalField(_("per cent"), max_digits=7, decimal_places=4)
    terms = models.TextField(_("terms"), blank=True)

    class Meta:
        verbose_name = _("share of revenue")
        verbose_name_plural = _("shares of revenue")
        ordering = ["collaboration", "basis", "pk"]
        constraints = [
            is_one_of(
                name="revenue_share_basis_is_known",
                field="basis",
                choices=ShareBasis,
                message=_("Choose from the list of what the share is."),
            ),
            models.CheckConstraint(
                name="revenue_share_is_a_part",
                condition=Q(percentage__gt=0, percentage__lte=Decimal(100)),
                violation_error_message=_("Give more than 0 and at most 100 per cent."),
            ),
            models.UniqueConstraint(
                fields=["collaboration", "organisation", "basis"],
                name="revenue_share_is_given_once",
                violation_error_message=_("This organisation already has a share of this."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.percentage.normalize():f} %"
