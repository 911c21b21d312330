"""Where a text still stands in the database: every column of every table that can hold one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

TEXTS = (
    "text",
    "character varying",
    "character",
    "name",
    "citext",
    "xml",
    "tsvector",
    "json",
    "jsonb",
)
REDACTED = "[erased]"

COLUMNS = """
    SELECT n.nspname, c.relname, a.attname,
        CASE WHEN t.typcategory = 'A' THEN 'ARRAY' ELSE format_type(b.oid, NULL) END,
        format_type(a.atttypid, a.atttypmod)
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'm')
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
    WHERE a.attnum > 0 AND NOT a.attisdropped
        AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    ORDER BY 1, 2, a.attnum
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that can hold a text, as the catalogue of the database names it."""

    schema: str
    table: str
    name: str
    kind: str
    full_type: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: a regular expression, the same as bytes, and where.

    `quick` matches wherever `pattern` does, and more: without looking at what stands around a match
    PostgreSQL reads four times as fast.
    `only` and `never` are tables; `rows` are conditions on the rows of a table that are looked at.
    The expression has to mean the same to PostgreSQL and to Python.
    """

    pattern: str
    quick: str
    needles: tuple[bytes, ...] = ()
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()
    rows: Mapping[str, str] | None = None

    def looks_at(self, table: str) -> bool:
        """Whether the table is one of those."""
        return table not in self.never and (self.only is None or table in self.only)


def _cursor() -> Any:
    """A cursor of the same transaction that takes statements composed of names."""
    connection.ensure_connection()
    return connection.connection.cursor()


def text_columns() -> list[Column]:
    """Columns of all tables that can hold a text, in whatever form: arrays, JSON and bytes too."""
    with _cursor() as cursor:
        cursor.execute(COLUMNS)
        found = (Column(*row) for row in cursor.fetchall())
        return [each for each in found if each.kind in (*TEXTS, "ARRAY", "bytea")]


def columns_with(sought: Sought) -> list[tuple[Column, int]]:
    """The columns in which something sought still stands, and in how many rows.

    Queries: one a table that has rows, which reads it once.
    """
    tables: dict[tuple[str, str], list[Column]] = {}
    for column in text_columns():
        if sought.looks_at(column.table):
            tables.setdefault((column.schema, column.table), []).append(column)
    return [hit for table, columns in tables.items() for hit in _hits(table, columns, sought)]


def _hits(
    table: tuple[str, str], columns: Sequence[Column], sought: Sought
) -> Iterator[tuple[Column, int]]:
    where = (sought.rows or {}).get(table[1], "true")
    counts = sql.SQL(", ").join(
        sql.SQL("count(*) FILTER (WHERE {})").format(_matches(column)) for column in columns
    )
    query = sql.SQL("SELECT {} FROM {} WHERE {}").format(
        counts,
        sql.Identifier(*table),
        sql.SQL(where),
    )
    with _cursor() as cursor:
        cursor.execute(query, _parameters(sought))
        for column, count in zip(columns, cursor.fetchone(), strict=True):
            if count:
                yield column, count


def _matches(column: Column) -> sql.Composable:
    name = sql.Identifier(column.name)
    if column.kind == "bytea":
        return sql.SQL(
            "EXISTS (SELECT 1 FROM unnest(%(needles)s::bytea[]) n WHERE position(n IN {}) > 0)"
        ).format(name)
    # As JSON a text may be written with escapes; as JSONB it is not.
    kind = sql.SQL("::jsonb::text" if column.kind == "json" else "::text")
    return sql.SQL(
        "({name}{kind} ~* %(quick)s::text AND {name}{kind} ~* %(pattern)s::text)"
    ).format(name=name, kind=kind)


def _parameters(sought: Sought) -> dict[str, Any]:
    return {
        "pattern": sought.pattern, "quick": sought.quick, "needles": list(sought.needles),
    }  # fmt: skip


def redact(column: Column, sought: Sought) -> int:
    """Put a mark in the place of what is sought, in every row of a column; gives back how many."""
    name = sql.Identifier(column.name)
    where = (sought.rows or {}).get(column.table, "true")
    with _cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "UPDATE {table} SET {name} = "
                "regexp_replace({name}::text, %(pattern)s::text, %(mark)s::text, 'gi')::{kind} "
                "WHERE {matches} AND {where}"
            ).format(
                table=sql.Identifier(column.schema, column.table),
                name=name,
                # A cast by name cuts off what the mark makes too long.
                kind=sql.SQL(column.full_type),
                matches=_matches(column),
                where=sql.SQL(where),
            ),
            _parameters(sought) | {"mark": REDACTED},
        )
        return int(cursor.rowcount)
