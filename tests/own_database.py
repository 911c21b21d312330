"""A database of its own for a test that commits: money once written cannot be emptied again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
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
    drop_pristine()
    copy(home, pristine())


def drop_pristine() -> None:
    """Drop the copy."""
    drop(pristine())


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
