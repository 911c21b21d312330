"""What is free to license, where and until when, and why not where it is not."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from portfolio.common.api.answers import answer
from portfolio.common.api.keyed_schema import KeyedSchema, Schema, listed, obj
from portfolio.common.api.problems import BadParameters
from portfolio.common.api.reading import LONGEST_SLUG, Reading
from portfolio.common.territories import ISO_3166_1
from portfolio.productions.models import Production
from portfolio.rights.choices import LEAVES, ExtentKind, Medium
from portfolio.rights.models import Extent
from portfolio.rights.models.avails import Avail, Period, avails_in, avails_of, periods, reasons_of
from portfolio.staff.api import OpensByKey
from portfolio.staff.models import Scope

PAGE = 100
LARGEST_PAGE = 200
LONGEST_LANGUAGE = 12

TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": ["string", "null"], "format": "date"}
PERIODS = listed(obj({"from": DAY, "until": DAY}))
PARTY: Schema = obj({"slug": TEXT, "name": {"$ref": "#/components/schemas/Names"}})
REASON = obj(
    {
        "kind": {"type": "string", "enum": ExtentKind.values},
        "id": {"type": "integer"},
        "holder": {"oneOf": [PARTY, {"type": "null"}]},
        "agreement": {"type": ["string", "null"]},
        "exclusivity": {"type": ["string", "null"]},
        "counts": {"type": "boolean"},
        "pending": {"type": "boolean"},
        "from": DAY,
        "until": DAY,
    }
)
ROW = obj(
    {
        "title": PARTY,
        "media": listed({"type": "string", "enum": list(LEAVES)}),
        "territories": listed({"type": "string", "pattern": "^[A-Z]{2}$"}),
        "exclusive": PERIODS,
        "shared": PERIODS,
        "free": obj({"exclusive": {"type": "boolean"}, "shared": {"type": "boolean"}}),
        "reasons": listed(REASON),
    },
    optional=("reasons",),
)


class AvailsSchema(KeyedSchema):
    """Describes the question."""

    def get_operation_id(self) -> str:
        """A name that a generated client can use."""
        return "avails"

    def get_summary(self) -> str | None:
        """A line for the contents."""
        return "What is free to license"

    def asked(self) -> list[OpenApiParameter]:
        """A title or a territory, and what narrows them."""
        return [
            OpenApiParameter(
                "title", TEXT,
                description="The address of a title. Give it or a territory; its rows come with `reasons`.",
            ),
            OpenApiParameter(
                "territory", {"type": "string", "pattern": "^[A-Z]{2}$"},
                description="An ISO 3166-1 code. Without a title: every title with something free there.",
            ),
            OpenApiParameter(
                "medium", {"type": "string", "enum": Medium.values},
                description="A medium or a branch of media; by itself all.",
            ),
            OpenApiParameter(
                "language", TEXT,
                description="A tag such as yue; by itself what is free in every language.",
            ),
            OpenApiParameter(
                "on", {"type": "string", "format": "date"},
                description="The day of `free`, by itself today; without a title only rows free on it.",
            ),
            OpenApiParameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE},
                description="How many rows a page has, where no title is given.",
            ),
            OpenApiParameter(
                "cursor", {"type": "string", "pattern": "^[0-9]{1,18}-[0-9]{1,2}$"},
                description="Where the page begins; taken from `next`.",
            ),
        ]  # fmt: skip

    def answered(self) -> dict[str, Schema]:
        """One page."""
        link: Schema = {"type": ["string", "null"], "format": "uri-reference"}
        return {"application/json": obj({"on": DAY, "next": link, "results": listed(ROW)})}


@dataclass(frozen=True)
class Question:
    """What was asked."""

    title: Production | None
    territory: str | None
    medium: str
    languages: tuple[str, ...]
    on: datetime.date | None
    page_size: int
    after: tuple[int, int]


def read(query: str) -> Question:
    """The question of a query string. Raises: BadParameters, with every fault."""
    known = ("title", "territory", "medium", "language", "on", "page_size", "cursor")
    reading = Reading(query, known)
    territory = reading.word("territory", ISO_3166_1)
    medium = reading.word("medium", Medium.values, Medium.ALL) or Medium.ALL
    day = reading.day("on", datetime.date.max)
    page_size = reading.number("page_size", PAGE, 1, LARGEST_PAGE)
    language = reading.values.get("language", "")
    if language and not (
        len(language) <= LONGEST_LANGUAGE
        and language.isascii()
        and language.replace("-", "").isalnum()
    ):
        reading.refuse("language", "Give a tag such as yue, zh-Hant or en.")
    slug = reading.values.get("title")
    title = None
    if slug is not None:
        if len(slug) <= LONGEST_SLUG and "\x00" not in slug:
            title = Production.objects.filter(slug=slug).first()
        if title is None:
            reading.refuse("title", "There is no title at this address.")
        for name in ("page_size", "cursor"):
            if name in reading.values:
                reading.refuse(name, "The answer for one title has no pages.")
    elif "territory" not in reading.values:
        reading.refuse("territory", "Give a title or a territory.")
    after = _cursor(reading)
    if reading.faults:
        raise BadParameters(reading.faults)
    return Question(
        title, territory, medium, (language,) if language else (),
        None if day == datetime.date.max else day, page_size, after,
    )  # fmt: skip


def _cursor(reading: Reading) -> tuple[int, int]:
    text = reading.values.get("cursor")
    if text is None:
        return (0, -1)
    title, dash, leaf = text.partition("-")
    whole = text.isascii() and title.isdigit() and leaf.isdigit() and len(title) < 19
    if not dash or not whole or len(leaf) > 2:
        reading.refuse("cursor", "Take the cursor from `next`.")
        return (0, -1)
    return int(title), int(leaf)


class AvailsView(OpensByKey, GenericViewSet[Any]):
    """What is free to license: acquired, and neither licensed on, held back nor under option.

    `exclusive` are the days on which it may be licensed to one alone, `shared` those on which it may be
    licensed beside others; an end that is null is open. What hangs on an event without a date takes
    nothing yet, and is among the `reasons` as pending.
    """

    scope = Scope.RIGHTS_READ
    permission = "rights.view_grant"
    schema = AvailsSchema()

    def avails(self, request: Request) -> HttpResponseBase:
        """The answer. Queries: for a title three, else two."""
        today = timezone.localdate()
        question = read(request.META.get("QUERY_STRING", ""))
        on = question.on or today
        if question.title is not None:
            document = self.of_title(question, on, today)
        else:
            document = self.of_territory(request, question, on, today)
        return answer(request._request, orjson.dumps({"on": on, **document}))

    def of_title(
        self, question: Question, on: datetime.date, today: datetime.date
    ) -> dict[str, Any]:
        """Every answer about one title, also where it is not free, with the reasons."""
        assert question.title is not None  # noqa: S101 - the caller looked
        rows = avails_of(
            question.title.pk, today=today, media=[question.medium],
            territories=[question.territory or "WORLD"], languages=question.languages,
        )  # fmt: skip
        known = reasons_of(pk for row in rows for pk in row.extents)
        party = party_of(question.title)
        return {
            "next": None,
            "results": [
                {
                    **row_of(row, party, on),
                    "reasons": [reason_of(known[pk]) for pk in row.extents if pk in known],
                }
                for row in rows
                if row.extents
            ],
        }

    def of_territory(
        self, request: Request, question: Question, on: datetime.date, today: datetime.date
    ) -> dict[str, Any]:
        """A page of titles and media with something free in a territory."""
        assert question.territory is not None  # noqa: S101 - the reading saw to it
        found = avails_in(
            question.territory, today=today, media=[question.medium],
            languages=question.languages, on=question.on, after=question.after,
            limit=question.page_size + 1,
        )  # fmt: skip
        rows = found[: question.page_size]
        parties = {
            title.pk: party_of(title)
            for title in Production.objects.filter(pk__in={row.title_id for row in rows})
        }
        link = None
        if len(found) > question.page_size:
            last = rows[-1]
            given = request.query_params.copy()
            given["cursor"] = f"{last.title_id}-{LEAVES.index(Medium(last.media[0]))}"
            link = f"{request.path}?{given.urlencode()}"
        return {"next": link, "results": [row_of(row, parties[row.title_id], on) for row in rows]}


def party_of(row: Any) -> dict[str, Any]:
    """A row's address and names."""
    return {
        "slug": row.slug,
        "name": {
            "en": row.name_en or None,
            "zh-Hant": row.name_zh_hant or None,
            "zh-Hans": row.name_zh_hans or None,
        },
    }


