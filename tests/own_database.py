"""A database of its own for a test that commits: money once written cannot be emptied again."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, connections
from psycopg import sql


def server() -> psycopg.Connection[Any]:
    """A connection that makes and drops databases."""
    known = connection.get_connection_params()
    wanted = ("host", "port", "user", "password")
    given = {key: known[key] for key in wanted if known.get(key)}
    return psycopg.connect(**given, dbname="postgres", autocommit=True)


def pristine() -> str:
    """The name of the copy that no test writes to."""
    return f"{connection.settings_dict['NAME']}_pristine"


def keep_pristine() -> None:
    """Copy the new test database, before any test has written to it."""
    home = connection.settings_dict["NAME"]
    connection.close()
    drop(pristine())
    copy(home, pristine())
    with server() as there:
        there.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                sql.Identifier(pristine()), sql.Literal(of_this_run())
            )
        )


def drop_pristine() -> None:
    """Drop the copy."""
    with one_worker_at_a_time():
        drop(pristine())


def of_this_run() -> str:
    """What a copy is marked with; every worker of one run says the same."""
    return f"as migrated in test run {os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"


def copied_from_another_worker() -> bool:
    """Have the test database from the worker that has migrated one; whether there is such a worker."""
    with server() as there:
        found = there.execute(
            "SELECT datname FROM pg_database WHERE shobj_description(oid, 'pg_database') = %s",
            [of_this_run()],
        ).fetchone()
    if not found:
        return False
    name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    connection.close()
    drop(name)
    copy(found[0], name)
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    return True


@contextmanager
def one_worker_at_a_time() -> Iterator[None]:
    """The workers take turns."""
    with server() as there:
        there.execute("SELECT pg_advisory_lock(8)")
        yield


def copy(source: str, target: str) -> None:
    """Make a database that is a copy of another, to which nobody is connected."""
    names = sql.Identifier(target), sql.Identifier(source)
    with server() as there:
        there.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*names))


def drop(name: str) -> None:
    """Drop a database, whoever is connected."""
    with server() as there:
        there.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


@contextmanager
def own_database() -> Iterator[str]:
    """A fresh database that this thread and those it starts use until the end; then it is dropped."""
    before = connections["default"]
    home = before.settings_dict["NAME"]
    name = f"{home}_own"
    drop(name)
    copy(f"{home}_pristine", name)
    shared = connections.settings["default"]
    shared["NAME"] = name
    connections["default"] = connections.create_connection("default")
    try:
        yield name
    finally:
        connections["default"].close()
        shared["NAME"] = home
        connections["default"] = before
        drop(name)
