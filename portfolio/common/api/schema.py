"""The OpenAPI 3.1 document, from the same declarations that answer. Source: spec.openapis.org."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

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


class ReadSchema(AutoSchema):
    """Describes lists and details of the read machinery."""

    view: Any

    def get_tags(self) -> list[str]:
        """One group an endpoint."""
        return [self.path.strip("/").split("/")[2]]

    def get_operation_id(self) -> str:
        """A name that a generated client can use."""
        word = self.get_tags()[0].replace("-", "_")
        return f"{word}_{'list' if self._is_list() else 'detail'}"

    def get_summary(self) -> str | None:
        """A line for the contents."""
        name = self.get_tags()[0].replace("-", " ")
        return f"List {name}" if self._is_list() else f"One of the {name}"

    def get_description(self, *args: Any) -> str:
        """What the endpoint says of itself."""
        return (type(self.view).__doc__ or "").strip()

    def _is_list(self) -> bool:
        return self.view.action == "list"

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
            etag,
        ]

    def get_response_serializers(self) -> Any:
        """The answer, that nothing changed, and every problem."""
        row: dict[str, Any] = self.resolve_serializer(
            self.view.row(detail=not self._is_list()), "response"
        ).ref
        body = _page_of(row) if self._is_list() else row
        answers: dict[Any, Any] = {
            (200, "application/json"): OpenApiResponse(
                response=body, description="What was asked for."
            ),
            304: OpenApiResponse(description="The ETag that was sent still holds."),
        }
        for status, description in PROBLEMS.items():
            problem = OpenApiResponse(
                response={"$ref": "#/components/schemas/Problem"}, description=description
            )
            answers[status, MEDIA_TYPE] = problem
        return answers

    def _get_response_headers_for_code(self, status_code: str, direction: Any = "response") -> Any:
        return _headers(int(status_code))


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
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
    return headers
