"""What the API says of productions."""

from typing import Any

from django.db.models import F, Model, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from portfolio.common.api.fields import (
    Day,
    MaybeWord,
    Money,
    Names,
    Reference,
    RowField,
    Rows,
    RowSerializer,
    Slug,
    Text,
    Texts,
    Whole,
    Word,
    Words,
)
from portfolio.productions.choices import (
    CreditRole,
    Debut,
    Format,
    Genre,
    ImageKind,
    Licence,
    MilestoneKind,
    ParticipationRole,
    Stage,
    WorkScheme,
)
from portfolio.programmes.choices import Standing
from portfolio.sources.serializers import sources

BILLED: Any = (F("position").asc(nulls_last=True), "person__sort_name", "pk")
BY_DAY: Any = (Coalesce("actual_date", "revised_date", "planned_date"), "pk")


class ParticipationSerializer(RowSerializer):
    """What an organisation does for the production."""

    organisation = Reference()
    role = Word(ParticipationRole)


class CreditSerializer(RowSerializer):
    """What a person did on the production."""

    person = Reference()
    role = Word(CreditRole)
    position = Whole(help_text="Of the billing: 1 stands first; null stands last.")
    character = Names("character")
    credited_as = Text(help_text="Where the screen has another name.")
    debut = MaybeWord(Debut, help_text="Whose first work it is.")


class ProductionSerializer(RowSerializer):
    """A film or a series; each of its lists holds at most 200 rows."""

    slug = Slug()
    name = Names()
    aliases = Texts()
    format = Word(Format)
    stage = Word(Stage)
    genre = Text(help_text="As a source has it.")
    genres = Words(Genre)
    year = Whole(help_text="Of first release; null before it.")
    runtime_minutes = Whole(help_text="Of a series, the usual one of an episode.")
    spoken_languages = Texts(help_text="BCP 47, the main one first.")
    subtitle_languages = Texts(help_text="BCP 47.")
    countries = Texts(help_text="ISO 3166-1 alpha-2, the leading one first.")
    logline = Names("logline")
    programme = Reference()
    standing = Word(Standing)
    strand = Reference(null=True, help_text="Null only for a track record.")
    participations = Rows(
        ParticipationSerializer, order=("organisation__sort_name", "pk"), public=("organisation",)
    )
    credits = Rows(CreditSerializer, order=BILLED, public=("person",))
    announced_amount = Money("announced_amount", "announced_currency")
    claimed_result = Text(help_text="What a source says came of it; a claim, not a fact.")
    remarks = Text(help_text="What a source adds, in a sentence.")
    sources = sources()


class WorkNumberSerializer(RowSerializer):
    """The number under which a register knows the production."""

    scheme = Word(WorkScheme)
    value = Text()


class EpisodeSerializer(RowSerializer):
    """An episode."""

    number = Whole()
    title = Names("title")
    first_shown_date = Day(help_text="Anywhere; null before it.")
    runtime_minutes = Whole()


class SeasonSerializer(RowSerializer):
    """A season with its first 200 episodes."""

    number = Whole()
    title = Names("title")
    planned_episodes = Whole()
    episodes = Rows(EpisodeSerializer, order=("number",), public=())


class MilestoneSerializer(RowSerializer):
    """A date of the production: as first planned, as now expected, as it was."""

    kind = Word(MilestoneKind)
    title = Names("title")
    planned_date = Day()
    revised_date = Day(help_text="Null while the plan stands.")
    actual_date = Day(help_text="Null before it.")


class PictureAddress(RowField):
    """The address of the widest file of an image, on this host."""

    schema = {"type": "string", "pattern": "^/images/[0-9a-f]{64}-[0-9]+\\.jpg$"}

    def expression(self, model: type[Model], name: str) -> Any:
        """Made of the fingerprint and the width."""
        width = Cast(F("width"), TextField())
        return Concat(
            Value("/images/"), F("sha256"), Value("-"), width, Value(".jpg"),
            output_field=TextField(),
        )  # fmt: skip


class ImageSerializer(RowSerializer):
    """A poster or a still."""

    kind = Word(ImageKind)
    path = PictureAddress()
    width = Whole(help_text="In pixels.")
    height = Whole()
    licence = Word(Licence)
    credit_line = Text()
    alt = Names("alt")


class ProductionDetailSerializer(ProductionSerializer):
    """A film or a series with all that is public of it; each of its lists holds at most 200 rows."""

    synopsis = Names("synopsis")
    identifiers = Rows(WorkNumberSerializer, order=("scheme",), public=())
    seasons = Rows(SeasonSerializer, order=("number",))
    milestones = Rows(MilestoneSerializer, order=BY_DAY)
    images = Rows(ImageSerializer, order=("kind", "position", "pk"))
