"""What staff's keys read of rights, field by field. Notes are nowhere in it."""

from typing import Any

from django.db import models
from django.db.models import F, Func, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Lower, Upper

from portfolio.common.api.expressions import JsonArray, JsonObject
from portfolio.common.api.fields import Day, RowSerializer, Text, Word
from portfolio.common.api.private_fields import Amount, Found, Id, Moment, Named, Other, Who
from portfolio.rights.choices import (
    Basis,
    Direction,
    EndReason,
    Exclusivity,
    ExtentKind,
    GrantState,
    Medium,
)
from portfolio.rights.models import Extent, Holdback

DAY = {"type": ["string", "null"], "format": "date"}
WINDOW: dict[str, Any] = {
    "type": ["object", "null"],
    "properties": {"from": DAY, "until": DAY},
    "required": ["from", "until"],
}
CODES: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
MEDIA: dict[str, Any] = {"type": "array", "items": {"type": "string", "enum": list(Medium.values)}}


def codes(name: str) -> Any:
    """An array of codes as JSON."""
    return Func(F(name), function="to_json", output_field=models.TextField())


def window_of(extents: Any) -> Any:
    """The days of an extent, both included; null where an end hangs on an event without a date."""
    last = Func(
        Upper("window"), Value(1), template="(%(expressions)s)", arg_joiner=" - ",
        output_field=models.DateField(),
    )  # fmt: skip
    pair = JsonObject({"from": Lower("window"), "until": last})
    known = extents.filter(window__isnull=False).order_by()
    return Subquery(known.values(found=pair)[:1], models.TextField())


def _window_of_grant() -> Any:
    kinds = (ExtentKind.IN, ExtentKind.OUT)
    return window_of(Extent.objects.filter(grant=OuterRef("pk"), kind__in=kinds))


def _holdbacks() -> Any:
    rows = Holdback.objects.filter(grant=OuterRef("pk")).order_by("pk")
    window = window_of(Extent.objects.filter(holdback=OuterRef("pk")))
    return JsonArray(
        rows.values(
            found=JsonObject(
                {
                    "binds": F("binds"),
                    "media": codes("media"),
                    "media_except": codes("media_except"),
                    "territories": codes("territories"),
                    "territories_except": codes("territories_except"),
                    "languages": codes("languages"),
                    "window": Cast(window, models.JSONField()),
                }
            )
        )
    )


class GrantSerializer(RowSerializer):
    """A right in a title, as its agreement says it; `window` is what that comes to in days.

    `territories` are ISO 3166-1 codes and sets of territories; no language is every language.
    """

    id = Id()
    direction = Word(Direction)
    title = Named()
    other_side = Named(null=True)
    agreement = Other({"reference": "reference"}, null=True)
    basis = Word(Basis)
    exclusivity = Word(Exclusivity)
    media = Found(MEDIA, lambda: codes("media"))
    media_except = Found(MEDIA, lambda: codes("media_except"))
    territories = Found(CODES, lambda: codes("territories"))
    territories_except = Found(CODES, lambda: codes("territories_except"))
    languages = Found(CODES, lambda: codes("languages"))
    window = Found(WINDOW, _window_of_grant)
    may_license_on = Found({"type": "boolean"}, lambda: F("may_license_on"))
    minimum_guarantee = Amount(null=True)
    currency = Text()
    share_percent = Found(
        {"type": ["string", "null"]}, lambda: Cast(F("share_percent"), models.TextField())
    )
    holdbacks = Found(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "binds": {"type": "string", "enum": ["US", "OTHER_SIDE"]},
                    "media": MEDIA,
                    "media_except": MEDIA,
                    "territories": CODES,
                    "territories_except": CODES,
                    "languages": CODES,
                    "window": WINDOW,
                },
                "required": [
                    "binds", "media", "media_except", "territories", "territories_except",
                    "languages", "window",
                ],
            },
        },
        _holdbacks,
    )  # fmt: skip
    reversion_date = Day()
    state = Word(GrantState)
    granted_date = Day()
    ended_date = Day()
    end_reason = Word(EndReason)
    state_at = Moment()
    state_by = Who(null=True)
