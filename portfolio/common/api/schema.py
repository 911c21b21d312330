"""The OpenAPI 3.1 document, from the same declarations that answer. Source: spec.openapis.org."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from portfolio.common.api.bodies import schema_of
from portfolio.common.api.fields import LONGEST_NESTED_LIST, Rows
from portfolio.common.api.filters import MOST_REPEATS, Parameter
from portfolio.common.api.ordering import LONGEST_CURSOR
from portfolio.common.api.problems import MEDIA_TYPE
from portfolio.common.api.questions import DEFAULT_PAGE_SIZE, LARGEST_PAGE_SIZE
from portfolio.common.api.viewsets import RowViewSet

ADDRESS = {"type": ["string", "null"], "format": "uri-reference"}

PROBLEMS = {
    400: "A parameter is unknown, malformed or given twice; `errors` names it.",
    404: "There is nothing at this address that the caller may see.",
    406: "The caller accepts no JSON.",
    429: "Too many requests; `Retry-After` says in how many seconds to ask again.",
    500: "Something went wrong on our side; it is logged under `id`.",
    503: "The database does not answer in time; `Retry-After` says when to ask again.",
}


PRIVATE_PROBLEMS = {
    401: "There is no key, or none that counts today.",
    403: "The key lacks the scope, or its person the permission; `detail` names it.",
}
WRITING_PROBLEMS = {
    **PRIVATE_PROBLEMS,
    400: "A member is unknown, malformed, missing or given twice; `errors` names it.",
    409: (
        "A rule forbids it, `rule` and `detail` say which and why; or the key was used for another "
        "body; or it is being answered, and `Retry-After` says when to ask again."
    ),
    413: "The body is larger than 64 KB.",
    415: "The body is not application/json in UTF-8.",
}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ReadSchema(AutoSchema):
    """Describes lists and details of the read machinery, and what is posted to lists."""

    view: Any

    def get_tags(self) -> list[str]:
        """One group an endpoint."""
        return [self.path.strip("/").split("/")[2]]

    def get_operation_id(self) -> str:
        """A name that a generated client can use."""
        word = self.get_tags()[0].replace("-", "_")
        if self._is_write():
            return f"{word}_create"
        return f"{word}_{'list' if self._is_list() else 'detail'}"

    def get_summary(self) -> str | None:
        """A line for the contents."""
        name = self.get_tags()[0].replace("-", " ")
        if self._is_write():
            return f"Post to {name}"
        return f"List {name}" if self._is_list() else f"One of the {name}"

    def get_description(self, *args: Any) -> str:
        """What the endpoint says of itself."""
        return (type(self.view).__doc__ or "").strip()

    def _is_list(self) -> bool:
        return self.view.action == "list"

    def _is_write(self) -> bool:
        return self.method == "POST"

    def get_auth(self) -> list[Any]:
        """A key for what only staff read; nothing for what anyone may see."""
        return [{"key": []}] if self.view.is_private else []

    def get_request_serializer(self) -> Any:
        """What is posted, as the declared members say."""
        return schema_of(self.view.members) if self._is_write() else None

    def _get_request_body(self, direction: Any = "request") -> Any:
        if not self._is_write():
            return None
        body = schema_of(self.view.members)
        return {"content": {"application/json": {"schema": body}}, "required": True}

    def _resolve_path_parameters(self, variables: Any) -> list[Any]:
        """The one address of a row, as the endpoint says what it looks like."""
        found = super()._resolve_path_parameters(variables)
        for parameter in found:
            parameter["schema"] = dict(self.view.lookup_schema)
        return found

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Never: the page around the rows is described here."""
        return False

    def _map_serializer_field(self, field: Any, direction: Any, *args: Any, **kwargs: Any) -> Any:
        """A nested list names the component of its rows; every other field says what it is."""
        if type(field) is Rows:
            row = self.resolve_serializer(field.row(), direction).ref
            return {
                "type": "array",
                "items": row,
                "maxItems": LONGEST_NESTED_LIST,
                "readOnly": True,
            }
        return super()._map_serializer_field(field, direction, *args, **kwargs)

    def get_filter_backends(self) -> list[Any]:
        """None: the parameters are described here, from the filter set."""
        return []

    def get_override_parameters(self) -> list[Any]:
        """Every parameter that the endpoint reads."""
        if self._is_write():
            return [IDEMPOTENCY_KEY]
        etag = OpenApiParameter(
            "If-None-Match", str, OpenApiParameter.HEADER,
            description="The ETag of what you have; 304 says that it still holds.",
        )  # fmt: skip
        if not self._is_list():
            return [etag]
        declared = self.view.filterset_class.parameters()
        return [
            *(_described(name, p) for name, p in declared.items()),
            *_paging(type(self.view)),
            *([FORMAT] if self.view.is_private else []),
            etag,
        ]

    def get_response_serializers(self) -> Any:
        """The answer, that nothing changed, and every problem."""
        if self._is_write():
            done = OpenApiResponse(response=self.view.answer_schema, description="It is written.")
            problems = {s: d for s, d in PROBLEMS.items() if s != 404} | WRITING_PROBLEMS
            return {(201, "application/json"): done} | _problems(problems)
        row: dict[str, Any] = self.resolve_serializer(
            self.view.row(detail=not self._is_list()), "response"
        ).ref
        body = _page_of(row) if self._is_list() else row
        answers: dict[Any, Any] = {}
        if self._is_list() and self.view.is_private:
            body = {"anyOf": [body, FILE_OF_ROWS]}
            for media_type, schema in FILES.items():
                answers[200, media_type] = OpenApiResponse(
                    response=schema, description="What was asked for."
                )
        answers |= {
            (200, "application/json"): OpenApiResponse(
                response=body, description="What was asked for."
            ),
            304: OpenApiResponse(description="The ETag that was sent still holds."),
        }
        return answers | _problems(
            PROBLEMS | PRIVATE_PROBLEMS if self.view.is_private else PROBLEMS
        )

    def _get_response_headers_for_code(self, status_code: str, direction: Any = "response") -> Any:
        return _headers(int(status_code))


IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", {"type": "string", "pattern": "^[!-~]{1,200}$"}, OpenApiParameter.HEADER,
    required=True,
    description=(
        "A new one for each row, the same one for a repeated request. The answer to it is kept for "
        "good, by person and endpoint; a refusal is not kept."
    ),
)  # fmt: skip
FORMAT = OpenApiParameter(
    "format", {"type": "string", "enum": ["csv", "json", "xlsx"]},
    description="All rows of the list as a file, without pages: not with `page_size`, `cursor` or `count`.",
)  # fmt: skip
FILE_OF_ROWS = {
    "type": "object",
    "description": "With `format=json`: all rows, with the columns of the other files.",
    "properties": {"results": {"type": "array", "items": {"type": "object"}}},
    "required": ["results"],
    "additionalProperties": False,
}
FILES = {
    "text/csv": {"type": "string"},
    SHEET: {"type": "string", "contentMediaType": SHEET},
}


def _problems(described: Mapping[int, str]) -> dict[Any, Any]:
    problem = {"$ref": "#/components/schemas/Problem"}
    return {
        (status, MEDIA_TYPE): OpenApiResponse(response=problem, description=description)
        for status, description in sorted(described.items())
    }


def _described(name: str, parameter: Parameter) -> OpenApiParameter:
    schema = dict(parameter.schema)
    if parameter.repeatable:
        schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": MOST_REPEATS}
    description = str(parameter.extra.get("help_text", ""))
    if parameter.repeatable:
        description += " May be given several times: any of them."
    return OpenApiParameter(name, schema, description=description)


def _paging(view: type[RowViewSet]) -> list[OpenApiParameter]:
    orderings = [*view.orders, *(f"-{name}" for name in view.orders)]
    return [
        OpenApiParameter(
            "ordering", {"type": "string", "enum": orderings},
            description=(
                f"The order; `-` turns it round. By itself `{view.ordering}`, and with `q` the best "
                "match first. A row without a value comes before all others."
            ),
        ),
        OpenApiParameter(
            "page_size",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
            description="How many rows a page has.",
        ),
        OpenApiParameter(
            "cursor", {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "maxLength": LONGEST_CURSOR},
            description="Where the page begins; taken from `next` or `previous` of this list.",
        ),
        OpenApiParameter(
            "count", {"type": "boolean", "default": False},
            description="Whether to count all rows of the list, which costs more than a page.",
        ),
    ]  # fmt: skip


def _page_of(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "count": {"type": "integer", "minimum": 0, "description": "Only with `count=true`."},
            "next": {**ADDRESS, "description": "The page after this one."},
            "previous": {**ADDRESS, "description": "The page before this one."},
            "results": {"type": "array", "items": row, "maxItems": LARGEST_PAGE_SIZE},
        },
        "required": ["next", "previous", "results"],
    }


def _headers(status: int) -> dict[str, Any]:
    text = {"type": "string"}
    headers: dict[str, Any] = {
        "Cache-Control": {"schema": text, "description": "How long the answer may be kept."}
    }
    if status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        headers["ETag"] = {"schema": text, "description": "Changes when the body does."}
    if status == HTTPStatus.CREATED:
        headers["Location"] = {"schema": text, "description": "The address of the first row."}
        headers["Idempotency-Replayed"] = {
            "schema": {"type": "string", "enum": ["true"]},
            "description": "Only where the answer was given before and nothing was written now.",
        }
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = {"schema": text, "description": "RFC 6750."}
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
    return headers
