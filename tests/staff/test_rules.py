"""What the database refuses of accounts."""

import datetime
import itertools
import secrets
from typing import Any

import pytest

from portfolio.staff.models import ApiToken, User
from tests.refusals import refused

pytestmark = pytest.mark.django_db

NUMBERS = itertools.count(1)
AT = datetime.datetime(2026, 6, 1, 10, tzinfo=datetime.UTC)
YEAR, SECOND = datetime.timedelta(days=366), datetime.timedelta(seconds=1)


def test_an_address_belongs_to_one_account_in_any_case():
    User.objects.create_user("alice", email="alice@example.org")
    User.objects.create_user("bob")
    User.objects.create_user("charlie")

    with refused("user_email_belongs_to_one"):
        User.objects.create_user("dora", email="Alice@Example.org")


def test_a_name_in_other_letters_is_the_same_name():
    User.objects.create_user("alice")

    with refused("user_username_is_unique_in_any_case"):
        User.objects.create_user("Alice")


@pytest.mark.parametrize("name", ["аlice", "ａlice", "alice lam", "алиса", "阿明"])
def test_user_username_has_no_look_alikes(name: str):
    with refused("user_username_has_no_look_alikes"):
        User.objects.create(username=name)


@pytest.mark.parametrize("name", ["alice", "Alice.Lam", "a+b@example.org", "a-b_c9"])
def test_a_plain_name_is_taken(name: str):
    assert User.objects.create(username=name).pk


def token(**other: Any) -> ApiToken:
    person = other.pop("user", None) or User.objects.create(username=f"bot-{next(NUMBERS)}")
    values = {
        "name": "Finance system", "user": person, "created_by": person, "prefix": "ts_1",
        "digest": secrets.token_bytes(32), "scopes": ["LEDGER_WRITE"], "created_at": AT,
        "expires_at": AT + YEAR,
    }  # fmt: skip
    return ApiToken.objects.create(**(values | other))


def test_a_token_lasts_a_year_at_most():
    token(expires_at=AT + YEAR)
    token(expires_at=AT + SECOND)

    with refused("api_token_expires_within_a_year"):
        token(expires_at=AT + YEAR + SECOND)
    with refused("api_token_expires_within_a_year"):
        token(expires_at=AT)


def test_a_token_says_whose_it_is_and_what_it_may():
    with refused("api_token_has_a_name"):
        token(name="")
    with refused("api_token_scopes_are_known"):
        token(scopes=[])
    with refused("api_token_scopes_are_known"):
        token(scopes=["LEDGER_WRITE", "EVERYTHING"])


def test_who_revoked_a_token_and_when_go_together():
    revoked = token()
    token(revoked_at=AT, revoked_by=revoked.user)

    with refused("api_token_revoked_is_revoked_by_somebody"):
        token(revoked_at=AT)
    with refused("api_token_revoked_is_revoked_by_somebody"):
        token(revoked_by=revoked.user)
