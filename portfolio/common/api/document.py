"""The index of the API, its OpenAPI document, and the page that shows it to people."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from drf_spectacular.generators import SchemaGenerator

from portfolio.common.api.answers import answer
from portfolio.common.api.problems import problem
from portfolio.common.api.viewsets import refuse_parameters

DOCUMENT_TYPE = "application/vnd.oai.openapi+json"

type View = Callable[[HttpRequest], HttpResponse]


def only_reads(view: View) -> View:
    """Refuse every other method with a problem document."""

    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            detail = f"There is no {ascii(request.method)[:30]} here."
            return problem(request, 405, detail, headers={"Allow": "GET, HEAD, OPTIONS"})
        refuse_parameters(request)
        return view(request)

    return guarded


def index_view(endpoints: Sequence[str]) -> View:
    """The view that lists the endpoints."""

    @only_reads
    def index(request: HttpRequest) -> HttpResponse:
        addresses = {
            name: f"{request.path}{name}/" for name in [*sorted(endpoints), "schema", "docs"]
        }
        return answer(request, orjson.dumps(addresses))

    return index


@lru_cache(maxsize=1)
def document() -> bytes:
    """The OpenAPI document, written once: it says what the code says."""
    return orjson.dumps(SchemaGenerator().get_schema(public=True))


@only_reads
def document_view(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document."""
    return answer(request, document(), DOCUMENT_TYPE)


@only_reads
def docs_view(request: HttpRequest) -> HttpResponse:
    """The document as a page to read and try, from our own host."""
    response = render(request, "api/docs.html")
    response["Cache-Control"] = "public, max-age=60"
    return response
