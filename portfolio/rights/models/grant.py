"""Grants: rights that were acquired, and rights that were licensed on."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement, Organisation
from portfolio.common.constraints import is_one_of, never_changes
from portfolio.common.history import keeps_history
from portfolio.common.money import (
    AmountField,
    CurrencyField,
    amount_has_its_currency,
    currency_is_iso4217,
)
from portfolio.rights.choices import (
    Basis,
    Direction,
    EndReason,
    Exclusivity,
    ExtentKind,
    GrantState,
)
from portfolio.rights.models.scope import Scope, scope_rules, scope_triggers


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants."""

    def acquired(self) -> Self:
        """Rights in."""
        return self.filter(direction=Direction.IN)

    def licensed(self) -> Self:
        """Rights out."""
        return self.filter(direction=Direction.OUT)

    def live_on(self, day: datetime.date) -> Self:
        """Grants in force, or ended early but not yet then, whose window contains `day`."""
        return self.filter(
            ~Q(state=GrantState.DRAFT),
            extents__kind__in=[ExtentKind.IN, ExtentKind.OUT],
            extents__window__contains=day,
        )


@keeps_history()
class Grant(Scope):
    """A right in a title that one side grants the other: acquired by us, or licensed on by us.

    Shape: one row per title, agreement and scope; a package of ten titles is ten rows.
    Units: `minimum_guarantee` in major units of `currency`, NULL is "not disclosed"; `share_percent`
    of receipts for the side that grants.
    Time: `granted_date` is the day on which it was agreed; `ended_date` the last day that it held when
    it ended before its window did.
    """

    direction = models.CharField(_("direction"), max_length=3, choices=Direction)
    basis = models.CharField(_("basis"), max_length=8, choices=Basis, default=Basis.LICENSED)
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("agreement"),
        help_text=_("Empty only for rights that were ours from the start."),
    )
    other_side = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("other side"),
        help_text=_("Who granted it to us, or to whom we granted it."),
    )
    exclusivity = models.CharField(
        _("exclusivity"), max_length=13, choices=Exclusivity, default=Exclusivity.EXCLUSIVE
    )
    may_license_on = models.BooleanField(
        _("may be licensed on"),
        default=True,
        help_text=_("Whether others may be given a part of it."),
    )
    minimum_guarantee = AmountField(
        _("minimum guarantee"),
        null=True,
        blank=True,
        help_text=_("Empty if not disclosed or there is none, never 0."),
    )
    currency = CurrencyField(_("currency"), blank=True)
    share_percent = models.DecimalField(
        _("share in per cent"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    reversion_date = models.DateField(
        _("reverts on"),
        null=True,
        blank=True,
        help_text=_(
            "The day on which it goes back unless the condition is met; a reminder comes before."
        ),
    )
    reversion_condition = models.CharField(_("unless"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=GrantState, default=GrantState.DRAFT, editable=False
    )
    granted_date = models.DateField(_("granted on"), null=True, blank=True, editable=False)
    ended_date = models.DateField(_("last day that it held"), null=True, blank=True, editable=False)
    end_reason = models.CharField(
        _("why it ended"), max_length=11, choices=EndReason, blank=True, editable=False
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
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff; never public."))

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant of rights")
        verbose_name_plural = _("grants of rights")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["title", "direction"], name="grant_by_title")]
        constraints = [
            *scope_rules("grant"),
            is_one_of(
                name="grant_direction_is_known",
                field="direction",
                choices=Direction,
                message=_("Rights come in or go out."),
            ),
            is_one_of(
                name="grant_basis_is_known",
                field="basis",
                choices=Basis,
                message=_("Choose the basis from the list."),
            ),
            is_one_of(
                name="grant_exclusivity_is_known",
                field="exclusivity",
                choices=Exclusivity,
                message=_("Choose the exclusivity from the list."),
            ),
            models.CheckConstraint(
                name="grant_names_the_other_side",
                condition=Q(direction=Direction.IN, basis=Basis.OWNED)
                | (
                    ~Q(basis=Basis.OWNED) & Q(agreement__isnull=False) & Q(other_side__isnull=False)
                ),
                violation_error_message=_(
                    "Give the agreement and the other side; only rights in may be owned from the start."
                ),
            ),
            amount_has_its_currency(
                name="grant_amount_has_its_currency",
                amount="minimum_guarantee",
                currency="currency",
            ),
            currency_is_iso4217(name="grant_currency_is_iso4217", field="currency", optional=True),
            models.CheckConstraint(
                name="grant_share_is_a_part",
                condition=Q(share_percent__isnull=True)
                | Q(share_percent__gt=0, share_percent__lte=100),
                violation_error_message=_("Give a share of more than 0 and at most 100 per cent."),
            ),
            models.CheckConstraint(
                name="grant_state_has_its_dates",
                condition=(
                    Q(
                        state=GrantState.DRAFT,
                        granted_date__isnull=True,
                        ended_date__isnull=True,
                        end_reason="",
                    )
                    | Q(
                        state=GrantState.IN_FORCE,
                        granted_date__isnull=False,
                        ended_date__isnull=True,
                        end_reason="",
                    )
                    | Q(
                        state=GrantState.ENDED,
                        granted_date__isnull=False,
                        ended_date__isnull=False,
                        end_reason__in=EndReason.values,
                    )
                ),
                violation_error_message=_(
                    "A grant in force has the day on which it was granted; one that ended also its "
                    "last day and the reason."
                ),
            ),
            models.CheckConstraint(
                name="grant_state_has_its_person",
                condition=Q(state=GrantState.DRAFT)
                | Q(state_at__isnull=False, state_by__isnull=False),
                violation_error_message=_("Say who put it in force or ended it, and when."),
            ),
        ]
        triggers = [
            *scope_triggers("grant"),
            never_changes(
                name="grant_direction_never_changes",
                field="direction",
                message="rights in stay rights in; make another grant for the other direction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} {self.pk}"
