"""What questions about one title share: how they are read, and the forms of their answers."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from partners.models import Organisation
from portfolio.common.api.keyed_schema import Schema, obj
from portfolio.common.api.problems import BadParameters
from portfolio.common.api.reading import LONGEST_SLUG, Reading
from portfolio.productions.models import Production

TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
AMOUNT: Schema = {"type": "string", "pattern": r"^-?\d+\.\d{2}$"}
MAYBE: Schema = {"type": ["string", "null"]}
NUMBER: Schema = {"type": ["integer", "null"]}
PARTY: Schema = obj({"slug": TEXT, "name": {"$ref": "#/components/schemas/Names"}})
TITLE = OpenApiParameter("title", TEXT, required=True, description="The address of a title.")


@dataclass(frozen=True)
class TitleQuestion:
    """A title, and as of which day and moment something is asked of it."""

    title: Production
    as_of: datetime.date
    known_at: datetime.datetime | None


def read_title(
    request: Request, more: Sequence[str] = (), *, today: datetime.date
) -> TitleQuestion:
    """The question of a query string. Raises: BadParameters, with every fault."""
    reading = Reading(request.META.get("QUERY_STRING", ""), ("title", *more))
    as_of, known_at = reading.day("as_of", today), reading.moment("known_at")
    slug = reading.values.get("title")
    title = None
    if slug is None:
        reading.refuse("title", "Give a title.")
    else:
        if len(slug) <= LONGEST_SLUG and "\x00" not in slug:
            title = Production.objects.filter(slug=slug).first()
        if title is None:
            reading.refuse("title", "There is no title at this address.")
    if reading.faults or title is None:
        raise BadParameters(reading.faults)
    return TitleQuestion(title, as_of, known_at)


def text(value: Decimal | datetime.date | None) -> str | None:
    """A number, a day or a moment as JSON has it; nothing stays nothing."""
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return None if value is None else str(value)


def party_of(row: Organisation) -> dict[str, Any]:
    """An organisation by its address and its names."""
    return {"slug": row.slug, "name": names_of(row)}


def names_of(row: Any) -> dict[str, str | None]:
    """The names there are."""
    return {
        "en": row.name_en or None,
        "zh-Hant": row.name_zh_hant or None,
        "zh-Hans": row.name_zh_hans or None,
    }
