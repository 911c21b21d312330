"""What lists of commitments, tranches, approvals and the ledger may be asked."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import DateField, DateTimeField, Value

from partners.choices import AgreementKind
from partners.models import AgreementParty, Organisation
from portfolio.common.api.filters import (
    DayParameter,
    DeclaredFilterSet,
    Givens,
    WordParameter,
    YearParameter,
)
from portfolio.common.api.private_filters import (
    AddressParameter,
    CodeParameter,
    MomentParameter,
    OwnReferenceParameter,
    ReferenceParameter,
)
from portfolio.funding.choices import (
    CommitmentState,
    EntryKind,
    RequestKind,
    RequestState,
    TrancheState,
)
from portfolio.funding.models import Commitment, RateSeries, Tranche, in_force_on
from portfolio.programmes.models import Allocation, Programme, Project, Strand

# What is asked where nothing is: all that is on record.
CLOCKS = {
    "as_of": Value(datetime.date.max, DateField()),
    "known_at": Value(datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC), DateTimeField()),
}


class FiscalYearParameter(YearParameter):
    """Rows of a fiscal year."""

    first, last = 1990, 2200
    schema = {"type": "integer", "minimum": first, "maximum": last}


class InForceParameter(DayParameter):
    """Rows whose period contains a day, both ends included."""

    def __init__(self, *, help_text: str) -> None:
        super().__init__("start_date", help_text=help_text)

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """As the database asks on the day of a decision."""
        return queryset.filter(in_force_on(givens[0]))


class NameParameter(OwnReferenceParameter):
    """Rows of a person or a role, by its name."""

    message = "Give the name as it is written."

    def __init__(self, field_name: str, *, help_text: str) -> None:
        super().__init__(field_name, help_text=help_text)
        self.schema = {"type": "string", "minLength": 1, "maxLength": 150}
        self.extra |= {"max_length": 150, "error_messages": {"invalid": self.message}}


def _programme(path: str = "programme") -> AddressParameter:
    return AddressParameter(path, Programme, help_text="The address of a programme.")


def _commitment(path: str = "commitment") -> ReferenceParameter:
    return ReferenceParameter(path, Commitment, help_text="The reference of a commitment.")


class AsOfFilterSet(DeclaredFilterSet):
    """Questions about rows with figures of a day, as they were known at an instant; they hide no row."""

    as_of = DayParameter("asked_as_of", help_text="Figures of that day; hides no row.")
    known_at = MomentParameter(
        "asked_known_at", help_text="Figures as known at that instant; hides no row."
    )

    @classmethod
    def narrow(cls, queryset: Any, givens: Mapping[str, Givens]) -> Any:
        """Both clocks stand beside each row; without one it is the end of time."""
        others = {n: values for n, values in givens.items() if n not in CLOCKS}
        asked = {f"asked_{n}": givens[n][0] if n in givens else CLOCKS[n] for n in CLOCKS}
        return super().narrow(queryset.annotate(**asked), others)


class AllocationFilterSet(AsOfFilterSet):
    """Questions about allocations."""

    programme = _programme("strand__programme")
    strand = AddressParameter("strand", Strand, help_text="The address of a strand.")
    fiscal_year = FiscalYearParameter("fiscal_year", help_text="In which the fiscal year begins.")


class CommitmentFilterSet(AsOfFilterSet):
    """Questions about commitments."""

    programme = _programme()
    project = AddressParameter("project", Project, help_text="The address of a project.")
    payee = AddressParameter("payee", Organisation, help_text="The address of the payee.")
    state = WordParameter("state", CommitmentState, help_text="Where it is in its life.")
    currency = CodeParameter("currency", help_text="The currency it is promised in.")
    reference = OwnReferenceParameter("reference", help_text="Its reference.")
    signed_after = DayParameter("signed_date__gte", help_text="Signed on that day or later.")
    signed_before = DayParameter("signed_date__lte", help_text="Signed on that day or earlier.")


class TrancheFilterSet(AsOfFilterSet):
    """Questions about tranches."""

    programme = AddressParameter(
        "commitment", Programme, through=(Commitment, "programme", "pk"),
        help_text="The address of a programme.",
    )  # fmt: skip
    commitment = _commitment()
    state = WordParameter("state", TrancheState, help_text="Where it is on its way to be paid.")
    due_after = DayParameter("due_date__gte", help_text="Due on that day or later.")
    due_before = DayParameter("due_date__lte", help_text="Due on that day or earlier.")


class ApprovalRequestFilterSet(DeclaredFilterSet):
    """Questions about requests for approval."""

    programme = _programme()
    commitment = _commitment()
    kind = WordParameter("kind", RequestKind, help_text="What the approval is asked for.")
    state = WordParameter("state", RequestState, help_text="What became of it.")


class LedgerEntryFilterSet(DeclaredFilterSet):
    """Questions about the ledger. Every day and instant that is given is included."""

    programme = _programme()
    strand = AddressParameter(
        "allocation",
        Strand,
        through=(Allocation, "strand", "pk"),
        few=True,
        help_text="The address of a strand.",
    )
    fiscal_year = FiscalYearParameter("fiscal_year", help_text="Of the allocation that bears it.")
    project = AddressParameter(
        "commitment",
        Project,
        through=(Commitment, "project", "pk"),
        few=True,
        help_text="The address of a project.",
    )
    payee = AddressParameter("counterparty", Organisation, help_text="The address of the payee.")
    commitment = _commitment()
    kind = WordParameter("kind", EntryKind, help_text="What the entry records.")
    currency = CodeParameter("currency", help_text="The currency of the entry.")
    value_date_after = DayParameter("value_date__gte", help_text="In effect on that day or later.")
    value_date_before = DayParameter(
        "value_date__lte", help_text="In effect on that day or earlier."
    )
    recorded_after = MomentParameter(
        "recorded_at__gte", help_text="Recorded at that instant or later."
    )
    recorded_before = MomentParameter(
        "recorded_at__lte", help_text="Recorded at that instant or earlier."
    )
    as_of = DayParameter("value_date__lte", help_text="What had taken effect on that day.")
    known_at = MomentParameter("recorded_at__lte", help_text="What was known at that instant.")


class ExchangeRateFilterSet(DeclaredFilterSet):
    """Questions about exchange rates."""

    series = AddressParameter("series", RateSeries, help_text="The address of a series.")
    currency = CodeParameter("currency", help_text="The currency that is bought.")
    date_after = DayParameter("date__gte", help_text="Published for that day or later.")
    date_before = DayParameter("date__lte", help_text="Published for that day or earlier.")


class DrawdownRequestFilterSet(DeclaredFilterSet):
    """Questions about drawdown requests."""

    commitment = ReferenceParameter(
        "tranche", Commitment, through=(Tranche, "commitment", "pk"),
        help_text="The reference of a commitment.",
    )  # fmt: skip
    received_after = DayParameter("received_date__gte", help_text="Received on that day or later.")
    received_before = DayParameter(
        "received_date__lte", help_text="Received on that day or earlier."
    )


class AgreementFilterSet(DeclaredFilterSet):
    """Questions about agreements."""

    kind = WordParameter("kind", AgreementKind, help_text="What it is for.")
    reference = OwnReferenceParameter("reference", help_text="Its reference.")
    party = AddressParameter(
        "pk", Organisation, through=(AgreementParty, "organisation", "agreement"),
        help_text="The address of an organisation that signs.",
    )  # fmt: skip


class ApprovalLimitFilterSet(DeclaredFilterSet):
    """Questions about limits of approval."""

    role = NameParameter("role__name", help_text="The name of the role.")
    currency = CodeParameter("currency", help_text="The currency of the limit.")
    in_force_on = InForceParameter(help_text="Those that count on that day.")


class DelegationFilterSet(DeclaredFilterSet):
    """Questions about delegations."""

    principal = NameParameter("principal__username", help_text="Who is away, by sign-in name.")
    deputy = NameParameter("deputy__username", help_text="Who decides, by sign-in name.")
    in_force_on = InForceParameter(help_text="Those that count on that day.")


class PeriodClosingFilterSet(DeclaredFilterSet):
    """Questions about closings of periods."""

    programme = _programme()
    through_after = DayParameter("through_date__gte", help_text="Through that day or a later one.")
    through_before = DayParameter(
        "through_date__lte", help_text="Through that day or an earlier one."
    )
    known_at = MomentParameter("recorded_at__lte", help_text="What was known at that instant.")


class RateSeriesFilterSet(DeclaredFilterSet):
    """Questions about series of exchange rates."""

    base = CodeParameter("base", help_text="The currency that rates are against.")
