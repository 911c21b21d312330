"""Totals that the database keeps beside the ledger, so that ten million entries answer like ten.

Nothing but the triggers of the ledger writes here. Each entry leaves a delta; once in a while a
posting folds the deltas of others into the totals. No row is fought over: a delta
belongs to the transaction that made it, and one transaction at a time folds. A report adds the totals
and the deltas that are not folded yet, in one snapshot. `manage.py verify_ledger` compares them with
the entries.
"""

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_READ
from portfolio.common.money import CurrencyField
from portfolio.funding.choices import EntryKind, Span
from portfolio.programmes.models import Allocation, Programme, Project


class Total(models.Model):
    """A sum of entries of one kind and currency in one allocation."""

    # Entries have the foreign key, and only their triggers write here.
    allocation = models.ForeignKey(
        Allocation, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=13, db_column="kind")
    currency = CurrencyField()
    entries = models.IntegerField()
    amount = models.DecimalField(max_digits=24, decimal_places=2)
    base_amount = models.DecimalField(max_digits=24, decimal_places=2)
    promised_base_amount = models.DecimalField(max_digits=24, decimal_places=2)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.allocation_id} {EntryKind(self.kind).label} {self.currency}"


class LedgerDelta(Total):
    """What one statement added, not folded into the totals yet."""

    # What the totals by party are made of; the entry says whose they are.
    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    counterparty = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    value_date = models.DateField()
    recorded_date = models.DateField()

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("delta of the ledger")
        verbose_name_plural = _("deltas of the ledger")


class DayTotal(Total):
    """The sum of a value date, by the day on which it was recorded (in UTC)."""

    value_date = models.DateField()
    recorded_date = models.DateField()

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("total of a day")
        verbose_name_plural = _("totals of days")
        indexes = [
            models.Index(fields=["value_date"], name="day_total_by_value"),
            models.Index(fields=["recorded_date"], name="day_total_by_recorded"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["allocation", "value_date", "recorded_date", "kind", "currency"],
                name="day_total_is_one",
                violation_error_message=_("There is one total."),
            )
        ]  # fmt: skip


class MonthTotal(Total):
    """The sum of a month of value dates, by the month in which it was recorded (in UTC).

    Time: `value_month` and `recorded_month` are the first days of their months.
    """

    value_month = models.DateField()
    recorded_month = models.DateField()

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("total of a month")
        verbose_name_plural = _("totals of months")
        constraints = [
            models.UniqueConstraint(
                fields=["allocation", "value_month", "recorded_month", "kind", "currency"],
                name="month_total_is_one",
                violation_error_message=_("There is one total."),
            )
        ]  # fmt: skip


class SpanTotal(Total):
    """The sum of a year, a month or a day of value dates, whenever it was recorded.

    What was so on a day is the sum of the years before its year, of the months before its month and
    of the days up to it: a few thousand rows, however many entries there are.
    Time: `first_date` is the first day of the year or month, or the day itself.
    """

    span = models.CharField(max_length=5, choices=Span)
    first_date = models.DateField()

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("total of a span of value dates")
        verbose_name_plural = _("totals of spans of value dates")
        constraints = [
            models.UniqueConstraint(
                fields=["span", "first_date", "allocation", "kind", "currency"],
                name="span_total_is_one",
                violation_error_message=_("There is one total."),
            ),
            is_one_of(
                name="span_total_span_is_known",
                field="span",
                choices=Span,
                message=_("A total is of a year, a month or a day."),
            ),
        ]  # fmt: skip


class PartyTotal(models.Model):
    """Everything that was posted for a party of a programme: in each currency, and in base currency.

    Shape: one row per programme, party and currency; `currency` is empty where everything is added up
    in base currency. A party for whom everything was taken back has none.
    Units: as the figures of the top sheet have them: what is promised at the rates of the commitments,
    the rest at the rates of its days, and `fx_effect` the difference that rates made to what was paid.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    currency = CurrencyField(blank=True)
    committed = models.DecimalField(max_digits=24, decimal_places=2)
    de_committed = models.DecimalField(max_digits=24, decimal_places=2)
    disbursed = models.DecimalField(max_digits=24, decimal_places=2)
    refunded = models.DecimalField(max_digits=24, decimal_places=2)
    recouped = models.DecimalField(max_digits=24, decimal_places=2)
    written_off = models.DecimalField(max_digits=24, decimal_places=2)
    fx_effect = models.DecimalField(max_digits=24, decimal_places=2)

    class Meta:
        abstract = True


class PayeeTotal(PartyTotal):
    """What was promised to a payee, paid and returned."""

    party = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("total of a payee")
        verbose_name_plural = _("totals of payees")
        indexes = [
            models.Index("programme", "currency", F("committed").desc(), "party",
                         name="payee_total_by_size"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "currency", "party"],
                name="payee_total_is_one",
                violation_error_message=_("There is one total."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.party_id} {self.currency}"


class ProjectTotal(PartyTotal):
    """What was promised for a project, paid and returned."""

    party = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("total of a project")
        verbose_name_plural = _("totals of projects")
        indexes = [
            models.Index("programme", "currency", F("committed").desc(), "party",
                         name="project_total_by_size"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "currency", "party"],
                name="project_total_is_one",
                violation_error_message=_("There is one total."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.party_id} {self.currency}"
