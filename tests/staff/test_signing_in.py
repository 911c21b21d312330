"""Signing in: one way in, guessing is limited for all workers, and nobody can lock another out."""

import logging
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from portfolio.staff import signin
from portfolio.staff.models import User
from tests.staff.conftest import PASSWORD, is_signed_in, sign_in

WRONG = "not the password"


def test_a_name_and_its_password_lead_to_the_dashboard(bob: User):
    client = Client()

    answer = sign_in(client, "bob")

    assert answer.url == "/admin/"
    assert is_signed_in(client)


def test_the_admin_has_no_sign_in_of_its_own(bob: User):
    client = Client()

    to_sign_in = client.get("/admin/productions/production/", follow=True)
    posted = client.post("/admin/login/", {"username": "bob", "password": PASSWORD})

    assert (
        to_sign_in.redirect_chain[-1][0]
        == "/accounts/login/?next=%2Fadmin%2Fproductions%2Fproduction%2F"
    )
    assert posted.status_code == 302
    assert posted.url.startswith("/accounts/login/")
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:evil.example",
        "https:///evil.example",
    ],
)
def test_signing_in_never_leads_elsewhere(bob: User, wanted: str):
    answer = Client().post(
        "/accounts/login/", {"login": "bob", "password": PASSWORD, "next": wanted}
    )

    assert answer.status_code == 302
    assert answer.url == "/admin/"


def test_signing_in_leads_back_to_the_wanted_page(bob: User):
    answer = Client().post(
        "/accounts/login/",
        {"login": "bob", "password": PASSWORD, "next": "/admin/sources/source/"},
    )

    assert answer.url == "/admin/sources/source/"


def test_nobody_signs_up(db: None):
    client = Client()

    page = client.get("/accounts/signup/")
    client.post(
        "/accounts/signup/", {"username": "eve", "password1": PASSWORD, "password2": PASSWORD}
    )

    assert "password1" not in page.content.decode()
    assert not User.objects.filter(username="eve").exists()


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(bob: User):
    unknown = sign_in(Client(), "nobody-here", WRONG)
    wrong = sign_in(Client(), "bob", WRONG)

    assert unknown.status_code == wrong.status_code == 200
    assert unknown.context["form"].errors == wrong.context["form"].errors


def test_after_five_wrong_passwords_the_right_one_waits(bob: User):
    for _attempt in range(5):
        sign_in(Client(), "bob", WRONG)

    answer = sign_in(Client(), "bob")

    assert answer.status_code == 200
    assert "Too many attempts" in str(answer.context["form"].errors)


def test_a_right_password_is_no_attempt(bob: User):
    for _time in range(8):
        assert sign_in(Client(), "bob").status_code == 302


@pytest.mark.parametrize("other", ["BOB", " bob ", "Ｂｏｂ", "bOb"])
def test_a_look_alike_name_shares_the_counter(bob: User, other: str):
    for _attempt in range(5):
        sign_in(Client(), other, WRONG)

    assert "Too many attempts" in str(sign_in(Client(), "bob").context["form"].errors)


def test_a_made_up_forwarding_header_does_not_walk_past(bob: User):
    for number in range(5):
        sign_in(Client(), "bob", WRONG, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")

    answer = sign_in(Client(), "bob", HTTP_X_FORWARDED_FOR="203.0.113.99")

    assert "Too many attempts" in str(answer.context["form"].errors)


def test_behind_a_trusted_proxy_its_word_counts_and_what_came_before_does_not(
    bob: User, settings: Any
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(5):
        sign_in(Client(), "bob", WRONG, HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 198.51.100.7")

    same = sign_in(Client(), "bob", HTTP_X_FORWARDED_FOR="203.0.113.50, 198.51.100.7")
    other = sign_in(Client(), "bob", HTTP_X_FORWARDED_FOR="198.51.100.8")

    assert "Too many attempts" in str(same.context["form"].errors)
    assert other.status_code == 302


def test_guessing_from_many_addresses_is_limited_as_well(bob: User):
    for number in range(20):
        sign_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), "bob", WRONG)

    answer = sign_in(Client(REMOTE_ADDR="198.51.100.200"), "bob")

    assert "Too many attempts" in str(answer.context["form"].errors)


def test_one_address_cannot_try_many_names(bob: User):
    for number in range(30):
        sign_in(Client(), f"name{number}", WRONG)

    assert sign_in(Client(), "bob").status_code == 429


def test_a_colleague_is_not_locked_out_on_a_browser_they_used_before(bob: User):
    own = Client()
    sign_in(own, "bob")
    own.post("/accounts/logout/")
    for number in range(25):
        sign_in(Client(REMOTE_ADDR=f"198.51.100.{number}"), "bob", WRONG)

    assert sign_in(own, "bob").status_code == 302


def test_the_mark_of_a_browser_serves_only_its_own_name(bob: User, alice: User):
    eves = Client()
    sign_in(eves, "bob")
    eves.post("/accounts/logout/")
    for _attempt in range(5):
        sign_in(eves, "alice", WRONG)

    assert "Too many attempts" in str(sign_in(eves, "alice").context["form"].errors)


def test_the_mark_of_a_browser_is_limited_too(bob: User):
    own = Client()
    sign_in(own, "bob")
    own.post("/accounts/logout/")
    for _attempt in range(10):
        sign_in(own, "bob", WRONG)

    assert "Too many attempts" in str(sign_in(own, "bob").context["form"].errors)


def test_who_is_signed_in_stays_so_while_others_guess(bob: User):
    own = Client()
    sign_in(own, "bob")
    for _attempt in range(6):
        sign_in(Client(), "bob", WRONG)

    assert is_signed_in(own)


def test_a_failure_is_logged_by_name_and_what_else_was_typed_is_not(
    bob: User, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.WARNING, logger="topsheet.signin"):
        sign_in(Client(), "bob", WRONG)
        sign_in(Client(), "my-secret-typed-in-the-wrong-box\nforged line", WRONG)

    assert "Sign-in failed: bob" in caplog.text
    assert "secret" not in caplog.text
    assert "forged" not in caplog.text
    assert WRONG not in caplog.text


def test_folding_makes_variants_of_a_name_one():
    assert signin.folded_name("  ＢＯＢ ") == signin.folded_name("bob") == "bob"


def test_resetting_a_password_tells_nobody_whether_there_is_an_account(bob: User):
    known = Client().post("/accounts/password/reset/", {"email": "bob@example.org"})
    unknown = Client().post("/accounts/password/reset/", {"email": "eve@example.org"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [["bob@example.org"]]


def test_resetting_a_password_signs_nobody_in(bob: User):
    client = Client()
    client.post("/accounts/password/reset/", {"email": "bob@example.org"})
    link = next(part for part in str(mail.outbox[0].body).split() if "/password/reset/key/" in part)
    form = client.get("/accounts/" + link.split("/accounts/")[1], follow=True)

    answer = client.post(
        form.redirect_chain[-1][0],
        {"password1": "a different phrase", "password2": "a different phrase"},
    )

    assert answer.status_code == 302
    assert not is_signed_in(client)
    bob.refresh_from_db()
    assert bob.check_password("a different phrase")


def test_an_inactive_person_does_not_sign_in(bob: User):
    User.objects.update(is_active=False)
    client = Client()

    sign_in(client, "bob")

    assert not is_signed_in(client)
