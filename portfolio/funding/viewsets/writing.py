"""What every endpoint that is posted to does: key, strict body, one write, one answer."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar, NoReturn

import orjson
from django.http import HttpResponse
from rest_framework.request import Request

from portfolio.common.api.bodies import Member, canonical, read_body, read_key, read_members
from portfolio.common.api.problems import BadBody, fault
from portfolio.common.api.viewsets import refuse_parameters
from portfolio.funding.operations import external


def fault_with(name: str, detail: str) -> NoReturn:
    """Refuse one member of the body. Raises: BadBody."""
    raise BadBody([fault(name, detail)])


class Posts:
    """A list that takes rows from other systems, each once."""

    members: ClassVar[Mapping[str, Member]]
    answer_schema: ClassVar[Mapping[str, Any]]
    writing_scope: ClassVar[str]
    writing_permission: ClassVar[str]

    @classmethod
    def needs(cls, method: str) -> tuple[str, str]:
        """Reading and writing are scopes and permissions of their own."""
        if method == "POST":
            return cls.writing_scope, cls.writing_permission
        return super().needs(method)  # type: ignore[misc]

    def read(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the declared members. Raises: BadBody."""
        return read_members(body, self.members)

    def write(self, body: dict[str, object], said: external.Said) -> external.Answer:
        """What the endpoint does with a body."""
        raise NotImplementedError

    def post_once(self, request: Request) -> HttpResponse:
        """201 with what was written; the same once more for the same key and body."""
        plain = request._request
        refuse_parameters(plain)
        key = read_key(plain)
        body = read_body(plain)
        said = external.Said(plain.path, key, hashlib.sha256(canonical(body)).digest())
        try:
            answer = self.write(body, said)
        except external.NoSuchCommitment as error:
            raise BadBody([fault("commitment", str(error))]) from error
        response = HttpResponse(
            answer.body.encode(), content_type="application/json", status=HTTPStatus(answer.status)
        )
        response["Location"] = orjson.loads(answer.body)["address"]
        if answer.is_replayed:
            response["Idempotency-Replayed"] = "true"
        return response
