"""What staff's keys read of approvals: who may say yes to how much, who was asked, what they said."""

from django.db.models import F

from portfolio.common.api.fields import Currency, Day, Rows, RowSerializer, Text, Word
from portfolio.common.api.private_fields import Amount, Found, Id, Moment, Named, Other, Who
from portfolio.funding.choices import Decision, RequestKind, RequestState
from portfolio.funding.serializers.columns import COMMITMENT, TRANCHE, MadeUp


class DecisionSerializer(RowSerializer):
    """What an approver said, when, why and on whose authority."""

    decision = Word(Decision)
    reason = Text()
    decided_at = Moment()
    decided_by = Who()
    authority = Who()
    limit = Other({"id": "pk"}, null=True, help_text="The limit of approval that it stands on.")
    delegation = Other({"id": "pk"}, null=True, help_text="By which the authority was lent.")


class ApprovalRequestSerializer(RowSerializer):
    """That somebody asked for an approval, and what was decided."""

    id = Id()
    kind = Word(RequestKind)
    programme = Named()
    is_fictional = MadeUp()
    commitment = Other(COMMITMENT)
    amendment = Other({"id": "pk", "number": "number"}, null=True)
    tranche = Other(TRANCHE, null=True)
    entry = Other({"id": "pk"}, null=True)
    amount = Amount()
    currency = Currency()
    reason = Text()
    state = Word(RequestState)
    requested_at = Moment()
    requested_by = Who()
    decisions = Rows(DecisionSerializer, order=("pk",), public=())


class ApprovalLimitSerializer(RowSerializer):
    """How much the holders of a role may approve in a currency, from a day to a day."""

    id = Id()
    role = Found({"type": "string"}, lambda: F("role__name"))
    currency = Currency()
    alone_up_to = Amount(help_text="Up to it one of them is enough.")
    jointly_up_to = Amount(help_text="Above the other and up to it two are needed.")
    start_date = Day()
    end_date = Day(help_text="The last day; null where none is set.")
    decision = Text(help_text="Who delegated the authority, and when.")


class DelegationSerializer(RowSerializer):
    """That one approver decides for another for some days. Why the other is away is not in it."""

    id = Id()
    principal = Who(help_text="Who is away.")
    deputy = Who(help_text="Who decides instead.")
    start_date = Day()
    end_date = Day(help_text="The last day.")
