"""The waterfalls of a title: terms, receipts, and how far every party has come."""

from decimal import Decimal
from typing import Any

import orjson
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from portfolio.common.api.answers import answer
from portfolio.common.api.keyed_schema import KeyedSchema, Schema, listed, obj
from portfolio.productions.choices import PositionKind, TierSharing
from portfolio.productions.models import Waterfall, WaterfallPosition
from portfolio.productions.operations.recoupment_run import Line, Outcome, run_waterfall
from portfolio.productions.viewsets.titles import (
    AMOUNT,
    DAY,
    MAYBE,
    MOMENT,
    NUMBER,
    PARTY,
    TEXT,
    TITLE,
    party_of,
    read_title,
    text,
)
from portfolio.staff.api import OpensByKey
from portfolio.staff.models import Scope

POSITION = obj(
    {
        "code": TEXT,
        "party": PARTY,
        "kind": {"type": "string", "enum": PositionKind.values},
        "tier": NUMBER,
        "rate": MAYBE,
        "share": MAYBE,
        "amount": MAYBE,
        "premium": MAYBE,
        "cap": MAYBE,
        "received": AMOUNT,
        "due": MAYBE,
        "outstanding": MAYBE,
        "recouped_percent": MAYBE,
    }
)
TIER = obj(
    {"number": NUMBER, "name": TEXT, "sharing": {"type": "string", "enum": TierSharing.values}}
)
RECEIPT = obj(
    {
        "id": {"type": "integer"},
        "received_date": DAY,
        "period_start": MAYBE,
        "period_end": MAYBE,
        "source": TEXT,
        "amount": AMOUNT,
        "currency": TEXT,
        "rate": TEXT,
        "base_amount": AMOUNT,
        "reversal_of": NUMBER,
        "version": {"type": "integer"},
        "given": listed(obj({"code": TEXT, "amount": AMOUNT})),
    }
)
ROW = obj(
    {
        "agreement": TEXT,
        "currency": TEXT,
        "version": NUMBER,
        "in_effect_from": MAYBE,
        "received": AMOUNT,
        "residual": AMOUNT,
        "tiers": listed(TIER),
        "positions": listed(POSITION),
        "receipts": listed(RECEIPT),
    }
)


class WaterfallsSchema(KeyedSchema):
    """Describes the question."""

    def get_operation_id(self) -> str:
        """A name that a generated client can use."""
        return "waterfalls"

    def get_summary(self) -> str | None:
        """A line for the contents."""
        return "What the receipts of a title come to for whom"

    def asked(self) -> list[OpenApiParameter]:
        """A title, a day and a moment."""
        return [
            TITLE,
            OpenApiParameter(
                "as_of", DAY, description="Receipts and versions of this day and earlier; today."
            ),
            OpenApiParameter(
                "known_at", MOMENT,
                description="Only what was recorded by then, so that an earlier run comes out again.",
            ),
        ]  # fmt: skip

    def answered(self) -> dict[str, Schema]:
        """Every waterfall of the title."""
        return {"application/json": obj({"as_of": DAY, "known_at": MAYBE, "results": listed(ROW)})}


class WaterfallsView(OpensByKey, GenericViewSet[Any]):
    """The waterfalls of a title, replayed as of a day, each with its receipts and what they gave to whom.

    Amounts are in the currency of the waterfall, except `amount` of a receipt. `residual` is what went to
    nobody: always 0.00. A position whose `tier` is null is no longer in the version that counts.
    """

    scope = Scope.WATERFALLS_READ
    permission = "productions.view_waterfall"
    schema = WaterfallsSchema()

    def waterfalls(self, request: Request) -> HttpResponseBase:
        """The answer. Queries: two, and five a waterfall."""
        asked = read_title(request, ("as_of", "known_at"), today=timezone.localdate())
        rows = Waterfall.objects.filter(production=asked.title).select_related("agreement")
        results = [
            row_of(run_waterfall(row, as_of=asked.as_of, known_at=asked.known_at))
            for row in rows.order_by("pk")
        ]
        body = {"as_of": asked.as_of, "known_at": asked.known_at, "results": results}
        return answer(request._request, orjson.dumps(body))


def row_of(outcome: Outcome) -> dict[str, Any]:
    """One waterfall as JSON."""
    version = outcome.version
    return {
        "agreement": outcome.waterfall.agreement.reference,
        "currency": outcome.waterfall.currency,
        "version": version.number if version else None,
        "in_effect_from": text(version.effective_date) if version else None,
        "received": str(outcome.gross),
        "residual": str(outcome.residual.quantize(Decimal("0.01"))),
        "tiers": [
            {"number": tier.number, "name": tier.name, "sharing": tier.sharing}
            for tier in (version.tiers.all() if version else ())
        ],
        "positions": [position_of(line) for line in outcome.lines],
        "receipts": [
            {
                "id": step.receipt.pk,
                "received_date": step.receipt.received_date,
                "period_start": text(step.receipt.period_start),
                "period_end": text(step.receipt.period_end),
                "source": step.receipt.source,
                "amount": str(step.receipt.amount),
                "currency": step.receipt.currency,
                "rate": str(step.receipt.rate),
                "base_amount": str(step.receipt.base_amount),
                "reversal_of": step.receipt.reversal_of_id,
                "version": step.version,
                "given": [{"code": code, "amount": str(sum_)} for code, sum_ in step.given.items()],
            }
            for step in outcome.steps
        ],
    }


def position_of(line: Line) -> dict[str, Any]:
    """One position as JSON."""
    row: WaterfallPosition = line.position
    return {
        "code": line.code,
        "party": party_of(line.party),
        "kind": row.kind,
        "tier": row.tier.number if line.tier else None,
        "rate": text(row.rate),
        "share": text(row.share),
        "amount": text(row.amount),
        "premium": text(row.premium),
        "cap": text(row.cap),
        "received": str(line.received),
        "due": text(line.due),
        "outstanding": text(line.outstanding),
        "recouped_percent": text(line.percent),
    }
