"""Forms of the staff admin: every rule of the database answers in the form, none as an error 500."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget


class StaffForm(forms.ModelForm):
    """A form that also checks the rules which name fields it does not show.

    Django skips a constraint when one of its fields is not in the form; the database does not.
    """

    refusal: Any = ""

    def clean(self) -> dict[str, Any] | None:
        """Add what the database refused when the same input was sent a moment ago."""
        cleaned = super().clean()
        if self.refusal:
            self.add_error(None, self.refusal)
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        # With a faulty field the row still has its old value, and a rule would speak of that.
        if self.errors:
            return
        try:
            self.instance.validate_constraints()
        except ValidationError as fault:
            # Without their fields: those the form does not show cannot carry a message.
            self.add_error(None, list(fault.messages))


class StaffFormSet(PaginationInlineFormSet):
    """The rows of an inline; their form may be told apart by those that are new."""


class LinesField(forms.CharField):
    """A list of short texts, one a line."""

    def __init__(self, *, base_field: forms.Field, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextareaWidget(attrs={"rows": 3}))
        super().__init__(**kwargs)
        self.base_field = base_field

    def prepare_value(self, value: Any) -> Any:
        """The lines, for the box."""
        return "\n".join(value) if isinstance(value, (list, tuple)) else value

    def to_python(self, value: Any) -> Any:
        """The texts in order, each once, without blank lines."""
        if isinstance(value, (list, tuple)):
            return list(value)
        lines = (line.strip() for line in (super().to_python(value) or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def validate(self, value: Any) -> None:
        """Each line is what one text may be."""
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        for line in value:
            self.base_field.clean(line)

    def run_validators(self, value: Any) -> None:
        """Nothing more: the lines were checked one by one."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the texts differ."""
        return list(initial or []) != self.to_python(data)


class KindsField(forms.TypedMultipleChoiceField):
    """One or several of a short list, as boxes to tick."""

    def __init__(self, *, choices: Iterable[Any], **kwargs: Any) -> None:
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        super().__init__(choices=choices, coerce=str, empty_value=[], **kwargs)


def array_form_field(field: ArrayField) -> forms.Field:
    """The form field of a list of texts: boxes where there is a choice, else one a line."""
    words: dict[str, Any] = {
        "label": capfirst(field.verbose_name),
        "help_text": field.help_text,
        "required": not field.blank,
    }
    if field.base_field.choices:
        return KindsField(choices=field.base_field.choices, **words)
    return LinesField(base_field=field.base_field.formfield() or forms.CharField(), **words)


def several_lines(field: models.TextField) -> dict[str, Any]:
    """A box of a few lines; Unfold's own takes half a screen."""
    return {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 4 if "text" in field.name else 3})}
