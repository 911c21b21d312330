"""The ledger: what was promised, paid and received, entry by entry, for ever."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Document, Organisation
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD, ONLY_READ
from portfolio.common.local_time import end_of_day
from portfolio.common.money import (
    LARGEST_AMOUNT,
    AmountField,
    CurrencyField,
    amount_fits_its_currency,
    currency_is_iso4217,
)
from portfolio.funding.choices import ACCOUNTS, IATI_CODES, EntryKind, RateSource
from portfolio.funding.models.approval import ApprovalRequest
from portfolio.funding.models.commitment import Commitment
from portfolio.funding.models.exchange import RateField, RateSeries
from portfolio.funding.models.tranche import Tranche
from portfolio.programmes.models import Allocation, Programme, Project, Strand


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    """Entries."""

    def as_of(self, day: datetime.date, *, known_at: datetime.datetime | None = None) -> Self:
        """Entries that had taken effect on `day`, as they were known at `known_at`.

        Time: value date on or before `day`; recorded on or before `known_at`, without one all of them.
        """
        found = self.filter(value_date__lte=day)
        return found if known_at is None else found.filter(recorded_at__lte=known_at)


def iati_code_of(kind: str) -> Case:
    """The code of IATI's codelist TransactionType in a statement, by the path of the kind; NULL for none."""
    cases = [When(**{kind: word}, then=Value(code)) for word, code in IATI_CODES.items() if code]
    return Case(*cases, output_field=models.CharField())


