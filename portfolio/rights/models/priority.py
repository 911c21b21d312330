"""Options, first looks and last matches: who must be asked before anyone else, and by when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement, Organisation
from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.rights.choices import Answer, PriorityKind, PriorityState
from portfolio.rights.models.grant import Grant
from portfolio.rights.models.scope import Scope, scope_rules, scope_triggers


@keeps_history()
class Priority(Scope):
    """That somebody may acquire rights within a term, be offered them first, or match the last offer.

    Time: it runs from `valid_from_date` to `valid_until_date`, both included: a grant to somebody else,
    agreed within it, needs an answer of the holder first. After an offer the holder has `answer_days`.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=PriorityKind)
    holder = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="priorities", verbose_name=_("holder")
    )
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="priorities", verbose_name=_("agreement")
    )
    valid_from_date = models.DateField(_("runs from"))
    valid_until_date = models.DateField(_("runs until"))
    answer_days = models.PositiveSmallIntegerField(
        _("days to answer"),
        null=True,
        blank=True,
        help_text=_("For a first look or a last match; an option has none."),
    )
    state = models.CharField(
        _("state"), max_length=9, choices=PriorityState, default=PriorityState.OPEN, editable=False
    )
    state_at = models.DateTimeField(_("since"), null=True, blank=True, editable=False)
    state_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("option, first look or last match")
        verbose_name_plural = _("options, first looks and last matches")
        ordering = ["valid_until_date", "pk"]
        constraints = [
            *scope_rules("priority"),
            is_one_of(
                name="priority_kind_is_known",
                field="kind",
                choices=PriorityKind,
                message=_("Choose an option, a first look or a last match."),
            ),
            is_one_of(
                name="priority_state_is_known",
                field="state",
                choices=PriorityState,
                message=_("Choose the state from the list."),
            ),
            models.CheckConstraint(
                name="priority_runs_forward",
                condition=Q(valid_until_date__gte=F("valid_from_date")),
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                name="priority_has_days_to_answer",
                condition=Q(kind=PriorityKind.OPTION, answer_days__isnull=True)
                | (
                    ~Q(kind=PriorityKind.OPTION)
                    & Q(answer_days__isnull=False, answer_days__gte=1, answer_days__lte=366)
                ),
                violation_error_message=_(
                    "Give the days to answer, from 1 to 366, of a first look or a last match; none of an option."
                ),
            ),
            models.CheckConstraint(
                name="priority_state_has_its_person",
                condition=Q(state=PriorityState.OPEN)
                | Q(state_at__isnull=False, state_by__isnull=False),
                violation_error_message=_("Say who closed it, and when."),
            ),
        ]
        triggers = [*scope_triggers("priority")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


@keeps_history()
class Offer(models.Model):
    """That the holder of a priority was offered what a grant would give to somebody else.

    Time: `answer_due_date` is the last day to answer, worked out by the database; an offer without an
    answer has lapsed on the day after.
    """

    priority = models.ForeignKey(
        Priority, on_delete=models.PROTECT, related_name="offers", verbose_name=_("priority")
    )
    grant = models.ForeignKey(
        Grant, on_delete=models.CASCADE, related_name="offers", verbose_name=_("grant")
    )
    offered_date = models.DateField(_("offered on"))
    answer_due_date = models.DateField(_("answer due"), null=True, editable=False)
    answer = models.CharField(_("answer"), max_length=8, choices=Answer, blank=True)
    answered_date = models.DateField(_("answered on"), null=True, blank=True)
    terms = models.TextField(_("terms offered"), blank=True)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["priority", "offered_date", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["priority", "grant"],
                name="offer_is_made_once",
                violation_error_message=_("This grant was offered to the holder already."),
            ),
            models.CheckConstraint(
                name="offer_answer_has_its_day",
                condition=Q(answer="", answered_date__isnull=True)
                | Q(
                    answer__in=Answer.values,
                    answered_date__isnull=False,
                    answered_date__gte=F("offered_date"),
                ),
                violation_error_message=_(
                    "Give the answer with its day, which is not before the offer, or neither."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.priority} / {self.grant}"
