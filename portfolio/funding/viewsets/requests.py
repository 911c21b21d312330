"""Drawdown requests: to read, and for other systems to record."""

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from portfolio.common.api.bodies import day, text, whole
from portfolio.common.api.exporting import Flat
from portfolio.common.exports.columns import Holds
from portfolio.funding.filtersets import DrawdownRequestFilterSet
from portfolio.funding.models import DrawdownRequest
from portfolio.funding.operations import external
from portfolio.funding.serializers import DrawdownRequestSerializer
from portfolio.funding.viewsets.writing import Posts
from portfolio.staff.api import ByNumber
from portfolio.staff.models import Scope


class DrawdownRequestViewSet(Posts, ByNumber):
    """What payees asked for, newest first.

    Recording one asks for the approval of the payment, in the name of the person for whom the key
    acts; somebody else decides, in the admin. `Idempotency-Key` is needed, as for the ledger.
    """

    permission = "funding.view_drawdownrequest"
    writing_scope = Scope.DRAWDOWN_WRITE
    writing_permission = "funding.add_drawdownrequest"
    queryset = DrawdownRequest.objects.all()
    serializer_class = DrawdownRequestSerializer
    filterset_class = DrawdownRequestFilterSet
    members = {
        "commitment": text(40, least=1, required=True, description="The commitment's reference."),
        "tranche": whole(32_767, description="The number of the tranche."),
        "received_date": day(description="When the payee's request was received."),
        "reference": text(100, description="The payee's own, such as an invoice number."),
        "remarks": text(500),
    }
    answer_schema = {
        "type": "object",
        "properties": {
            "address": {"type": "string", "format": "uri-reference"},
            "id": {"type": "integer"},
            "commitment": {"type": "string"},
            "tranche": {"type": "integer"},
            "tranche_state": {"type": "string"},
            "amount": {"type": "string"},
            "currency": {"type": "string"},
            "received_date": {"type": "string", "format": "date"},
            "approval_request": {"type": "integer"},
        },
        "required": [
            "address", "id", "commitment", "tranche", "tranche_state", "amount", "currency",
            "received_date", "approval_request",
        ],
    }  # fmt: skip
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("commitment", "tranche__commitment__reference"),
        Flat("is_fictional", "tranche__commitment__programme__is_fictional", Holds.FLAG),
        Flat("tranche", "tranche__number", Holds.NUMBER),
        Flat("received_date", holds=Holds.DAY),
        Flat("reference"),
        Flat("remarks"),
        Flat("recorded_at", holds=Holds.MOMENT),
        Flat("recorded_by", "recorded_by__username"),
    )

    def create(self, request: Request) -> HttpResponse:
        """Record a request."""
        return self.post_once(request)

    def write(self, body: dict[str, object], said: external.Said) -> external.Answer:
        """What the body asks for, once."""
        return external.post_drawdown(
            drawdown=external.Drawdown(**self.read(body)),
            said=said,
            actor=self.caller.user,
            at=timezone.now(),
        )
