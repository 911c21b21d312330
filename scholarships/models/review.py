"""Reviews: who judges what, after declaring that no interest stands in the way."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from scholarships.choices import Declared
from scholarships.models.application import Application
from scholarships.models.rubric import Criterion


@keeps_history(exclude=("comment",))
class Review(models.Model):
    """That a reviewer is to judge an application, and what came of it.

    Nothing of the application opens before the declaration, nothing is scored after completion.
    """

    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        related_name="reviews",
        verbose_name=_("application"),
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="scholarship_reviews",
        verbose_name=_("reviewer"),
    )
    assigned_at = models.DateTimeField(_("assigned at"), db_default=Now(), editable=False)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("assigned by"),
    )
    declared = models.CharField(
        _("conflict of interest"), max_length=8, choices=Declared, default=Declared.NOT_YET
    )
    declared_at = models.DateTimeField(_("declared at"), null=True, blank=True, editable=False)
    recusal_reason = models.TextField(_("why recused"), blank=True)
    comment = models.TextField(_("comment"), blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["application", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "reviewer"],
                name="review_is_one_a_reviewer",
                violation_error_message=_("This reviewer has the application already."),
            ),
            is_one_of(
                name="review_declaration_is_known",
                field="declared",
                choices=Declared,
                message=_("Declare whether there is a conflict of interest."),
            ),
            models.CheckConstraint(
                name="review_declaration_has_its_moment",
                condition=Q(declared=Declared.NOT_YET, declared_at__isnull=True)
                | (~Q(declared=Declared.NOT_YET) & Q(declared_at__isnull=False)),
                violation_error_message=_("A declaration is kept with its moment."),
            ),
            models.CheckConstraint(
                name="review_recusal_has_a_reason",
                condition=~Q(declared=Declared.RECUSED, recusal_reason=""),
                violation_error_message=_("Say what the conflict of interest is."),
            ),
            models.CheckConstraint(
                name="review_completed_was_declared",
                condition=Q(completed_at__isnull=True) | Q(declared=Declared.NONE),
                violation_error_message=_("Declare first that there is no conflict of interest."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.reviewer}"


@keeps_history(exclude=("comment",))
class Score(models.Model):
    """The points of a review for one criterion."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(
        Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion")
    )
    points = models.PositiveSmallIntegerField(_("points"))
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["review", "criterion__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "criterion"],
                name="score_is_one_a_criterion",
                violation_error_message=_("This criterion has its points already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.review} {self.points}"
