"""What the API says of organisations and people. Notes and contacts are nowhere in it."""

from partners.choices import IdentifierScheme, OrganisationKind
from portfolio.common.api.fields import (
    Day,
    MaybeWord,
    Names,
    Reference,
    Rows,
    RowSerializer,
    Slug,
    Text,
    Texts,
    Word,
    Words,
)
from portfolio.sources.serializers import sources


class SummarySerializer(RowSerializer):
    """A row elsewhere, in short."""

    slug = Slug()
    name = Names()


class OrganisationSerializer(RowSerializer):
    """An organisation that takes part."""

    slug = Slug()
    name = Names()
    aliases = Texts()
    kinds = Words(OrganisationKind)
    country = Text(help_text="ISO 3166-1; null where no source says.")
    parent = Reference(  # type: ignore[assignment]
        null=True, help_text="The organisation that it belongs to."
    )
    listed_on = Text(help_text="The exchange its shares trade on.")
    remarks = Text(help_text="What a source adds, in a sentence.")
    sources = sources()


class IdentifierSerializer(RowSerializer):
    """The number that a register gave an organisation."""

    scheme = Word(IdentifierScheme)
    value = Text()


class HolderSerializer(RowSerializer):
    """A person in a position at the organisation; both days included."""

    person = Reference()
    title = Names("title")
    start_date = Day()
    end_date = Day()


class ProgrammeRoleSerializer(RowSerializer):
    """What the organisation is to a programme as a whole."""

    programme = Reference()
    role = Word()


class ProductionRoleSerializer(RowSerializer):
    """What the organisation or person does for a production."""

    production = Reference()
    role = Word()


class FilmographySerializer(ProductionRoleSerializer):
    """What the person did on the production, and whom they played."""

    character = Names("character")
    credited_as = Text(help_text="Where the screen has another name.")
    debut = MaybeWord(help_text="Whether it is their first work: FIRST_FEATURE or NEW_ACTOR.")


class OrganisationDetailSerializer(OrganisationSerializer):
    """An organisation with what it belongs to and takes part in; each list holds at most 200 rows."""

    children = Rows(SummarySerializer, order=("sort_name", "pk"))
    identifiers = Rows(IdentifierSerializer, order=("scheme", "value"), public=())
    positions = Rows(HolderSerializer, order=("person__sort_name", "pk"), public=("person",))
    programme_roles = Rows(
        ProgrammeRoleSerializer, order=("programme__sort_name", "pk"), public=("programme",)
    )
    participations = Rows(
        ProductionRoleSerializer,
        order=("production__sort_name", "pk"),
        public=("production", "production__programme"),
        help_text="The first 200; all are at /api/v1/productions/?partner=.",
    )
    scholarship_schemes = Rows(SummarySerializer, order=("sort_name", "pk"))


class PositionSerializer(RowSerializer):
    """A position of a person; both days included."""

    organisation = Reference(null=True)
    title = Names("title")
    start_date = Day()
    end_date = Day()


class PersonSerializer(RowSerializer):
    """One who speaks for, works for or makes something."""

    slug = Slug()
    name = Names()
    aliases = Texts()
    positions = Rows(PositionSerializer, order=("pk",))
    sources = sources()


class StatementSerializer(RowSerializer):
    """A claim, in short."""

    slug = Slug()
    kind = Word()
    text = Names("text")


class PersonDetailSerializer(PersonSerializer):
    """A person with their credits and with what they said; each list holds at most 200 rows."""

    credits = Rows(
        FilmographySerializer,
        order=("production__sort_name", "pk"),
        public=("production", "production__programme"),
    )
    claims = Rows(StatementSerializer, order=("slug",))
