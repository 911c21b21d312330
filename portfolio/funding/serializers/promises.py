"""What staff's keys read of allocations, commitments and tranches, field by field."""

from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Cast

from portfolio.common.api.fields import Currency, Day, Rows, RowSerializer, Text, Whole, Word
from portfolio.common.api.private_fields import (
    AMOUNT,
    Amount,
    Found,
    Id,
    Moment,
    Named,
    Other,
    Rate,
    Who,
)
from portfolio.funding.choices import AmendmentState, CommitmentState, ConditionKind, TrancheState
from portfolio.funding.serializers.clocks import paid_then, text_of
from portfolio.funding.serializers.columns import (
    ALLOCATION,
    COMMITMENT,
    DOCUMENT,
    TRANCHE,
    MadeUp,
)
from portfolio.programmes.choices import RevisionKind
from portfolio.programmes.models import AllocationBalance, Strand


class RevisionSerializer(RowSerializer):
    """A decision that gave an allocation its amount or changed it."""

    number = Whole()
    kind = Word(RevisionKind)
    change_amount = Amount()
    effective_date = Day()
    decision = Text()
    reason = Text()
    recorded_at = Moment()
    recorded_by = Who()


def _balance(column: str) -> Any:
    rows = AllocationBalance.objects.filter(allocation=OuterRef("pk")).order_by()
    return lambda: Subquery(rows.values(found=Cast(F(column), models.TextField())))


def _of_strand(found: Any) -> Any:
    rows = Strand.objects.filter(pk=OuterRef("strand_id")).order_by()
    return lambda: Subquery(rows.values(found=found), models.TextField())


class AllocationSerializer(RowSerializer):
    """The part of the envelope that is reserved for a strand in a fiscal year, in base currency."""

    id = Id()
    programme = Found({"type": "string"}, _of_strand(F("programme__slug")))
    is_fictional = MadeUp("strand__programme")
    strand = Named()
    fiscal_year = Whole(help_text="The calendar year in which it begins.")
    currency = Found({"type": "string"}, _of_strand(F("programme__base_currency")))
    allocated = Found({"type": ["string", "null"]}, _balance("allocated"))
    committed = Found({"type": ["string", "null"]}, _balance("committed"))
    revisions = Rows(RevisionSerializer, order=("number",), public=())


class ShareSerializer(RowSerializer):
    """What an allocation bears of a commitment as it was first promised."""

    allocation = Other(ALLOCATION)
    amount = Amount()


class CommitmentPositionSerializer(RowSerializer):
    """What a commitment holds in an allocation now; `…_base` in the programme's base currency."""

    allocation = Other(ALLOCATION)
    committed = Amount()
    de_committed = Amount()
    disbursed = Amount()
    refunded = Amount()
    recouped = Amount()
    written_off = Amount()
    committed_base = Amount()
    de_committed_base = Amount()
    disbursed_base = Amount()
    refunded_base = Amount()
    disbursed_paid_base = Amount()
    refunded_paid_base = Amount()
    recouped_base = Amount()
    written_off_base = Amount()


class ConditionSerializer(RowSerializer):
    """What must be accepted before a tranche is drawn."""

    kind = Word(ConditionKind)
    description = Text()
    met_at = Moment()
    met_by = Who(null=True)
    valid_until = Day()


class SliceSerializer(RowSerializer):
    """A tranche of a commitment."""

    id = Id()
    number = Whole()
    title = Text()
    amount = Amount()
    due_date = Day()
    state = Word(TrancheState)


class CommitmentAmendmentSerializer(RowSerializer):
    """A later change of what is promised; `change_amount` is the difference."""

    number = Whole()
    change_amount = Amount()
    reason = Text()
    state = Word(AmendmentState)
    state_at = Moment()


class CommitmentSerializer(RowSerializer):
    """A firm promise to a payee for a project; `amount` as first promised."""

    reference = Text()
    title = Text()
    programme = Named()
    is_fictional = MadeUp()
    project = Named()
    payee = Named()
    agreement = Other({"reference": "reference"}, null=True)
    amount = Amount()
    currency = Currency()
    state = Word(CommitmentState)
    state_at = Moment()
    state_by = Who()
    signed_date = Day()
    rate = Rate(null=True, help_text="Base units for one unit, on the day it was signed.")
    rate_date = Day()
    rate_source = Text()
    shares = Rows(
        ShareSerializer, source="splits", order=("allocation__fiscal_year", "pk"), public=()
    )
    tranches = Rows(SliceSerializer, order=("number",), public=())
    positions = Rows(CommitmentPositionSerializer, order=("allocation_id",), public=())
    amendments = Rows(CommitmentAmendmentSerializer, order=("number",), public=())


class TrancheSerializer(RowSerializer):
    """A scheduled slice of a commitment, and what must be so before it is drawn."""

    id = Id()
    commitment = Other(COMMITMENT)
    is_fictional = MadeUp("commitment__programme")
    number = Whole()
    title = Text()
    amount = Amount()
    currency = Found({"type": "string"}, lambda: F("commitment__currency"))
    paid = Found(
        {"type": "string", "pattern": AMOUNT},
        lambda: text_of(paid_then()),
        help_text="What was paid of it and has not come back.",
    )
    due_date = Day()
    state = Word(TrancheState)
    state_at = Moment()
    state_by = Who()
    conditions = Rows(ConditionSerializer, order=("pk",), public=())


class DrawdownRequestSerializer(RowSerializer):
    """The payee's request for a tranche; not yet money."""

    id = Id()
    commitment = Found({"type": "string"}, lambda: F("tranche__commitment__reference"))
    is_fictional = MadeUp("tranche__commitment__programme")
    tranche = Other(TRANCHE)
    received_date = Day()
    reference = Text(help_text="The payee's own, such as an invoice number.")
    remarks = Text()
    document = Other(DOCUMENT, null=True)
    recorded_at = Moment()
    recorded_by = Who()
