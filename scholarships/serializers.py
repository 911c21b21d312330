"""What the API says of scholarship schemes."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, OuterRef, Subquery

from portfolio.common.api.expressions import JsonObject
from portfolio.common.api.fields import (
    Day,
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
)
from portfolio.common.api.private_fields import Found, Id, Moment, Other
from portfolio.programmes.choices import Standing
from portfolio.sources.serializers import sources
from scholarships.choices import ApplicationState, AwardState, EntryWay
from scholarships.models import RoundFigures
from scholarships.models.figures import COUNTED


class Figures(RowField):
    """The figures that are told of a round; null before that, and each null where it is kept back."""

    COUNT: ClassVar[dict[str, Any]] = {"type": ["integer", "null"], "minimum": 0}

    def __init__(self, **kwargs: Any) -> None:
        schema = {
            "type": ["object", "null"],
            "properties": dict.fromkeys(COUNTED, self.COUNT),
            "required": list(COUNTED),
        }
        super().__init__(schema, **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """A subquery by the key."""
        rows = RoundFigures.objects.filter(round=OuterRef("pk"))
        pairs = JsonObject({each: F(each) for each in COUNTED})
        return Subquery(rows.values(found=pairs)[:1], output_field=models.TextField())


class RoundSerializer(RowSerializer):
    """A call for applications; open from one instant to the other, both included."""

    code = Slug()
    name = Names()
    call = Names("call")
    opens_at = Moment()
    closes_at = Moment()
    places = Whole()
    amount_per_place = Money("amount_per_place", "amount_currency")
    figures = Figures(help_text="Told once; groups of fewer than five are kept back.")


class ApplicationSerializer(RowSerializer):
    """An application by its number. Nothing personal is in it."""

    id = Id()
    number = Text()
    round = Found({"type": "string"}, lambda: F("round__code"))
    scheme = Found({"type": "string"}, lambda: F("round__scheme__slug"))
    way = Word(EntryWay)
    state = Word(ApplicationState)
    submitted_at = Moment()
    is_eligible = Found({"type": ["boolean", "null"]}, lambda: F("is_eligible"))
    waiting_place = Found({"type": ["integer", "null"]}, lambda: F("waiting_place"))
    state_at = Moment()


class AwardSerializer(RowSerializer):
    """A place that was offered, by the number of its application, with its commitment."""

    id = Id()
    application = Other({"number": "number"})
    round = Found({"type": "string"}, lambda: F("round__code"))
    scheme = Found({"type": "string"}, lambda: F("round__scheme__slug"))
    commitment = Other({"reference": "reference"})
    state = Word(AwardState)
    offered_at = Moment()
    reply_by = Moment()
    starts_on = Day()
    state_at = Moment()


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
    rounds = Rows(RoundSerializer, order=("-opens_at", "pk"))
    sources = sources()
