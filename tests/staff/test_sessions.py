"""A session is new at sign-in and ends at sign-out, idle, in a week, with the password or the account."""

import time
from typing import Any

from django.contrib.sessions.models import Session
from django.test import Client

from portfolio.staff.middleware import BEGAN, SEEN
from portfolio.staff.models import User
from tests.staff.conftest import is_signed_in, sign_in


def key(client: Client, settings: Any) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_signing_in_changes_the_sessions_key(bob: User, settings: Any):
    client = Client()
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""

    sign_in(client, "bob")

    assert key(client, settings) != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_a_session_that_was_signed_out_cannot_be_used_again(bob: User, settings: Any):
    client = Client()
    sign_in(client, "bob")
    old = key(client, settings)
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = old

    assert not is_signed_in(thief)


def test_signing_out_takes_a_post(bob: User):
    client = Client()
    sign_in(client, "bob")

    client.get("/accounts/logout/")
    client.get("/admin/logout/")

    assert is_signed_in(client)
    client.post("/admin/logout/")
    assert not is_signed_in(client)


def test_a_new_password_ends_every_session(bob: User):
    here, there = Client(), Client()
    sign_in(here, "bob")
    sign_in(there, "bob")

    here.post(
        "/accounts/password/change/",
        {
            "oldpassword": "a long pass phrase",
            "password1": "quite another phrase",
            "password2": "quite another phrase",
        },
    )

    bob.refresh_from_db()
    assert bob.check_password("quite another phrase")
    assert not is_signed_in(there)
    assert not is_signed_in(here)


def test_a_disabled_person_is_out_at_once(bob: User):
    client = Client()
    sign_in(client, "bob")

    User.objects.update(is_active=False)

    assert not is_signed_in(client)


def test_who_is_no_longer_staff_is_out_at_once(bob: User):
    client = Client()
    sign_in(client, "bob")

    User.objects.update(is_staff=False)

    assert not is_signed_in(client)


def test_a_session_ends_a_week_after_it_began(bob: User, settings: Any):
    client = Client()
    sign_in(client, "bob")
    session = client.session
    session[BEGAN] = time.time() - settings.SESSION_ABSOLUTE_AGE - 1
    session.save()

    assert not is_signed_in(client)


def test_each_sight_moves_the_idle_limit_on_but_not_at_every_request(bob: User, settings: Any):
    client = Client()
    sign_in(client, "bob")
    is_signed_in(client)
    first = Session.objects.get(session_key=key(client, settings)).expire_date
    is_signed_in(client)
    assert Session.objects.get(session_key=key(client, settings)).expire_date == first
    session = client.session
    session[SEEN] = time.time() - 3600
    session.save()

    before = Session.objects.get(session_key=key(client, settings)).expire_date
    is_signed_in(client)

    assert Session.objects.get(session_key=key(client, settings)).expire_date > before


def test_the_public_pages_look_nobody_up(bob: User, django_assert_num_queries: Any):
    client = Client()
    sign_in(client, "bob")

    answer = client.get("/robots.txt")

    assert "Cookie" not in answer.get("Vary", "")
