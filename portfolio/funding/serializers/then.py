"""Allocations and commitments as they were on a day, as known at an instant: the same fields, added up."""

from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Subquery

from portfolio.common.api.expressions import JsonArray, JsonObject
from portfolio.common.api.fields import LONGEST_NESTED_LIST, Rows
from portfolio.common.api.private_fields import Found
from portfolio.funding.serializers.clocks import (
    FIGURES,
    allocated_then,
    committed_then,
    entries_then,
    sum_of,
    text_of,
)
from portfolio.funding.serializers.columns import ALLOCATION
from portfolio.funding.serializers.promises import (
    AllocationSerializer,
    CommitmentPositionSerializer,
    CommitmentSerializer,
    RevisionSerializer,
)
from portfolio.programmes.models import Allocation


class PositionsThen(Rows):
    """What a commitment held in each allocation, added up from its entries."""

    def __init__(self) -> None:
        super().__init__(CommitmentPositionSerializer, order=("allocation_id",), public=())

    def expression(self, model: type[models.Model], name: str) -> Any:
        """One object an allocation."""
        allocation = Allocation._base_manager.filter(pk=OuterRef("allocation")).order_by()
        pairs: dict[str, Any] = {key: F(path) for key, path in ALLOCATION.items()}
        shown: dict[str, Any] = {
            "allocation": Subquery(allocation.values(found=JsonObject(pairs)), models.TextField()),
            **{n: text_of(sum_of(*of)) for n, of in FIGURES.items()},
        }
        rows = entries_then(commitment=OuterRef("pk")).values("allocation")
        found = rows.annotate(found=JsonObject(shown)).order_by("allocation")
        return JsonArray(found.values("found")[:LONGEST_NESTED_LIST])


class AllocationThenSerializer(AllocationSerializer):
    """An allocation as it was."""

    allocated = Found({"type": ["string", "null"]}, lambda: text_of(allocated_then()))
    committed = Found({"type": ["string", "null"]}, lambda: text_of(committed_then()))
    revisions = Rows(
        RevisionSerializer,
        order=("number",),
        public=(),
        where={
            "effective_date__lte": OuterRef("asked_as_of"),
            "recorded_at__lte": OuterRef("asked_known_at"),
        },
    )


class CommitmentThenSerializer(CommitmentSerializer):
    """A commitment with the positions that it had."""

    positions = PositionsThen()
