"""Budgets of productions: a top sheet in versions, and what was decided about each."""

from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners.models import Document
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD
from portfolio.common.history import keeps_history
from portfolio.common.money import (
    LARGEST_AMOUNT,
    AmountField,
    CurrencyField,
    currency_is_iso4217,
)
from portfolio.common.names import READING_ORDER, has_a_name
from portfolio.productions.choices import BudgetCategory, Verdict
from portfolio.productions.models.production import Production


def is_sum(field: str) -> Q:
    """An amount that is there, is a number and is not below zero."""
    # NaN is more than any number to PostgreSQL, and a CHECK that comes out as NULL lets a row pass.
    return Q(**{f"{field}__isnull": False, f"{field}__gte": 0, f"{field}__lte": LARGEST_AMOUNT})


class BudgetVersionQuerySet(models.QuerySet["BudgetVersion"]):
    """Versions of budgets."""

    def approved(self) -> Self:
        """Those that somebody else approved, also where a later one has taken their place."""
        return self.filter(decision__verdict=Verdict.APPROVED)

    def with_total(self) -> Self:
        """Versions with `total`, what their lines add up to."""
        return self.annotate(total=Sum("lines__amount", default=Decimal("0.00")))


@keeps_history()
class BudgetVersion(models.Model):
    """What a production is to cost, in one currency. Once locked it never changes; another one follows it.

    Time: of the approved versions the highest number counts; those below it are superseded.
    """

    production = models.ForeignKey(
        Production, on_delete=models.PROTECT, related_name="budgets", verbose_name=_("production")
    )
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    currency = CurrencyField(_("currency"))
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("Why it follows the version before it.")
    )
    made_at = models.DateTimeField(_("begun at"), editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+",
        verbose_name=_("begun by"),
    )  # fmt: skip
    locked_at = models.DateTimeField(_("locked at"), null=True, blank=True, editable=False)
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("locked by"),
    )  # fmt: skip

    objects = BudgetVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("budget")
        verbose_name_plural = _("budgets")
        ordering = ["production", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["production", "number"],
                name="budget_version_has_a_number_of_its_own",
                violation_error_message=_("Another version of the budget has this number."),
            ),
            currency_is_iso4217(name="budget_version_currency_is_iso4217"),
            models.CheckConstraint(
                name="budget_version_after_the_first_has_a_reason",
                condition=Q(number=1) | ~Q(reason=""),
                violation_error_message=_("Say why it follows the version before it."),
            ),
            models.CheckConstraint(
                name="budget_version_locked_is_locked_by_somebody",
                condition=Q(locked_at__isnull=True, locked_by__isnull=True)
                | Q(locked_at__isnull=False, locked_by__isnull=False),
                violation_error_message=_("Who locked the version, and when, go together."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(title)s, budget %(number)s") % {
            "title": self.production, "number": self.number,
        }  # fmt: skip


@keeps_history()
class BudgetLine(models.Model):
    """One account of a budget. Units: `amount` in major units of the version's currency."""

    version = models.ForeignKey(
        BudgetVersion, on_delete=models.CASCADE, related_name="lines", verbose_name=_("version")
    )
    code = models.CharField(
        _("account"), max_length=20, help_text=_("Its number in the chart of accounts, such as 1100.")
    )  # fmt: skip
    category = models.CharField(_("category"), max_length=14, choices=BudgetCategory)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    name_zh_hant = models.CharField(_("Traditional Chinese name"), max_length=200, blank=True)
    name_zh_hans = models.CharField(_("Simplified Chinese name"), max_length=200, blank=True)
    amount = AmountField(_("amount"))

    class Meta:
        verbose_name = _("line of a budget")
        verbose_name_plural = _("lines of budgets")
        ordering = ["version", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "code"],
                name="budget_line_has_an_account_of_its_own",
                violation_error_message=_("Another line has this account."),
            ),
            models.CheckConstraint(
                name="budget_line_names_its_account",
                condition=Q(code__regex=r"^[0-9A-Za-z][0-9A-Za-z.-]*$"),
                violation_error_message=_(
                    "An account is made of letters A to Z, digits, dots and hyphens."
                ),
            ),
            is_one_of(
                name="budget_line_category_is_known",
                field="category",
                choices=BudgetCategory,
                message=_("Choose the category from the list."),
            ),
            has_a_name(name="budget_line_has_a_name"),
            models.CheckConstraint(
                name="budget_line_amount_is_not_negative",
                condition=is_sum("amount"),
                violation_error_message=_("The amount must not be below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name_for(get_language() or 'en')}"

    def name_for(self, language: str) -> str:
        """The name that a reader of `language` sees: theirs, or the nearest there is."""
        order = READING_ORDER.get(language, READING_ORDER["en"])
        return next((name for field in order if (name := getattr(self, field))), "")


class BudgetDecision(models.Model):
    """That somebody approved or rejected a locked version of a budget. Only ever added."""

    version = models.OneToOneField(
        BudgetVersion, on_delete=models.PROTECT, related_name="decision", verbose_name=_("version")
    )
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict)
    reason = models.TextField(_("reason"), blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("document"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided at"), editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("decision about a budget")
        verbose_name_plural = _("decisions about budgets")
        ordering = ["-pk"]
        constraints = [
            is_one_of(
                name="budget_decision_verdict_is_known",
                field="verdict",
                choices=Verdict,
                message=_("Choose the verdict from the list."),
            ),
            models.CheckConstraint(
                name="budget_decision_to_reject_has_a_reason",
                condition=~Q(verdict=Verdict.REJECTED, reason=""),
                violation_error_message=_("Say why it is rejected."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.get_verdict_display()}"