class LedgerEntry(models.Model):
    """One amount that moves from one account to another; see `choices.ACCOUNTS`. Never changed.

    Units: `amount` in major units of `currency`, more than zero; less than zero only where it reverses
    an entry, by exactly that one's amount. `base_amount` is in the programme's base currency, at
    `rate` (base units for one unit of `currency`), rounded half to even. `promised_base_amount` is
    the same at the commitment's own rate: what it takes from or gives back to the budget. The
    difference of the two is the effect of exchange rates, and is in nobody's "committed".
    Time: `value_date` is when it took effect, `recorded_at` when we learned of it.
    Source: IATI 2.03 transactions, codes in `choices.IATI_CODES`.
    """

    posting = models.UUIDField(_("posting"), help_text=_("Entries that were posted together."))
    kind = models.CharField(_("kind"), max_length=13, choices=EntryKind)
    # Programme, strand, project and counterparty have no foreign key of their own: a rule says that they
    # are those of the commitment and the allocation, which have one and keep theirs.
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("programme"),
    )  # fmt: skip
    strand = models.ForeignKey(
        Strand, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False,
        verbose_name=_("strand"),
    )  # fmt: skip
    fiscal_year = models.PositiveSmallIntegerField(_("fiscal year"))
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="entries", db_index=False,
        verbose_name=_("allocation"),
    )  # fmt: skip
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="entries", db_index=False,
        db_constraint=False, verbose_name=_("project"),
    )  # fmt: skip
    counterparty = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="entries", db_index=False,
        db_constraint=False, verbose_name=_("counterparty"),
    )  # fmt: skip
    commitment = models.ForeignKey(
        Commitment, on_delete=models.PROTECT, related_name="entries", verbose_name=_("commitment")
    )
    tranche = models.ForeignKey(
        Tranche, on_delete=models.PROTECT, null=True, blank=True, related_name="entries",
        db_index=False, verbose_name=_("tranche"),
    )  # fmt: skip
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))
    rate = RateField(_("rate"))
    rate_date = models.DateField(_("rate of"))
    rate_source = models.CharField(_("rate from"), max_length=14, choices=RateSource)
    rate_series = models.ForeignKey(
        RateSeries, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False, verbose_name=_("series of the rate"),
    )  # fmt: skip
    base_amount = AmountField(_("in base currency"))
    promised_base_amount = AmountField(_("in base currency, as promised"))
    value_date = models.DateField(_("value date"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+",
        db_index=False, verbose_name=_("recorded by"),
    )  # fmt: skip
    approval = models.ForeignKey(
        ApprovalRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="entries",
        db_index=False, verbose_name=_("approval"),
    )  # fmt: skip
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        db_index=False, verbose_name=_("document"),
    )  # fmt: skip
    reversal_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal",
        verbose_name=_("reversal of"),
    )  # fmt: skip
    reference = models.CharField(
        _("reference"),
        max_length=100,
        blank=True,
        help_text=_("Of the bank or the finance system."),
    )
    remarks = models.CharField(_("remarks"), max_length=500, blank=True)

    objects = LedgerEntryQuerySet.as_manager()

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["programme", "recorded_at"], name="ledger_entry_by_recorded"),
            models.Index(fields=["allocation", "value_date"], name="ledger_entry_by_allocation"),
            models.Index(
                fields=["tranche"], name="ledger_entry_by_tranche",
                condition=Q(tranche__isnull=False),
            ),
            models.Index(fields=["counterparty", "id"], name="ledger_entry_by_payee"),
        ]  # fmt: skip
        constraints = [
            is_one_of(
                name="ledger_entry_kind_is_known",
                field="kind",
                choices=EntryKind,
                message=_("Choose the kind of entry from the list."),
            ),
            is_one_of(
                name="ledger_entry_rate_source_is_known",
                field="rate_source",
                choices=RateSource,
                message=_("Choose where the rate comes from."),
            ),
            currency_is_iso4217(name="ledger_entry_currency_is_iso4217", often=True),
            amount_fits_its_currency(name="ledger_entry_amount_fits_its_currency"),
            models.CheckConstraint(
                name="ledger_entry_amount_is_positive_unless_it_reverses",
                condition=(
                    Q(reversal_of__isnull=True, amount__gt=0, amount__lte=LARGEST_AMOUNT)
                    & Q(base_amount__gte=0, base_amount__lte=LARGEST_AMOUNT)
                    & Q(promised_base_amount__gte=0, promised_base_amount__lte=LARGEST_AMOUNT)
                )
                | (
                    Q(reversal_of__isnull=False, amount__lt=0, amount__gte=-LARGEST_AMOUNT)
                    & Q(base_amount__lte=0, base_amount__gte=-LARGEST_AMOUNT)
                    & Q(promised_base_amount__lte=0, promised_base_amount__gte=-LARGEST_AMOUNT)
                ),
                violation_error_message=_("The amount must be more than zero."),
            ),
            models.CheckConstraint(
                name="ledger_entry_has_a_rate",
                condition=Q(rate__gt=0, rate__lte=LARGEST_AMOUNT)
                & ~(Q(rate_source="SERIES") & Q(rate_series__isnull=True))
                & ~(Q(rate_source="SAME_CURRENCY") & ~Q(rate=1)),
                violation_error_message=_(
                    "An entry has a rate that is more than zero, with its date and source."
                ),
            ),
            models.CheckConstraint(
                name="ledger_entry_rate_is_not_of_a_later_day",
                condition=Q(rate_date__lte=F("value_date")),
                violation_error_message=_(
                    "Use the last rate that was published on or before the value date."
                ),
            ),
            models.CheckConstraint(
                name="ledger_entry_disbursement_has_a_tranche",
                condition=~Q(kind="DISBURSEMENT") | Q(tranche__isnull=False),
                violation_error_message=_("A disbursement pays a tranche: say which."),
            ),
            models.CheckConstraint(
                name="ledger_entry_has_an_approval",
                condition=Q(kind__in=["REFUND", "RECOUPMENT"], reversal_of__isnull=True)
                | Q(approval__isnull=False),
                violation_error_message=_("What leaves or changes the budget needs an approval."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value_date} {self.get_kind_display()} {self.currency} {self.amount:,}"

    @property
    def iati_code(self) -> str:
        """The code of IATI's codelist TransactionType; empty where it has none."""
        return IATI_CODES[self.kind]

    @property
    def accounts(self) -> tuple[str, str]:
        """The account that the amount is taken from, and the one that it is given to."""
        return ACCOUNTS[self.kind]


class LedgerLink(models.Model):
    """The place of an entry in its programme's chain; written by the database at commit.

    Shape: one row an entry; `sequence` counts from 1 without a gap in each programme.
    `hash` is SHA-256 over the hash before it and everything the entry says; see docs/ledger.md.
    """

    # Only the trigger of an entry writes here, and no entry goes: a foreign key would ask in vain.
    entry = models.OneToOneField(
        LedgerEntry, on_delete=models.PROTECT, primary_key=True, related_name="link",
        db_constraint=False,
    )  # fmt: skip
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    sequence = models.PositiveBigIntegerField(_("place in the chain"))
    hash = models.BinaryField(_("hash"), max_length=32)

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("link of the chain")
        verbose_name_plural = _("links of the chain")
        ordering = ["programme", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "sequence"],
                name="ledger_link_has_one_place",
                violation_error_message=_("Two entries cannot have one place in the chain."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.sequence}"


class PeriodClosingQuerySet(models.QuerySet["PeriodClosing"]):
    """Closings of periods."""

    def as_of(self, day: datetime.date, *, known_at: datetime.datetime | None = None) -> Self:
        """The one of each programme that counted at the end of `day` in Hong Kong.

        Time: closings recorded by then and on or before `known_at`; the last of them counts.
        """
        found = self.filter(recorded_at__lt=end_of_day(day))
        if known_at is not None:
            found = found.filter(recorded_at__lte=known_at)
        return found.order_by("programme_id", "-pk").distinct("programme_id")


class PeriodClosing(models.Model):
    """That the books are closed through a day, or opened again from an earlier one; only ever added."""

    programme = models.ForeignKey(
        Programme,
        on_delete=models.PROTECT,
        related_name="period_closings",
        verbose_name=_("programme"),
    )
    through_date = models.DateField(_("closed through"))
    reason = models.TextField(_("reason"))
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    objects = PeriodClosingQuerySet.as_manager()

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("closing of a period")
        verbose_name_plural = _("closings of periods")
        ordering = ["-pk"]
        permissions = [("reopen_periodclosing", "Can open a closed period again")]
        constraints = [
            models.CheckConstraint(
                name="period_closing_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why the books are closed, or opened again."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.through_date}"
