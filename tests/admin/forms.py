"""Filling in a form of the admin as a browser would: what the page shows, with some answers changed."""

import html
from typing import Any

from django.forms import MultipleChoiceField
from django.http import HttpResponse
from django.test import Client


def answers_of(response: HttpResponse) -> dict[str, Any]:
    """Every answer that the form of the page would send unchanged."""
    context: Any = response.context  # type: ignore[attr-defined]
    sent: dict[str, Any] = {}
    for form in [context["adminform"].form, *_forms_of(context["inline_admin_formsets"])]:
        for bound in form:
            _put(sent, bound)
    return sent


def _forms_of(inlines: Any) -> Any:
    for inline in inlines:
        yield inline.formset.management_form
        yield from inline.formset.forms


def _put(sent: dict[str, Any], bound: Any) -> None:
    value = bound.value()
    widget = bound.field.widget
    if hasattr(widget, "decompress"):
        parts = value if isinstance(value, list) else widget.decompress(value)
        for number, part in enumerate(parts):
            sent[f"{bound.html_name}_{number}"] = "" if part is None else str(part)
    elif value is None and isinstance(bound.field, MultipleChoiceField):
        pass  # no box is ticked
    elif isinstance(value, bool):
        if value:
            sent[bound.html_name] = "on"
    elif isinstance(value, (list, tuple)):
        sent[bound.html_name] = [getattr(item, "pk", item) for item in value]
    else:
        sent[bound.html_name] = "" if value is None else value


def save(client: Client, url: str, **changed: Any) -> Any:
    """Open the form at `url`, change some answers and send it."""
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    return client.post(url, {**answers_of(page), **changed})


def faults_of(response: Any) -> str:
    """Every message that the form shows."""
    context = response.context
    if context is None or "adminform" not in context:
        return ""
    said = [context["adminform"].form.errors.as_text()]
    for inline in context["inline_admin_formsets"]:
        said.append(str(inline.formset.non_form_errors()))
        said += [form.errors.as_text() for form in inline.formset.forms]
    return html.unescape(" ".join(said))


def step_of(client: Client, commitment: Any, name: str, about: Any = None, **answers: Any) -> Any:
    """Open the page of a step and send its form, with what the page proposes unless answered."""
    key = 0 if about is None else about.pk
    url = f"/admin/funding/commitment/{commitment.pk}/step/{name}/{key}/"
    page = client.get(url)
    assert page.status_code == 200, (name, page.status_code, page.get("Location"))
    sent: dict[str, Any] = {}
    for bound in page.context["form"]:
        if bound.name != "upload":
            _put(sent, bound)
    return client.post(url, sent | answers)


def refusal_of(response: Any) -> str:
    """What the form of a step says it was refused for; empty after it was taken."""
    if response.status_code == 302:
        return ""
    assert response.status_code == 200, response.status_code
    return html.unescape(response.context["form"].errors.as_text())
