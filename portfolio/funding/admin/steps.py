"""The page of a step: who may take it, on which row, and what became of it."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.common.admin_steps import carried_out, step_page
from portfolio.funding.admin import amendment_steps, money_steps, page, promise_steps
from portfolio.funding.admin.step_form import CommitmentStepForm
from portfolio.funding.models import Commitment, KeptAnswer, LedgerEntry
from portfolio.funding.operations.dossier import Dossier, dossier_of
from portfolio.funding.operations.steps import STEPS, Step, is_reversible, steps_of

FORMS: Mapping[str, type[CommitmentStepForm]] = {
    "submit": promise_steps.Submit,
    "take-back": promise_steps.TakeBack,
    "withdraw": promise_steps.Withdraw,
    "ask-over-commitment": promise_steps.AskOverCommitment,
    "sign": promise_steps.Sign,
    "meet-condition": money_steps.MeetCondition,
    "reopen-condition": money_steps.ReopenCondition,
    "drawdown": money_steps.Drawdown,
    "take-back-drawdown": money_steps.TakeBackDrawdown,
    "ask-exception": money_steps.AskException,
    "pay": money_steps.Pay,
    "amend": amendment_steps.Amend,
    "submit-amendment": amendment_steps.SubmitAmendment,
    "take-back-amendment": amendment_steps.TakeBackAmendment,
    "withdraw-amendment": amendment_steps.WithdrawAmendment,
    "sign-amendment": amendment_steps.SignAmendment,
    "refund": money_steps.Refund,
    "recoup": money_steps.Recoup,
    "schedule-again": money_steps.ScheduleAgain,
    "ask-over-amendment": amendment_steps.AskOverAmendment,
    "ask-cancellation": promise_steps.AskCancellation,
    "cancel": promise_steps.Cancel,
    "ask-write-off": money_steps.AskWriteOff,
    "write-off": money_steps.WriteOff,
    "ask-reversal": money_steps.AskReversal,
    "reverse": money_steps.Reverse,
    "take-back-request": promise_steps.TakeBackRequest,
    "close": promise_steps.Close,
    "reopen": promise_steps.Reopen,
}


def step_view(
    admin: Any, request: HttpRequest, commitment: int, name: str, key: int
) -> HttpResponse:
    """Ask what a step needs, and take it; what is refused comes back with the input kept."""
    if name not in FORMS:
        raise Http404
    label, permission = STEPS[name]
    if not admin.has_view_permission(request) or not request.user.has_perm(permission):
        raise PermissionDenied
    now = timezone.now()
    today = timezone.localdate(now)
    try:
        dossier = dossier_of(commitment, today)
    except (Commitment.DoesNotExist, OverflowError):
        raise Http404 from None
    subject = _subject(dossier, name, key)
    if name == "take-back-request" and subject.requested_by_id != request.user.pk:
        raise PermissionDenied
    back = page.address_of(commitment)
    steps = steps_of(dossier, request.user)
    step = next((s for s in steps if (s.name, s.key) == (name, key)), None)
    if step is None and name == "ask-reversal" and is_reversible(subject):
        # One of the entries that are too many for the page.
        step = Step(name, subject)
    posted = request.method == "POST"
    if not posted and (step is None or step.missing):
        words = step.missing if step else _("That is not possible any more: see what it became.")
        admin.message_user(request, words, messages.WARNING)
        return HttpResponseRedirect(back)
    form = FORMS[name](
        request.POST if posted else None,
        request.FILES if posted else None,
        dossier=dossier,
        subject=subject,
        user=request.user,
        today=today,
    )
    form.fields["once"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    if posted and form.is_valid():
        if _was_sent_before(request, form):
            words = _("This was recorded already, and is not recorded twice.")
            admin.message_user(request, words, messages.INFO)
            return HttpResponseRedirect(back)
        if step is None:
            form.refuse(_("That is not possible any more: see what it became."))
        elif carried_out(form, lambda: _write(request, form, now)):
            admin.message_user(request, form.done, messages.SUCCESS)
            return HttpResponseRedirect(back)
        else:
            form.forget()
    return step_page(
        request,
        form,
        title=label,
        button=label,
        back=back,
        facts=[
            (_("Commitment"), dossier.commitment),
            (_("Promised"), money(dossier.promised, dossier.commitment.currency)),
            *form.facts(),
        ],
        explanation=form.explanation,
        opts=admin.opts,
        original=dossier.commitment,
    )


def _write(request: Any, form: CommitmentStepForm, now: Any) -> None:
    # In the same transaction: a form that is sent twice, by a double click, writes once.
    KeptAnswer.objects.create(
        caller=request.user,
        endpoint="admin",
        key=str(form.cleaned_data["once"]),
        fingerprint=b"",
        status=302,
        body="",
        kept_at=now,
    )
    form.write(actor=request.user, at=now)


def _was_sent_before(request: Any, form: CommitmentStepForm) -> bool:
    key = str(form.cleaned_data["once"])
    return KeptAnswer.objects.filter(caller=request.user, endpoint="admin", key=key).exists()


def _subject(dossier: Dossier, name: str, key: int) -> Any:
    """The row of this commitment that a step is about; 404 for one of another."""
    rows: list[Any]
    match name:
        case "meet-condition" | "reopen-condition":
            rows = [condition for file in dossier.tranches for condition in file.conditions]
        case "drawdown" | "take-back-drawdown" | "ask-exception" | "pay":
            rows = [file.row for file in dossier.tranches]
        case "ask-reversal":
            rows = [entry for entry in dossier.entries if entry.pk == key] or list(
                LedgerEntry.objects.filter(commitment=dossier.commitment, pk=key)
            )
        case "write-off" | "reverse" | "take-back-request":
            rows = list(dossier.requests)
        case _ if name.endswith("-amendment"):
            rows = list(dossier.amendments)
        case _ if key == 0:
            return None
        case _:
            raise Http404
    for row in rows:
        if row.pk == key:
            return row
    raise Http404
