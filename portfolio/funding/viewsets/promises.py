"""Allocations, commitments, tranches, approvals, agreements and rates, to read."""

from partners.models import Agreement
from portfolio.common.api.exporting import Flat
from portfolio.common.api.ordering import BY_ID, Order
from portfolio.common.exports.columns import Holds
from portfolio.funding.filtersets import (
    AgreementFilterSet,
    AllocationFilterSet,
    ApprovalRequestFilterSet,
    CommitmentFilterSet,
    ExchangeRateFilterSet,
    TrancheFilterSet,
)
from portfolio.funding.models import ApprovalRequest, Commitment, ExchangeRate, Tranche
from portfolio.funding.serializers import (
    AgreementSerializer,
    AllocationSerializer,
    ApprovalRequestSerializer,
    CommitmentSerializer,
    ExchangeRateSerializer,
    TrancheSerializer,
)
from portfolio.programmes.models import Allocation
from portfolio.staff.api import ByNumber, PrivateRowViewSet

BY_REFERENCE = Order("reference")


class ByReference(PrivateRowViewSet):
    """Rows that are addressed by their reference."""

    lookup_field = "reference"
    lookup_schema = {"type": "string", "minLength": 1, "maxLength": 60}
    longest_lookup = 60
    orders = {"id": BY_ID, "reference": BY_REFERENCE}
    ordering = "-id"


class AllocationViewSet(ByNumber):
    """What is reserved for strands in fiscal years, with every revision."""

    permission = "programmes.view_allocation"
    queryset = Allocation.objects.all()
    serializer_class = AllocationSerializer
    filterset_class = AllocationFilterSet
    orders = {"id": BY_ID, "fiscal_year": Order("fiscal_year", cast="int")}
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("programme", "strand__programme__slug"),
        Flat("strand", "strand__slug"),
        Flat("fiscal_year", holds=Holds.NUMBER),
        Flat("currency", "strand__programme__base_currency"),
        Flat("allocated", "balance__allocated", Holds.AMOUNT),
        Flat("committed", "balance__committed", Holds.AMOUNT),
    )


class CommitmentViewSet(ByReference):
    """What was promised to whom, with its shares, tranches, positions and amendments."""

    permission = "funding.view_commitment"
    queryset = Commitment.objects.all()
    serializer_class = CommitmentSerializer
    filterset_class = CommitmentFilterSet
    columns = (
        Flat("reference"),
        Flat("title"),
        Flat("programme", "programme__slug"),
        Flat("project", "project__slug"),
        Flat("payee", "payee__slug"),
        Flat("agreement", "agreement__reference"),
        Flat("amount", holds=Holds.AMOUNT),
        Flat("currency"),
        Flat("state"),
        Flat("state_at", holds=Holds.MOMENT),
        Flat("state_by", "state_by__username"),
        Flat("signed_date", holds=Holds.DAY),
        Flat("rate", holds=Holds.AMOUNT),
        Flat("rate_date", holds=Holds.DAY),
        Flat("rate_source"),
    )


class TrancheViewSet(ByNumber):
    """The scheduled slices of commitments, with their conditions."""

    permission = "funding.view_tranche"
    queryset = Tranche.objects.all()
    serializer_class = TrancheSerializer
    filterset_class = TrancheFilterSet
    orders = {"id": BY_ID, "due_date": Order("due_date", cast="date")}
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("commitment", "commitment__reference"),
        Flat("number", holds=Holds.NUMBER),
        Flat("title"),
        Flat("amount", holds=Holds.AMOUNT),
        Flat("currency", "commitment__currency"),
        Flat("due_date", holds=Holds.DAY),
        Flat("state"),
        Flat("state_at", holds=Holds.MOMENT),
        Flat("state_by", "state_by__username"),
    )


class ApprovalRequestViewSet(ByNumber):
    """Who asked for an approval of what, and who decided how. Decisions are made in the admin."""

    permission = "funding.view_approvalrequest"
    queryset = ApprovalRequest.objects.all()
    serializer_class = ApprovalRequestSerializer
    filterset_class = ApprovalRequestFilterSet
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("kind"),
        Flat("programme", "programme__slug"),
        Flat("commitment", "commitment__reference"),
        Flat("tranche", "tranche__number", Holds.NUMBER),
        Flat("entry", "entry_id", Holds.NUMBER),
        Flat("amount", holds=Holds.AMOUNT),
        Flat("currency"),
        Flat("reason"),
        Flat("state"),
        Flat("requested_at", holds=Holds.MOMENT),
        Flat("requested_by", "requested_by__username"),
    )


class ExchangeRateViewSet(ByNumber):
    """Published rates, as they were imported."""

    permission = "funding.view_exchangerate"
    queryset = ExchangeRate.objects.all()
    serializer_class = ExchangeRateSerializer
    filterset_class = ExchangeRateFilterSet
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("series", "series__slug"),
        Flat("base", "series__base"),
        Flat("currency"),
        Flat("date", holds=Holds.DAY),
        Flat("rate", holds=Holds.AMOUNT),
    )


class AgreementViewSet(ByReference):
    """Who signed what, when, and how it was amended. The files themselves are in the admin."""

    permission = "partners.view_agreement"
    queryset = Agreement.objects.all()
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilterSet
    columns = (
        Flat("reference"),
        Flat("title"),
        Flat("kind"),
        Flat("start_date", holds=Holds.DAY),
        Flat("end_date", holds=Holds.DAY),
    )
