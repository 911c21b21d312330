"""Holdbacks: times in which somebody may not exploit a title in a medium and territory."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.rights.choices import BoundSide
from portfolio.rights.models.grant import Grant
from portfolio.rights.models.scope import Scope, scope_rules, scope_triggers


@keeps_history()
class Holdback(Scope):
    """A promise, made with a grant, not to exploit a title in some media and territories for a time.

    One that binds us keeps us from licensing there to anyone else; one that binds the other side is
    kept so that people see it.
    """

    grant = models.ForeignKey(
        Grant, on_delete=models.CASCADE, related_name="holdbacks", verbose_name=_("grant")
    )
    binds = models.CharField(
        _("whom it binds"), max_length=10, choices=BoundSide, default=BoundSide.US
    )

    class Meta:
        verbose_name = _("holdback")
        verbose_name_plural = _("holdbacks")
        ordering = ["grant", "pk"]
        constraints = [
            *scope_rules("holdback"),
            is_one_of(
                name="holdback_binds_a_known_side",
                field="binds",
                choices=BoundSide,
                message=_("Say whom the holdback binds."),
            ),
        ]
        triggers = [*scope_triggers("holdback")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
