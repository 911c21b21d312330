"""S20: one limit for a caller over all workers, which no header walks past."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from django.test import Client

from portfolio.common.api import throttling
from portfolio.common.api.throttling import SharedThrottle, unreadable

PATH = "/api/v1/strands/"


@pytest.fixture
def at_noon(monkeypatch):
    """The clock stands, so that no window ends while a test runs."""
    clock = {"now": 1_700_000_010.0}
    monkeypatch.setattr(throttling.time, "time", lambda: clock["now"])
    return clock


def ask(times, **headers):
    client = Client(headers={"host": "localhost", **headers})
    return [client.get(PATH).status_code for _ in range(times)]


def test_limit_holds_and_says_when_to_come_back(db, api, settings, at_noon):
    settings.API_RATE = 3

    assert ask(5) == [200, 200, 200, 429, 429]

    refused = api.get(PATH)
    assert refused["Content-Type"] == "application/problem+json"
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert json.loads(refused.content)["status"] == 429


def test_next_window_begins_afresh(db, settings, at_noon):
    settings.API_RATE = 2
    assert ask(3)[-1] == 429

    at_noon["now"] += 60

    assert ask(2) == [200, 200]


def test_two_workers_share_one_limit(db, settings, at_noon):
    settings.API_RATE = 4
    assert ask(3) == [200, 200, 200]

    SharedThrottle.counts.clear()  # another worker knows nothing of what this one counted

    assert ask(3) == [200, 429, 429]


@pytest.mark.parametrize("proxies", [0, 1])
def test_invented_forwarding_changes_nothing(db, settings, at_noon, proxies):
    settings.API_RATE = 3
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    client = Client(headers={"host": "localhost"})

    # A proxy that we trust adds the real address behind whatever the caller made up.
    statuses = [
        client.get(PATH, headers={"x-forwarded-for": f"10.0.0.{n}, 203.0.113.9"}).status_code
        for n in range(5)
    ]

    assert statuses == [200, 200, 200, 429, 429]


def test_callers_behind_a_trusted_proxy_are_told_apart(db, settings, at_noon):
    settings.API_RATE = 1
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}

    assert ask(2, **{"x-forwarded-for": "203.0.113.1"}) == [200, 429]
    assert ask(2, **{"x-forwarded-for": "203.0.113.2"}) == [200, 429]


def test_an_ipv6_network_is_one_caller_and_no_address_is_kept(db, settings, at_noon):
    settings.API_RATE = 1

    assert unreadable("2001:db8:1:2::1") == unreadable("2001:db8:1:2:ffff::9")
    assert unreadable("2001:db8:1:2::1") != unreadable("2001:db8:1:3::1")
    ask(1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT caller FROM common_api_count")
        assert "127.0.0.1" not in str(cursor.fetchall())


def test_a_request_writes_nothing_as_a_rule(db, settings, at_noon, django_assert_num_queries):
    settings.API_RATE = 400
    ask(1)

    # One query each; the twentieth of a twentieth of the limit adds to the shared count.
    with django_assert_num_queries(18):
        ask(18)


@pytest.mark.parametrize("address", ["", "garbage\x00", "1" * 5000, "::ffff:1.2.3.4", "1.2.3.4, "])
def test_any_text_for_an_address_is_counted(db, settings, at_noon, address):
    settings.API_RATE = 1
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}

    assert ask(2, **{"x-forwarded-for": address}) == [200, 429]


WORKER = """
import django, json
django.setup()
from django.test import Client
from portfolio.common.api import throttling
throttling.time.time = lambda: 1_700_000_010.0
client = Client(headers={"host": "localhost"})
print(json.dumps([client.get("/api/v1/strands/").status_code for _ in range(90)]))
"""


@pytest.mark.usefixtures("committed")
def test_limit_holds_over_two_processes():
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = {**os.environ, "DATABASE_URL": url, "TOPSHEET_API_RATE": "100"}
    environment |= {"DJANGO_SETTINGS_MODULE": "portfolio.settings", "DATABASE_APP_URL": url}
    workers = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", WORKER], env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]  # fmt: skip
    statuses = [s for worker in workers for s in json.loads(worker.communicate(timeout=60)[0])]

    # Of 180 asked for, a hundred; a twentieth of the limit more may pass for each worker.
    assert statuses.count(200) in range(100, 111)
    assert set(statuses) == {200, 429}
