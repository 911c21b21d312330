"""Alice has an account and a second factor, Bob a password only, Charlie none of it."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.test import Client

from portfolio.staff.models import User

PASSWORD = "a long pass phrase"


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    """Passwords are hashed in no time; real ones take half a second each."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def bob(db: None) -> User:
    person = User.objects.create_user("bob", "bob@example.org", PASSWORD, is_staff=True)
    person.groups.add(Group.objects.get(name="Administrator"))
    return person


@pytest.fixture
def alice(db: None) -> User:
    person = User.objects.create_user("alice", "alice@example.org", PASSWORD, is_staff=True)
    person.groups.add(Group.objects.get(name="Administrator"))
    TOTP.activate(person, generate_totp_secret())
    return person


@pytest.fixture
def second_factor_required(settings: Any) -> None:
    settings.REQUIRE_MFA = True


def code_of(person: User) -> str:
    """The code that the person's app shows now."""
    from allauth.mfa.totp.internal import auth

    secret = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP).wrap()
    plain = auth.decrypt(secret.instance.data["secret"])
    counter = next(iter(auth.yield_hotp_counters_from_time()))
    return auth.format_hotp_value(auth.hotp_value(plain, counter))


def sign_in(client: Client, name: str, password: str = PASSWORD, **headers: Any) -> Any:
    return client.post("/accounts/login/", {"login": name, "password": password}, **headers)


def is_signed_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200
