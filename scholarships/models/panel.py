"""Panels: the meeting that decides, its minutes and its decisions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from scholarships.choices import PanelOutcome
from scholarships.models.application import Application
from scholarships.models.round import Round


@keeps_history()
class PanelMeeting(models.Model):
    """A meeting of a round's panel. What it decided is carried out when it is closed, and then stays."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="panels", verbose_name=_("round")
    )
    held_date = models.DateField(_("held on"))
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        through="PanelMember",
        related_name="+",
        verbose_name=_("members"),
    )
    minutes = models.TextField(
        _("minutes"),
        blank=True,
        help_text=_("Write of applications by their numbers, and name nobody."),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("closed by"),
    )

    class Meta:
        verbose_name = _("panel meeting")
        verbose_name_plural = _("panel meetings")
        ordering = ["-held_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="panel_closed_has_minutes",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(minutes="")),
                violation_error_message=_("Write the minutes before the meeting is closed."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.held_date}"


@keeps_history()
class PanelMember(models.Model):
    """That somebody sat on a panel."""

    meeting = models.ForeignKey(PanelMeeting, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("member"),
    )

    class Meta:
        verbose_name = _("member of a panel")
        verbose_name_plural = _("members of a panel")
        ordering = ["meeting", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"],
                name="panel_member_sits_once",
                violation_error_message=_("This member is named already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)


@keeps_history()
class PanelDecision(models.Model):
    """What a panel decided about an application, with the score that it saw.

    Units: `score` of 100, as it stood; `place` in the order of the panel, 1 first.
    """

    meeting = models.ForeignKey(PanelMeeting, on_delete=models.CASCADE, related_name="decisions")
    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        related_name="decisions",
        verbose_name=_("application"),
    )
    outcome = models.CharField(_("decision"), max_length=6, choices=PanelOutcome)
    place = models.PositiveSmallIntegerField(_("place"))
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=3, null=True, blank=True)
    reason = models.TextField(
        _("reason"),
        blank=True,
        help_text=_("Needed where it departs from the order of scores, or parts equal ones."),
    )

    class Meta:
        verbose_name = _("decision of a panel")
        verbose_name_plural = _("decisions of a panel")
        ordering = ["meeting", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "application"],
                name="panel_decision_is_one_an_application",
                violation_error_message=_("The panel has decided about this application."),
            ),
            models.UniqueConstraint(
                fields=["meeting", "place"],
                name="panel_decision_has_a_place_of_its_own",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Another application has this place."),
            ),
            is_one_of(
                name="panel_decision_outcome_is_known",
                field="outcome",
                choices=PanelOutcome,
                message=_("Choose the decision from the list."),
            ),
            models.CheckConstraint(
                name="panel_decision_place_counts_from_one",
                condition=Q(place__gte=1),
                violation_error_message=_("Places count from 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.get_outcome_display()}"
