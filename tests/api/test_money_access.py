"""S4, S33: which key opens which address, for every address and verb of money; anonymously, none."""

import datetime
import json

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone

from portfolio.api_router import ENDPOINTS, PRIVATE
from portfolio.common.api.throttling import SharedThrottle
from portfolio.staff.models import ApiToken, Scope
from portfolio.staff.tokens import revoke_token
from tests.api.money import Caller, payment, person
from tests.books import Books

pytestmark = pytest.mark.django_db

# verb, address: the scope that opens it. A list and a detail each; what is missing is refused to all.
MATRIX = {
    **{("GET", f"{name}/"): view.scope for name, view in PRIVATE.items()},
    **{("GET", f"{name}/1/"): view.scope for name, view in PRIVATE.items()},
    ("GET", "avails/"): Scope.RIGHTS_READ,
    ("GET", "waterfalls/"): Scope.WATERFALLS_READ,
    ("GET", "budgets/"): Scope.TITLE_MONEY_READ,
    ("GET", "cost-reports/"): Scope.TITLE_MONEY_READ,
    ("GET", "financing-plans/"): Scope.TITLE_MONEY_READ,
    ("POST", "ledger-entries/"): Scope.LEDGER_WRITE,
    ("POST", "drawdown-requests/"): Scope.DRAWDOWN_WRITE,
}
VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def ask(client, verb, path, **headers):
    headers.setdefault("Idempotency-Key", "k")
    return client.generic(
        verb, f"/api/v1/{path}", b"{}", content_type="application/json", headers=headers
    )


def somebody():
    """Finance, who sees applications as well."""
    user = person("Finance")
    user.groups.add(Group.objects.get(name="Scholarship officer"))
    return user


@pytest.fixture
def nobody():
    return Client(headers={"host": "localhost"})


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_each_address_and_verb_is_open_to_exactly_its_scope(name):
    finance = somebody()
    callers = {scope: Caller(finance, scope) for scope in Scope}

    for path in (f"{name}/", f"{name}/1/"):
        for verb in VERBS:
            opens = MATRIX.get(("GET" if verb == "HEAD" else verb, path))
            for scope, caller in callers.items():
                status = ask(caller.client, verb, path).status_code
                if opens is None:
                    assert status == 405, (verb, path)
                elif scope == opens:
                    # It is let in: the body is empty, or there is no such row.
                    assert status in (200, 404, 400), (verb, path, scope)
                else:
                    assert status == 403, (verb, path, scope)


@pytest.mark.parametrize(("verb", "path"), sorted(MATRIX))
def test_no_key_opens_nothing(nobody, verb, path):
    books = Books()
    books.paid()

    response = ask(nobody, verb, path)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "private, no-store"
    assert set(json.loads(response.content)) == {"type", "title", "status", "detail", "instance"}


@pytest.mark.parametrize(("verb", "path"), sorted(MATRIX))
def test_a_dead_key_opens_nothing(verb, path):
    revoked, expired, gone = (Caller(somebody()) for _ in range(3))
    for caller in (revoked, expired, gone):
        assert ask(caller.client, verb, path).status_code in (200, 400, 404)

    revoke_token(token=revoked.token, revoked_by=revoked.user, at=timezone.now())
    ago = timezone.now() - datetime.timedelta(days=2)
    ApiToken.objects.filter(pk=expired.token.pk).update(
        created_at=ago, expires_at=ago + datetime.timedelta(days=1)
    )
    gone.user.is_active = False
    gone.user.save()

    for caller in (revoked, expired, gone):
        response = ask(caller.client, verb, path)
        assert response.status_code == 401
        assert response["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize(("verb", "path"), sorted(MATRIX))
def test_a_key_that_lacks_the_scope_is_told_which(verb, path):
    scope = MATRIX[verb, path]
    caller = Caller(person("Finance"), *(s for s in Scope if s != scope))

    response = ask(caller.client, verb, path)

    assert response.status_code == 403
    assert scope in json.loads(response.content)["detail"]
    assert response["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{scope}"'


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_the_person_needs_the_permission_to_see_the_rows_themselves(name):
    nobody_yet = person("Viewer")
    nobody_yet.groups.clear()
    caller = Caller(nobody_yet)
    assert caller.get(f"{name}/").status_code == 403

    app, codename = PRIVATE[name].permission.split(".")
    nobody_yet.user_permissions.add(
        Permission.objects.get(codename=codename, content_type__app_label=app)
    )

    assert caller.get(f"{name}/").status_code == 200


def test_who_only_reads_writes_nothing():
    books = Books()
    tranche = books.payable()
    for role in ("Viewer", "Auditor", "Approver", "Programme officer"):
        response = Caller(person(role)).post("ledger-entries/", payment(tranche))

        assert response.status_code == 403, role
        assert "funding.add_ledgerentry" in json.loads(response.content)["detail"]


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_a_session_of_the_admin_opens_nothing(nobody, name):
    nobody.force_login(person("Finance"))

    assert nobody.get(f"/api/v1/{name}/").status_code == 401


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_a_key_changes_nothing_of_a_public_list(nobody, name):
    books = Books()
    books.project.publication = "DRAFT"
    books.project.save()
    with_key = Caller(person("Finance")).get(f"{name}/")
    with_wrong_key = nobody.get(f"/api/v1/{name}/", headers={"Authorization": "Bearer ts_wrong"})
    without = nobody.get(f"/api/v1/{name}/")

    assert with_key.content == with_wrong_key.content == without.content
    assert with_key.headers == without.headers


@pytest.mark.parametrize("name", sorted(PRIVATE))
def test_private_answers_are_kept_by_nobody(name):
    caller = Caller(person("Finance"))
    for path in (f"{name}/", f"{name}/?format=csv", f"{name}/77/", f"{name}/?x=1"):
        response = caller.get(path)
        assert response.getvalue()
        assert response["Cache-Control"] == "private, no-store"
        assert "Authorization" in response["Vary"]


def test_a_browser_may_send_a_key_where_one_is_needed(nobody):
    ledger = nobody.options("/api/v1/ledger-entries/")
    rates = nobody.options("/api/v1/exchange-rates/")
    films = nobody.options("/api/v1/productions/")

    assert ledger["Allow"] == "GET, HEAD, OPTIONS, POST"
    assert "Idempotency-Key" in ledger["Access-Control-Allow-Headers"]
    assert rates["Allow"] == films["Allow"] == "GET, HEAD, OPTIONS"
    assert "Authorization" in rates["Access-Control-Allow-Headers"]
    assert "Authorization" not in films["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in ledger


def test_a_key_has_a_limit_of_its_own_over_all_addresses(settings):
    settings.API_RATE = 5
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {"NUM_PROXIES": 1}
    first, second = Caller(person("Finance")), Caller(person("Finance"))

    statuses = [
        first.client.get(
            "/api/v1/agreements/", headers={"X-Forwarded-For": f"192.0.2.{n}"}
        ).status_code
        for n in range(7)
    ]
    other = second.client.get("/api/v1/agreements/", headers={"X-Forwarded-For": "192.0.2.99"})

    assert statuses == [200] * 5 + [429] * 2
    assert other.status_code == 200
    SharedThrottle.counts.clear()
