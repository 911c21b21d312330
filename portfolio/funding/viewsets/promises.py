"""Allocations, commitments, tranches and agreements, to read."""

from partners.models import Agreement
from portfolio.common.api.exporting import Flat
from portfolio.common.api.ordering import BY_ID, Order
from portfolio.common.exports.columns import Holds
from portfolio.funding.filtersets import (
    AgreementFilterSet,
    AllocationFilterSet,
    CommitmentFilterSet,
    TrancheFilterSet,
)
from portfolio.funding.models import Commitment, Tranche
from portfolio.funding.serializers import (
    AgreementSerializer,
    AllocationSerializer,
    CommitmentSerializer,
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
        Flat("is_fictional", "strand__programme__is_fictional", Holds.FLAG),
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
        Flat("is_fictional", "programme__is_fictional", Holds.FLAG),
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
        Flat("is_fictional", "commitment__programme__is_fictional", Holds.FLAG),
        Flat("number", holds=Holds.NUMBER),
        Flat("title"),
        Flat("amount", holds=Holds.AMOUNT),
        Flat("currency", "commitment__currency"),
        Flat("due_date", holds=Holds.DAY),
        Flat("state"),
        Flat("state_at", holds=Holds.MOMENT),
        Flat("state_by", "state_by__username"),
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
