"""Cost reports: what a production has cost by a day, what is ordered, and what is still to come."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Document
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD
from portfolio.common.money import AmountField
from portfolio.productions.choices import BudgetCategory
from portfolio.productions.models.budget import BudgetVersion, is_sum


class CostReport(models.Model):
    """What was reported about the cost of a production by the end of a day. Only ever added.

    Time: `as_of` is the day it is about; of several about one day the one recorded last counts.
    `line_count` is how many lines it came with, so that none is added to it afterwards.
    """

    budget = models.ForeignKey(
        BudgetVersion, on_delete=models.PROTECT, related_name="cost_reports",
        verbose_name=_("held against"),
    )  # fmt: skip
    as_of = models.DateField(_("as of"))
    source = models.CharField(_("source"), max_length=300, help_text=_("Whose report it is."))
    remarks = models.TextField(_("remarks"), blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("document"),
    )  # fmt: skip
    line_count = models.PositiveIntegerField(_("lines"), editable=False)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+",
        verbose_name=_("recorded by"),
    )  # fmt: skip

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("cost report")
        verbose_name_plural = _("cost reports")
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="cost_report_has_a_source",
                condition=~Q(source=""),
                violation_error_message=_("Say whose report it is."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget.production}, {self.as_of}"


class CostLine(models.Model):
    """One account in a cost report. Only ever added, with its report.

    Units: major units of the budget's currency. What an account comes to at the end, and how much less
    than its budget that is, follow from these and are never stored.
    """

    report = models.ForeignKey(
        CostReport, on_delete=models.PROTECT, related_name="lines", verbose_name=_("cost report")
    )
    code = models.CharField(_("account"), max_length=20)
    category = models.CharField(_("category"), max_length=14, choices=BudgetCategory)
    name = models.CharField(
        _("name"), max_length=200, blank=True,
        help_text=_("Of an account that is not in the budget."),
    )  # fmt: skip
    to_date = AmountField(_("cost to date"))
    committed = AmountField(_("on order"), help_text=_("Ordered and not paid yet."))
    to_complete = AmountField(_("estimate to complete"))

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("line of a cost report")
        verbose_name_plural = _("lines of cost reports")
        ordering = ["report", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "code"],
                name="cost_line_has_an_account_of_its_own",
                violation_error_message=_("Another line has this account."),
            ),
            is_one_of(
                name="cost_line_category_is_known",
                field="category",
                choices=BudgetCategory,
                message=_("Choose the category from the list."),
            ),
            models.CheckConstraint(
                name="cost_line_amounts_are_not_negative",
                condition=is_sum("to_date") & is_sum("committed") & is_sum("to_complete"),
                violation_error_message=_("The amount must not be below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}".strip()
