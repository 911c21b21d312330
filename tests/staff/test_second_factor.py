"""A password alone opens no page but those where the second factor is enrolled and shown."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client

from portfolio.staff.models import User
from tests.staff.conftest import PASSWORD, code_of, is_signed_in, sign_in

pytestmark = pytest.mark.usefixtures("second_factor_required")


def test_one_without_a_factor_is_led_to_enrol_and_reaches_no_admin_page(bob: User):
    client = Client()
    sign_in(client, "bob")

    for path in ("/admin/", "/admin/productions/production/", "/admin/jsi18n/", "/admin/history/"):
        answer = client.get(path, follow=True)
        assert answer.redirect_chain[-1][0] == "/accounts/2fa/", path
    assert client.get("/admin/autocomplete/").status_code == 302
    assert client.post("/admin/sources/source/add/", {"title": "x"}).status_code == 302


def test_enrolling_an_app_opens_the_admin_in_the_same_session(bob: User):
    client = Client()
    sign_in(client, "bob")
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    counter = next(iter(auth.yield_hotp_counters_from_time()))
    code = auth.format_hotp_value(auth.hotp_value(secret, counter))

    wrong = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200
    assert not is_signed_in(client)
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code})

    assert answer.url == "/accounts/2fa/recovery-codes/"
    assert is_signed_in(client)


def test_signing_in_asks_for_the_code(alice: User):
    client = Client()

    answer = sign_in(client, "alice")

    assert answer.url.startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert not is_signed_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(alice)})
    assert is_signed_in(client)


def test_a_session_opened_before_its_owner_enrolled_elsewhere_stays_outside(bob: User):
    eves = Client()
    sign_in(eves, "bob")
    auth.TOTP.activate(bob, auth.generate_totp_secret())

    answer = eves.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/accounts/login/")
    assert not is_signed_in(eves)


def test_taking_the_last_factor_away_closes_the_admin(alice: User):
    client = Client()
    sign_in(client, "alice")
    client.post("/accounts/2fa/authenticate/", {"code": code_of(alice)})
    assert is_signed_in(client)

    Authenticator.objects.filter(user=alice).delete()

    assert not is_signed_in(client)


def test_recovery_codes_alone_are_no_second_factor(bob: User):
    client = Client()
    sign_in(client, "bob")
    Authenticator.objects.create(
        user=bob, type=Authenticator.Type.RECOVERY_CODES, data={"seed": "x", "used_mask": 0}
    )

    assert not is_signed_in(client)


@pytest.mark.parametrize("path", ["/", "/productions/", "/api/v1/productions/"])
def test_elsewhere_a_password_alone_is_nobody(bob: User, path: str):
    client = Client()
    sign_in(client, "bob")

    answer = client.get(path)

    assert answer.status_code in (200, 404)
    assert not getattr(answer.wsgi_request.user, "is_authenticated", False)


def test_a_new_password_by_mail_is_no_way_around(alice: User):
    alice.set_password("a different phrase")
    alice.save()
    client = Client()

    answer = sign_in(client, "alice", "a different phrase")

    assert answer.url.startswith("/accounts/2fa/authenticate/")
    assert not is_signed_in(client)


def test_guessing_codes_is_limited(alice: User):
    client = Client()
    sign_in(client, "alice")
    for number in range(6):
        last = client.post("/accounts/2fa/authenticate/", {"code": f"{number:06d}"})

    answer = client.post("/accounts/2fa/authenticate/", {"code": code_of(alice)})

    assert last.status_code == answer.status_code == 200
    assert not is_signed_in(client)


def test_with_the_setting_off_a_password_is_enough(bob: User, settings: Any):
    settings.REQUIRE_MFA = False
    client = Client()

    sign_in(client, "bob")

    assert is_signed_in(client)


def test_enrolling_asks_for_the_password_again_after_a_while(bob: User, settings: Any):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    client = Client()
    sign_in(client, "bob", PASSWORD)

    answer = client.get("/accounts/2fa/totp/activate/")

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/reauthenticate/")
