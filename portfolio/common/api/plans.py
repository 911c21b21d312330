"""A question becomes one statement, which is kept; the rows never are.

What code decides is written into the statement, so that the planner sees it; what the caller gives is
bound to `$1` …, so that the statement of every question of one shape is the same text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Choices
from psycopg import sql

from portfolio.common.api.expressions import Given


@dataclass(frozen=True)
class Plan:
    """A statement, and which given value stands at each of its numbers."""

    statement: bytes
    keys: tuple[str, ...]

    def values(self, given: Mapping[str, str]) -> list[str]:
        """The given values in the order of the statement."""
        return [given[key] for key in self.keys]


def compile_plan(queryset: Any, *, around: str = "{}") -> Plan:
    """The statement of a queryset; `around` may put another around it."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    text, params = queryset.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    numbers: dict[str, int] = {}
    written = []
    for param in params:
        if isinstance(param, Given):
            number = numbers.setdefault(param.key, len(numbers) + 1)
            written.append(f"${number}::{param.cast}")
        else:
            constant = param.value if isinstance(param, Choices) else param
            written.append(sql.Literal(constant).as_string(connection.connection))
    statement = around.format(text % tuple(written))
    return Plan(statement.encode(), tuple(numbers))


def written_out(queryset: Any, given: Mapping[str, str]) -> str:
    """The statement of a queryset with the given values written into it: COPY takes none beside it."""
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    text, params = queryset.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    written = []
    for param in params:
        if isinstance(param, Given):
            value = sql.Literal(given[param.key]).as_string(connection.connection)
            written.append(f"{value}::{param.cast}")
        else:
            constant = param.value if isinstance(param, Choices) else param
            written.append(sql.Literal(constant).as_string(connection.connection))
    return str(text % tuple(written))
