"""What was so on a day, as it was known at an instant, in the SQL of a row.

`asked_as_of` and `asked_known_at` stand beside each row; see filtersets.AsOfFilterSet.
"""

from typing import Any

from django.db import models
from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    F,
    Func,
    OuterRef,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from portfolio.common.money import AmountField
from portfolio.funding.models import DayTotal, LedgerDelta, LedgerEntry
from portfolio.programmes.models import AllocationRevision

NOTHING = Value(0, output_field=AmountField())
# Which amount of which kind each figure of a position adds up; see models.CommitmentPosition.
FIGURES = {
    "committed": ("COMMITMENT", "amount"),
    "de_committed": ("DE_COMMITMENT", "amount"),
    "disbursed": ("DISBURSEMENT", "amount"),
    "refunded": ("REFUND", "amount"),
    "recouped": ("RECOUPMENT", "amount"),
    "written_off": ("WRITE_OFF", "amount"),
    "committed_base": ("COMMITMENT", "promised_base_amount"),
    "de_committed_base": ("DE_COMMITMENT", "promised_base_amount"),
    "disbursed_base": ("DISBURSEMENT", "promised_base_amount"),
    "refunded_base": ("REFUND", "promised_base_amount"),
    "disbursed_paid_base": ("DISBURSEMENT", "base_amount"),
    "refunded_paid_base": ("REFUND", "base_amount"),
    "recouped_base": ("RECOUPMENT", "base_amount"),
    "written_off_base": ("WRITE_OFF", "base_amount"),
}


def or_nothing(amount: Any) -> Coalesce:
    """An amount, 0 where there is no row to add up."""
    return Coalesce(amount, NOTHING, output_field=AmountField())


def sum_of(kind: str, column: str = "amount") -> Any:
    """What the entries of a kind come to; nothing where there are none."""
    return or_nothing(Sum(column, filter=models.Q(kind=kind)))


def entries_then(**of: Any) -> Any:
    """The entries of a row that had taken effect and were known."""
    rows = LedgerEntry._base_manager.filter(
        **of, value_date__lte=OuterRef("asked_as_of"), recorded_at__lte=OuterRef("asked_known_at")
    )
    return rows.order_by()


def paid_then() -> Any:
    """What was paid of a tranche and had not come back."""
    rows = entries_then(tranche=OuterRef("pk")).values("tranche")
    return or_nothing(Subquery(rows.values(found=sum_of("DISBURSEMENT") - sum_of("REFUND"))))


def allocated_then() -> Any:
    """What an allocation had, by the decisions of then."""
    revisions = AllocationRevision._base_manager.filter(
        allocation=OuterRef("pk"),
        effective_date__lte=OuterRef("asked_as_of"),
        recorded_at__lte=OuterRef("asked_known_at"),
    )
    sums = revisions.order_by().values("allocation").values(found=Sum("change_amount"))
    return or_nothing(Subquery(sums))


def committed_then() -> Any:
    """What was promised out of an allocation, in base currency.

    Totals of days of recording that were over by then, with what is not folded into them yet, and the
    entries of the last day one by one: an allocation of a million entries is not read whole.
    """
    last_day = _first_instant_of_the_day()
    under = {"allocation": OuterRef("pk"), "value_date__lte": OuterRef("asked_as_of")}
    of_days = {**under, "recorded_date__lt": Cast(_in_utc(OuterRef("asked_known_at")), DateField())}
    parts = (
        DayTotal._base_manager.filter(**of_days),
        LedgerDelta._base_manager.filter(**of_days),
        LedgerEntry._base_manager.filter(
            **under,
            programme=OuterRef("strand__programme"),
            recorded_at__gte=last_day,
            recorded_at__lte=OuterRef("asked_known_at"),
        ),
    )
    signed = Case(
        When(kind="COMMITMENT", then=F("promised_base_amount")),
        default=-F("promised_base_amount"),
        output_field=AmountField(),
    )
    found: Any = NOTHING
    for rows in parts:
        promises = rows.filter(kind__in=["COMMITMENT", "DE_COMMITMENT"]).order_by()
        total = promises.values("allocation").values(found=Sum(signed))
        found = found + or_nothing(Subquery(total))
    return found


def _in_utc(moment: Any) -> Func:
    """A moment as clocks in Greenwich show it; days of recording are counted there."""
    return Func(Value("UTC"), moment, function="timezone", output_field=DateTimeField())


def _first_instant_of_the_day() -> Func:
    day = Func(
        Value("day"), _in_utc(OuterRef("asked_known_at")), function="date_trunc",
        output_field=DateTimeField(),
    )  # fmt: skip
    return _in_utc(day)


def figure_then(name: str) -> Any:
    """One figure of a commitment, in its own currency."""
    rows = entries_then(commitment=OuterRef("pk")).values("commitment")
    return or_nothing(Subquery(rows.values(found=sum_of(*FIGURES[name]))))


def outstanding_then() -> Any:
    """What of a commitment had not been paid."""
    rows = entries_then(commitment=OuterRef("pk")).values("commitment")
    left = (
        sum_of("COMMITMENT") - sum_of("DE_COMMITMENT") - sum_of("DISBURSEMENT") + sum_of("REFUND")
    )
    return or_nothing(Subquery(rows.values(found=left)))


def text_of(amount: Any) -> Cast:
    """An amount with its two decimals, as a text."""
    return Cast(Cast(amount, AmountField()), models.TextField())