def days_of(found: Sequence[Period]) -> list[dict[str, Any]]:
    """Periods as JSON."""
    return [{"from": period.since, "until": period.until} for period in found]


def row_of(row: Avail, party: dict[str, Any], on: datetime.date) -> dict[str, Any]:
    """One answer as JSON."""
    return {
        "title": party,
        "media": row.media,
        "territories": row.territories,
        "exclusive": days_of(row.exclusive),
        "shared": days_of(row.shared),
        "free": {
            "exclusive": any(period.has(on) for period in row.exclusive),
            "shared": any(period.has(on) for period in row.shared),
        },
    }


def reason_of(extent: Extent) -> dict[str, Any]:
    """What is known of a right: whose it is, under which agreement, from when until when."""
    agreement = getattr(extent.grant or extent.priority, "agreement", None)
    days = periods([extent.window]) if extent.window is not None else ()
    return {
        "kind": extent.kind,
        "id": extent.priority_id or extent.holdback_id or extent.grant_id,
        "holder": party_of(extent.holder) if extent.holder else None,
        "agreement": agreement.reference if agreement else None,
        "exclusivity": extent.exclusivity or None,
        "counts": extent.counts,
        "pending": extent.window is None,
        "from": days[0].since if days else None,
        "until": days[0].until if days else None,
    }
