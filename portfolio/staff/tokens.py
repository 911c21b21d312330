"""Keys with which other systems act for a member of staff: made once, checked at every request."""

import datetime
import hashlib
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import orjson
import pghistory
from django.contrib.auth.models import Permission
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.http import HttpRequest
from rest_framework.exceptions import APIException

from portfolio.common.api.execution import execute
from portfolio.common.api.expressions import GivenValue, JsonObject
from portfolio.common.api.plans import Plan, compile_plan
from portfolio.common.transactions import atomic_retrying
from portfolio.staff.models import ApiToken, Scope, User

logger = logging.getLogger(__name__)

TOKEN_COLUMNS = ("id", "user_id", "prefix", "scopes", "expires_at", "revoked_at", "last_used_at")
USER_COLUMNS = ("id", "username", "is_active", "is_superuser")

KEY_BEGINS = "ts_"
PREFIX_LENGTH = 12
LONGEST_KEY = 100
# How exactly `last_used_at` is kept: a busy key writes one row a minute and not one a request.
USE_IS_KEPT_EVERY = datetime.timedelta(minutes=1)

# What the person needs beside the scope, unless an endpoint names something of its own.
PERMISSIONS: Mapping[str, str] = {
    Scope.FUNDING_READ: "funding.view_ledgerentry",
    Scope.REPORTS_READ: "funding.view_ledgerentry",
    Scope.LEDGER_WRITE: "funding.add_ledgerentry",
    Scope.DRAWDOWN_WRITE: "funding.add_drawdownrequest",
}


class NoValidKey(APIException):
    """The request carries no key, or none that counts today. Source: RFC 6750, 3.1."""

    status_code = HTTPStatus.UNAUTHORIZED
    default_code = "no_valid_key"
    auth_header = "Bearer"

    def __init__(self, detail: str, *, error: str = "") -> None:
        super().__init__(detail)
        if error:
            self.auth_header = f'Bearer error="{error}"'


class KeyMayNot(APIException):
    """The key counts, and may not do this."""

    status_code = HTTPStatus.FORBIDDEN
    default_code = "key_may_not"

    def __init__(self, detail: str, *, scope: str) -> None:
        super().__init__(detail)
        self.auth_header = f'Bearer error="insufficient_scope", scope="{scope}"'


@dataclass(frozen=True)
class Caller:
    """Who asks, and by which key."""

    user: User
    token: ApiToken


def digest_of(key: str) -> bytes:
    """What is kept of a key: it is random and long, so one round of SHA-256 is enough."""
    return hashlib.sha256(key.encode()).digest()


@atomic_retrying
def make_token(
    *,
    user: User,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime.datetime,
    created_by: User,
    at: datetime.datetime,
) -> tuple[ApiToken, str]:
    """A new key for another system, and the key itself, which is shown this once.

    Raises: IntegrityError where it has no scope, an unknown one, or lasts longer than a year.
    """
    key = KEY_BEGINS + secrets.token_urlsafe(32)
    with pghistory.context(user=created_by.pk):
        token = ApiToken.objects.create(
            user=user,
            name=name,
            scopes=list(scopes),
            expires_at=expires_at,
            created_by=created_by,
            created_at=at,
            prefix=key[:PREFIX_LENGTH],
            digest=digest_of(key),
        )
    return token, key


@atomic_retrying
def revoke_token(*, token: ApiToken, revoked_by: User, at: datetime.datetime) -> None:
    """Make a key worthless from the next request on; the first revocation stays."""
    with pghistory.context(user=revoked_by.pk):
        ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(
            revoked_at=at, revoked_by=revoked_by
        )
    token.refresh_from_db(fields=["revoked_at", "revoked_by"])


def authenticate(
    request: HttpRequest, scope: str, *, at: datetime.datetime, permission: str | None = None
) -> User:
    """The person for whom the request's key acts, where key and person may do what is asked.

    Raises: NoValidKey (401), KeyMayNot (403).  Queries: one, and once a minute a second that notes
    the use.
    """
    return identify(request, scope, at=at, permission=permission).user


