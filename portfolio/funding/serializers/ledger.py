"""What staff's keys read of the ledger, of exchange rates and of closed periods, field by field."""

from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Subquery

from portfolio.common.api.expressions import JsonArray, JsonObject
from portfolio.common.api.fields import (
    LONGEST_NESTED_LIST,
    Currency,
    Day,
    RowSerializer,
    Slug,
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
from portfolio.funding.choices import ACCOUNTS, IATI_CODES, EntryKind, RateSource
from portfolio.funding.models import ApprovalDecision, LedgerLink
from portfolio.funding.serializers.columns import COMMITMENT, DOCUMENT, TRANCHE, MadeUp

ACCOUNT = {"type": "string", "pattern": "^[A-Z_]+$"}


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
    is_fictional = MadeUp()
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


class RateSeriesSerializer(RowSerializer):
    """Rates that one publisher gives day by day against one currency."""

    slug = Slug()
    name = Text()
    base = Currency(help_text="A rate says how much of a currency one of this one buys.")
    rank = Whole(help_text="The lowest that knows both currencies is used.")


class PeriodClosingSerializer(RowSerializer):
    """That the books are closed through a day, or opened again from an earlier one; the last counts."""

    id = Id()
    programme = Named()
    is_fictional = MadeUp()
    through_date = Day()
    reason = Text()
    recorded_at = Moment()
    recorded_by = Who()
