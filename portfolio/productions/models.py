"""Films and series, the organisations that take part in them and the people who make them."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation, Person
from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.publishing import is_public
from portfolio.productions.choices import CreditRole, Format, ParticipationRole, Stage
from portfolio.programmes.choices import ProjectKind
from portfolio.programmes.models import Project, ProjectQuerySet, project_is_of_kind


class ProductionQuerySet(ProjectQuerySet):
    """Productions."""


@keeps_history()
class Production(Project):
    """A film or a series: a project with its form, its stage and those who make it."""

    format = models.CharField(_("format"), max_length=20, choices=Format)
    stage = models.CharField(_("stage"), max_length=24, choices=Stage, default=Stage.ANNOUNCED)
    genre = models.CharField(_("genre"), max_length=100, blank=True)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, help_text=_("Of first release; empty before it.")
    )

    objects = ProductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("production")
        verbose_name_plural = _("productions")
        ordering = ["sort_name", "pk"]
        indexes = [
            models.Index(fields=["format"], name="production_by_format"),
            models.Index(fields=["stage"], name="production_by_stage"),
            # The API's order by year, in which a row without one has the smallest: 0.
            models.Index(Coalesce("year", Value(0)), "project_ptr", name="production_by_year"),
        ]
        constraints = [
            is_one_of(
                name="production_format_is_known",
                field="format",
                choices=Format,
                message=_("Choose the format from the list."),
            ),
            is_one_of(
                name="production_stage_is_known",
                field="stage",
                choices=Stage,
                message=_("Choose the stage from the list."),
            ),
            models.CheckConstraint(
                name="production_year_is_of_the_cinema",
                condition=Q(year__isnull=True) | Q(year__gte=1888, year__lte=2200),
                violation_error_message=_("Give a year from 1888 to 2200, or leave it empty."),
            ),
        ]
        triggers = [
            project_is_of_kind(name="production_is_a_production", kind=ProjectKind.PRODUCTION)
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.kind and "kind" not in self.get_deferred_fields():
            self.kind = ProjectKind.PRODUCTION


class ParticipationQuerySet(models.QuerySet["Participation"]):
    """Participations."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Participations of which anyone may see both ends at the instant `at`."""
        return self.filter(
            is_public(at, "organisation__"),
            is_public(at, "production__"),
            is_public(at, "production__programme__"),
        )


@keeps_history()
class Participation(models.Model):
    """What an organisation does for a production."""

    production = models.ForeignKey(
        Production,
        on_delete=models.CASCADE,
        related_name="participations",
        verbose_name=_("production"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="participations",
        verbose_name=_("organisation"),
    )
    role = models.CharField(_("role"), max_length=20, choices=ParticipationRole)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        ordering = ["production", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["production", "organisation", "role"],
                name="participation_has_a_role_once",
                violation_error_message=_("This organisation already has this role here."),
            ),
            is_one_of(
                name="participation_role_is_known",
                field="role",
                choices=ParticipationRole,
                message=_("Choose the role from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_role_display()}"


class CreditQuerySet(models.QuerySet["Credit"]):
    """Credits."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Credits of which anyone may see both ends at the instant `at`."""
        return self.filter(
            is_public(at, "person__"),
            is_public(at, "production__"),
            is_public(at, "production__programme__"),
        )


@keeps_history()
class Credit(models.Model):
    """What a person did on a production."""

    production = models.ForeignKey(
        Production, on_delete=models.CASCADE, related_name="credits", verbose_name=_("production")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="credits", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=CreditRole)

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["production", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["production", "person", "role"],
                name="credit_is_given_once",
                violation_error_message=_("This person already has this credit here."),
            ),
            is_one_of(
                name="credit_role_is_known",
                field="role",
                choices=CreditRole,
                message=_("Choose the credit from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"
