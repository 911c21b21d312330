"""The ledger: to read, and for finance systems to post."""

from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from portfolio.common.api.bodies import (
    amount,
    currency,
    day,
    fits_its_currency,
    rate,
    text,
    whole,
    word,
)
from portfolio.common.api.exporting import Flat
from portfolio.common.exports.columns import Holds
from portfolio.funding.filtersets import LedgerEntryFilterSet
from portfolio.funding.models import LedgerEntry, iati_code_of
from portfolio.funding.operations import external
from portfolio.funding.serializers import LedgerEntrySerializer
from portfolio.funding.viewsets.writing import Posts, fault_with
from portfolio.staff.api import ByNumber
from portfolio.staff.models import Scope

ELSEWHERE = {
    "COMMITMENT": "A commitment is drafted, approved by somebody else and signed in the admin.",
    "DE_COMMITMENT": "A commitment is amended or cancelled in the admin, with an approval.",
    "WRITE_OFF": "A write-off is asked for and approved in the admin.",
    "REVERSAL": "A reversal is asked for and approved in the admin, on the page of the entry.",
}


class LedgerEntryViewSet(Posts, ByNumber):
    """Every entry, newest first, with its rate, approvers, document and place in the chain.

    Posting takes a disbursement of an approved tranche, a refund or a recoupment. What needs an
    approval of its own is done in the admin. `Idempotency-Key` is needed: repeated with the same body
    it gives the same answer and writes nothing; with another body it is refused.
    """

    permission = "funding.view_ledgerentry"
    writing_scope = Scope.LEDGER_WRITE
    writing_permission = "funding.add_ledgerentry"
    queryset = LedgerEntry.objects.all()
    serializer_class = LedgerEntrySerializer
    filterset_class = LedgerEntryFilterSet
    file_begins_soon = True
    members = {
        "kind": word(
            *external.KINDS, description="A disbursement of an approved tranche, or money back."
        ),
        "commitment": text(40, least=1, required=True, description="The commitment's reference."),
        "tranche": whole(32_767, required=False, description="Its number; for a disbursement."),
        "amount": amount(description="More than zero, with at most two decimals, as a text."),
        "currency": currency(description="That of the commitment; said so that it is meant."),
        "value_date": day(description="When it took effect."),
        "rate": rate(
            description="What the bank charged; without it the last published one counts."
        ),
        "rate_date": day(required=False, description="Of which day the bank's rate is."),
        "reference": text(100, description="Of the bank or the finance system."),
        "remarks": text(500),
    }
    answer_schema = {
        "type": "object",
        "properties": {
            "address": {"type": "string", "format": "uri-reference"},
            "posting": {"type": "string", "format": "uuid"},
            "kind": {"type": "string", "enum": list(external.KINDS)},
            "commitment": {"type": "string"},
            "tranche": {"type": ["integer", "null"]},
            "tranche_state": {"type": ["string", "null"]},
            "amount": {"type": "string"},
            "currency": {"type": "string"},
            "value_date": {"type": "string", "format": "date"},
            "entries": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "integer"},
                        "strand": {"type": "string"},
                        "fiscal_year": {"type": "integer"},
                        "amount": {"type": "string"},
                        "base_amount": {"type": "string"},
                    },
                    "required": ["id", "strand", "fiscal_year", "amount", "base_amount"],
                },
            },
        },
        "required": [
            "address", "posting", "kind", "commitment", "tranche", "tranche_state", "amount",
            "currency", "value_date", "entries",
        ],
    }  # fmt: skip
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("posting", Cast(F("posting"), TextField())),
        Flat("kind"),
        Flat("iati_code", iati_code_of("kind")),
        Flat("programme", "programme__slug"),
        Flat("is_fictional", "programme__is_fictional", Holds.FLAG),
        Flat("strand", "strand__slug"),
        Flat("fiscal_year", holds=Holds.NUMBER),
        Flat("project", "project__slug"),
        Flat("payee", "counterparty__slug"),
        Flat("commitment", "commitment__reference"),
        Flat("tranche", "tranche__number", Holds.NUMBER),
        Flat("amount", holds=Holds.AMOUNT),
        Flat("currency"),
        Flat("rate", holds=Holds.AMOUNT),
        Flat("rate_date", holds=Holds.DAY),
        Flat("rate_source"),
        Flat("base_amount", holds=Holds.AMOUNT),
        Flat("promised_base_amount", holds=Holds.AMOUNT),
        Flat("value_date", holds=Holds.DAY),
        Flat("recorded_at", holds=Holds.MOMENT),
        Flat("recorded_by", "recorded_by__username"),
        Flat("approval", "approval_id", Holds.NUMBER),
        Flat("document", "document__title"),
        Flat("reversal_of", "reversal_of_id", Holds.NUMBER),
        Flat("reference"),
        Flat("remarks"),
        Flat("sequence", "link__sequence", Holds.NUMBER),
    )

    def create(self, request: Request) -> HttpResponse:
        """Post an entry."""
        return self.post_once(request)

    def write(self, body: dict[str, object], said: external.Said) -> external.Answer:
        """What the body asks for, once."""
        kind = body.get("kind")
        if isinstance(kind, str) and kind in ELSEWHERE:
            fault_with("kind", ELSEWHERE[kind])
        terms = self.read(body)
        fits_its_currency(terms["amount"], terms["currency"])
        if (terms["kind"] == "DISBURSEMENT") != (terms["tranche"] is not None):
            fault_with("tranche", "A disbursement names its tranche, and nothing else does.")
        if terms["rate"] is None and terms["rate_date"] is not None:
            fault_with("rate_date", "Give it with the rate of the bank.")
        entry = external.Entry(**terms)
        return external.post_entry(
            entry=entry, said=said, actor=self.caller.user, at=timezone.now()
        )
