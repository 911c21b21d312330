"""The OpenAPI document is valid, and says what the endpoints do: no more, no less."""

import json

import pytest
from jsonschema import Draft202012Validator

from portfolio.api_router import ENDPOINTS, PRIVATE
from portfolio.common.api.components import COMPONENTS
from portfolio.programmes.choices import Qualifier


@pytest.fixture
def document(get):
    return get("schema/")


def test_document_is_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_parameters_of_a_list_are_those_it_reads(document, name):
    operation = document["paths"][f"/api/v1/{name}/"]["get"]
    described = {p["name"]: p for p in operation["parameters"] if p["in"] == "query"}
    read = {
        *ENDPOINTS[name].filterset_class.parameters(),
        "ordering",
        "page_size",
        "count",
        "cursor",
    }

    assert set(described) == read
    assert all(p.get("description") for p in described.values())


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_every_answer_is_described(document, name):
    for path in (f"/api/v1/{name}/", f"/api/v1/{name}/{{slug}}/"):
        answers = document["paths"][path]["get"]["responses"]
        assert set(answers) == {"200", "304", "400", "404", "406", "429", "500", "503"}
        for status, answer in answers.items():
            assert answer["description"]
            if int(status) >= 400:
                assert set(answer["content"]) == {"application/problem+json"}
        assert "Retry-After" in answers["429"]["headers"]
        assert "ETag" in answers["200"]["headers"]


def test_what_is_public_is_only_read(document):
    writes = [
        (method, path)
        for path, methods in document["paths"].items()
        for method in methods
        if method != "get"
    ]

    assert writes == [
        ("post", "/api/v1/drawdown-requests/"),
        ("post", "/api/v1/ledger-entries/"),
    ]


def test_exactly_what_is_private_asks_for_a_key(document):
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for path, methods in document["paths"].items():
        name = path.split("/")[3]
        for operation in methods.values():
            assert (operation.get("security") == [{"key": []}]) == (name not in ENDPOINTS), path


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_parameters_of_a_private_list_are_those_it_reads(document, name):
    operation = document["paths"][f"/api/v1/{name}/"]["get"]
    described = {p["name"]: p for p in operation["parameters"] if p["in"] == "query"}
    paging = {"ordering", "page_size", "count", "cursor", "format"}

    assert set(described) == {*PRIVATE[name].filterset_class.parameters(), *paging}
    assert all(p.get("description") for p in described.values())
    assert {"401", "403", "400", "404", "429"} <= set(operation["responses"])


@pytest.mark.parametrize("name", ["ledger-entries", "drawdown-requests"])
def test_a_write_describes_its_key_its_body_and_its_refusals(document, name):
    operation = document["paths"][f"/api/v1/{name}/"]["post"]
    [key] = operation["parameters"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]

    assert (key["name"], key["required"]) == ("Idempotency-Key", True)
    assert list(body["properties"]) == list(PRIVATE[name].members)
    assert body["additionalProperties"] is False
    assert set(operation["responses"]) == {
        "201", "400", "401", "403", "406", "409", "413", "415", "429", "500", "503",
    }  # fmt: skip
    assert set(operation["responses"]["201"]["headers"]) >= {"Location", "Idempotency-Replayed"}


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_rows_are_as_the_document_says(facts, live_rows, reported_rows, document, get, name):
    components = {"$defs": document["components"]["schemas"]}
    text = json.dumps(document["paths"]).replace("#/components/schemas/", "#/$defs/")
    paths = json.loads(text)
    components = json.loads(json.dumps(components).replace("#/components/schemas/", "#/$defs/"))

    def check(path, body):
        content = paths[path]["get"]["responses"]["200"]["content"]
        schema = {**content["application/json"]["schema"], **components}
        Draft202012Validator(schema).validate(body)

    page = get(f"{name}/")
    check(f"/api/v1/{name}/", page)
    slug = page["results"][0]["slug"]
    row = get(f"{name}/{slug}/")
    check(f"/api/v1/{name}/{{slug}}/", row)
    detail = ENDPOINTS[name].row(detail=True)
    described = document["components"]["schemas"][type(detail).__name__.removesuffix("Serializer")]
    assert list(row) == list(described["properties"]) == list(detail.fields)
    assert set(described["required"]) == set(row)


def test_shared_components_list_the_words_of_the_models():
    words = COMPONENTS["QualifiedMoney"]["properties"]["qualifier"]["enum"]

    assert words == Qualifier.values


def test_docs_page_needs_no_other_host(api):
    response = api.get("/api/v1/docs/")
    page = response.content.decode()

    assert response.status_code == 200
    assert "http" not in page.replace("http-equiv", "")
    assert "<script>" not in page
    assert "style=" not in page
    assert 'data-schema="/api/v1/schema/"' in page
