"""Rows that many tests begin with: written by the program once, and copied for every test after it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction

TABLES = """
    SELECT c.oid::regclass::text FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1
"""


class KeptRows:
    """What a program writes into an empty database, with its history and everything that triggers add."""

    def __init__(self, write: Callable[[], object]) -> None:
        self.write = write
        self.database = ""
        self.rows: dict[str, bytes] = {}

    def put(self) -> None:
        """Have the rows in the database, in the transaction of the test."""
        database, is_owner = where()
        if not is_owner or (self.database and self.database != database):
            self.write()
        elif self.database:
            self._copy_in()
        else:
            self._write_and_keep(database)

    def _write_and_keep(self, database: str) -> None:
        before = counts()
        self.write()
        new = [table for table, count in counts().items() if count > before[table]]
        if any(before[table] for table in new):
            return  # rows of this test are among them
        self.rows = {table: copied_out(table) for table in new}
        self.database = database

    def _copy_in(self) -> None:
        # They passed every rule when they were written, so a copy of all of them needs no trigger.
        with transaction.atomic(), without_triggers(list(self.rows)):
            for table, rows in self.rows.items():
                copied_in(table, rows)


@contextmanager
def without_triggers(tables: list[str]) -> Iterator[None]:
    """No trigger of ours fires on these tables; foreign keys are looked at, all at the end."""
    # For as long as foreign keys wait, no table can be altered.
    alter = {
        verb: "; ".join(f"ALTER TABLE {table} {verb} TRIGGER USER" for table in tables)
        for verb in ("DISABLE", "ENABLE")
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; {alter['DISABLE']}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"{alter['ENABLE']}; SET CONSTRAINTS ALL DEFERRED")


def copied_out(table: str) -> bytes:
    """Every row of a table, in its order there."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy,
    ):
        return b"".join(copy)


def copied_in(table: str, rows: bytes) -> None:
    """Add rows that were copied out."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy,
    ):
        copy.write(rows)


def counts() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [row[0] for row in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{t}', count(*) FROM {t}" for t in tables))
        return dict(cursor.fetchall())


def where() -> tuple[str, bool]:
    """The database, and whether this acts as who made its tables, not as the role that serves requests.

    A test that commits has a database of its own, with numbers of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database(), current_user = session_user")
        database, is_owner = cursor.fetchone()
        return database, is_owner
