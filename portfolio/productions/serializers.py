"""What the API says of productions."""

from portfolio.common.api.fields import (
    Money,
    Names,
    Reference,
    Rows,
    RowSerializer,
    Slug,
    Text,
    Texts,
    Whole,
    Word,
)
from portfolio.productions.choices import CreditRole, Format, ParticipationRole, Stage
from portfolio.programmes.choices import Standing
from portfolio.sources.serializers import sources


class ParticipationSerializer(RowSerializer):
    """What an organisation does for the production."""

    organisation = Reference()
    role = Word(ParticipationRole)


class CreditSerializer(RowSerializer):
    """What a person did on the production."""

    person = Reference()
    role = Word(CreditRole)


class ProductionSerializer(RowSerializer):
    """A film or a series; each of its lists holds at most 200 rows."""

    slug = Slug()
    name = Names()
    aliases = Texts()
    format = Word(Format)
    stage = Word(Stage)
    genre = Text()
    year = Whole(help_text="Of first release; null before it.")
    programme = Reference()
    standing = Word(Standing)
    strand = Reference(null=True, help_text="Null only for a track record.")
    participations = Rows(
        ParticipationSerializer, order=("organisation__sort_name", "pk"), public=("organisation",)
    )
    credits = Rows(CreditSerializer, order=("person__sort_name", "pk"), public=("person",))
    announced_amount = Money("announced_amount", "announced_currency")
    claimed_result = Text(help_text="What a source says came of it; a claim, not a fact.")
    remarks = Text(help_text="What a source adds, in a sentence.")
    sources = sources()
