"""Our own PostgreSQL: closed to others, able to read Chinese, and hard to break by accident."""

import os
import signal
import time

import environ
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from deploy import cluster as cluster_module
from deploy.checks import SetupError, write_private
from deploy.cluster import LONGEST_SOCKET, SOCKET, SUPERUSER
from deploy.database import APP, DATABASE, OWNER, own_addresses


@pytest.fixture(scope="session")
def addresses(cluster):
    return own_addresses(cluster)


def ask(url, query):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchone()


def put(cluster, name, text):
    """Write into the data as the server's user would have."""
    file = cluster.data / name
    file.unlink(missing_ok=True)
    write_private(file, text)
    cluster.user.own(file)


def test_owner_may_make_the_extensions_and_trigrams_see_chinese(addresses):
    with psycopg.connect(addresses["DATABASE_URL"]) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        connection.execute("CREATE EXTENSION btree_gist")
        trigrams = connection.execute("SELECT show_trgm('电')").fetchone()
        connection.rollback()

    assert trigrams
    assert len(trigrams[0]) == 2


def test_two_roles_and_only_the_owner_may_make_tables(addresses):
    assert ask(addresses["DATABASE_URL"], "SELECT current_user") == (OWNER,)
    assert ask(addresses["DATABASE_APP_URL"], "SELECT current_user") == (APP,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(addresses["DATABASE_APP_URL"], "CREATE TABLE mine (id int)")


def test_neither_role_is_a_superuser_or_may_make_databases(addresses):
    query = "SELECT bool_or(rolsuper OR rolcreatedb OR rolcreaterole) FROM pg_roles WHERE rolname ~ '^topsheet'"

    assert ask(addresses["DATABASE_URL"], query) == (False,)


def test_wrong_password_is_refused_and_no_port_is_open(addresses, cluster):
    known = conninfo_to_dict(addresses["DATABASE_URL"])

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**(known | {"password": "wrong"}))
    assert ask(addresses["DATABASE_URL"], "SHOW listen_addresses") == ("",)
    assert ask(
        cluster.url(SUPERUSER, DATABASE),
        "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'",
    ) == (0,)


def test_django_and_psycopg_read_the_same_address(addresses):
    django = environ.Env.db_url_config(addresses["DATABASE_URL"])
    psql = conninfo_to_dict(addresses["DATABASE_URL"])

    assert django["NAME"] == psql["dbname"]
    assert django["USER"] == psql["user"]
    assert django["PASSWORD"] == psql["password"]
    assert django["OPTIONS"]["host"] == psql["host"]
    assert str(django["OPTIONS"]["port"]) == psql["port"]


def test_making_roles_again_changes_nothing(addresses, cluster):
    assert own_addresses(cluster) == addresses


def test_lost_role_password_is_replaced(cluster, addresses):
    (cluster.secrets / f"postgres-{APP}").unlink()

    changed = own_addresses(cluster)

    assert changed["DATABASE_APP_URL"] != addresses["DATABASE_APP_URL"]
    assert ask(changed["DATABASE_APP_URL"], "SELECT 1") == (1,)


def test_data_of_another_major_is_refused_and_left_alone(cluster):
    put(cluster, "PG_VERSION", "15")

    with pytest.raises(SetupError, match=r"made by PostgreSQL 15, and this is 18.*pg_dumpall"):
        cluster.start()

    assert (cluster.data / "PG_VERSION").read_text() == "15\n"
    put(cluster, "PG_VERSION", "18")
    assert cluster.start() is False


def test_folder_with_something_else_in_it_is_refused(own_cluster, tmp_path):
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    (tmp_path / "postgres" / "data" / "thesis.txt").write_text("")

    with pytest.raises(SetupError, match="is not empty and is no PostgreSQL data"):
        own_cluster.start()


def test_pointer_to_a_folder_that_is_gone_is_refused(own_cluster, tmp_path):
    (tmp_path / "postgres").symlink_to(tmp_path / "gone")

    with pytest.raises(SetupError, match="which is gone"):
        own_cluster.start()


def test_missing_locale_is_refused_with_its_package(own_cluster, monkeypatch):
    monkeypatch.setattr(cluster_module, "_has_locale", lambda: False)

    with pytest.raises(SetupError, match=r"no locale C\.UTF-8.*apt-get install"):
        own_cluster.start()


@pytest.mark.slow
def test_what_was_written_survives_a_kill_and_stale_leavings(own_cluster):
    own_cluster.start()
    url = own_addresses(own_cluster)["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    with psycopg.connect(own_cluster.url(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute("CHECKPOINT")  # a throw-away cluster does not wait for the disk
    running = own_cluster.running()
    assert running
    left_behind = (own_cluster.data / "postmaster.pid").read_text()

    os.kill(running.pid, signal.SIGKILL)
    wait_until(lambda: not own_cluster.running())
    # As after a machine started anew: the number belongs to somebody else, to us in fact.
    put(own_cluster, "postmaster.pid", left_behind.replace(str(running.pid), str(os.getpid()), 1))
    made = own_cluster.start()

    assert made is False
    assert ask(own_addresses(own_cluster)["DATABASE_URL"], "SELECT number FROM kept") == (7,)

    # A server that a killed run has left is taken over, not started twice.
    before = own_cluster.running()
    own_cluster.start()
    assert own_cluster.running() == before

    own_cluster.stop()
    assert own_cluster.running() is None
    (own_cluster.secrets / f"postgres-{SUPERUSER}").unlink()
    own_cluster.start()
    assert ask(own_addresses(own_cluster)["DATABASE_URL"], "SELECT number FROM kept") == (7,)


def test_long_path_gets_a_short_private_socket_folder(cluster, monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "home", tmp_path / ("long" * 25))

    folder = cluster._socket_folder()

    assert len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET
    assert folder.stat().st_mode & 0o077 == 0
    folder.rmdir()


def wait_until(holds, seconds=10):
    last = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < last
        time.sleep(0.05)
