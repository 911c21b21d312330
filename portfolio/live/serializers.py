"""What the API says of venues, concerts and shows."""

from typing import Any

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Now

from portfolio.common.api.expressions import JsonObject
from portfolio.common.api.fields import (
    Day,
    Money,
    Names,
    OneOf,
    Reference,
    RowField,
    Rows,
    RowSerializer,
    Slug,
    Text,
    Texts,
    Whole,
    Word,
    names_of,
    or_null,
)
from portfolio.common.api.private_fields import Moment
from portfolio.common.publishing import is_public
from portfolio.live.choices import BillingRole, Configuration, Form, ShowStatus
from portfolio.live.models import ShowReport
from portfolio.programmes.choices import Standing
from portfolio.sources.models import Source
from portfolio.sources.serializers import sources

NAMES = {"$ref": "#/components/schemas/Names"}


class Degrees(RowField):
    """A latitude or longitude as a text, WGS 84; null where it is not stated."""

    schema = {"type": ["string", "null"], "pattern": r"^-?[0-9]{1,3}\.[0-9]{6}$"}

    def expression(self, model: type[models.Model], name: str) -> Any:
        """The digits as stored."""
        return Cast(F(name), models.TextField())


class SpaceNames(RowField):
    """The names of a space; null for the whole venue, or where nobody says which."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(or_null(NAMES), **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """One object of three texts, by a join."""
        return Case(
            When(**{f"{name}__isnull": True}, then=Value(None)),
            default=names_of(f"{name}__name"),
            output_field=models.TextField(),
        )


class Figures(RowField):
    """The last public report of a show as a whole; null where none is public."""

    COUNT = {"type": ["integer", "null"], "minimum": 0}

    def __init__(self, **kwargs: Any) -> None:
        source = {
            "type": ["object", "null"],
            "properties": {"slug": {"type": "string"}, "title": {"type": "string"}},
            "required": ["slug", "title"],
        }
        properties = {
            "as_of_date": {"type": "string", "format": "date"},
            "tickets_offered": self.COUNT,
            "tickets_sold": self.COUNT,
            "tickets_free": self.COUNT,
            "gross": or_null({"$ref": "#/components/schemas/Money"}),
            "source": source,
        }
        schema = {
            "type": ["object", "null"],
            "properties": properties,
            "required": list(properties),
        }
        super().__init__(schema, **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """A subquery for the report that counts of those asked for: the latest day, then the latest recorded."""
        source = Source.objects.filter(is_public(Now()), pk=OuterRef("source"))
        pairs = {
            "as_of_date": F("as_of_date"),
            "tickets_offered": F("tickets_offered"),
            "tickets_sold": F("tickets_sold"),
            "tickets_free": F("tickets_free"),
            "gross": Money("gross_amount", "gross_currency").expression(ShowReport, "gross"),
            "source": Subquery(
                source.values(found=JsonObject({"slug": F("slug"), "title": F("title")})),
                output_field=models.TextField(),
            ),
        }
        reports = (
            ShowReport.objects.filter(
                Q(is_public=True),
                show=OuterRef("pk"),
                as_of_date__lte=OuterRef("asked_as_of"),
                recorded_at__lte=OuterRef("asked_known_at"),
            )
            .order_by("-as_of_date", "-recorded_at", "-pk")
            .values(found=JsonObject(pairs))[:1]
        )
        return Subquery(reports, output_field=models.TextField())


class SpaceSerializer(RowSerializer):
    """A hall or a stage of the venue."""

    name = Names()


class CapacitySerializer(RowSerializer):
    """How many it holds in one set-up."""

    space = SpaceNames(help_text="Null for the whole venue.")
    configuration = Word(Configuration)
    people = Whole()


class VenueSerializer(RowSerializer):
    """A house or a ground in which shows are held."""

    slug = Slug()
    name = Names()
    aliases = Texts()
    street = Names("address")
    district = Names("district")
    country = Text(help_text="ISO 3166-1.")
    latitude = Degrees()
    longitude = Degrees()
    time_zone = Text(help_text="The clock on its wall, by its name in the IANA database.")
    owner = Reference(null=True)
    operator = Reference(null=True)
    spaces = Rows(SpaceSerializer, order=("position", "pk"), public=())
    capacities = Rows(
        CapacitySerializer, order=("space__position", "configuration", "pk"), public=()
    )
    website = Text()
    remarks = Text(help_text="What a source adds, in a sentence.")
    sources = sources()


class BillingSerializer(RowSerializer):
    """Who performs, and how they are billed."""

    artist = OneOf({"person": "PERSON", "act": "ACT"})
    role = Word(BillingRole)


class ShowOfConcertSerializer(RowSerializer):
    """One date of the concert."""

    slug = Slug()
    date = Day(help_text="The civil date at the venue.")
    starts_at = Moment(help_text="Null while no time is announced.")
    venue = Reference()
    status = Word(ShowStatus)


class ConcertSerializer(RowSerializer):
    """A concert, a tour or a festival; each of its lists holds at most 200 rows."""

    slug = Slug()
    name = Names()
    aliases = Texts()
    form = Word(Form)
    programme = Reference()
    standing = Word(Standing)
    strand = Reference(null=True, help_text="Null only for a track record.")
    promoter = Reference(null=True)
    artists = Rows(BillingSerializer, source="billings", order=("position", "pk"))
    shows = Rows(ShowOfConcertSerializer, order=("date", "starts_at", "pk"))
    announced_amount = Money("announced_amount", "announced_currency")
    claimed_result = Text(help_text="What a source says came of it; a claim, not a fact.")
    remarks = Text(help_text="What a source adds, in a sentence.")
    sources = sources()


class ShowSerializer(RowSerializer):
    """One date of a concert in a venue, and the last that was publicly reported of it."""

    slug = Slug()
    concert = Reference()
    venue = Reference()
    space = SpaceNames()
    date = Day(help_text="The civil date at the venue.")
    doors_at = Moment()
    starts_at = Moment(help_text="Null while no time is announced.")
    ends_at = Moment()
    status = Word(ShowStatus)
    figures = Figures(help_text="What a report leaves open is null: not disclosed.")
