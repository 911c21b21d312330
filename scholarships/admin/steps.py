"""Steps of scholarships in the staff admin: a form, who may take it, and what it writes."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_steps import StepForm, carried_out, step_page


class RowStep(StepForm):
    """A step of `row`: its words, the permission it wants, and when it is offered at all."""

    label: Any = ""
    permission = ""
    done: Any = _("Done.")
    explanation: Any = ""

    def __init__(self, *args: Any, row: Any, now: datetime.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.now = row, now
        self.prepare()

    @classmethod
    def is_next(cls, row: Any, now: datetime.datetime) -> bool:
        """Whether a row as it stands leads to this step."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Fit the fields to the row."""

    def facts(self) -> Sequence[tuple[Any, Any]]:
        """What the step is about, beside the row itself."""
        return ()

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Take the step."""
        raise NotImplementedError


class WithSteps:
    """An admin whose rows are moved on by steps, each a button beside the form and a small page."""

    steps: Mapping[str, type[RowStep]] = {}

    def get_urls(self) -> list[Any]:
        """The pages of the steps beside the usual ones."""
        opts = self.opts  # type: ignore[attr-defined]
        return [
            path(
                "<int:object_id>/step/<slug:name>/",
                self.admin_site.admin_view(self.step_view),  # type: ignore[attr-defined]
                name=f"{opts.app_label}_{opts.model_name}_step",
            ),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def buttons(self, row: Any, user: Any, now: datetime.datetime) -> list[tuple[Any, str]]:
        """The steps that the row leads to and that `user` may take, with their addresses."""
        opts = self.opts  # type: ignore[attr-defined]
        route = f"admin:{opts.app_label}_{opts.model_name}_step"
        return [
            (step.label, reverse(route, args=[row.pk, name]))
            for name, step in self.steps.items()
            if user.has_perm(step.permission) and step.is_next(row, now)
        ]

    def step_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        """Ask what a step needs, and take it; what is refused comes back with the input kept."""
        try:
            kind = self.steps[name]
            row = self.get_queryset(request).get(pk=object_id)  # type: ignore[attr-defined]
        except (KeyError, self.model.DoesNotExist, OverflowError):  # type: ignore[attr-defined]
            raise Http404 from None
        may_see = self.has_view_permission(request, row)  # type: ignore[attr-defined]
        if not may_see or not request.user.has_perm(kind.permission):
            raise PermissionDenied
        now = timezone.now()
        opts = self.opts  # type: ignore[attr-defined]
        back = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
        posted = request.method == "POST"
        form = kind(
            request.POST if posted else None,
            request.FILES if posted else None,
            row=row,
            now=now,
        )
        if (
            posted
            and form.is_valid()
            and carried_out(form, lambda: form.write(actor=request.user, at=now))
        ):
            self.message_user(request, form.done, messages.SUCCESS)  # type: ignore[attr-defined]
            return HttpResponseRedirect(back)
        return step_page(
            request,
            form,
            title=kind.label,
            button=kind.label,
            back=back,
            facts=[(opts.verbose_name.capitalize(), row), *form.facts()],
            explanation=form.explanation,
            opts=opts,
            original=row,
        )
