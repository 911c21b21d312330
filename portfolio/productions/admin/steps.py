"""The page of a step of a production: who may take it, on what, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_steps import carried_out, step_page
from portfolio.productions.admin.step_forms import (
    Accept,
    KeepSchedule,
    LockSchedule,
    ProductionStepForm,
    Receive,
    Reject,
    TakeStep,
)
from portfolio.productions.choices import Stage
from portfolio.productions.models import Deliverable, Production, ScheduleVersion

MAY_MOVE = "productions.add_stagechange"
TO_STAGE = "to-"


@dataclass(frozen=True)
class StepKind:
    """A sort of step: its words, who may take it, its form and what it is about."""

    label: Any
    permission: str
    form: type[ProductionStepForm]
    about: Any = None


STEPS: Mapping[str, StepKind] = {
    "keep-schedule": StepKind(
        _("Keep the schedule"), "productions.add_scheduleversion", KeepSchedule
    ),
    "lock-schedule": StepKind(
        _("Lock"), "productions.change_scheduleversion", LockSchedule, ScheduleVersion
    ),
    "receive": StepKind(
        _("Record receipt"), "productions.change_deliverable", Receive, Deliverable
    ),
    "accept": StepKind(_("Accept"), "productions.change_deliverable", Accept, Deliverable),
    "reject": StepKind(_("Reject"), "productions.change_deliverable", Reject, Deliverable),
}


def kind_of(name: str) -> StepKind:
    """The step called `name`; one to a stage is called after it.  Raises: Http404."""
    if name in STEPS:
        return STEPS[name]
    if stage_of(name):
        return StepKind(_("Change the stage"), MAY_MOVE, TakeStep)
    raise Http404


def stage_of(name: str) -> Stage | None:
    """The stage that a step leads to, or none."""
    word = name.removeprefix(TO_STAGE).replace("-", "_").upper()
    return Stage(word) if name.startswith(TO_STAGE) and word in Stage.values else None


def name_of(stage: Stage) -> str:
    """The step to a stage, as its address has it."""
    return TO_STAGE + stage.lower().replace("_", "-")


def address_of(production: int, name: str, key: int = 0) -> str:
    """The page of a step."""
    return reverse("admin:productions_production_step", args=[production, name, key])


def step_view(
    admin: Any, request: HttpRequest, production: int, name: str, key: int
) -> HttpResponse:
    """Ask what a step needs, and take it; what is refused comes back with the input kept."""
    kind = kind_of(name)
    if not admin.has_view_permission(request) or not request.user.has_perm(kind.permission):
        raise PermissionDenied
    try:
        row = Production.objects.select_related("programme").get(pk=production)
        subject: Any = stage_of(name)
        if kind.about is not None:
            subject = kind.about.objects.get(pk=key, production=row)
    except (Production.DoesNotExist, Deliverable.DoesNotExist, ScheduleVersion.DoesNotExist):
        raise Http404 from None
    except OverflowError:
        raise Http404 from None
    now = timezone.now()
    back = reverse("admin:productions_production_change", args=[row.pk])
    posted = request.method == "POST"
    form = kind.form(
        request.POST if posted else None,
        request.FILES if posted else None,
        production=row,
        subject=subject,
        user=request.user,
        today=timezone.localdate(now),
    )
    if posted and form.is_valid():
        if carried_out(form, lambda: form.write(actor=request.user, at=now)):
            admin.message_user(request, form.done, messages.SUCCESS)
            return HttpResponseRedirect(back)
        form.forget()
    facts = [(_("Production"), row), (_("Stage"), row.get_stage_display())]
    if isinstance(subject, Stage):
        facts.append((_("To"), subject.label))
    elif subject is not None:
        facts.append((subject._meta.verbose_name.capitalize(), subject))
    return step_page(
        request,
        form,
        title=kind.label,
        button=subject.label if isinstance(subject, Stage) else kind.label,
        back=back,
        facts=facts,
        explanation=form.explanation,
        opts=admin.opts,
        original=row,
    )
