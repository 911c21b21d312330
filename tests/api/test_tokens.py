"""S33: a key does what its scopes and its person allow, and is dead on the next request after its end."""

import datetime
import hashlib
import logging

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from portfolio.staff.models import ApiToken, Scope, User
from portfolio.staff.tokens import (
    KeyMayNot,
    NoValidKey,
    authenticate,
    make_token,
    revoke_token,
)

pytestmark = pytest.mark.django_db

AT = datetime.datetime(2026, 6, 1, 10, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def alice():
    """She works in finance."""
    user = User.objects.create(username="alice")
    user.groups.add(Group.objects.get(name="Finance"))
    return user


@pytest.fixture
def make(alice):
    def made(*scopes, user=alice, expires_at=AT + DAY):
        return make_token(
            user=user, name="SAP", scopes=scopes or [Scope.LEDGER_WRITE], expires_at=expires_at,
            created_by=alice, at=AT,
        )  # fmt: skip

    return made


def asked(key, **headers):
    return RequestFactory().get("/api/v1/", headers={"Authorization": f"Bearer {key}", **headers})


def test_only_the_digest_and_the_beginning_of_a_key_are_kept(make):
    token, key = make()

    row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert key.startswith("ts_")
    assert len(key) >= 46
    assert bytes(row["digest"]) == hashlib.sha256(key.encode()).digest()
    assert row["prefix"] == key[:12]
    assert key not in str(row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM staff_apitokenevent t")
        assert key not in cursor.fetchone()[0]


def test_a_key_acts_for_its_person(make, alice):
    _token, key = make()

    with CaptureQueriesContext(connection) as queries:
        user = authenticate(asked(key), Scope.LEDGER_WRITE, at=AT)

    # The key with its person and permission; and the note of the first use.
    assert len(queries) == 2
    assert user == alice


def test_the_use_of_a_key_is_noted_once_a_minute(make):
    token, key = make()
    minute = datetime.timedelta(minutes=1)

    for moment in (AT, AT + minute - SECOND):
        authenticate(asked(key), Scope.LEDGER_WRITE, at=moment)
        token.refresh_from_db()
        assert token.last_used_at == AT
    authenticate(asked(key), Scope.LEDGER_WRITE, at=AT + minute)

    token.refresh_from_db()
    assert token.last_used_at == AT + minute


def test_a_key_ends_at_its_moment(make):
    _token, key = make(expires_at=AT + DAY)

    assert authenticate(asked(key), Scope.LEDGER_WRITE, at=AT + DAY - SECOND)
    with pytest.raises(NoValidKey):
        authenticate(asked(key), Scope.LEDGER_WRITE, at=AT + DAY)


def test_a_revoked_key_is_dead_on_the_next_request(make, alice):
    token, key = make()
    authenticate(asked(key), Scope.LEDGER_WRITE, at=AT)

    revoke_token(token=token, revoked_by=alice, at=AT)

    assert (token.revoked_at, token.revoked_by) == (AT, alice)
    with pytest.raises(NoValidKey):
        authenticate(asked(key), Scope.LEDGER_WRITE, at=AT)


def test_who_revoked_a_key_first_stays(make, alice):
    token, _key = make()
    bob = User.objects.create(username="bob")

    revoke_token(token=token, revoked_by=alice, at=AT)
    revoke_token(token=token, revoked_by=bob, at=AT + DAY)

    assert (token.revoked_at, token.revoked_by) == (AT, alice)


def test_keys_of_one_who_left_are_dead(make, alice):
    _token, key = make()
    alice.is_active = False
    alice.save()

    with pytest.raises(NoValidKey):
        authenticate(asked(key), Scope.LEDGER_WRITE, at=AT)


def test_a_key_may_do_what_its_scopes_say(make):
    _token, key = make(Scope.FUNDING_READ, Scope.DRAWDOWN_WRITE)

    assert authenticate(asked(key), Scope.FUNDING_READ, at=AT)
    with pytest.raises(KeyMayNot, match="LEDGER_WRITE"):
        authenticate(asked(key), Scope.LEDGER_WRITE, at=AT)


def test_what_the_person_may_not_do_the_key_may_not(make, alice):
    _token, key = make(Scope.LEDGER_WRITE, Scope.FUNDING_READ)
    alice.groups.set([Group.objects.get(name="Viewer")])

    assert authenticate(asked(key), Scope.FUNDING_READ, at=AT)
    with pytest.raises(KeyMayNot, match=r"funding\.add_ledgerentry"):
        authenticate(asked(key), Scope.LEDGER_WRITE, at=AT)
    with pytest.raises(KeyMayNot, match=r"staff\.view_user"):
        authenticate(asked(key), Scope.FUNDING_READ, at=AT, permission="staff.view_user")


def test_a_permission_of_ones_own_and_a_superuser_count(make, alice):
    _token, key = make()
    alice.groups.clear()
    with pytest.raises(KeyMayNot):
        authenticate(asked(key), Scope.LEDGER_WRITE, at=AT)

    alice.user_permissions.add(Permission.objects.get(codename="add_ledgerentry"))
    assert authenticate(asked(key), Scope.LEDGER_WRITE, at=AT)
    alice.user_permissions.clear()
    alice.is_superuser = True
    alice.save()
    assert authenticate(asked(key), Scope.LEDGER_WRITE, at=AT)


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer ts_", "Basic YTpi", "Bearer ts_" + "a" * 200, "Token {key}",
     "Bearer ts_ключ", "Bearer {key}x", "{key}"],
)  # fmt: skip
def test_nothing_but_the_key_counts(make, header):
    _token, key = make()
    request = RequestFactory().get("/", headers={"Authorization": header.format(key=key)})

    with pytest.raises(NoValidKey):
        authenticate(request, Scope.LEDGER_WRITE, at=AT)


def test_no_key_counts_in_the_address(make):
    _token, key = make()
    request = RequestFactory().get(f"/?key={key}&token={key}&access_token={key}")

    with pytest.raises(NoValidKey):
        authenticate(request, Scope.LEDGER_WRITE, at=AT)


def test_failures_are_logged_without_the_key(make, alice, caplog):
    token, key = make(Scope.FUNDING_READ)

    with caplog.at_level(logging.WARNING):
        for wrong in (key, key + "x"):
            with pytest.raises((KeyMayNot, NoValidKey)):
                authenticate(asked(wrong), Scope.LEDGER_WRITE, at=AT)
        revoke_token(token=token, revoked_by=alice, at=AT)
        with pytest.raises(NoValidKey):
            authenticate(asked(key), Scope.FUNDING_READ, at=AT)

    assert [r.getMessage() for r in caplog.records] == [
        f"API key {token.pk} {key[:12]}…: refused, lacks the scope LEDGER_WRITE",
        "API key (unknown): refused, it is unknown",
        f"API key {token.pk} {key[:12]}…: refused, it is revoked",
    ]
    assert key[12:] not in caplog.text


def test_a_key_lasts_a_year_at_most_and_may_do_something(make):
    for scopes, days in (([Scope.FUNDING_READ], 367), ([], 1), (["EVERYTHING"], 1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_token(
                user=User.objects.get(username="alice"), name="SAP", scopes=scopes,
                expires_at=AT + days * DAY, created_by=User.objects.get(username="alice"), at=AT,
            )  # fmt: skip
