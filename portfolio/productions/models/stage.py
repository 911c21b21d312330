"""How productions came from stage to stage."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Document
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD
from portfolio.productions.choices import Stage
from portfolio.productions.models.production import Production


class StageChange(models.Model):
    """A step of a production from one stage to another: when, by whom, why. Only ever added.

    Which steps there are, and what each asks for, is in sql/0004_stages.sql.
    Time: `effective_date` is when it took effect, `decided_at` when it was recorded here.
    """

    production = models.ForeignKey(
        Production,
        on_delete=models.PROTECT,
        related_name="stage_changes",
        verbose_name=_("production"),
    )
    from_stage = models.CharField(_("from"), max_length=24, choices=Stage)
    to_stage = models.CharField(_("to"), max_length=24, choices=Stage)
    effective_date = models.DateField(_("in effect from"))
    reason = models.TextField(_("reason"), blank=True)
    document = models.ForeignKey(
        Document,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document"),
    )
    decided_at = models.DateTimeField(_("recorded at"), editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("step of a production")
        verbose_name_plural = _("steps of productions")
        ordering = ["-pk"]
        constraints = [
            is_one_of(
                name="stage_change_begins_at_a_stage",
                field="from_stage",
                choices=Stage,
                message=_("Choose the stage from the list."),
            ),
            is_one_of(
                name="stage_change_leads_to_a_stage",
                field="to_stage",
                choices=Stage,
                message=_("Choose the stage from the list."),
            ),
            models.CheckConstraint(
                name="stage_change_changes_the_stage",
                condition=~Q(from_stage=F("to_stage")),
                violation_error_message=_("It is at this stage already."),
            ),
            models.CheckConstraint(
                name="stage_change_to_abandoned_has_a_reason",
                condition=~Q(to_stage=Stage.ABANDONED, reason=""),
                violation_error_message=_("Say why it is abandoned."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_from_stage_display()} → {self.get_to_stage_display()}"