def identify(
    request: HttpRequest, scope: str, *, at: datetime.datetime, permission: str | None = None
) -> Caller:
    """The same with the key beside the person."""
    key = _key_of(request)
    permission = permission or PERMISSIONS[scope]
    plan = _plan(permission)
    found = execute(plan.statement, plan.values({"digest": digest_of(key).hex()}))
    if not found.ntuples:
        raise _refused("it is unknown")
    token, may = _read(found.get_value(0, 0) or b"")
    if token.revoked_at is not None:
        raise _refused("it is revoked", token)
    if token.expires_at <= at:
        raise _refused("it has expired", token)
    if not token.user.is_active:
        raise _refused("its person is not active any more", token)
    if scope not in token.scopes:
        logger.warning("API key %s: refused, lacks the scope %s", _called(token), scope)
        raise KeyMayNot(f"The key lacks the scope {scope}.", scope=scope)
    if not may:
        logger.warning("API key %s: refused, its person lacks %s", _called(token), permission)
        raise KeyMayNot(
            f"The person for whom the key acts lacks the permission {permission}.", scope=scope
        )
    if token.last_used_at is None or token.last_used_at <= at - USE_IS_KEPT_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return Caller(token.user, token)


def _key_of(request: HttpRequest) -> str:
    given = request.META.get("HTTP_AUTHORIZATION", "")
    kind, _space, key = given.partition(" ")
    if kind.lower() != "bearer":
        raise NoValidKey("Send a key: Authorization: Bearer ts_… It is made in the admin.")
    key = key.strip()
    if not key.startswith(KEY_BEGINS) or len(key) > LONGEST_KEY or not key.isascii():
        raise _refused("it is no key")
    return key


def _refused(reason: str, token: ApiToken | None = None) -> NoValidKey:
    # The log says why; the caller does not learn whether a key ever existed. Never the key itself.
    logger.warning("API key %s: refused, %s", _called(token) if token else "(unknown)", reason)
    return NoValidKey("The key is not valid.", error="invalid_token")


def _called(token: ApiToken) -> str:
    return f"{token.pk} {token.prefix}…"


@lru_cache(maxsize=100)
def _plan(permission: str) -> Plan:
    """One prepared statement: the key, its person, and whether that one holds a permission today.

    Exactly as Django's ModelBackend: given to the person or to a group of theirs.
    """
    app, _dot, codename = permission.partition(".")
    held = Permission.objects.filter(codename=codename, content_type__app_label=app).filter(
        Q(user=OuterRef("user_id")) | Q(group__user=OuterRef("user_id"))
    )
    digest = Func(
        GivenValue("digest", "text"),
        Value("hex"),
        function="decode",
        output_field=ApiToken._meta.get_field("digest"),
    )
    row = JsonObject(
        {
            **{name: F(name) for name in TOKEN_COLUMNS},
            **{f"user.{name}": F(f"user__{name}") for name in USER_COLUMNS},
            "may": Exists(held),
        }
    )
    return compile_plan(ApiToken.objects.filter(digest=digest).order_by().values_list(row))


def _read(text: bytes) -> tuple[ApiToken, bool]:
    """The key with its person, and whether the person holds the permission."""
    row = orjson.loads(text)
    for name in TOKEN_COLUMNS:
        if name.endswith("_at") and row[name] is not None:
            row[name] = datetime.datetime.fromisoformat(row[name])
    token = _loaded(ApiToken, {name: row[name] for name in TOKEN_COLUMNS})
    token.user = _loaded(User, {name: row[f"user.{name}"] for name in USER_COLUMNS})
    return token, row["may"] or token.user.is_superuser


def _loaded(model: Any, values: Mapping[str, Any]) -> Any:
    """A row with these columns; Django wants them in the order of its fields."""
    names = [f.attname for f in model._meta.concrete_fields if f.attname in values]
    return model.from_db("default", names, [values[name] for name in names])
