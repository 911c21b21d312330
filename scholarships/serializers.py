"""What the API says of scholarship schemes."""

from portfolio.common.api.fields import (
    Money,
    Names,
    Reference,
    RowSerializer,
    Slug,
    Text,
    Texts,
    Whole,
    Word,
)
from portfolio.programmes.choices import Standing
from portfolio.sources.serializers import sources


class SchemeSerializer(RowSerializer):
    """A project that pays for places at an institution."""

    slug = Slug()
    name = Names()
    aliases = Texts()
    programme = Reference()
    standing = Word(Standing)
    strand = Reference(null=True, help_text="Null only for a track record.")
    institution = Reference(null=True)
    places = Whole()
    amount_per_place = Money("amount_per_place", "amount_currency")
    announced_amount = Money("announced_amount", "announced_currency")
    claimed_result = Text(help_text="What a source says came of it; a claim, not a fact.")
    remarks = Text(help_text="What a source adds, in a sentence.")
    sources = sources()
