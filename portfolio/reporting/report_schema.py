"""The reports in the OpenAPI document: what each reads and answers."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from portfolio.common.api.fields import or_null
from portfolio.common.api.problems import MEDIA_TYPE
from portfolio.common.api.schema import PROBLEMS, ReadSchema
from portfolio.common.exports.answers import MEDIA_TYPES
from portfolio.reporting.figures import FIGURES
from portfolio.reporting.files import MONTH_FIGURES, POSITION_FIGURES
from portfolio.reporting.parameters import LARGEST_PAGE
from portfolio.reporting.positions import DEFAULT_PAGE
from portfolio.reporting.top_sheet import GROUPS

type Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
AMOUNT: Schema = {"type": "string", "pattern": r"^-?[0-9]{1,22}\.[0-9]{2}$"}
CURRENCY: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
NAMES: Schema = {"$ref": "#/components/schemas/Names"}
# What there is none of under some terms: see `Figures`.
SOMETIMES = ("allocated", "available", "fx_effect")


def obj(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    """An object of these members and no others."""
    required = [name for name in properties if name not in optional]
    return {
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": False,
    }  # fmt: skip


def listed(row: Schema) -> Schema:
    """A list of rows."""
    return {"type": "array", "items": row}


TERMS: Schema = {
    "programme": TEXT,
    "as_of": DAY,
    "known_at": or_null(MOMENT),
    "currency": CURRENCY,
    "only_in_currency": {"type": "boolean"},
}
SHEET_FIGURES: Schema = {name: or_null(AMOUNT) if name in SOMETIMES else AMOUNT for name in FIGURES}
SHEET_KEYS: Schema = {
    "strand": TEXT,
    "fiscal_year": {"type": "integer"},
    "partner": or_null(TEXT),
    "project": or_null(TEXT),
    "name": or_null(NAMES),
    "others": {"type": "integer", "minimum": 0},
}
ANNOUNCED = obj({"amount": AMOUNT, "currency": CURRENCY, "qualifier": TEXT})
MONTH: Schema = {"month": DAY, **dict.fromkeys(MONTH_FIGURES, AMOUNT)}
PARTY = obj({"slug": TEXT, "name": NAMES})
POSITION: Schema = {
    "reference": TEXT,
    "title": TEXT,
    "payee": PARTY,
    "project": PARTY,
    "currency": CURRENCY,
    **dict.fromkeys(POSITION_FIGURES, AMOUNT),
    "outstanding_base": AMOUNT,
    "next_due": or_null(DAY),
}
KEY_PROBLEMS = {
    401: "There is no key, or none that counts today.",
    403: "The key lacks the scope, or its person the permission; `detail` names it.",
}
SHEET = MEDIA_TYPES["xlsx"]
FILES: dict[str, Schema] = {
    "text/csv": TEXT,
    SHEET: {"type": "string", "contentMediaType": SHEET},
}
ANSWERS: dict[str, Schema] = {
    "top-sheet": obj(
        {
            **TERMS,
            "group_by": {"type": "string", "enum": list(GROUPS)},
            "announced": {"oneOf": [ANNOUNCED, {"type": "null"}]},
            "unallocated": or_null(AMOUNT),
            "total": obj(SHEET_FIGURES),
            "results": listed(obj({**SHEET_KEYS, **SHEET_FIGURES}, optional=tuple(SHEET_KEYS))),
        }
    ),
    "cash-flow": obj(
        {
            **TERMS,
            "total": obj(dict.fromkeys(("due", "unpaid", "paid", "refunded", "net"), AMOUNT)),
            "results": listed(obj(MONTH)),
        }
    ),
    "positions": {
        "anyOf": [
            obj(
                {
                    **TERMS,
                    "next": {"type": ["string", "null"], "format": "uri-reference"},
                    "results": listed(obj(POSITION)),
                }
            ),
            obj({**TERMS, "results": listed({"type": "object"})}),
        ]
    },
}

PARAMETERS = [
    OpenApiParameter(
        "programme",
        TEXT,
        description="The slug of the programme; may be left out where there is only one.",
    ),
    OpenApiParameter(
        "as_of", DAY, description="Value dates up to and including this day; by itself today."
    ),
    OpenApiParameter(
        "known_at",
        MOMENT,
        description=(
            "What was recorded until this instant, with its offset; by itself everything. An instant "
            "some minutes back says the same for ever."
        ),
    ),
    OpenApiParameter(
        "currency",
        CURRENCY,
        description="Only what is in this currency, in it; by itself everything, in base currency.",
    ),
]
GROUP_BY = OpenApiParameter(
    "group_by", {"type": "string", "enum": list(GROUPS), "default": "strand_year"},
    description="What a line is of.",
)  # fmt: skip
PAGING = [
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE},
        description="How many rows a page has.",
    ),
    OpenApiParameter(
        "cursor", {"type": "integer", "minimum": 1},
        description="Where the page begins; taken from `next`.",
    ),
]  # fmt: skip
FORMAT = OpenApiParameter(
    "format", {"type": "string", "enum": ["csv", "json", "xlsx"]},
    description="All rows as a file, without pages; `Accept` may ask for it as well.",
)  # fmt: skip


class ReportSchema(ReadSchema):
    """Describes one report."""

    def get_operation_id(self) -> str:
        """A name that a generated client can use."""
        return f"reports_{self.view.report_name.replace('-', '_')}"

    def get_summary(self) -> str | None:
        """A line for the contents."""
        return f"Report: {self.view.report_name.replace('-', ' ')}"

    def get_auth(self) -> list[Any]:
        """A key of staff."""
        return [{"key": []}]

    def get_override_parameters(self) -> list[Any]:
        """Every parameter that the report reads."""
        etag = OpenApiParameter(
            "If-None-Match", str, OpenApiParameter.HEADER,
            description="The ETag of what you have; 304 says that it still holds.",
        )  # fmt: skip
        return [
            *PARAMETERS,
            *([GROUP_BY] if self.view.with_groups else []),
            *(PAGING if self.view.with_pages else []),
            FORMAT,
            etag,
        ]

    def get_response_serializers(self) -> Any:
        """The answer in its three forms, that nothing changed, and every problem."""
        done = "What was asked for."
        answers: dict[Any, Any] = {
            (200, media_type): OpenApiResponse(response=schema, description=done)
            for media_type, schema in FILES.items()
        }
        answers[200, "application/json"] = OpenApiResponse(
            response=ANSWERS[self.view.report_name], description=done
        )
        answers[304] = OpenApiResponse(description="The ETag that was sent still holds.")
        problem = {"$ref": "#/components/schemas/Problem"}
        for status, description in sorted({**PROBLEMS, **KEY_PROBLEMS}.items()):
            answers[status, MEDIA_TYPE] = OpenApiResponse(response=problem, description=description)
        return answers
