"""Bookings in the staff admin: a list over all venues, and the page of one with its steps."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.common.admin_permissions import ReadOnly
from portfolio.common.admin_steps import (
    DayField,
    ListField,
    StepForm,
    carried_out,
    reason_field,
    step_page,
)
from portfolio.common.local_time import local_time
from portfolio.live.admin.calendar import state_in_words
from portfolio.live.admin.times import LocalTimes, TimeField
from portfolio.live.choices import OPTIONS, BookingState
from portfolio.live.models import Booking, Space
from portfolio.live.operations import calendar as operations

MAY_STEP = "live.change_booking"


class BookingStepForm(LocalTimes, StepForm):
    """A step of one booking."""

    label: Any = ""
    done: Any = _("Done.")
    explanation: Any = ""

    def __init__(self, *args: Any, booking: Booking, **kwargs: Any) -> None:
        self.booking = booking
        super().__init__(*args, zone=booking.venue.time_zone, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Fit the fields to the booking."""

    def write(self, **who_and_when: Any) -> Any:
        """Take the step."""
        raise NotImplementedError


class Confirm(BookingStepForm):
    """Make a hold firm."""

    label, done = _("Confirm"), _("Confirmed.")
    explanation = _(
        "The time is then taken; whoever holds a better option has to give it up first."
    )
    reason = reason_field(required=False, label=_("Note"))

    def write(self, **who_and_when: Any) -> Any:
        """Take the step."""
        return operations.confirm_booking(
            booking=self.booking, reason=self.cleaned_data["reason"], **who_and_when
        )


class Rank(BookingStepForm):
    """Give a hold another option."""

    label, done = _("Change the option"), _("The option is changed.")
    rank = ListField(
        label=_("Option"), choices=lambda: [(str(n), capfirst(w)) for n, w in OPTIONS.items()]
    )
    reason = reason_field(required=False, label=_("Note"))

    def prepare(self) -> None:
        """The next better one stands there first."""
        self.fields["rank"].initial = str(max(1, (self.booking.rank or 2) - 1))

    def write(self, **who_and_when: Any) -> Any:
        """Take the step."""
        said = self.cleaned_data
        return operations.rank_booking(
            booking=self.booking, rank=int(said["rank"]), reason=said["reason"], **who_and_when
        )


class Move(BookingStepForm):
    """Take another time, or another space."""

    label, done = _("Move"), _("Moved.")
    space = forms.ModelChoiceField(
        label=_("Space"), queryset=Space.objects.none(), required=False,
        empty_label=_("Whole venue"), widget=ListField().widget,
    )  # fmt: skip
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), required=False)
    from_time = TimeField(label=_("From"), required=False)
    until_time = TimeField(
        label=_("Until"),
        required=False,
        help_text=_("By the clocks of the venue; both empty for whole days."),
    )
    reason = reason_field()

    def prepare(self) -> None:
        """What it has now stands there first."""
        row = self.booking
        start, end = (local_time(at, self.zone) for at in (row.starts_at, row.ends_at))
        whole = start.time() == end.time() == datetime.time.min
        last = local_time(row.ends_at - datetime.timedelta(microseconds=1), self.zone).date()
        self.fields["space"].queryset = row.venue.spaces.order_by("position", "pk")  # type: ignore[attr-defined]
        self.initial = {
            **self.initial,
            "space": row.space_id,
            "first_day": start.date(),
            "last_day": last if last != start.date() else None,
            "from_time": None if whole else start.time(),
            "until_time": None if whole else end.time(),
        }

    def clean(self) -> dict[str, Any]:
        """The instants that the days and hours mean at the venue."""
        said = super().clean() or {}
        self.read_period(said)
        return said

    def write(self, **who_and_when: Any) -> Any:
        """Take the step."""
        said = self.cleaned_data
        return operations.move_booking(
            booking=self.booking, space=said["space"], starts_at=said["starts_at"],
            ends_at=said["ends_at"], reason=said["reason"], **who_and_when,
        )  # fmt: skip


class Release(BookingStepForm):
    """Give the time back."""

    label, done = _("Release"), _("Released.")
    explanation = _("The time is free again; that it was taken stays on record.")
    reason = reason_field()

    def write(self, **who_and_when: Any) -> Any:
        """Take the step."""
        return operations.release_booking(
            booking=self.booking, reason=self.cleaned_data["reason"], **who_and_when
        )


STEPS: Mapping[str, type[BookingStepForm]] = {
    "confirm": Confirm, "rank": Rank, "move": Move, "release": Release,
}  # fmt: skip
OFFERED: Mapping[str, tuple[str, ...]] = {
    BookingState.HELD: ("confirm", "rank", "move", "release"),
    BookingState.CONFIRMED: ("move", "release"),
    BookingState.RELEASED: (),
}


