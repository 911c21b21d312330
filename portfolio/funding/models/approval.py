"""Approvals: who may say yes to how much, who was asked, and what they said."""

import datetime
from typing import Self

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of, period_is_ordered
from portfolio.common.grants import ONLY_ADD
from portfolio.common.history import keeps_history
from portfolio.common.local_time import end_of_day
from portfolio.common.money import (
    LARGEST_AMOUNT,
    AmountField,
    CurrencyField,
    amount_is_positive,
    currency_is_iso4217,
)
from portfolio.funding.choices import Decision, RequestKind, RequestState
from portfolio.funding.models.amendment import CommitmentAmendment
from portfolio.funding.models.commitment import Commitment
from portfolio.funding.models.tranche import Tranche
from portfolio.programmes.models import Programme


def in_force_on(day: datetime.date) -> Q:
    """The condition that a period contains `day`, both ends included."""
    return Q(start_date__lte=day) & (Q(end_date__isnull=True) | Q(end_date__gte=day))


class InForceQuerySet(models.QuerySet[models.Model]):
    """Limits of approval, or delegations."""

    def in_force_on(self, day: datetime.date) -> Self:
        """Those that count on `day`."""
        return self.filter(in_force_on(day))


@keeps_history()
class ApprovalLimit(models.Model):
    """How much the holders of a role may approve in a currency: the delegation of authority.

    Units: major units of `currency`. Up to `alone_up_to` one of them is enough; above it and up to
    `jointly_up_to` two are needed; above that somebody else must.
    Time: civil dates in Hong Kong, both ends included; the limit in force on the day of the decision
    counts.
    """

    role = models.ForeignKey(
        Group, on_delete=models.PROTECT, related_name="approval_limits", verbose_name=_("role")
    )
    currency = CurrencyField(_("currency"))
    alone_up_to = AmountField(_("alone up to"))
    jointly_up_to = AmountField(_("with a second up to"))
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("until"), null=True, blank=True)
    decision = models.CharField(
        _("decision"), max_length=200, help_text=_("Who delegated the authority, and when.")
    )

    objects = InForceQuerySet.as_manager()

    class Meta:
        verbose_name = _("limit of approval")
        verbose_name_plural = _("limits of approval")
        ordering = ["role", "currency", "-start_date"]
        constraints = [
            ExclusionConstraint(
                name="approval_limit_is_one_a_role_and_day",
                expressions=[
                    ("role", RangeOperators.EQUAL),
                    ("currency", RangeOperators.EQUAL),
                    (
                        Func(
                            "start_date",
                            "end_date",
                            RangeBoundary(inclusive_upper=True),
                            function="DATERANGE",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_(
                    "Another limit of this role and currency holds on some of these days."
                ),
            ),
            period_is_ordered(name="approval_limit_period_is_ordered"),
            currency_is_iso4217(name="approval_limit_currency_is_iso4217"),
            models.CheckConstraint(
                name="approval_limit_second_is_not_below_the_first",
                condition=Q(
                    alone_up_to__gte=0,
                    jointly_up_to__gte=F("alone_up_to"),
                    jointly_up_to__lte=LARGEST_AMOUNT,
                )
                & Q(jointly_up_to__gt=0),
                violation_error_message=_("The limit with a second is not below the one alone."),
            ),
            models.CheckConstraint(
                name="approval_limit_has_a_decision",
                condition=~Q(decision=""),
                violation_error_message=_("Say who delegated the authority, and when."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.currency} {self.alone_up_to} / {self.jointly_up_to}"


@keeps_history()
class Delegation(models.Model):
    """That one approver decides for another while that one is away.

    Time: civil dates in Hong Kong, both ends included.
    """

    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="delegations_given",
        verbose_name=_("who is away"),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="delegations_held",
        verbose_name=_("who decides instead"),
    )
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200)

    objects = InForceQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ["-start_date", "pk"]
        constraints = [
            period_is_ordered(name="delegation_period_is_ordered"),
            models.CheckConstraint(
                name="delegation_is_to_another",
                condition=~Q(principal=F("deputy")),
                violation_error_message=_("Choose somebody else to decide instead."),
            ),
            models.CheckConstraint(
                name="delegation_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why: leave, travel, illness."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal} → {self.deputy}"


class ApprovalRequestQuerySet(models.QuerySet["ApprovalRequest"]):
    """Requests for approval."""

    def open(self) -> Self:
        """Those that wait for a decision."""
        return self.filter(state=RequestState.OPEN)

    def as_of(self, day: datetime.date, *, known_at: datetime.datetime | None = None) -> Self:
        """Requests with `state_then`, what had become of each at the end of `day` in Hong Kong.

        Time: those asked for by then and on or before `known_at`. The state is from the history; where
        a row has none it is the one of now.
        """
        kept = apps.get_model("funding", "ApprovalRequestEvent")._base_manager
        events = kept.filter(pgh_obj_id=OuterRef("pk"), pgh_created_at__lt=end_of_day(day))
        found = self.filter(requested_at__lt=end_of_day(day))
        if known_at is not None:
            events = events.filter(pgh_created_at__lte=known_at)
            found = found.filter(requested_at__lte=known_at)
        last = Subquery(events.order_by("-pgh_id").values("state")[:1])
        return found.annotate(state_then=Coalesce(last, F("state")))


@keeps_history()
class ApprovalRequest(models.Model):
    """That somebody asks for an approval: of what, of how much, and why.

    Units: `amount` in major units of `currency`.
    The state follows from the decisions; the database sets it. A request is of one version of its
    subject: whoever changes that makes it void, and asks again.
    """

    kind = models.CharField(_("what for"), max_length=16, choices=RequestKind)
    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("programme"),
        db_index=False,
    )
    commitment = models.ForeignKey(
        Commitment,
        on_delete=models.PROTECT,
        related_name="approval_requests",
        verbose_name=_("commitment"),
    )
    amendment = models.ForeignKey(
        CommitmentAmendment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="approval_requests",
        verbose_name=_("amendment"),
    )
    tranche = models.ForeignKey(
        Tranche,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="approval_requests",
        verbose_name=_("tranche"),
    )
    entry = models.ForeignKey(
        "funding.LedgerEntry",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="approval_requests",
        verbose_name=_("entry"),
    )
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    reason = models.TextField(_("reason"), blank=True)
    state = models.CharField(
        _("state"), max_length=17, choices=RequestState, default=RequestState.OPEN
    )
    requested_at = models.DateTimeField(_("requested at"), db_default=Now(), editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("requested by"),
        db_index=False,
    )

    objects = ApprovalRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for approval")
        verbose_name_plural = _("requests for approval")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["requested_at"], name="approval_request_open", condition=Q(state="OPEN")
            )
        ]
        constraints = [
            is_one_of(
                name="approval_request_kind_is_known",
                field="kind",
                choices=RequestKind,
                message=_("Choose what is asked for from the list."),
            ),
            is_one_of(
                name="approval_request_state_is_known",
                field="state",
                choices=RequestState,
                message=_("Choose the state from the list."),
            ),
            amount_is_positive(name="approval_request_amount_is_positive", amount="amount"),
            currency_is_iso4217(name="approval_request_currency_is_iso4217", often=True),
            models.CheckConstraint(
                name="approval_request_names_its_subject",
                condition=(
                    Q(
                        kind__in=["COMMITMENT", "CANCELLATION", "WRITE_OFF"],
                        amendment__isnull=True,
                        tranche__isnull=True,
                        entry__isnull=True,
                    )
                    | Q(kind="OVER_COMMITMENT", tranche__isnull=True, entry__isnull=True)
                    | Q(
                        kind="AMENDMENT",
                        amendment__isnull=False,
                        tranche__isnull=True,
                        entry__isnull=True,
                    )
                    | Q(
                        kind__in=["PAYMENT", "OVERRIDE"],
                        amendment__isnull=True,
                        tranche__isnull=False,
                        entry__isnull=True,
                    )
                    | Q(
                        kind="REVERSAL",
                        amendment__isnull=True,
                        tranche__isnull=True,
                        entry__isnull=False,
                    )
                ),
                violation_error_message=_("A request names exactly what it is about."),
            ),
            models.CheckConstraint(
                name="approval_request_for_an_exception_has_a_reason",
                condition=Q(kind__in=["COMMITMENT", "AMENDMENT", "PAYMENT"]) | ~Q(reason=""),
                violation_error_message=_("Say why the exception is asked for."),
            ),
            models.UniqueConstraint(
                fields=["kind", "commitment", "amendment", "tranche", "entry"],
                name="approval_request_is_open_once",
                condition=Q(state="OPEN"),
                nulls_distinct=False,
                violation_error_message=_("This approval is already asked for."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.currency} {self.amount}"


class ApprovalDecision(models.Model):
    """What an approver said to a request, when and why; only ever added.

    `authority` is whose limit it stands on: the approver's own, or that of a principal who delegated
    to the approver. `limit` is the one in force then, and `delegation` that of the principal.
    """

    request = models.ForeignKey(
        ApprovalRequest,
        on_delete=models.PROTECT,
        related_name="decisions",
        verbose_name=_("request"),
    )
    decision = models.CharField(_("decision"), max_length=15, choices=Decision)
    reason = models.TextField(_("reason"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), db_default=Now(), editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
        db_index=False,
    )
    authority = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("on the authority of"),
    )
    # The database writes both down as they were in force at that moment.
    limit = models.ForeignKey(
        ApprovalLimit,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="decisions",
        verbose_name=_("within the limit"),
    )
    delegation = models.ForeignKey(
        Delegation,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="decisions",
        verbose_name=_("by the delegation"),
    )

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["request", "pk"]
        constraints = [
            is_one_of(
                name="approval_decision_is_known",
                field="decision",
                choices=Decision,
                message=_("Approve, reject, or request changes."),
            ),
            models.CheckConstraint(
                name="approval_decision_against_has_a_reason",
                condition=Q(decision="APPROVE") | ~Q(reason=""),
                violation_error_message=_("Say why, so that it can be mended."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decided_by}: {self.get_decision_display()}"
