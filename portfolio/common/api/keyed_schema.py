"""Questions of their own kind in the OpenAPI document: what each reads and answers, with a key."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from portfolio.common.api.problems import MEDIA_TYPE
from portfolio.common.api.schema import PRIVATE_PROBLEMS, PROBLEMS, ReadSchema

type Schema = dict[str, Any]


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


class KeyedSchema(ReadSchema):
    """Describes a question that a key opens; what it reads and answers is said by those who inherit."""

    def asked(self) -> list[OpenApiParameter]:
        """Every parameter that it reads."""
        raise NotImplementedError

    def answered(self) -> dict[str, Schema]:
        """What it answers, by media type."""
        raise NotImplementedError

    def get_auth(self) -> list[Any]:
        """A key of staff."""
        return [{"key": []}]

    def get_override_parameters(self) -> list[Any]:
        """Every parameter, and the tag of what the caller has."""
        etag = OpenApiParameter(
            "If-None-Match", str, OpenApiParameter.HEADER,
            description="The ETag of what you have; 304 says that it still holds.",
        )  # fmt: skip
        return [*self.asked(), etag]

    def get_response_serializers(self) -> Any:
        """The answer in each of its forms, that nothing changed, and every problem."""
        answers: dict[Any, Any] = {
            (200, media_type): OpenApiResponse(response=schema, description="What was asked for.")
            for media_type, schema in self.answered().items()
        }
        answers[304] = OpenApiResponse(description="The ETag that was sent still holds.")
        problem = {"$ref": "#/components/schemas/Problem"}
        for status, description in sorted({**PROBLEMS, **PRIVATE_PROBLEMS}.items()):
            answers[status, MEDIA_TYPE] = OpenApiResponse(response=problem, description=description)
        return answers
