"""Grants, to read."""

from portfolio.common.api.exporting import Flat
from portfolio.common.exports.columns import Holds
from portfolio.rights.filtersets import GrantFilterSet
from portfolio.rights.models import Grant
from portfolio.rights.serializers import GrantSerializer
from portfolio.staff.api import ByNumber
from portfolio.staff.models import Scope


class GrantViewSet(ByNumber):
    """Rights in and rights out, the newest first, with holdbacks and the days they come to."""

    scope = Scope.RIGHTS_READ
    permission = "rights.view_grant"
    queryset = Grant.objects.all()
    serializer_class = GrantSerializer
    filterset_class = GrantFilterSet
    columns = (
        Flat("id", holds=Holds.NUMBER),
        Flat("direction"),
        Flat("title", "title__slug"),
        Flat("other_side", "other_side__slug"),
        Flat("agreement", "agreement__reference"),
        Flat("basis"),
        Flat("exclusivity"),
        Flat("start_date", holds=Holds.DAY),
        Flat("end_date", holds=Holds.DAY),
        Flat("minimum_guarantee", holds=Holds.AMOUNT),
        Flat("currency"),
        Flat("state"),
        Flat("granted_date", holds=Holds.DAY),
        Flat("ended_date", holds=Holds.DAY),
    )
