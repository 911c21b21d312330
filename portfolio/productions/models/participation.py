"""What organisations do for productions."""

import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.publishing import is_public
from portfolio.productions.choices import ParticipationRole
from portfolio.productions.models.production import Production


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
