"""The waterfalls of a title: terms, receipts, and how far every party has come."""

import datetime
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
from portfolio.common.api.problems import BadParameters
from portfolio.common.api.reading import LONGEST_SLUG, Reading
from portfolio.productions.choices import PositionKind, TierSharing
from portfolio.productions.models import Production, Waterfall, WaterfallPosition
from portfolio.productions.operations.recoupment_run import Line, Outcome, run_waterfall
from portfolio.staff.api import OpensByKey
from portfolio.staff.models import Scope

TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": "string", "format": "date"}
AMOUNT: Schema = {"type": "string", "pattern": r"^-?\d+\.\d{2}$"}
MAYBE: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": ["integer", "null"]}
PARTY: Schema = obj({"slug": TEXT, "name": {"$ref": "#/components/schemas/Names"}})
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
        """A title, a day and a version."""
        return [
            OpenApiParameter("title", TEXT, required=True, description="The address of a title."),
            OpenApiParameter(
                "as_of", DAY, description="Receipts and versions of this day and earlier; today."
            ),
        ]

    def answered(self) -> dict[str, Schema]:
        """Every waterfall of the title."""
        return {"application/json": obj({"as_of": DAY, "results": listed(ROW)})}


def read(query: str, today: datetime.date) -> tuple[Production, datetime.date]:
    """The question of a query string. Raises: BadParameters, with every fault."""
    reading = Reading(query, ("title", "as_of"))
    day = reading.day("as_of", today)
    slug = reading.values.get("title")
    title = None
    if slug is None:
        reading.refuse("title", "Give a title.")
    else:
        if len(slug) <= LONGEST_SLUG and "\x00" not in slug:
            title = Production.objects.filter(slug=slug).first()
        if title is None:
            reading.refuse("title", "There is no title at this address.")
    if reading.faults or title is None:
        raise BadParameters(reading.faults)
    return title, day


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
        title, day = read(request.META.get("QUERY_STRING", ""), timezone.localdate())
        rows = Waterfall.objects.filter(production=title).select_related("agreement").order_by("pk")
        results = [row_of(run_waterfall(row, as_of=day)) for row in rows]
        return answer(request._request, orjson.dumps({"as_of": day, "results": results}))


def text(value: Decimal | datetime.date | None) -> str | None:
    """A number or a day as JSON has it; nothing stays nothing."""
    return None if value is None else str(value)


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
        "party": {
            "slug": line.party.slug,
            "name": {
                "en": line.party.name_en or None,
                "zh-Hant": line.party.name_zh_hant or None,
                "zh-Hans": line.party.name_zh_hans or None,
            },
        },
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
