"""What the API says of sources and claims."""

from portfolio.common.api.fields import (
    Day,
    Names,
    OneOf,
    Reference,
    Rows,
    RowSerializer,
    Slug,
    Text,
    Word,
)
from portfolio.sources.choices import ClaimKind, Language, SourceKind


class SourceSerializer(RowSerializer):
    """A document that states facts."""

    slug = Slug()
    title = Text()
    kind = Word(SourceKind)
    language = Word(Language)
    publisher = Text()
    published_date = Day()
    url = Text()


class SourceReferenceSerializer(RowSerializer):
    """A source, in short."""

    slug = Slug()
    title = Text()


def sources() -> Rows:
    """The sources that state a row, oldest first."""
    return Rows(SourceReferenceSerializer, order=("published_date", "pk"))


class ClaimSerializer(RowSerializer):
    """A statement that a source attributes to a speaker; not a fact."""

    slug = Slug()
    kind = Word(ClaimKind)
    speaker = Reference(null=True, help_text="Who said so; null where the source names nobody.")
    about = OneOf({"programme": "PROGRAMME", "organisation": "ORGANISATION", "project": "PROJECT"})
    text = Names("text")
    sources = sources()
