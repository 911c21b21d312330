"""Parameters of lists that only staff read: rows by address or reference, public or not."""

import datetime
from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Subquery

from portfolio.common.api.filters import LONGEST_SLUG, SLUG, Givens, Parameter

LONGEST_REFERENCE = 60


def one_of(field_name: str, keys: Any) -> Func:
    """The condition that a column holds one of some keys, which are gathered into an array first."""
    return Func(
        F(field_name), ArraySubquery(keys), template="(%(expressions)s))", arg_joiner=" = ANY(",
        output_field=models.BooleanField(),
    )  # fmt: skip


class AddressParameter(Parameter):
    """Rows that point to the row at an address, whether the public may see that or not.

    `through` is (model, path, column): the rows of that model that point there are found first, and
    their column is what the rows of the list hold; so that an index serves the list. Where they are
    `few`, their keys are gathered before anything else is planned.
    """

    field_class = forms.RegexField
    schema = {"type": "string", "pattern": SLUG, "maxLength": LONGEST_SLUG}
    repeatable = True
    column = "slug"

    def __init__(
        self,
        field_name: str,
        model: type[models.Model],
        *,
        help_text: str,
        through: tuple[type[models.Model], str, str] | None = None,
        few: bool = False,
    ) -> None:
        self.other = model
        self.through = through
        self.few = few
        super().__init__(
            field_name=field_name, regex=SLUG.replace("$", r"\Z"), max_length=LONGEST_SLUG,
            strip=False, help_text=help_text,
            error_messages={"invalid": "Give an address: lower-case letters, digits and single hyphens."},
            required=True,
        )  # fmt: skip

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """The keys are looked up once, not once a row."""
        found = Q()
        for given in givens:
            key = self.other._base_manager.filter(**{self.column: given}).order_by()
            if self.through is None:
                found |= Q(**{self.field_name: Subquery(key.values("pk")[:1])})
            else:
                model, path, back = self.through
                rows = model._base_manager.filter(**{path: Subquery(key.values("pk")[:1])})
                keys = rows.order_by().values(back)
                if self.few:
                    found |= Q(one_of(self.field_name, keys))
                else:
                    found |= Q(**{f"{self.field_name}__in": keys})
        return queryset.filter(found)


class ReferenceParameter(AddressParameter):
    """Rows that point to the row with a reference, such as a commitment's."""

    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_REFERENCE}
    column = "reference"

    def __init__(self, field_name: str, model: type[models.Model], **kwargs: Any) -> None:
        super().__init__(field_name, model, **kwargs)
        self.extra |= {
            "regex": r"^[^\x00-\x1f\x7f]+\Z", "max_length": LONGEST_REFERENCE,
            "error_messages": {"invalid": "Give the reference as it is written."},
        }  # fmt: skip


class OwnReferenceParameter(Parameter):
    """Rows with a reference of their own."""

    field_class = forms.RegexField
    schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_REFERENCE}
    repeatable = True

    def __init__(self, field_name: str, *, help_text: str) -> None:
        super().__init__(
            field_name=field_name, regex=r"^[^\x00-\x1f\x7f]+\Z", max_length=LONGEST_REFERENCE,
            strip=False, help_text=help_text, required=True,
            error_messages={"invalid": "Give the reference as it is written."},
        )  # fmt: skip


class CodeParameter(Parameter):
    """Rows of a currency."""

    field_class = forms.RegexField
    schema = {"type": "string", "pattern": "^[A-Z]{3}$"}
    repeatable = True

    def __init__(self, field_name: str, *, help_text: str) -> None:
        super().__init__(
            field_name=field_name, regex=r"^[A-Z]{3}\Z", strip=False, help_text=help_text, required=True,
            error_messages={"invalid": "Give a currency code of ISO 4217, such as HKD."},
        )  # fmt: skip


class MomentParameter(Parameter):
    """Rows from or up to an instant, that one included."""

    field_class = forms.CharField
    cast = "timestamptz"
    schema = {"type": "string", "format": "date-time"}

    def __init__(self, field_name: str, *, help_text: str) -> None:
        super().__init__(
            field_name=field_name, help_text=help_text, required=True, strip=False, max_length=40
        )

    def clean(self, text: str) -> str:
        """An instant with its offset from UTC, so that everybody means the same one."""
        message = "Give an instant with its offset, such as 2026-06-01T10:00:00Z."
        value = super().clean(text)
        try:
            found = datetime.datetime.fromisoformat(value)
        except ValueError:
            raise ValidationError(message) from None
        if found.tzinfo is None or "T" not in value:
            raise ValidationError(message)
        try:
            return found.astimezone(datetime.UTC).isoformat()
        except OverflowError:
            raise ValidationError(message) from None