@admin.register(Booking)
class BookingAdmin(ReadOnly, StaffAdmin):
    """What is held and confirmed in every venue; booked from a venue's calendar, changed by steps."""

    list_display = ("called", "place", "period", "where", "state_by")
    list_display_links = ("called",)
    list_filter = ("state", "purpose", ("venue", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("venue", "space", "state_by")
    search_fields = ("title",)
    ordering = ("-starts_at", "pk")
    refusals = (
        _("release it instead"),
        _("choose a show in this venue"),
        _("choose a collaboration with this venue"),
        _("a booking begins as a hold or is confirmed"),
        _("release it and book the other venue"),
        _("what was released is booked anew"),
        _("release it and hold the dates anew"),
        _("say why the dates are given back"),
        _("somebody has a better option for a part of this time"),
    )

    def get_urls(self) -> list[Any]:
        """The pages of the steps, beside those of every admin."""
        step = self.admin_site.admin_view(self.step_view)
        return [
            path("<int:booking>/step/<slug:name>/", step, name="live_booking_step"),
            *super().get_urls(),
        ]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One booking: where and when, how firmly, by whom, and what can be done."""
        if request.method == "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        row: Any = self.get_object(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        request.current_app = self.admin_site.name
        steps = OFFERED[row.state] if request.user.has_perm(MAY_STEP) else ()
        month = local_time(row.starts_at, row.venue.time_zone)
        calendar = reverse("admin:live_venue_calendar", args=[row.venue_id])
        context = {
            **self.admin_site.each_context(request),
            "title": row.title,
            "opts": self.opts,
            "original": row,
            "booking": row,
            "state": state_mark(row),
            "place": operations.place_in_words(row),
            "period": operations.period_in_words(row.starts_at, row.ends_at, row.venue.time_zone),
            "steps": [
                {
                    "label": STEPS[name].label,
                    "url": reverse("admin:live_booking_step", args=[row.pk, name]),
                    "is_first": name == "confirm",
                }
                for name in steps
            ],
            "calendar_url": f"{calendar}?month={month:%Y-%m}",
            "history_url": reverse("admin:live_booking_history", args=[row.pk]),
        }
        return TemplateResponse(request, "admin/live/booking.html", context)

    def step_view(self, request: HttpRequest, booking: int, name: str) -> HttpResponse:
        """Ask what a step needs, and take it."""
        if name not in STEPS:
            raise Http404
        if not self.has_view_permission(request) or not request.user.has_perm(MAY_STEP):
            raise PermissionDenied
        try:
            row = Booking.objects.select_related("venue", "space").get(pk=booking)
        except (Booking.DoesNotExist, OverflowError):
            raise Http404 from None
        back = reverse("admin:live_booking_change", args=[row.pk])
        if name not in OFFERED[row.state]:
            words = _t("That is not possible any more: see what it became.")
            self.message_user(request, words, messages.WARNING)
            return HttpResponseRedirect(back)
        form = STEPS[name](request.POST if request.method == "POST" else None, booking=row)
        if (
            request.method == "POST"
            and form.is_valid()
            and carried_out(form, lambda: form.write(actor=request.user, at=timezone.now()))
        ):
            self.message_user(request, form.done, messages.SUCCESS)
            return HttpResponseRedirect(back)
        return step_page(
            request,
            form,
            title=form.label,
            button=form.label,
            back=back,
            facts=[
                (_t("Booking"), row.title),
                (_t("Place"), operations.place_in_words(row)),
                (
                    _t("Time"),
                    operations.period_in_words(row.starts_at, row.ends_at, row.venue.time_zone),
                ),
                (_t("State"), state_in_words(row)),
            ],
            explanation=form.explanation,
            opts=self.opts,
            original=row,
        )

    @display(description=_("booking"), ordering="title")
    def called(self, row: Booking) -> SafeString:
        """What it is for."""
        return format_html(
            '{}<br><span class="house-quiet">{}</span>', row.title, row.get_purpose_display()
        )

    @display(description=_("place"), ordering="venue__sort_name")
    def place(self, row: Booking) -> str:
        """The venue and the space."""
        return operations.place_in_words(row)

    @display(description=_("time"), ordering="starts_at")
    def period(self, row: Booking) -> str:
        """From when to when by the clocks there."""
        return operations.period_in_words(row.starts_at, row.ends_at, row.venue.time_zone)

    @display(description=_("state"), ordering="state")
    def where(self, row: Booking) -> SafeString:
        """How firm it is."""
        return state_mark(row)


def state_mark(row: Booking) -> SafeString:
    """How firm it is, as a mark: what is confirmed stands out."""
    tone = {"HELD": "waits", "CONFIRMED": "on", "RELEASED": "quiet"}[row.state]
    return format_html(
        '<span class="house-mark house-mark-{}">{}</span>', tone, state_in_words(row)
    )
