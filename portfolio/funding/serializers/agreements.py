"""What staff's keys read of agreements, field by field."""

from partners.choices import AgreementKind, AmendmentKind, PartyRole
from portfolio.common.api.fields import Day, Rows, RowSerializer, Text, Whole, Word
from portfolio.common.api.private_fields import Amount, Named, Other
from portfolio.funding.serializers.columns import DOCUMENT


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
