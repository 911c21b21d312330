"""S28, O3: a database that is slow or away gives 503 with Retry-After, and one that is back serves."""

import json
import logging

import psycopg
import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client

from portfolio.common.api import execution

LIST = "/api/v1/people/"


@pytest.fixture
def client() -> Client:
    return Client(headers={"host": "localhost"})


def assert_unavailable(response, caplog):
    document = json.loads(response.content)
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response["Retry-After"] == "5"
    assert any(document["id"] in record.getMessage() for record in caplog.records)


@pytest.mark.usefixtures("committed")
def test_statement_that_takes_too_long_is_given_up(client, monkeypatch, caplog):
    monkeypatch.setattr(
        "portfolio.common.api.viewsets.execute",
        lambda statement, values: execution.execute(b"SELECT pg_sleep(5)::text", []),
    )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 50")

    try:
        with caplog.at_level(logging.ERROR):
            response = client.get(LIST)
    finally:
        connection.close()

    assert_unavailable(response, caplog)
    assert client.get("/api/v1/").status_code == 200


@pytest.mark.usefixtures("committed")
def test_connection_that_the_server_ended_is_replaced_unnoticed(client):
    assert client.get(LIST).status_code == 200
    end_backend(connection.connection.info.backend_pid)

    assert client.get(LIST).status_code == 200


def end_backend(pid):
    """End a connection from the server's side, as a restart does."""
    info = connection.connection.info
    with psycopg.connect(info.dsn, password=info.password, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.usefixtures("committed")
def test_database_that_is_away_is_a_503(client, monkeypatch, caplog):
    def refuse() -> None:
        raise OperationalError("connection refused")

    connection.close()
    with monkeypatch.context() as away, caplog.at_level(logging.ERROR):
        away.setattr(connection, "connect", refuse)
        response = client.get(LIST)

    assert_unavailable(response, caplog)


@pytest.mark.django_db
def test_statements_are_prepared_only_for_the_api(client):
    client.get(LIST)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone()[0] >= 1

    assert connection.connection.prepare_threshold is None


@pytest.mark.django_db
def test_prepared_statements_can_be_switched_off(client, settings):
    settings.PREPARED_STATEMENTS = False
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert client.get("/api/v1/strands/").status_code == 200

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone()[0] == 0


@pytest.mark.django_db
def test_role_that_serves_requests_may_do_all_that_the_api_does(client, as_app_role, settings):
    settings.API_RATE = 1

    assert client.get(LIST).status_code == 200
    assert client.get(LIST).status_code == 429
