"""Steps of grants, priorities and events, each a small page with a form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_steps import (
    DayField,
    LineField,
    ListField,
    StepForm,
    carried_out,
    step_page,
)
from portfolio.rights import operations
from portfolio.rights.admin.words import Territories, bound_in_words, day, scope_in_words
from portfolio.rights.choices import EndReason, GrantState, PriorityState
from portfolio.rights.models import Event, Grant, Priority

STEPS_OF_GRANTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "put-in-force": (_("Put in force"), (GrantState.DRAFT,)),
    "end": (_("End early"), (GrantState.IN_FORCE,)),
    "resume": (_("Take back the end"), (GrantState.ENDED,)),
}


class PutInForce(StepForm):
    """When it was agreed."""

    granted_date = DayField(label=_("Agreed on"))


class End(StepForm):
    """When and why it ended."""

    ended_date = DayField(label=_("Last day that it held"))
    reason = ListField(label=_("Why it ended"), choices=EndReason.choices)


class Close(StepForm):
    """What became of a priority."""

    state = ListField(
        label=_("What became of it"),
        choices=[c for c in PriorityState.choices if c[0] != PriorityState.OPEN],
    )


class DateEvent(StepForm):
    """The date of an event; empty takes it away. What clashes is shown before anything is saved."""

    date = DayField(label=_("Date"), required=False)
    basis = LineField(label=_("How we know"), max_length=300, required=False)
    looked = forms.CharField(required=False, widget=forms.HiddenInput)


def steps_for_grant(row: Grant, user: Any) -> list[dict[str, Any]]:
    """The buttons above a grant."""
    if not user.has_perm("rights.change_grant"):
        return []
    return [
        {"label": label, "url": reverse("admin:rights_grant_step", args=[row.pk, name])}
        for name, (label, states) in STEPS_OF_GRANTS.items()
        if row.state in states
    ]


def steps_for(row: Any, user: Any, route: str) -> list[dict[str, Any]]:
    """The button above a priority or an event."""
    if isinstance(row, Priority):
        if row.state != PriorityState.OPEN or not user.has_perm("rights.change_priority"):
            return []
        return [{"label": _("Close"), "url": reverse(f"admin:{route}", args=[row.pk, "close"])}]
    if not user.has_perm("rights.change_event"):
        return []
    return [{"label": _("Set the date"), "url": reverse(f"admin:{route}", args=[row.pk, "date"])}]


def _found(admin: Any, request: HttpRequest, pk: int) -> Any:
    if not admin.has_change_permission(request):
        raise PermissionDenied
    row = admin.model.objects.select_related("title").filter(pk=min(pk, 2**62)).first()
    if row is None:
        raise Http404
    return row


def _answer(
    admin: Any,
    request: HttpRequest,
    form: StepForm,
    row: Any,
    write: Callable[[], Any],
    **page: Any,
) -> HttpResponse:
    """Take the step, or show its form with what was refused."""
    back = reverse(f"admin:rights_{admin.model._meta.model_name}_change", args=[row.pk])
    if request.method == "POST" and form.is_valid() and carried_out(form, write):
        admin.message_user(request, _t("Done."), messages.SUCCESS)
        return HttpResponseRedirect(back)
    return step_page(request, form, back=back, opts=admin.opts, **page)


def step_of_grant(admin: Any, request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Put a grant in force, end it, or take the end back."""
    if name not in STEPS_OF_GRANTS:
        raise Http404
    row: Grant = _found(admin, request, pk)
    label, states = STEPS_OF_GRANTS[name]
    if row.state not in states and request.method != "POST":
        admin.message_user(
            request, _t("That is not possible any more: see what it became."), messages.WARNING
        )
        return HttpResponseRedirect(reverse("admin:rights_grant_change", args=[pk]))
    now = timezone.now()
    given = request.POST if request.method == "POST" else None
    today = {"granted_date": timezone.localdate(now), "ended_date": timezone.localdate(now)}
    kind: type[StepForm] = {"put-in-force": PutInForce, "end": End}.get(name, StepForm)
    form = kind(given, initial=today)
    stamp: dict[str, Any] = {"grant": row, "at": now, "actor": request.user}

    def write() -> None:
        said = form.cleaned_data
        if name == "put-in-force":
            operations.put_in_force(granted_date=said["granted_date"], **stamp)
        elif name == "end":
            operations.end_grant(
                ended_date=said["ended_date"], reason=EndReason(said["reason"]), **stamp
            )
        else:
            operations.resume_grant(**stamp)

    media, places = scope_in_words(row, Territories())
    return _answer(
        admin, request, form, row, write,
        title=f"{label}: {row.title}", button=label,
        facts=[
            (_t("Direction"), row.get_direction_display()),
            (_t("Other side"), row.other_side),
            (_t("Agreement"), row.agreement),
            (_t("Media"), media),
            (_t("Territories"), places),
            (_t("Window"), f"{bound_in_words(row, 'start')} – {bound_in_words(row, 'end')}"),
        ],
    )  # fmt: skip


