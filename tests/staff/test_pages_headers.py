"""Staff and account pages are kept by no cache, and only the admin's policy is looser."""

from typing import Any

import pytest
from django.test import Client

from portfolio.staff.models import User
from tests.staff.conftest import sign_in

ACCOUNT_PAGES = ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"]


@pytest.mark.parametrize("path", [*ACCOUNT_PAGES, "/admin/", "/admin/nowhere/", "/accounts/2fa/"])
def test_a_staff_page_is_kept_by_no_cache(db: None, path: str):
    assert Client().get(path)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("path", ACCOUNT_PAGES)
def test_account_pages_run_no_foreign_or_inline_script(db: None, path: str):
    answer = Client().get(path)
    policy = answer["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "<style" not in answer.content.decode()
    assert "onclick" not in answer.content.decode()


def test_only_the_admin_may_evaluate_and_style_inline(bob: User):
    client = Client()
    sign_in(client, "bob")

    policy = client.get("/admin/")["Content-Security-Policy"]

    assert "script-src 'self' 'unsafe-eval';" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("language", ["en", "zh-hant", "zh-hans"])
def test_the_sign_in_page_speaks_three_languages(db: None, language: str, settings: Any):
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    text = client.get("/accounts/login/").content.decode()

    word = {"en": "Sign in", "zh-hant": "登入", "zh-hans": "登录"}[language]
    assert f"<h1>{word}</h1>" in text
    assert "English" in text
    assert "繁體中文" in text


def test_the_oidc_provider_is_where_a_form_may_lead(settings: Any, db: None):
    settings.ACCOUNT_PAGES_CSP = settings.ACCOUNT_PAGES_CSP | {
        "form-action": ["'self'", "https://id.example.org"]
    }

    policy = Client().get("/accounts/login/")["Content-Security-Policy"]

    assert "form-action 'self' https://id.example.org" in policy
