"""Every answer of the site carries the headers that a browser needs (S29)."""

import pytest
from django.test import Client

HEADERS = [
    "Content-Security-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "X-Frame-Options",
]
ADDRESSES = {
    "/": 200,
    "/zh-hant/productions/": 200,
    "/nowhere": 404,
    "/robots.txt": 200,
    "/api/v1/": 200,
    "/api/v1/productions/": 200,
    "/api/v1/productions/?partnr=x": 400,
    "/api/v1/nowhere/": 404,
    "/api/v1/docs/": 200,
    "/admin/": 302,
    "/accounts/login/": 200,
    "/static/nowhere.css": 404,
}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers(client: Client, address: str):
    response = client.get(address)

    assert response.status_code == ADDRESSES[address]
    assert [name for name in HEADERS if name not in response.headers] == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", [a for a in ADDRESSES if not a.startswith("/admin/")])
def test_only_the_admin_has_a_looser_policy(client: Client, address: str):
    policy = client.get(address).headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "http" not in policy
