"""What applications are judged by, and who judges them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.history import keeps_history
from scholarships.models.round import Round, is_said, said_in


@keeps_history()
class Criterion(models.Model):
    """What reviewers give points for, and how much it weighs.

    Units: points from 0 to `most_points`; a score is the weighted mean as a share of 100.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField(_("place"), default=1)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    name_zh_hant = models.CharField(_("Traditional Chinese name"), max_length=200, blank=True)
    name_zh_hans = models.CharField(_("Simplified Chinese name"), max_length=200, blank=True)
    help_en = models.TextField(_("what to look for"), blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    most_points = models.PositiveSmallIntegerField(_("most points"), default=10)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["round", "position", "pk"]
        constraints = [
            is_said(
                name="criterion_has_a_name",
                field="name",
                message=_("Give the criterion a name in one language at least."),
            ),
            models.CheckConstraint(
                name="criterion_weighs_something",
                condition=Q(weight__range=(1, 100)) & Q(most_points__range=(1, 100)),
                violation_error_message=_("Give a weight and most points of 1 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return said_in(self, "name")


@keeps_history()
class RoundReviewer(models.Model):
    """That somebody of the staff reviews applications of a round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="reviewers")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("reviewer"),
    )

    class Meta:
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "user"],
                name="round_reviewer_is_named_once",
                violation_error_message=_("This reviewer is named already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.user)
