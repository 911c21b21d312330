"""Fields of rows that only staff read: moments, hashes, other rows whether public or not."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Case, F, Func, Subquery, Value, When
from django.db.models.functions import Cast

from portfolio.common.api.expressions import JsonObject
from portfolio.common.api.fields import RowField, Schema, names_of, or_null

AMOUNT = r"^-?[0-9]{1,18}\.[0-9]{2}$"


class Id(RowField):
    """The number of a row."""

    schema = {"type": "integer", "minimum": 1}


class Amount(RowField):
    """An amount in major units as a text; less than zero only in what is taken back."""

    def __init__(self, *, null: bool = False, **kwargs: Any) -> None:
        schema: Schema = {"type": "string", "pattern": AMOUNT}
        super().__init__(or_null(schema) if null else schema, **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """The digits as stored."""
        return Cast(F(name.replace(".", "__")), models.TextField())


class Rate(RowField):
    """An exchange rate as a text, with twelve decimals."""

    def __init__(self, *, null: bool = False, **kwargs: Any) -> None:
        schema: Schema = {"type": "string", "pattern": r"^[0-9]{1,18}\.[0-9]{12}$"}
        super().__init__(or_null(schema) if null else schema, **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """The digits as stored."""
        return Cast(F(name), models.TextField())


class Moment(RowField):
    """An instant in UTC, to the microsecond; null where it has not come."""

    schema = {"type": ["string", "null"], "format": "date-time"}

    def expression(self, model: type[models.Model], name: str) -> Any:
        """One form, whatever the session's time zone."""
        return in_utc(name)


def in_utc(name: str) -> Func:
    """An instant as ISO 8601 in UTC."""
    return Func(
        Func(Value("UTC"), F(name), function="timezone", output_field=models.DateTimeField()),
        Value('YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        function="to_char",
        output_field=models.TextField(),
    )


class Hash(RowField):
    """SHA-256 in hexadecimal digits; null where there is none yet."""

    schema = {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"}

    def expression(self, model: type[models.Model], name: str) -> Any:
        """Hexadecimal digits."""
        return Func(
            F(name.replace(".", "__")), Value("hex"), function="encode",
            output_field=models.TextField(),
        )  # fmt: skip


class Follows(RowField):
    """What follows from a word of the row, by a table that the code holds."""

    def __init__(self, table: Mapping[str, Any], schema: Schema, **kwargs: Any) -> None:
        super().__init__(schema, **kwargs)
        self.table = table

    def expression(self, model: type[models.Model], name: str) -> Any:
        """One case a word."""
        cases = [
            When(**{name: word}, then=self.written(value)) for word, value in self.table.items()
        ]
        return Case(*cases, output_field=models.TextField())

    def written(self, value: Any) -> Any:
        """A text as it is, several as an array."""
        if isinstance(value, str):
            return Value(value or None, models.TextField())
        return Func(
            *(Value(part) for part in value), function="json_build_array",
            output_field=models.TextField(),
        )  # fmt: skip


class Other(RowField):
    """Another row that the caller may read with this one, public or not, in a few of its columns.

    `columns` are the members and where each is; `named` adds the name in three scripts.
    """

    def __init__(
        self,
        columns: Mapping[str, str] | None = None,
        *,
        named: bool = False,
        null: bool = False,
        **kwargs: Any,
    ) -> None:
        self.columns = columns or {"slug": "slug"}
        self.named = named
        self.null = null
        names = {"name": {"$ref": "#/components/schemas/Names"}} if named else {}
        schema: Schema = {
            "type": "object",
            "properties": {
                **{
                    key: {"type": "integer" if path in NUMBERS else "string"}
                    for key, path in self.columns.items()
                },
                **names,
            },
            "required": [*self.columns, *names],
        }
        super().__init__(or_null(schema) if null else schema, **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """A subquery by the key, which is read only for rows that are shown."""
        relation: Any = model._meta.get_field(name)
        pairs: dict[str, Any] = {key: F(path) for key, path in self.columns.items()}
        if self.named:
            pairs["name"] = names_of()
        other = relation.related_model._base_manager.filter(pk=models.OuterRef(relation.attname))
        return Subquery(other.order_by().values(found=JsonObject(pairs)), models.TextField())


NUMBERS = ("pk", "number", "fiscal_year")


class Named(Other):
    """Another row with an address and names, public or not."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"slug": "slug"}, named=True, **kwargs)


class Who(RowField):
    """The member of staff who did it, by the name that they sign in with."""

    schema = {"type": "string"}

    def __init__(self, *, null: bool = False, **kwargs: Any) -> None:
        super().__init__({"type": ["string", "null"]} if null else None, **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """A subquery by the key."""
        relation: Any = model._meta.get_field(name)
        people = relation.related_model._base_manager.filter(pk=models.OuterRef(relation.attname))
        return Subquery(people.order_by().values("username"))


class Found(RowField):
    """Whatever a subquery finds, whose SQL the serializer gives."""

    def __init__(self, schema: Schema, found: Any, **kwargs: Any) -> None:
        super().__init__(schema, **kwargs)
        self.found = found

    def expression(self, model: type[models.Model], name: str) -> Any:
        """The SQL as given."""
        return self.found() if callable(self.found) else self.found
