"""Small pages of the staff admin that ask for one step: a form, one transaction, a refusal in words."""

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import DatabaseError, connection, models
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from portfolio.common.admin_refusals import refusal_of
from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying


class StepForm(forms.Form):
    """What a step asks for; nothing where it only asks whether one is sure."""

    refusal: Any = ""
    required_css_class = "required"
    use_required_attribute = False

    def refuse(self, sentence: Any) -> None:
        """Show what the operation or the database said to this input."""
        self.add_error(None, sentence)


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "date", "class": " ".join([*INPUT_CLASSES, "house-day"])}
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs=attrs))
        super().__init__(**kwargs)


class AmountFormField(forms.DecimalField):
    """An amount as people write it: 30000000, 30,000,000.00."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "class": "house-amount"}),
        )
        super().__init__(**{"max_digits": 20, "decimal_places": 2, **kwargs})

    def to_python(self, value: Any) -> Any:
        """The number without the commas and blanks between its digits."""
        if isinstance(value, str):
            value = value.replace(",", "").replace(" ", "").replace("\u00a0", "")
        return super().to_python(value)


class LineField(forms.CharField):
    """A line of text."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget())
        super().__init__(**kwargs)


class SentencesField(forms.CharField):
    """A few sentences."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextareaWidget(attrs={"rows": 3}))
        super().__init__(**{"max_length": 4000, **kwargs})


class ListField(forms.ChoiceField):
    """One of a short list."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminSelectWidget())
        super().__init__(**kwargs)


class FilePicker(forms.FileInput):
    """The browser's own control for a file, which says what was chosen.

    The admin's script writes the name of a file into the first text field that it finds three steps up:
    it is given one of its own, unseen, or it would write into somebody's answer.
    """

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        """The control within its three steps."""
        return format_html(
            '<div><div><div>{}</div></div><input type="text" hidden disabled></div>',
            super().render(*args, **kwargs),
        )


class UploadField(forms.FileField):
    """A file."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FilePicker(attrs={"class": "house-file"}))
        super().__init__(**kwargs)


class FoundRowField(forms.ModelChoiceField):
    """A row found by typing, as in the form of the model that refers to it."""

    def __init__(self, field: Any, **kwargs: Any) -> None:
        related: type[models.Model] = field.remote_field.model
        widget = AutocompleteSelect(field, admin.site, attrs={"class": "unfold-admin-autocomplete"})
        words: dict[str, Any] = {
            "queryset": related._default_manager.all(),
            "widget": widget,
            "empty_label": None,
            **kwargs,
        }
        super().__init__(**words)


def reason_field(*, required: bool = True, label: Any = None) -> SentencesField:
    """Why; many steps ask for it."""
    return SentencesField(label=label or _("Reason"), required=required)


def day_field(label: Any, *, today: datetime.date | None = None, **kwargs: Any) -> DayField:
    """A day that is often today."""
    return DayField(label=label, initial=today, **kwargs)


def carried_out(form: StepForm, write: Callable[[], Any]) -> bool:
    """Do what the form asks for in one transaction; False, with the refusal in the form, where nothing was.

    The rules that hold at the end of a transaction are asked before it ends, so that they speak here.
    """

    @atomic_retrying
    def do() -> None:
        write()
        connection.check_constraints()

    try:
        do()
    except Refused as refused:
        form.refuse(str(refused))
        return False
    except DatabaseError as error:
        refusal = refusal_of(error)
        if refusal is None:
            raise
        form.refuse(refusal)
        return False
    return True


def step_page(
    request: HttpRequest,
    form: StepForm,
    *,
    title: Any,
    button: Any,
    back: str,
    facts: Any = (),
    explanation: Any = "",
    template: str = "admin/step.html",
    **more: Any,
) -> TemplateResponse:
    """The page with the form of a step; `facts` are pairs that say what it is about."""
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": title,
        "form": form,
        "button": button,
        "back": back,
        "facts": [(label, value) for label, value in facts if value not in (None, "")],
        "explanation": explanation,
        "is_multipart": form.is_multipart(),
        "media": form.media,
        **more,
    }
    return TemplateResponse(request, template, context)
