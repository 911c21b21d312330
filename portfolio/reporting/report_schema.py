"""The reports in the OpenAPI document: what each reads and answers."""

from collections.abc import Iterable

from drf_spectacular.utils import OpenApiParameter

from portfolio.common.api.fields import or_null
from portfolio.common.api.keyed_schema import KeyedSchema, Schema, listed, obj
from portfolio.common.exports.answers import MEDIA_TYPES
from portfolio.reporting.cash_flow import PERIODS
from portfolio.reporting.figures import FIGURES
from portfolio.reporting.files import MONTH_FIGURES, POSITION_FIGURES
from portfolio.reporting.parameters import LARGEST_PAGE
from portfolio.reporting.positions import DEFAULT_PAGE, PARTY_FIGURES
from portfolio.reporting.positions import GROUPS as POSITION_GROUPS
from portfolio.reporting.top_sheet import GROUPS

TEXT: Schema = {"type": "string"}
AMOUNT: Schema = {"type": "string", "pattern": r"^-?[0-9]{1,22}\.[0-9]{2}$"}
CURRENCY: Schema = {"type": "string", "pattern": "^[A-Z]{3}$"}
DAY: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
NAMES: Schema = {"$ref": "#/components/schemas/Names"}
# What there is none of under some terms: see `Figures`.
SOMETIMES = ("allocated", "available", "fx_effect")


def one_of(words: Iterable[str]) -> Schema:
    """One of some words."""
    return {"type": "string", "enum": list(words)}


NEXT: Schema = {"next": {"type": ["string", "null"], "format": "uri-reference"}}
TERMS: Schema = {
    "programme": TEXT,
    "is_fictional": {"type": "boolean"},
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
ENTRIES: Schema = {"type": "string", "format": "uri-reference"}
PERIOD_KEYS: Schema = {"month": DAY, "quarter": DAY, "fiscal_year": {"type": "integer"}}
PERIOD: Schema = {**PERIOD_KEYS, **dict.fromkeys(MONTH_FIGURES, AMOUNT), "entries": ENTRIES}
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
    "entries": ENTRIES,
}
PARTY_KEYS: Schema = {"partner": TEXT, "project": TEXT}
PARTY_POSITION: Schema = {
    **PARTY_KEYS,
    "name": NAMES,
    "commitments": {"type": "integer", "minimum": 1},
    "currency": CURRENCY,
    **{name: or_null(AMOUNT) if name in SOMETIMES else AMOUNT for name in PARTY_FIGURES},
    "next_due": or_null(DAY),
    "entries": ENTRIES,
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
            "group_by": one_of(GROUPS),
            "announced": {"oneOf": [ANNOUNCED, {"type": "null"}]},
            "unallocated": or_null(AMOUNT),
            "total": obj(SHEET_FIGURES),
            "results": listed(
                obj(
                    {**SHEET_KEYS, **SHEET_FIGURES, "entries": or_null(ENTRIES)},
                    optional=tuple(SHEET_KEYS),
                )
            ),
        }
    ),
    "cash-flow": obj(
        {
            **TERMS,
            "group_by": one_of(PERIODS),
            "total": obj(dict.fromkeys(("due", "unpaid", "paid", "refunded", "net"), AMOUNT)),
            "results": listed(obj(PERIOD, optional=tuple(PERIOD_KEYS))),
        }
    ),
    "positions": {
        "anyOf": [
            obj(
                {
                    **TERMS,
                    "group_by": one_of(["commitment"]),
                    **NEXT,
                    "results": listed(obj(POSITION)),
                }
            ),
            obj(
                {
                    **TERMS,
                    "group_by": one_of(["partner", "project"]),
                    **NEXT,
                    "results": listed(obj(PARTY_POSITION, optional=tuple(PARTY_KEYS))),
                }
            ),
            obj(
                {
                    **TERMS,
                    "group_by": one_of(POSITION_GROUPS),
                    "results": listed({"type": "object"}),
                }
            ),
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


class ReportSchema(KeyedSchema):
    """Describes one report."""

    def get_operation_id(self) -> str:
        """A name that a generated client can use."""
        return f"reports_{self.view.report_name.replace('-', '_')}"

    def get_summary(self) -> str | None:
        """A line for the contents."""
        return f"Report: {self.view.report_name.replace('-', ' ')}"

    def asked(self) -> list[OpenApiParameter]:
        """Every parameter that the report reads."""
        return [
            *PARAMETERS,
            OpenApiParameter(
                "group_by", {**one_of(self.view.groups), "default": self.view.groups[0]},
                description="What a line is of.",
            ),
            *(PAGING if self.view.with_pages else []),
            FORMAT,
        ]  # fmt: skip

    def answered(self) -> dict[str, Schema]:
        """The answer in its three forms."""
        return {**FILES, "application/json": ANSWERS[self.view.report_name]}
