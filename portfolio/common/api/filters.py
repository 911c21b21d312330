"""What a list may be asked: declared parameters, strictly read.

They are django-filter's filters. An unknown name, a malformed value, a second value where one is
meant: each is refused by name, because a filter that is ignored returns everything.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django_filters import rest_framework as filters  # type: ignore[import-untyped]

from portfolio.common.api.expressions import Given, GivenValue

LONGEST_SLUG = 100
LONGEST_SEARCH = 200
MOST_REPEATS = 20
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"

type Givens = Sequence[Any]


def public_key(model: type[models.Model], slug: Any) -> Subquery:
    """The key of the public row at an address; a draft's address finds as little as a wrong one.

    A scalar subquery and no join, so that the planner sees one value and keeps the order of an index.
    """
    public = model._default_manager.public(Now())  # type: ignore[attr-defined]
    return Subquery(public.filter(slug=slug).order_by().values("pk")[:1])


def any_key(relation: str, model: type[models.Model], slugs: Givens) -> Q:
    """That a relation points to the public row at one of the addresses."""
    found = Q()
    for slug in slugs:
        found |= Q(**{relation: public_key(model, slug)})
    return found


class Parameter(filters.Filter):
    """One declared parameter of a list: how its text is read, bound and described."""

    schema: dict[str, Any] = {"type": "string"}
    cast: ClassVar[str] = "text"
    repeatable = False
    # Where a word decides what the statement says, rather than what it compares with.
    shapes_statement = False

    def clean(self, text: str) -> str:
        """The value as it is bound. Raises: ValidationError."""
        value = self.field.clean(text)
        return value.isoformat() if hasattr(value, "isoformat") else str(value)

    def stand_in(self, name: str, position: int) -> Any:
        """What represents the value in the statement until it is bound."""
        return GivenValue(f"{name}.{position}", self.cast)

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """The rows that the values ask for."""
        if len(givens) == 1:
            return queryset.filter(**{self.field_name: givens[0]})
        return queryset.filter(**{f"{self.field_name}__in": list(givens)})


class SlugParameter(Parameter):
    """Rows that point to the row at an address."""

    field_class = forms.RegexField
    schema = {"type": "string", "pattern": SLUG, "maxLength": LONGEST_SLUG}
    repeatable = True

    def __init__(self, field_name: str, *, help_text: str, **kwargs: Any) -> None:
        super().__init__(
            field_name=field_name, regex=SLUG.replace("$", r"\Z"), max_length=LONGEST_SLUG,
            strip=False, help_text=help_text,
            error_messages={"invalid": "Give an address: lower-case letters, digits and single hyphens."},
            required=True, **kwargs,
        )  # fmt: skip

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """The keys are looked up once, not once a row."""
        related = queryset.model._meta.get_field(self.field_name).related_model
        return queryset.filter(any_key(self.field_name, related, givens))


class LinkedParameter(SlugParameter):
    """Rows that a row between links to the row at an address, whatever the link says."""

    def __init__(
        self, relation: str, to: str, *, help_text: str, where: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(relation, help_text=help_text)
        self.to = to
        self.where = where or {}

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """One probe of the link's index a row, or one walk of the other end's."""
        return queryset.filter(Exists(self.links(queryset.model, givens)))

    def links(self, model: type[models.Model], givens: Givens) -> Any:
        """The links of a row to what is given."""
        relation: Any = model._meta.get_field(self.field_name)
        through = relation.related_model
        other = through._meta.get_field(self.to).related_model
        ends = any_key(self.to, other, givens)
        back = {relation.remote_field.name: OuterRef("pk")}
        return through._default_manager.filter(ends, **back, **self.where)


class AboutParameter(SlugParameter):
    """Rows of which one of several relations points to the row at an address."""

    repeatable = False

    def __init__(self, relations: Sequence[str], *, help_text: str) -> None:
        super().__init__(relations[0], help_text=help_text)
        self.relations = relations

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """Addresses are unique within each sort of row, not over all of them."""
        found = Q()
        for name in self.relations:
            related = queryset.model._meta.get_field(name).related_model
            found |= any_key(name, related, givens)
        return queryset.filter(found)


class WordParameter(Parameter):
    """Rows with one of the declared words."""

    field_class = forms.ChoiceField
    repeatable = True

    def __init__(
        self, field_name: str, choices: type[models.TextChoices], *, help_text: str
    ) -> None:
        words = list(choices.values)
        super().__init__(
            field_name=field_name, choices=[(word, word) for word in words], help_text=help_text, required=True,
            error_messages={"invalid_choice": f"Give one of {', '.join(words)}."},
        )  # fmt: skip
        self.schema = {"type": "string", "enum": words}


class AnyWordParameter(WordParameter):
    """Rows of which a list of words holds at least one of the given."""

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """The array index answers this."""
        return queryset.filter(**{f"{self.field_name}__overlap": list(givens)})


class StandingParameter(WordParameter):
    """Rows of one standing, or of all; without the parameter, of the first."""

    repeatable = False
    shapes_statement = True
    everything = "ALL"

    def __init__(
        self, field_name: str, choices: type[models.TextChoices], *, help_text: str
    ) -> None:
        super().__init__(field_name, choices, help_text=help_text)
        self.default = choices.values[0]
        words = [*choices.values, self.everything]
        self.extra["choices"] = [(word, word) for word in words]
        self.extra["error_messages"] = {"invalid_choice": f"Give one of {', '.join(words)}."}
        self.schema = {"type": "string", "enum": words, "default": self.default}

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """A track record is shown to who asks for it, and counts in no list that did not."""
        word = givens[0] if givens else self.default
        return queryset if word == self.everything else queryset.filter(**{self.field_name: word})


class CountryParameter(Parameter):
    """Rows of a country."""

    field_class = forms.RegexField
    schema = {"type": "string", "pattern": "^[A-Z]{2}$"}
    repeatable = True

    def __init__(self, field_name: str, *, help_text: str) -> None:
        super().__init__(
            field_name=field_name, regex=r"^[A-Z]{2}\Z", strip=False, help_text=help_text, required=True,
            error_messages={"invalid": "Give a country code of ISO 3166-1, such as HK."},
        )  # fmt: skip


class YearParameter(Parameter):
    """Rows of a year, or from or up to one."""

    field_class = forms.RegexField
    cast = "int"
    first, last = 1888, 2200
    schema = {"type": "integer", "minimum": first, "maximum": last}

    def __init__(self, field_name: str, *, help_text: str) -> None:
        self.message = f"Give a year from {self.first} to {self.last}."
        super().__init__(
            field_name=field_name, regex=r"^[0-9]{4}\Z", strip=False, help_text=help_text, required=True,
            error_messages={"invalid": self.message},
        )  # fmt: skip

    def clean(self, text: str) -> str:
        """Four digits within the range of the cinema."""
        value = super().clean(text)
        if not self.first <= int(value) <= self.last:
            raise ValidationError(self.message)
        return value


class DayParameter(Parameter):
    """Rows from or up to a civil date."""

    field_class = forms.DateField
    cast = "date"
    schema = {"type": "string", "format": "date"}

    def __init__(self, field_name: str, *, help_text: str) -> None:
        self.message = "Give a date such as 2024-03-11."
        super().__init__(
            field_name=field_name, input_formats=["%Y-%m-%d"], help_text=help_text, required=True,
            error_messages={"invalid": self.message},
        )  # fmt: skip

    def clean(self, text: str) -> str:
        """A date in the one form of ISO 8601 that everybody reads alike."""
        if len(text) != 10 or not text.isascii() or not text.replace("-", "0").isdigit():
            raise ValidationError(self.message)
        return super().clean(text)


class SearchParameter(Parameter):
    """Rows that a reader who typed this may mean, in any script, typing errors allowed."""

    field_class = forms.CharField
    schema = {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_SEARCH,
        "pattern": r"^[^\u0000-\u001f\u007f-\u009f]+$",
    }

    def __init__(self) -> None:
        super().__init__(
            field_name="search_text", max_length=LONGEST_SEARCH, strip=False, required=True,
            help_text=(
                "Search in English, Traditional or Simplified Chinese, with a typing error allowed. "
                "The best match comes first, unless `ordering` says otherwise."
            ),
            error_messages={"max_length": f"Search for at most {LONGEST_SEARCH} characters."},
        )  # fmt: skip

    def clean(self, text: str) -> str:
        """One composed form of the text; control characters are no text."""
        value = unicodedata.normalize("NFC", super().clean(text))
        if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
            raise ValidationError("Control characters cannot be searched for.")
        return value

    def stand_in(self, name: str, position: int) -> Any:
        """A text, which the search functions take."""
        return Given(f"{name}.{position}")

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """The one search of pages, admin and API, with its rank beside each row."""
        return queryset.best_match_first(givens[0])


class DeclaredFilterSet(filters.FilterSet):
    """The declared parameters of one list."""

    @classmethod
    def parameters(cls) -> Mapping[str, Parameter]:
        """The declared parameters by name."""
        return cls.base_filters

    @classmethod
    def narrow(cls, queryset: Any, givens: Mapping[str, Givens]) -> Any:
        """The rows that all parameters together ask for."""
        for name, parameter in cls.parameters().items():
            if name in givens or isinstance(parameter, StandingParameter):
                queryset = parameter.narrow(queryset, givens.get(name, ()))
        return queryset


class StrictFilterSet(DeclaredFilterSet):
    """The declared parameters of a list of public rows, each of which can be searched."""

    q = SearchParameter()


def read_parameter(parameter: Parameter, texts: Sequence[str]) -> list[str]:
    """The values of one parameter, as they are bound. Raises: ValidationError."""
    if len(texts) > 1 and not parameter.repeatable:
        raise ValidationError("Give this parameter once.")
    if len(texts) > MOST_REPEATS:
        raise ValidationError(f"Give this parameter at most {MOST_REPEATS} times.")
    no_null = ProhibitNullCharactersValidator("Null characters are not allowed.")
    values = []
    for text in texts:
        no_null(text)
        values.append(parameter.clean(text))
    return values
