"""Who may approve how much, who was asked and what they said, to read."""

from portfolio.common.api.exporting import Flat
from portfolio.common.exports.columns import Holds
from portfolio.funding.filtersets import (
    ApprovalLimitFilterSet,
    ApprovalRequestFilterSet,
    DelegationFilterSet,
)
from portfolio.funding.models import ApprovalLimit, ApprovalRequest, Delegation
from portfolio.funding.serializers import (
    ApprovalLimitSerializer,
    ApprovalRequestSerializer,
    DelegationSerializer,
)
from portfolio.staff.api import ByNumber


class ApprovalRequestViewSet(ByNumber):
    """Who asked for an approval of what, and who decided how. Decisions are made in the admin."""

    permission = "funding.view_approvalrequest"
    queryset = ApprovalRequest.objects.all()
    serializer_class = ApprovalRequestSerializer
    filterset_class = ApprovalRequestFilterSet
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("kind"),
        Flat("programme", "programme__slug"),
        Flat("is_fictional", "programme__is_fictional", Holds.FLAG),
        Flat("commitment", "commitment__reference"),
        Flat("amendment", "amendment__number", Holds.NUMBER),
        Flat("tranche", "tranche__number", Holds.NUMBER),
        Flat("entry", "entry_id", Holds.NUMBER),
        Flat("amount", holds=Holds.AMOUNT),
        Flat("currency"),
        Flat("reason"),
        Flat("state"),
        Flat("requested_at", holds=Holds.MOMENT),
        Flat("requested_by", "requested_by__username"),
    )


class ApprovalLimitViewSet(ByNumber):
    """How much the holders of each role may approve: the delegation of authority, past ones too."""

    permission = "funding.view_approvallimit"
    queryset = ApprovalLimit.objects.all()
    serializer_class = ApprovalLimitSerializer
    filterset_class = ApprovalLimitFilterSet
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("role", "role__name"),
        Flat("currency"),
        Flat("alone_up_to", holds=Holds.AMOUNT),
        Flat("jointly_up_to", holds=Holds.AMOUNT),
        Flat("start_date", holds=Holds.DAY),
        Flat("end_date", holds=Holds.DAY),
        Flat("decision"),
    )


class DelegationViewSet(ByNumber):
    """Who decides for whom on which days. Why somebody is away is only in the admin."""

    permission = "funding.view_delegation"
    queryset = Delegation.objects.all()
    serializer_class = DelegationSerializer
    filterset_class = DelegationFilterSet
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("principal", "principal__username"),
        Flat("deputy", "deputy__username"),
        Flat("start_date", holds=Holds.DAY),
        Flat("end_date", holds=Holds.DAY),
    )
