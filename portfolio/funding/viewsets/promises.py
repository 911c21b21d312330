"""Allocations, commitments, tranches and agreements, to read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from django.db.models import F, OuterRef, Subquery, Sum

from partners.models import Agreement
from portfolio.common.api.exporting import Flat
from portfolio.common.api.fields import RowSerializer
from portfolio.common.api.ordering import BY_ID, Order
from portfolio.common.api.questions import Shape
from portfolio.common.exports.columns import Holds
from portfolio.funding.filtersets import (
    CLOCKS,
    AgreementFilterSet,
    AllocationFilterSet,
    CommitmentFilterSet,
    TrancheFilterSet,
)
from portfolio.funding.models import Commitment, CommitmentPosition, Tranche
from portfolio.funding.serializers import (
    AgreementSerializer,
    AllocationSerializer,
    CommitmentSerializer,
    TrancheSerializer,
)
from portfolio.funding.serializers.clocks import (
    allocated_then,
    committed_then,
    figure_then,
    or_nothing,
    outstanding_then,
    paid_then,
)
from portfolio.funding.serializers.then import AllocationThenSerializer, CommitmentThenSerializer
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


class AsOfThen:
    """A list whose figures may be asked as of a day and as known at an instant.

    What is so now is kept by the database beside the rows; what was so then is added up.
    """

    then_serializer_class: ClassVar[type[RowSerializer]]
    then: ClassVar[Mapping[str, Callable[[], Any]]]
    columns: ClassVar[Sequence[Flat]]

    @staticmethod
    def is_of_then(shape: Shape) -> bool:
        """Whether either clock is asked for."""
        return any(name in CLOCKS for name, _size in shape)

    @classmethod
    def row_asked(cls, shape: Shape) -> RowSerializer:
        """The same fields, worked out as of then."""
        return cls.then_serializer_class() if cls.is_of_then(shape) else cls.row()  # type: ignore[attr-defined]

    @classmethod
    def columns_asked(cls, shape: Shape) -> Sequence[Flat]:
        """The same columns, worked out as of then."""
        if not cls.is_of_then(shape):
            return cls.columns
        return [
            replace(flat, path=cls.then[flat.name]()) if flat.name in cls.then else flat
            for flat in cls.columns
        ]


class AllocationViewSet(AsOfThen, ByNumber):
    """What is reserved for strands in fiscal years, with every revision."""

    permission = "programmes.view_allocation"
    queryset = Allocation.objects.all()
    serializer_class = AllocationSerializer
    then_serializer_class = AllocationThenSerializer
    then = {"allocated": allocated_then, "committed": committed_then}
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


POSITIONS = {"outstanding": F("committed") - F("de_committed") - F("disbursed") + F("refunded")}
FIGURES = ("committed", "de_committed", "disbursed", "refunded", "recouped", "written_off")


def _position(name: str) -> Flat:
    """A column that adds up a figure of all positions of a commitment."""
    rows = CommitmentPosition._base_manager.filter(commitment=OuterRef("pk")).order_by()
    total = rows.values("commitment").values(found=Sum(POSITIONS.get(name, name)))
    return Flat(name, or_nothing(Subquery(total)), Holds.AMOUNT)


class CommitmentViewSet(AsOfThen, ByReference):
    """What was promised to whom, with its shares, tranches, positions and amendments.

    `as_of` and `known_at` are of the positions; the terms of the promise are those of now.
    """

    permission = "funding.view_commitment"
    queryset = Commitment.objects.all()
    serializer_class = CommitmentSerializer
    then_serializer_class = CommitmentThenSerializer
    then = {
        **{name: partial(figure_then, name) for name in FIGURES},
        "outstanding": outstanding_then,
    }
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
        *(_position(name) for name in (*FIGURES, "outstanding")),
    )


class TrancheViewSet(ByNumber):
    """The scheduled slices of commitments, with their conditions.

    `as_of` and `known_at` are of what is `paid`; the slice itself is as it is now.
    """

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
        Flat("paid", paid_then(), Holds.AMOUNT),
        Flat("due_date", holds=Holds.DAY),
        Flat("state"),
        Flat("state_at", holds=Holds.MOMENT),
        Flat("state_by", "state_by__username"),
    )

    @classmethod
    def visible(cls) -> Any:
        """Every tranche, paid by all that is on record until the question says another day or instant."""
        return Tranche.objects.annotate(**{f"asked_{n}": end for n, end in CLOCKS.items()})


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
