"""What a row of an answer consists of: each field knows its SQL and its schema.

They are DRF fields, so that a serializer lists them by name and drf-spectacular describes them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import Case, F, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Now, NullIf
from rest_framework import serializers

from portfolio.common.api.expressions import JsonArray, JsonObject
from portfolio.common.publishing import is_public

type Schema = dict[str, Any]

# A nested list is a taste, not a page: the rest is one filtered list away.
LONGEST_NESTED_LIST = 200
SCRIPTS = {"en": "en", "zh-hant": "zh_hant", "zh-hans": "zh_hans"}


def or_null(schema: Schema) -> Schema:
    """The schema of a value that may be missing."""
    if "$ref" in schema or "enum" in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def names_of(prefix: str = "name") -> JsonObject:
    """The three texts of a row under the codes of their scripts, null where there is none."""
    return JsonObject(
        {code: NullIf(F(f"{prefix}_{suffix}"), Value("")) for code, suffix in SCRIPTS.items()}
    )


def reference_of(model: type[models.Model], key: Any, **more: Any) -> Subquery:
    """A small object for a row elsewhere; null where there is none that the caller may see."""
    public = model._default_manager.public(Now())  # type: ignore[attr-defined]
    pairs = {**more, "slug": F("slug"), "name": names_of()}
    found = public.filter(pk=key).order_by().values(found=JsonObject(pairs))
    return Subquery(found, models.TextField())


class RowField(serializers.Field[Any, Any, Any, Any]):
    """A value that PostgreSQL puts into the row."""

    schema: Schema

    def __init__(
        self,
        schema: Schema | None = None,
        *,
        source: str | None = None,
        help_text: str | None = None,
    ) -> None:
        super().__init__(read_only=True, source=source, help_text=help_text)
        if schema is not None:
            self.schema = schema
        self._spectacular_annotation = {"field": self.schema}

    def expression(self, model: type[models.Model], name: str) -> Any:
        """The SQL of this field called `name` in rows of `model`."""
        return F(name)


class Slug(RowField):
    """The address of a row."""

    schema = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}


class Text(RowField):
    """A text; null where nothing is stated."""

    schema = {"type": ["string", "null"]}

    def expression(self, model: type[models.Model], name: str) -> Any:
        """An empty text is stated nowhere."""
        return NullIf(F(name), Value(""))


class Whole(RowField):
    """A whole number; null where it is not known."""

    schema = {"type": ["integer", "null"]}


class Day(RowField):
    """A civil date; null where it is not known."""

    schema = {"type": ["string", "null"], "format": "date"}


class Flag(RowField):
    """Yes or no."""

    schema = {"type": "boolean"}


class Texts(RowField):
    """Any number of texts."""

    schema = {"type": "array", "items": {"type": "string"}}


class Word(RowField):
    """One of the declared words; without `choices` of a list that a package above declares."""

    def __init__(self, choices: type[models.TextChoices] | None = None, **kwargs: Any) -> None:
        words: Schema = {"enum": list(choices.values)} if choices else {"pattern": "^[A-Z_]+$"}
        super().__init__({"type": "string", **words}, **kwargs)


class MaybeWord(RowField):
    """One of the declared words; null where none is said."""

    def __init__(self, choices: type[models.TextChoices] | None = None, **kwargs: Any) -> None:
        words: Schema = {"enum": list(choices.values)} if choices else {"pattern": "^[A-Z_]+$"}
        super().__init__(or_null({"type": "string", **words}), **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """An empty word is none."""
        return NullIf(F(name), Value(""))


class Words(RowField):
    """Any number of the declared upper-case words."""

    def __init__(self, choices: type[models.TextChoices], **kwargs: Any) -> None:
        items = {"type": "string", "enum": list(choices.values)}
        super().__init__({"type": "array", "items": items}, **kwargs)


class Names(RowField):
    """A name or a text in three scripts."""

    schema = {"$ref": "#/components/schemas/Names"}

    def __init__(self, prefix: str = "name", **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(**kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """One object of three texts."""
        return names_of(self.prefix)


class Money(RowField):
    """An amount as a text beside its currency; null, never 0, where it is not disclosed."""

    def __init__(
        self, amount: str, currency: str, *, qualifier: str | None = None, **kwargs: Any
    ) -> None:
        self.amount = amount
        self.currency = currency
        self.qualifier = qualifier
        component = "QualifiedMoney" if qualifier else "Money"
        super().__init__(or_null({"$ref": f"#/components/schemas/{component}"}), **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """Null, or an object of two or three."""
        pairs: dict[str, Any] = {
            "amount": Cast(F(self.amount), models.TextField()),
            "currency": F(self.currency),
        }
        if self.qualifier:
            pairs["qualifier"] = F(self.qualifier)
        return Case(
            When(**{f"{self.amount}__isnull": True}, then=Value(None)),
            default=JsonObject(pairs),
            output_field=models.TextField(),
        )


class Digits(RowField):
    """An amount as a text: a JSON number would be read as a float."""

    schema = {"type": "string", "pattern": r"^[0-9]{1,18}\.[0-9]{2}$"}

    def expression(self, model: type[models.Model], name: str) -> Any:
        """The digits as stored."""
        return Cast(F(name), models.TextField())


class Currency(RowField):
    """A code of ISO 4217."""

    schema = {"type": "string", "pattern": "^[A-Z]{3}$"}


class Reference(RowField):
    """The row that a relation points to, as {slug, name}; null where the caller may not see it."""

    def __init__(self, *, null: bool = False, **kwargs: Any) -> None:
        schema: Schema = {"$ref": "#/components/schemas/Reference"}
        super().__init__(or_null(schema) if null else schema, **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """A subquery by the key, which is read only for rows that are shown."""
        relation = model._meta.get_field(name)
        return reference_of(relation.related_model, models.OuterRef(relation.attname))  # type: ignore[union-attr, arg-type]


class OneOf(RowField):
    """Whichever of several relations is set, as {type, slug, name}."""

    def __init__(self, relations: Mapping[str, str], **kwargs: Any) -> None:
        self.relations = relations
        reference = {"$ref": "#/components/schemas/Reference"}
        kind = {"type": "string", "enum": list(relations.values())}
        schema = {"allOf": [reference], "properties": {"type": kind}, "required": ["type"]}
        super().__init__(schema, **kwargs)

    def expression(self, model: type[models.Model], name: str) -> Any:
        """The first that is found."""
        found = []
        for relation_name, word in self.relations.items():
            relation = model._meta.get_field(relation_name)
            key = models.OuterRef(relation.attname)  # type: ignore[union-attr]
            found.append(reference_of(relation.related_model, key, type=Value(word)))  # type: ignore[arg-type]
        return Coalesce(*found)


class RowSerializer(serializers.Serializer[Any]):
    """The declared fields of a row: what is not listed here never leaves."""


class Rows(RowField):
    """A nested list, in a declared order and of a bounded length.

    `public` names the relations of the nested rows that the caller must be able to see as well;
    without it the model's own `public()` decides. The row that holds the list is public already.
    """

    def __init__(
        self,
        row: type[RowSerializer],
        *,
        order: Sequence[str],
        public: Sequence[str] | None = None,
        where: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.row = row
        self.order = order
        self.public = public
        self.where = where or {}
        super().__init__({"type": "array"}, **kwargs)

    def found(self, related: type[models.Model]) -> JsonObject:
        """The object of one nested row."""
        return row_object(self.row(), related, joined=self.public or ())

    def expression(self, model: type[models.Model], name: str) -> Any:
        """An array of a correlated subquery."""
        relation: Any = model._meta.get_field(name)
        related = relation.related_model
        key = relation.remote_field.name if relation.one_to_many else relation.related_query_name()
        rows = related._default_manager.filter(**{key: models.OuterRef("pk")}, **self.where)
        if self.public is None:
            rows = rows.public(Now())
        else:
            rows = rows.filter(*(is_public(Now(), f"{path}__") for path in self.public))
        rows = rows.order_by(*self.order).values(found=self.found(related))
        return JsonArray(rows[:LONGEST_NESTED_LIST])


class References(Rows):
    """A nested list of the rows that a relation of each nested row points to, as {slug, name}."""

    def __init__(self, *, to: str, **kwargs: Any) -> None:
        super().__init__(
            RowSerializer, order=(f"{to}__sort_name", f"{to}_id"), public=(to,), **kwargs
        )
        self.to = to
        self.schema |= {
            "items": {"$ref": "#/components/schemas/Reference"},
            "maxItems": LONGEST_NESTED_LIST,
        }

    def found(self, related: type[models.Model]) -> JsonObject:
        """The row at the other end, which the join has at hand."""
        return joined_reference(self.to)


def joined_reference(path: str) -> JsonObject:
    """The small object of a row that the statement has joined and found public."""
    return JsonObject({"slug": F(f"{path}__slug"), "name": names_of(f"{path}__name")})


def row_object(
    serializer: RowSerializer, model: type[models.Model], *, joined: Sequence[str] = ()
) -> JsonObject:
    """The JSON object of a row: its declared fields in their order, and nothing else.

    Relations in `joined` are at hand, known to be public and never null.
    """
    pairs: dict[str, Any] = {}
    for name, field in serializer.fields.items():
        if not isinstance(field, RowField):
            raise TypeError(f"{type(serializer).__name__}.{name} is no RowField.")
        source = field.source or name
        if isinstance(field, Reference) and source in joined:
            pairs[name] = joined_reference(source)
        else:
            pairs[name] = field.expression(model, source)
    return JsonObject(pairs)
