"""The steps of a waterfall: begin a version, put it in force, record a receipt and take one back."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import DecimalField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from portfolio.common.admin_steps import (
    AmountFormField,
    DayField,
    LineField,
    ListField,
    SentencesField,
    StepForm,
    carried_out,
    step_page,
)
from portfolio.funding.choices import RateSource
from portfolio.funding.operations.exchange import Rate
from portfolio.productions.models import Receipt, Waterfall, WaterfallVersion
from portfolio.productions.operations import recoupment


class WaterfallStepForm(StepForm):
    """A step of `waterfall` or, with `subject`, of one of its parts."""

    done: Any = _("Done.")
    explanation: Any = ""

    def __init__(
        self, *args: Any, waterfall: Waterfall, subject: Any, today: datetime.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.waterfall, self.subject = waterfall, subject
        for name, field in self.fields.items():
            if name in ("received_date", "effective_date"):
                field.initial = today
            if name == "currency":
                field.initial = waterfall.currency

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Take the step."""
        raise NotImplementedError


class BeginVersion(WaterfallStepForm):
    """From when on, and why."""

    effective_date = DayField(label=_("In effect from"))
    reason = SentencesField(label=_("Reason"))
    done = _("The version is begun; change its tiers, then put it in force.")
    explanation = _("It begins with the tiers and positions of the version before it.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Begin it."""
        return recoupment.open_version(waterfall=self.waterfall, actor=actor, **self.cleaned_data)


class PutInForce(WaterfallStepForm):
    """Whether one is sure."""

    subject: WaterfallVersion
    done = _("The version is in force.")
    explanation = _(
        "A version in force never changes again. Receipts from its day on are replayed through it."
    )

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Put it in force."""
        return recoupment.put_in_force(version=self.subject, actor=actor, at=at)


class RecordReceipt(WaterfallStepForm):
    """What came in, from whom, and at which rate."""

    received_date = DayField(label=_("Received on"))
    source = LineField(label=_("Source"), max_length=300)
    period_start = DayField(label=_("For the time from"), required=False)
    period_end = DayField(label=_("Until"), required=False)
    amount = AmountFormField(label=_("Amount"))
    currency = LineField(label=_("Currency"), max_length=3)
    rate = DecimalField(
        label=_("Rate"), required=False, max_digits=24, decimal_places=12,
        help_text=_("Empty: the last published rate."),
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    rate_source = ListField(
        label=_("Rate from"), required=False,
        choices=[(s.value, s.label) for s in (RateSource.BANK, RateSource.AGREEMENT)],
    )  # fmt: skip
    remarks = LineField(label=_("Remarks"), required=False, max_length=500)
    done = _("The receipt is recorded.")
    explanation = _("A receipt is never changed: one that was wrong is reversed.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Record it."""
        said = dict(self.cleaned_data)
        said["currency"] = said["currency"].upper()
        number, source = said.pop("rate"), said.pop("rate_source")
        rate = None
        if number is not None and said["currency"] != self.waterfall.currency:
            rate = Rate(number, said["received_date"], source or RateSource.BANK)
        return recoupment.record_receipt(waterfall=self.waterfall, rate=rate, actor=actor, **said)


class ReverseReceipt(WaterfallStepForm):
    """From when on, and why."""

    subject: Receipt
    received_date = DayField(label=_("On"))
    reason = LineField(label=_("Reason"), max_length=500)
    done = _("The receipt is reversed.")
    explanation = _("Each party gives back exactly what it had received by this receipt.")

    def write(self, *, actor: Any, at: datetime.datetime) -> Any:
        """Reverse it."""
        return recoupment.reverse_receipt(receipt=self.subject, actor=actor, **self.cleaned_data)


STEPS: Mapping[str, tuple[Any, str, type[WaterfallStepForm], Any]] = {
    "begin-version": (_("Begin a version"), "productions.add_waterfallversion", BeginVersion, None),
    "put-in-force": (
        _("Put in force"), "productions.change_waterfallversion", PutInForce, WaterfallVersion,
    ),
    "record-receipt": (_("Record a receipt"), "productions.add_receipt", RecordReceipt, None),
    "reverse-receipt": (_("Reverse"), "productions.add_receipt", ReverseReceipt, Receipt),
}  # fmt: skip
"""The words of each step, who may take it, its form and what it is about."""


def address_of(waterfall: int, name: str, key: int = 0) -> str:
    """The page of a step."""
    return reverse("admin:productions_waterfall_step", args=[waterfall, name, key])


def step_view(
    admin: Any, request: HttpRequest, waterfall: int, name: str, key: int
) -> HttpResponse:
    """Ask what a step needs, and take it; what is refused comes back with the input kept."""
    if name not in STEPS:
        raise Http404
    label, permission, form_class, about = STEPS[name]
    if not admin.has_view_permission(request) or not request.user.has_perm(permission):
        raise PermissionDenied
    try:
        row = Waterfall.objects.select_related("production", "agreement").get(pk=waterfall)
        subject = about.objects.get(pk=key, waterfall=row) if about else None
    except (Waterfall.DoesNotExist, WaterfallVersion.DoesNotExist, Receipt.DoesNotExist):
        raise Http404 from None
    except OverflowError:
        raise Http404 from None
    now = timezone.now()
    back = reverse("admin:productions_waterfall_change", args=[row.pk])
    posted = request.method == "POST"
    form = form_class(
        request.POST if posted else None,
        waterfall=row,
        subject=subject,
        today=timezone.localdate(now),
    )
    if (
        posted
        and form.is_valid()
        and carried_out(form, lambda: form.write(actor=request.user, at=now))
    ):
        admin.message_user(request, form.done, messages.SUCCESS)
        return HttpResponseRedirect(back)
    facts = [(_("Waterfall"), row)]
    if subject is not None:
        facts.append((subject._meta.verbose_name.capitalize(), subject))
    return step_page(
        request, form, title=label, button=label, back=back, facts=facts,
        explanation=form.explanation, opts=admin.opts, original=row,
    )  # fmt: skip
