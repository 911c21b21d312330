"""What the API says of programmes, strands and projects."""

from partners.serializers import SummarySerializer
from portfolio.common.api.fields import (
    Currency,
    Day,
    Digits,
    Flag,
    Money,
    Names,
    Reference,
    References,
    Rows,
    RowSerializer,
    Slug,
    Text,
    Texts,
    Whole,
    Word,
)
from portfolio.programmes.choices import ProgrammeRole, ProjectKind, Standing
from portfolio.sources.serializers import sources


class QuotedSerializer(RowSerializer):
    """The envelope in another currency, as a source quoted it."""

    amount = Digits()
    currency = Currency()


class ProgrammeSerializer(RowSerializer):
    """An announced envelope of money, who is behind it and what it is for."""

    slug = Slug()
    name = Names()
    is_fictional = Flag(help_text="A sample, made up for trying: nothing in it is true of anybody.")
    sponsor = Reference(null=True)
    envelope = Money("envelope_amount", "envelope_currency", qualifier="envelope_qualifier")
    quoted_equivalents = Rows(QuotedSerializer, order=("currency",), public=())
    co_initiators = References(
        to="organisation", source="programme_partners", where={"role": ProgrammeRole.CO_INITIATOR}
    )
    strands = Rows(SummarySerializer, order=("position", "pk"), public=())
    announced_date = Day()
    announced_where = Text()
    years = Whole(help_text="For how many years the envelope is meant.")
    remarks = Text(help_text="What a source adds, in a sentence.")
    sources = sources()


class StrandSerializer(RowSerializer):
    """What part of an envelope is meant for."""

    slug = Slug()
    name = Names()
    programme = Reference()
    position = Whole(help_text="Where it stands in the announcement.")
    sources = sources()


class ProjectSerializer(RowSerializer):
    """The fundable unit: everything that money can be promised to."""

    slug = Slug()
    name = Names()
    aliases = Texts()
    kind = Word(ProjectKind)
    programme = Reference()
    standing = Word(Standing)
    strand = Reference(null=True, help_text="Null only for a track record.")
    announced_amount = Money("announced_amount", "announced_currency")
    claimed_result = Text(help_text="What a source says came of it; a claim, not a fact.")
    remarks = Text(help_text="What a source adds, in a sentence.")
    sources = sources()