def step_of_priority(admin: Any, request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Record what became of an option, a first look or a last match."""
    if name != "close":
        raise Http404
    row: Priority = _found(admin, request, pk)
    form = Close(request.POST if request.method == "POST" else None)
    now = timezone.now()

    def write() -> None:
        operations.close_priority(
            priority=row,
            state=PriorityState(form.cleaned_data["state"]),
            at=now,
            actor=request.user,
        )

    return _answer(
        admin, request, form, row, write,
        title=f"{row.get_kind_display()}: {row.title}", button=_("Close"),
        facts=[
            (_t("Holder"), row.holder),
            (_t("Runs until"), day(row.valid_until_date)),
        ],
    )  # fmt: skip


def step_of_event(admin: Any, request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Give an event its date: the first time only what would clash is shown, the second it is saved."""
    if name != "date":
        raise Http404
    row: Event = _found(admin, request, pk)
    posted = request.method == "POST"
    form = DateEvent(
        request.POST if posted else None, initial={"date": row.date, "basis": row.basis}
    )
    page: dict[str, Any] = {
        "title": f"{row.get_kind_display()}: {row.title}",
        "button": _("Look at what follows"),
        "facts": [(_t("Where"), row.place), (_t("Date"), day(row.date))],
        "template": "admin/rights/event_step.html",
    }
    if posted and form.is_valid():
        date = form.cleaned_data["date"]
        clashes = operations.clashes_if_dated(event=row, date=date)
        page["clashes"] = [sentence_of(clash) for clash in clashes]
        looked = form.cleaned_data["looked"] == str(date)
        if clashes or not looked:
            page["looked"] = True
            page["button"] = _("Look again") if clashes else _("Save the date")
            # The day that was looked at travels with the form: another day is looked at first.
            given = request.POST.copy()
            given["looked"] = "" if clashes else str(date)
            form.data = given
            page["hanging"] = hanging_on(row)
            back = reverse("admin:rights_event_change", args=[pk])
            return step_page(request, form, back=back, opts=admin.opts, **page)

    def write() -> None:
        said = form.cleaned_data
        operations.date_event(event=row, date=said["date"], basis=said["basis"], actor=request.user)

    page["hanging"] = hanging_on(row)
    return _answer(admin, request, form, row, write, **page)


def hanging_on(event: Event) -> list[str]:
    """The windows that an event moves, in words. Queries: three."""
    found = []
    territories = Territories()
    for model in (Grant, Priority):
        rows: Any = model._default_manager.filter(title=event.title_id).select_related(
            "start_event", "end_event", "agreement"
        )
        for row in rows:
            if event.pk in (row.start_event_id, row.end_event_id):
                media, places = scope_in_words(row, territories)
                window = f"{bound_in_words(row, 'start')} – {bound_in_words(row, 'end')}"
                found.append(f"{row.agreement or row}: {media}, {places}, {window}")
    return found


SENTENCES = {
    "scope_window_is_in_order": _(
        "%(title)s, agreement %(agreement)s: the window would end before it begins"
    ),
    "grant_is_exclusive_as_it_says": _(
        "%(title)s, %(medium)s in %(territory)s from %(since)s to %(until)s is licensed to %(holder)s under "
        "agreement %(agreement)s already"
    ),
    "grant_keeps_to_holdbacks": _(
        "%(title)s, %(medium)s in %(territory)s from %(since)s to %(until)s is held back by agreement "
        "%(agreement)s with %(holder)s"
    ),
    "grant_waits_for_those_who_come_first": _(
        "%(title)s, %(medium)s in %(territory)s: %(holder)s comes first under agreement %(agreement)s and has "
        "not declined"
    ),
    "grant_is_out_of_what_was_acquired": _(
        "%(title)s, %(medium)s in %(territory)s from %(since)s to %(until)s was never acquired so that "
        "agreement %(agreement)s could license it"
    ),
}
"""What the database says of each clash; here so that they can be collected for translation."""


def sentence_of(clash: operations.Clash) -> str:
    """A clash as a refusal would say it."""
    return str(SENTENCES[clash.rule]) % clash.figures
