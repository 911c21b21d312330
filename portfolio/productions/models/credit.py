"""What people did on productions."""

import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models import Person
from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.publishing import is_public
from portfolio.productions.choices import CreditRole
from portfolio.productions.models.production import Production


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
