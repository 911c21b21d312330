"""SQL that Django does not have: JSON as text, row comparison, and what a caller will give later."""

from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Expression, F, Func, Value
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler

# PostgreSQL's types of what a caller may give, and the field that stands for each in the ORM.
OUTPUT_FIELDS: dict[str, Any] = {
    "text": models.TextField,
    "int": models.IntegerField,
    "bigint": models.BigIntegerField,
    "timestamptz": models.DateTimeField,
    "date": models.DateField,
    "float8": models.FloatField,
}


class JsonObject(Func):
    """A JSON object in the order of its keys; json, which is faster to build than jsonb."""

    function = "json_build_object"
    output_field = models.TextField()

    def __init__(self, pairs: dict[str, Any]) -> None:
        expressions: list[Any] = []
        for key, value in pairs.items():
            expressions += [Value(key), value]
        super().__init__(*expressions)


class JsonArray(Func):
    """The rows of a correlated subquery as a JSON array; without any, an empty one."""

    function = "array_to_json"
    output_field = models.TextField()

    def __init__(self, rows: Any) -> None:
        super().__init__(rows if isinstance(rows, Expression) else ArraySubquery(rows))


class Given(str):
    """Where a value of the caller goes: stands in for it while a statement is compiled.

    It is a text, so that it passes through fields and lookups untouched.
    """

    __slots__ = ("cast", "key")
    key: str
    cast: str

    def __new__(cls, key: str, cast: str = "text") -> Self:
        made = super().__new__(cls, f"<{key}>")
        made.key = key
        made.cast = cast
        return made


class GivenValue(Expression):
    """The same for lookups of fields that are no text."""

    def __init__(self, key: str, cast: str) -> None:
        super().__init__(output_field=OUTPUT_FIELDS[cast]())
        self.key = key
        self.cast = cast

    @property
    def identity(self) -> Any:
        """What makes two of them the same to the ORM."""
        return type(self), self.key, self.cast

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """A placeholder with the stand-in as its parameter."""
        return "%s", [Given(self.key, self.cast)]


class KeyBeside(F):
    """The primary key of the table that a field stands in: for a production's name, the project's.

    An index of one table serves an order only when both of its columns are of that table.
    """

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        """The column of the key, under the alias of the field."""
        column = super().resolve_expression(*args, **kwargs)
        if not isinstance(column, Col):
            return F("pk").resolve_expression(*args, **kwargs)
        return Col(column.alias, column.target.model._meta.pk)


class Beyond(Func):
    """True for rows after (or before) a place in an order, by comparing key and id as one."""

    output_field = models.BooleanField()
    conditional = True

    def __init__(self, *places: Any, operator: str = ">") -> None:
        super().__init__(*places)
        self.operator = operator

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> Any:
        """(key, id) > (given key, given id)."""
        parts = []
        params: list[Any] = []
        for expression in self.source_expressions:
            sql, more = compiler.compile(expression)
            parts.append(sql)
            params.extend(more)
        key, row, given_key, given_row = parts
        return f"({key}, {row}) {self.operator} ({given_key}, {given_row})", params
