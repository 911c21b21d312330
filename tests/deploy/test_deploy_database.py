"""A server that somebody else runs: what is wrong with it is one line with the mend."""

import types
from urllib.parse import quote

import psycopg
import pytest

from deploy import database
from deploy.checks import SetupError
from deploy.cluster import SUPERUSER
from deploy.database import given_addresses

PASSWORD = "p#/@ %'电"


@pytest.fixture(scope="session")
def server(cluster):
    """Roles and databases as an administrator may have made them."""
    with psycopg.connect(cluster.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        secret = psycopg.sql.Literal(PASSWORD).as_string()
        anew = "TEMPLATE template0 ENCODING"
        for statement in (
            f"CREATE ROLE given_maker LOGIN CREATEROLE CREATEDB PASSWORD {secret}",
            f"CREATE ROLE given_plain LOGIN PASSWORD {secret}",
            f"CREATE ROLE given_other LOGIN PASSWORD {secret}",
            f"CREATE ROLE given_taken_app LOGIN PASSWORD {secret}",
            "CREATE DATABASE given OWNER given_maker",
            "CREATE DATABASE given_plain OWNER given_plain",
            "CREATE DATABASE given_taken OWNER given_maker",
            f"CREATE DATABASE given_ascii OWNER given_maker {anew} 'SQL_ASCII' LOCALE 'C'",
            f"CREATE DATABASE given_c OWNER given_maker {anew} 'UTF8' LOCALE 'C'",
        ):
            connection.execute(statement)
    return cluster


@pytest.fixture
def url(server):
    running = server.running()

    def url(role="given_maker", name="given", *, password=PASSWORD):
        secret, folder = quote(password, safe=""), quote(str(running.socket), safe="")
        return f"postgresql://{role}:{secret}@/{name}?host={folder}&port={running.port}"

    return url


def said(url, tmp_path, app_url=None, **more):
    """The one line with which an address is refused."""
    with pytest.raises(SetupError) as caught:
        given_addresses(url, app_url, tmp_path / "secrets", **more)
    text = str(caught.value)
    assert "\n" not in text
    assert PASSWORD not in text
    return text


def test_runtime_role_is_made_once_and_its_password_kept(url, tmp_path):
    first = given_addresses(url(), None, tmp_path / "secrets")
    again = given_addresses(url(), None, tmp_path / "secrets")

    assert first == again
    with psycopg.connect(first["DATABASE_APP_URL"]) as connection:
        assert connection.info.user == "given_app"
    kept = next((tmp_path / "secrets").iterdir())
    assert kept.stat().st_mode & 0o777 == 0o600


def test_wrong_password_is_refused(url, tmp_path):
    assert "refused the password of given_maker" in said(url(password="wrong"), tmp_path)


def test_missing_database_is_refused_with_how_to_make_it(url, tmp_path):
    assert "CREATE DATABASE nosuch TEMPLATE template0" in said(url(name="nosuch"), tmp_path)


@pytest.mark.parametrize(
    "address",
    ["postgres://a:b@127.0.0.1:1/d", "postgres://a:b@host.invalid/d", "postgres://a:b@%2Fgone/d"],
)
def test_server_that_does_not_answer_is_refused(address, tmp_path):
    assert "no server answers at" in said(address, tmp_path)


@pytest.mark.parametrize(
    "address",
    [
        "topsheet",
        "mysql://a:b@c/d",
        "postgres://a:b@c",
        "postgres://a:b@c:port/d",
        "postgres://a:b#c@d/e",
    ],
)
def test_what_is_no_postgresql_address_is_refused(address, tmp_path):
    assert "is not an address of the form postgres://" in said(address, tmp_path)


def test_database_in_another_encoding_is_refused(url, tmp_path):
    assert "is encoded in SQL_ASCII" in said(url(name="given_ascii"), tmp_path)


def test_database_whose_locale_sees_no_chinese_is_refused(url, tmp_path):
    assert "sees no letters in Chinese" in said(url(name="given_c"), tmp_path)


def test_role_that_may_not_make_extensions_is_refused(url, tmp_path):
    text = said(url(role="given_other"), tmp_path)

    assert 'ALTER DATABASE given OWNER TO "given_other"' in text


def test_role_that_may_not_make_the_runtime_role_is_told_how(url, tmp_path):
    text = said(url(role="given_plain", name="given_plain"), tmp_path)

    assert "CREATE ROLE given_plain_app LOGIN PASSWORD" in text
    assert "DATABASE_APP_URL" in text


def test_runtime_role_of_somebody_else_keeps_its_password(url, tmp_path):
    assert "its password is not in" in said(url(name="given_taken"), tmp_path)

    with psycopg.connect(url(role="given_taken_app", name="given_taken")) as connection:
        assert connection.info.user == "given_taken_app"


def test_one_role_for_both_addresses_is_refused(url, tmp_path):
    assert "name the same role" in said(url(), tmp_path, app_url=url())


def test_two_databases_are_refused(url, tmp_path):
    other = url(role="given_other", name="given_plain")

    assert "Give both the same" in said(url(), tmp_path, app_url=other)


def test_wrong_runtime_password_is_refused_by_its_own_name(url, tmp_path):
    other = url(role="given_other", password="wrong")

    assert said(url(), tmp_path, app_url=other).startswith("DATABASE_APP_URL: ")


def test_tests_need_a_role_that_may_make_databases(url, tmp_path):
    text = said(url(role="given_plain", name="given_plain"), tmp_path, for_tests=True)

    assert 'ALTER ROLE "given_plain" CREATEDB CREATEROLE' in text


@pytest.mark.parametrize(("version", "refused"), [(140_013, True), (150_000, False)])
def test_server_older_than_15_is_refused(version, refused):
    info = types.SimpleNamespace(
        server_version=version, dbname="old", parameter_status=lambda _: "LATIN1"
    )

    with pytest.raises(SetupError) as caught:
        database._refuse_unfit(types.SimpleNamespace(info=info))

    assert ("Topsheet needs 15 or newer" in str(caught.value)) is refused
