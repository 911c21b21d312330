"""Which requests wait for whom."""

import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet

from portfolio.funding.models.approval import ApprovalDecision, ApprovalRequest


def waiting_for(user: Any, day: datetime.date) -> QuerySet[ApprovalRequest]:
    """Open requests that `user` may decide on `day`, oldest first: an inbox.

    Those that the user did not ask for and has not decided yet, within a limit of a role of the user
    or of one who delegated to the user for that day. `is_own` says that the user's own authority is
    enough; else `lent_by` is the principal whose it is.
    Time: limits and delegations in force on `day`, both ends included.  Queries: one.
    """
    holders = get_user_model()._default_manager.filter(
        Q(groups__approval_limits__end_date__isnull=True)
        | Q(groups__approval_limits__end_date__gte=day),
        groups__approval_limits__start_date__lte=day,
        groups__approval_limits__currency=OuterRef("currency"),
        groups__approval_limits__jointly_up_to__gte=OuterRef("amount"),
        is_active=True,
    )
    decided = ApprovalDecision.objects.filter(request=OuterRef("pk")).filter(
        Q(decided_by=user) | Q(authority=user)
    )
    # A principal who asked, or for whom somebody decided, has no authority left to lend.
    spent = ApprovalDecision.objects.filter(request=OuterRef(OuterRef("pk"))).filter(
        Q(decided_by=OuterRef("pk")) | Q(authority=OuterRef("pk"))
    )
    lenders = (
        holders.filter(
            delegations_given__deputy=user,
            delegations_given__start_date__lte=day,
            delegations_given__end_date__gte=day,
        )
        .exclude(pk=OuterRef("requested_by_id"))
        .filter(~Exists(spent))
    )
    own = holders.filter(pk=user.pk)
    return (
        ApprovalRequest.objects.open()
        .exclude(requested_by=user)
        .annotate(is_own=Exists(own), lent_by=lenders.order_by("pk").values("pk")[:1])
        .filter(Q(is_own=True) | Q(lent_by__isnull=False), ~Exists(decided))
        .order_by("requested_at", "pk")
    )
