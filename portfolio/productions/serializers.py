"""What the API says of productions."""

from typing import Any

from django.db.models import Case, F, Func, Model, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, Now

from portfolio.common.api.expressions import JsonObject
from portfolio.common.api.fields import (
    Day,
    MaybeWord,
    Money,
    Names,
    Reference,
    RowField,
    Rows,
    RowSerializer,
    Schema,
    Slug,
    Text,
    Texts,
    Whole,
    Word,
    Words,
)
from portfolio.common.api.private_fields import Found, Moment
from portfolio.common.publishing import is_public
from portfolio.productions.choices import (
    MONEY_MEASURES,
    CreditRole,
    Debut,
    Format,
    Genre,
    ImageKind,
    Licence,
    Measure,
    MilestoneKind,
    ParticipationRole,
    ReleaseMedium,
    Stage,
    WorkScheme,
)
from portfolio.programmes.choices import Standing
from portfolio.sources.models import Source
from portfolio.sources.serializers import sources

BILLED: Any = (F("position").asc(nulls_last=True), "person__sort_name", "pk")
BY_DAY: Any = (Coalesce("actual_date", "revised_date", "planned_date"), "pk")

SOURCE: Schema = {
    "type": ["object", "null"],
    "properties": {"slug": {"type": "string"}, "title": {"type": "string"}},
    "required": ["slug", "title"],
}
COUNT: Schema = {"type": ["string", "null"], "pattern": "^[0-9]+(\\.[0-9]{1,2})?$"}


def public_source() -> Any:
    """The source of a row, in short; null where it is not public."""
    rows = Source.objects.filter(is_public(Now()), pk=OuterRef("source"))
    found = rows.values(found=JsonObject({"slug": F("slug"), "title": F("title")}))
    return Subquery(found, output_field=TextField())


def counted() -> Any:
    """What is no money, as a text; null for money and where nothing is disclosed."""
    digits = Cast(Func(F("value"), function="trim_scale"), TextField())
    return Case(
        When(Q(measure__in=MONEY_MEASURES), then=Value(None)), default=digits,
        output_field=TextField(),
    )  # fmt: skip


class Taken(Money):
    """What was taken, with its currency; null for a count and where nothing is disclosed."""

    def expression(self, model: type[Model], name: str) -> Any:
        """Only of measures of money."""
        return Case(
            When(Q(measure__in=MONEY_MEASURES), then=super().expression(model, name)),
            default=Value(None),
            output_field=TextField(),
        )


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


class ReleaseSerializer(RowSerializer):
    """That a production comes out in a territory and a medium from a day on."""

    slug = Slug()
    production = Reference()
    territory = Text(help_text="ISO 3166-1, or WORLD.")
    medium = Word(ReleaseMedium)
    date = Day()
    distributor = Reference(null=True)
    distributor_name = Text(help_text="As a source has it.")
    screens = Whole(help_text="On the first day; null is not disclosed.")


class ResultSerializer(RowSerializer):
    """A figure that a source reported of a production for a period. Figures are never added up here."""

    slug = Slug()
    production = Reference()
    territory = Text(help_text="ISO 3166-1, or WORLD.")
    medium = Word(ReleaseMedium)
    measure = Word(Measure)
    start_date = Day()
    end_date = Day(help_text="Included; null: until the day on which it was recorded.")
    amount = Taken("value", "currency", help_text="Of money; null is not disclosed, never 0.")
    count = Found(COUNT, counted, help_text="Of what is no money; null is not disclosed, never 0.")
    stands_twice = Found(
        {"type": "boolean"},
        lambda: F("has_twin"),
        help_text="The same number stands under another period or source: flagged, not mended.",
    )
    source = Found(  # type: ignore[assignment]  # DRF has an attribute of this name
        SOURCE, public_source, help_text="Who reported it; null where it is not public."
    )
    recorded_at = Moment()
