"""What went wrong, as a problem document that a program can act on. Source: RFC 9457."""

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import psycopg
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions

from portfolio.common.refusals import Refused, refusal_of, rule_of

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
SECONDS_TO_RETRY = 5
# What is quoted back of something the caller sent.
LONGEST_QUOTE = 100

type Faults = Sequence[Mapping[str, str]]


def fault(parameter: str, detail: str) -> dict[str, str]:
    """One thing wrong with one parameter."""
    return {"parameter": parameter[:LONGEST_QUOTE], "detail": detail}


class BadParameters(exceptions.APIException):
    """The question holds parameters that are unknown, malformed or given twice."""

    status_code = HTTPStatus.BAD_REQUEST
    default_code = "bad_parameters"

    def __init__(self, faults: Faults) -> None:
        super().__init__("Some parameters cannot be understood; each is named in `errors`.")
        self.faults = faults


class BadBody(exceptions.APIException):
    """The body cannot be understood, or says what it must not."""

    default_code = "bad_body"

    def __init__(self, faults: Faults = (), detail: str = "", status: int = 400) -> None:
        super().__init__(detail or "Some members cannot be understood; each is named in `errors`.")
        self.faults = faults
        self.status_code = status


class NoSuchPage(exceptions.NotFound):
    """The cursor marks no page of this list in this order."""

    default_detail = (
        "There is no such page: take the cursor from `next` or `previous` of this list."
    )


class Unavailable(exceptions.APIException):
    """The database is away, or gave up on the question."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "unavailable"
    wait = SECONDS_TO_RETRY


def problem(
    request: HttpRequest,
    status: int,
    detail: str,
    *,
    faults: Faults = (),
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """A problem document; `type` is about:blank, because the status says all that it would."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "instance": request.path[:500],
        **more,
    }
    if faults:
        document["errors"] = list(faults)
    response = HttpResponse(json.dumps(document).encode(), content_type=MEDIA_TYPE, status=status)
    response["Cache-Control"] = "no-store"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def not_found(request: HttpRequest) -> HttpResponse:
    """The one answer for what does not exist and for what the caller may not know of."""
    return problem(request, HTTPStatus.NOT_FOUND, "There is nothing at this address.")


def problem_of(exc: BaseException, request: HttpRequest) -> HttpResponse:
    """The problem document of an exception; what nobody expected is logged with its number."""
    match exc:
        case NoSuchPage():
            return problem(request, 404, str(exc.detail), faults=[fault("cursor", str(exc.detail))])
        case Http404() | exceptions.NotFound():
            return not_found(request)
        case BadParameters():
            return problem(request, 400, str(exc.detail), faults=exc.faults)
        case SuspiciousOperation() | UnicodeError():
            logger.warning("Refused a malformed request: %s", type(exc).__name__)
            return problem(request, 400, "The request is malformed.")
        case PermissionDenied():
            return problem(request, 403, "You may not do this.")
        case exceptions.Throttled():
            wait = max(1, round(getattr(exc, "wait", None) or 1))
            return problem(
                request,
                429,
                f"Too many requests: try again in {wait} seconds.",
                headers={"Retry-After": str(wait)},
            )
        case Refused():
            return problem(request, 409, str(exc), headers=_headers_of(exc))
        case DatabaseError() if (sentence := refusal_of(exc)) is not None:
            return problem(request, 409, str(sentence), rule=rule_of(exc))
        case BadBody():
            return problem(request, exc.status_code, str(exc.detail), faults=exc.faults)
        case exceptions.APIException() if exc.status_code < 500:
            return problem(request, exc.status_code, str(exc.detail), headers=_headers_of(exc))
        case OperationalError() | InterfaceError() | psycopg.OperationalError() | Unavailable():
            return _unavailable(exc, request)
        case DatabaseError() if isinstance(exc.__cause__, psycopg.errors.QueryCanceled):
            return _unavailable(exc, request)
    return _unexpected(exc, request)


def _headers_of(exc: Exception) -> dict[str, str]:
    challenge = getattr(exc, "auth_header", None)
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(wait)
    return headers


def _unavailable(exc: BaseException, request: HttpRequest) -> HttpResponse:
    number = secrets.token_hex(8)
    logger.error("Problem %s, unavailable: %s: %s", number, type(exc).__name__, str(exc).strip())
    return problem(
        request,
        503,
        "The database does not answer in time: ask for less, or try again later.",
        headers={"Retry-After": str(SECONDS_TO_RETRY)},
        id=number,
    )


def _unexpected(exc: BaseException, request: HttpRequest) -> HttpResponse:
    number = secrets.token_hex(8)
    logger.error("Problem %s at %s", number, ascii(request.path[:500]), exc_info=exc)
    return problem(
        request, 500, "Something went wrong on our side; it is logged under this id.", id=number
    )


def handle_exception(exc: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's exception handler: every error leaves as a problem document."""
    request = context["request"]
    http_request: HttpRequest = getattr(request, "_request", request)
    response = problem_of(exc, http_request)
    if isinstance(exc, exceptions.MethodNotAllowed):
        response["Allow"] = ", ".join(context["view"].allowed_methods)
    return response
