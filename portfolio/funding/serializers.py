"""What staff's keys read of commitments, tranches, approvals and the ledger, field by field.

Notes are nowhere in it, nor is anything of a person but the name that they sign in with.
"""

from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Cast

from partners.choices import AgreementKind, AmendmentKind, PartyRole
from portfolio.common.api.expressions import JsonArray, JsonObject
from portfolio.common.api.fields import (
    LONGEST_NESTED_LIST,
    Currency,
    Day,
    Rows,
    RowSerializer,
    Text,
    Whole,
    Word,
)
from portfolio.common.api.private_fields import (
    Amount,
    Follows,
    Found,
    Hash,
    Id,
    Moment,
    Named,
    Other,
    Rate,
    Who,
)
from portfolio.funding.choices import (
    ACCOUNTS,
    IATI_CODES,
    AmendmentState,
    CommitmentState,
    ConditionKind,
    Decision,
    EntryKind,
    RateSource,
    RequestKind,
    RequestState,
    TrancheState,
)
from portfolio.funding.models import ApprovalDecision, LedgerLink
from portfolio.programmes.choices import RevisionKind
from portfolio.programmes.models import AllocationBalance, Strand

COMMITMENT = {"reference": "reference"}
TRANCHE = {"id": "pk", "number": "number"}
ALLOCATION = {"id": "pk", "strand": "strand__slug", "fiscal_year": "fiscal_year"}
DOCUMENT = {"title": "title", "kind": "kind"}
ACCOUNT = {"type": "string", "pattern": "^[A-Z_]+$"}


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
    number = Whole()
    title = Text()
    amount = Amount()
    currency = Found({"type": "string"}, lambda: F("commitment__currency"))
    due_date = Day()
    state = Word(TrancheState)
    state_at = Moment()
    state_by = Who()
    conditions = Rows(ConditionSerializer, order=("pk",), public=())


class DecisionSerializer(RowSerializer):
    """What an approver said, when, why and on whose authority."""

    decision = Word(Decision)
    reason = Text()
    decided_at = Moment()
    decided_by = Who()
    authority = Who()


class ApprovalRequestSerializer(RowSerializer):
    """That somebody asked for an approval, and what was decided."""

    id = Id()
    kind = Word(RequestKind)
    programme = Named()
    commitment = Other(COMMITMENT)
    tranche = Other(TRANCHE, null=True)
    entry = Other({"id": "pk"}, null=True)
    amount = Amount()
    currency = Currency()
    reason = Text()
    state = Word(RequestState)
    requested_at = Moment()
    requested_by = Who()
    decisions = Rows(DecisionSerializer, order=("pk",), public=())


APPROVER = {
    "type": "object",
    "properties": {
        "decided_by": {"type": "string"},
        "authority": {"type": "string"},
        "decided_at": {"type": "string", "format": "date-time"},
    },
    "required": ["decided_by", "authority", "decided_at"],
}


def _approvers() -> Any:
    """Who said yes to the request that an entry stands on."""
    said = ApprovalDecision.objects.filter(request=OuterRef("approval_id"), decision="APPROVE")
    who = JsonObject(
        {
            "decided_by": F("decided_by__username"),
            "authority": F("authority__username"),
            "decided_at": Moment().expression(ApprovalDecision, "decided_at"),
        }
    )
    return JsonArray(said.order_by("pk").values(found=who)[:LONGEST_NESTED_LIST])


def _link() -> Any:
    """The place of an entry in its programme's chain."""
    link = LedgerLink.objects.filter(entry=OuterRef("pk")).order_by()
    pairs = {"sequence": F("sequence"), "hash": Hash().expression(LedgerLink, "hash")}
    return Subquery(link.values(found=JsonObject(pairs)), models.TextField())


CHAIN = {
    "type": ["object", "null"],
    "properties": {
        "sequence": {"type": "integer", "minimum": 1},
        "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    },
    "required": ["sequence", "hash"],
}


class LedgerEntrySerializer(RowSerializer):
    """One amount that moved from one account to another; never changed, only reversed."""

    id = Id()
    posting = Found(
        {"type": "string", "format": "uuid"},
        lambda: F("posting"),
        help_text="Entries with the same one were posted together.",
    )
    kind = Word(EntryKind)
    iati_code = Follows(
        IATI_CODES,
        {"type": ["string", "null"]},
        source="kind",
        help_text="IATI 2.03, codelist TransactionType; null for a write-off.",
    )
    accounts = Follows(
        ACCOUNTS,
        {"type": "array", "items": ACCOUNT, "minItems": 2, "maxItems": 2},
        source="kind",
        help_text="From which account it is taken, and to which it is given.",
    )
    programme = Named()
    strand = Named()
    fiscal_year = Whole()
    project = Named()
    payee = Named(source="counterparty")
    commitment = Other(COMMITMENT)
    tranche = Other(TRANCHE, null=True)
    amount = Amount()
    currency = Currency()
    rate = Rate(help_text="Base units for one unit of the currency.")
    rate_date = Day()
    rate_source = Word(RateSource)
    rate_series = Other({"slug": "slug"}, null=True)
    base_amount = Amount(help_text="In the programme's base currency.")
    promised_base_amount = Amount(help_text="The same at the rate of the commitment.")
    value_date = Day()
    recorded_at = Moment()
    recorded_by = Who()
    approval = Other({"id": "pk"}, null=True)
    approvers = Found({"type": "array", "items": APPROVER}, _approvers)
    document = Other(DOCUMENT, null=True)
    reversal_of = Other({"id": "pk"}, null=True)
    reference = Text()
    remarks = Text()
    chain = Found(CHAIN, _link, help_text="Its place in the programme's chain of hashes.")


class ExchangeRateSerializer(RowSerializer):
    """How much of a currency one unit of the series' own buys, as published for a day."""

    id = Id()
    series = Other({"slug": "slug", "base": "base"})
    currency = Currency()
    date = Day()
    rate = Rate()


class DrawdownRequestSerializer(RowSerializer):
    """The payee's request for a tranche; not yet money."""

    id = Id()
    commitment = Found({"type": "string"}, lambda: F("tranche__commitment__reference"))
    tranche = Other(TRANCHE)
    received_date = Day()
    reference = Text(help_text="The payee's own, such as an invoice number.")
    remarks = Text()
    document = Other(DOCUMENT, null=True)
    recorded_at = Moment()
    recorded_by = Who()


class PartySerializer(RowSerializer):
    """A party to an agreement, and when it signed."""

    organisation = Named()
    role = Word(PartyRole)
    signatory = Text()
    signed_date = Day()


class AgreementAmendmentSerializer(RowSerializer):
    """A later change of an agreement; `change_amount` is the difference."""

    number = Whole()
    kind = Word(AmendmentKind)
    signed_date = Day()
    change_amount = Amount(null=True)
    currency = Text()
    new_end_date = Day()
    summary = Text()


class PaperSerializer(RowSerializer):
    """A document of an agreement: its title, never the file."""

    document = Other(DOCUMENT)


class AgreementSerializer(RowSerializer):
    """A written agreement between organisations, under which money is promised."""

    reference = Text()
    title = Text()
    kind = Word(AgreementKind)
    start_date = Day()
    end_date = Day()
    parties = Rows(PartySerializer, order=("pk",), public=())
    amendments = Rows(AgreementAmendmentSerializer, order=("number",), public=())
    papers = Rows(PaperSerializer, order=("pk",), public=())
