"""How answers leave: tags and 304, caches, other sites, methods, media types, problem documents."""

import json
import logging
import re

import pytest
from django.test import Client

from tests.api.conftest import ENDPOINTS
from tests.factories import OrganisationFactory, ProductionFactory

LIST = "/api/v1/organisations/"
PROBLEM = "application/problem+json"


@pytest.fixture
def firm(db):
    return OrganisationFactory(slug="firm")


@pytest.mark.parametrize("path", [LIST, f"{LIST}firm/", "/api/v1/", "/api/v1/schema/"])
def test_what_has_not_changed_is_not_sent_again(firm, api, path):
    first = api.get(path)
    again = api.get(path, headers={"if-none-match": first["ETag"]})

    assert first.status_code == 200
    assert first["Cache-Control"] == again["Cache-Control"] == "public, max-age=60"
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert "Content-Type" not in again


@pytest.mark.parametrize("form", ["W/{}", '"other", {}', '"a",W/{} , "b"', "*"])
def test_tag_is_recognised_in_every_form(firm, api, form):
    tag = api.get(LIST)["ETag"]

    assert api.get(LIST, headers={"if-none-match": form.format(tag)}).status_code == 304


@pytest.mark.parametrize("tag", ['"other"', "", "W/", "garbage" * 500, '""'])
def test_other_tags_are_no_match(firm, api, tag):
    assert api.get(LIST, headers={"if-none-match": tag}).status_code == 200


def test_change_changes_the_tag(firm, api):
    before = api.get(LIST)["ETag"]
    OrganisationFactory()

    assert api.get(LIST, headers={"if-none-match": before}).status_code == 200


@pytest.mark.parametrize(
    "path", [LIST, f"{LIST}firm/", f"{LIST}nobody/", f"{LIST}?x=1", "/api/v1/x/"]
)
def test_scripts_of_every_site_may_read_and_no_cookie_is_set(firm, path):
    client = Client(headers={"host": "localhost", "origin": "https://example.org"})

    response = client.get(path)

    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert not response.cookies
    assert "cookie" not in response.get("Vary", "").lower()
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


def test_preflight_allows_reads_only(firm, api):
    headers = {"origin": "https://example.org", "access-control-request-method": "PUT"}

    response = api.options(LIST, headers=headers)

    assert response.status_code == 204
    assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_head_says_what_get_would(firm, api):
    got, head = api.get(LIST), api.head(LIST)

    assert head.status_code == 200
    assert head.content == b""
    assert head["Content-Length"] == str(len(got.content))
    assert head["ETag"] == got["ETag"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "FOO"])
@pytest.mark.parametrize("path", [LIST, f"{LIST}firm/", "/api/v1/", "/api/v1/schema/"])
def test_nothing_can_be_written(firm, api, method, path):
    body = json.dumps({"slug": "other", "publication": "DRAFT", "id": 1})
    headers = {"x-http-method-override": "GET", "content-type": "text/weird; charset=utf-7"}

    response = api.generic(method, path, body, headers=headers)

    assert response.status_code == 405
    assert response["Content-Type"] == PROBLEM
    assert response["Allow"] == "GET, HEAD, OPTIONS"
    firm.refresh_from_db()
    assert firm.publication == "PUBLIC"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("*/*", 200),
        ("text/html,application/xhtml+xml,*/*;q=0.8", 200),
        ("application/*", 200),
        ("APPLICATION/JSON; charset=utf-8", 200),
        ("", 200),
        ("text/html", 406),
        ("application/json;q=0", 406),
        ("application/xml, text/csv", 406),
        (";;;,,,", 406),
        ("a/" * 5000, 406),
        ("application/json;q=" + "9" * 9000, 200),
    ],
)
def test_json_is_the_one_form_of_an_answer(firm, api, accept, status):
    response = api.get(LIST, headers={"accept": accept})

    assert response.status_code == status
    assert response["Content-Type"] == ("application/json" if status == 200 else PROBLEM)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_address_of_nothing_is_a_problem_document(db, api, endpoint):
    response = api.get(f"/api/v1/{endpoint}/nothing-here/")

    assert response.status_code == 404
    assert response["Content-Type"] == PROBLEM
    assert response["Cache-Control"] == "no-store"
    assert json.loads(response.content) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address.",
        "instance": f"/api/v1/{endpoint}/nothing-here/",
    }


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v2/", "/api/v1/people/a/b/", "/api/v1/%00/", "/api/x"]
)
def test_unknown_addresses_are_problems_too(db, api, path):
    response = api.get(path)

    assert response.status_code == 404
    assert response["Content-Type"] == PROBLEM


def test_missing_slash_leads_to_the_address(db, api):
    response = api.get("/api/v1/people?page_size=3")

    assert response.status_code == 301
    assert response["Location"] == "/api/v1/people/?page_size=3"


def test_host_that_is_not_ours_is_refused(db):
    response = Client(headers={"host": "evil.example"}).get(LIST)

    assert response.status_code == 400
    assert response["Content-Type"] == PROBLEM
    assert b"evil" not in response.content


def test_links_do_not_repeat_the_host(db, api):
    firms = [OrganisationFactory() for _ in range(2)]

    body = api.get(f"{LIST}?page_size=1", headers={"x-forwarded-host": "evil.example"}).content

    assert len(firms) == 2
    assert b"evil" not in body
    assert json.loads(body)["next"].startswith("/api/v1/")


def test_fault_of_ours_is_logged_with_the_number_that_the_caller_gets(db, api, monkeypatch, caplog):
    def fail(*args):
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr("portfolio.common.api.viewsets.execute", fail)
    with caplog.at_level(logging.ERROR, logger="portfolio.common.api.problems"):
        response = api.get(LIST)

    document = json.loads(response.content)
    assert response.status_code == 500
    assert response["Content-Type"] == PROBLEM
    assert re.fullmatch("[0-9a-f]{16}", document["id"])
    assert "secret" not in response.content.decode()
    record = next(r for r in caplog.records if document["id"] in r.getMessage())
    assert "a secret of ours" in str(record.exc_info)


def test_money_is_never_a_float(db, api):
    from decimal import Decimal

    ProductionFactory(announced_amount=Decimal("0.10"), announced_currency="HKD")

    body = json.loads(api.get("/api/v1/productions/").content, parse_float=lambda text: 1 / 0)

    assert body["results"][0]["announced_amount"] == {"amount": "0.10", "currency": "HKD"}
