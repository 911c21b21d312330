"""Shows in the staff admin: their form with local times, their steps, and what is reported of them."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_forms import StaffForm
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.common.admin_steps import (
    AmountFormField,
    DayField,
    FoundRowField,
    LineField,
    ListField,
    SentencesField,
    StepForm,
    carried_out,
    reason_field,
    step_page,
)
from portfolio.common.local_time import local_time
from portfolio.common.money import ISO_4217
from portfolio.live.admin.times import LocalTimes, TimeField
from portfolio.live.choices import ShowStatus
from portfolio.live.models import Show, ShowReport, Space
from portfolio.live.operations import shows as operations
from portfolio.live.operations.calendar import place_in_words
from portfolio.live.operations.figures import latest_reports

MAY_STEP, MAY_REPORT = "live.change_show", "live.add_showreport"
MOST_SPACES = 500


class ShowForm(LocalTimes, StaffForm):
    """A show with its day, and its times by the clocks of the venue."""

    date = DayField(label=_("Date"))
    doors = TimeField(label=_("Doors"), required=False)
    start = TimeField(label=_("Start"), required=False)
    end = TimeField(
        label=_("End"), required=False, help_text=_("Before the start means the next day.")
    )

    class Meta:
        model = Show
        fields = ("date", "venue", "space", "collaboration")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, zone="", **kwargs)
        row = self.instance
        spaces = Space.objects.select_related("venue").order_by("venue__sort_name", "position")
        if row.pk:
            zone = row.venue.time_zone
            for name, at in (
                ("doors", row.doors_at),
                ("start", row.starts_at),
                ("end", row.ends_at),
            ):
                self.initial[name] = local_time(at, zone).time() if at else None
            spaces = spaces.filter(venue=row.venue_id)
        if "space" in self.fields:
            groups: dict[str, list[tuple[int, str]]] = {}
            for space in spaces[:MOST_SPACES]:
                groups.setdefault(str(space.venue), []).append((space.pk, str(space)))
            self.fields["space"].choices = [("", "–"), *groups.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The instants that the times mean at the venue."""
        said = super().clean() or {}
        venue, day = said.get("venue"), said.get("date")
        if venue is None or day is None:
            return said
        self.zone = venue.time_zone
        start, doors, end = said.get("start"), said.get("doors"), said.get("end")
        next_day = day + datetime.timedelta(days=1)
        row = self.instance
        row.starts_at = self.instant("start", day, start) if start else None
        row.doors_at = self.instant("doors", day, doors) if doors else None
        row.ends_at = None
        if end:
            row.ends_at = self.instant("end", next_day if start and end <= start else day, end)
        return said


class Report(StepForm):
    """What was reported; empty is "not disclosed", never 0."""

    as_of_date = DayField(label=_("As of"))
    tickets_offered = forms.IntegerField(label=_("Tickets on offer"), required=False, min_value=0)
    tickets_sold = forms.IntegerField(label=_("Tickets sold"), required=False, min_value=0)
    tickets_free = forms.IntegerField(label=_("Tickets given away"), required=False, min_value=0)
    gross_amount = AmountFormField(label=_("Gross"), required=False, min_value=Decimal(0))
    gross_currency = LineField(label=_("Currency"), required=False, max_length=3)
    source = FoundRowField(ShowReport._meta.get_field("source"), label=_("Source"), required=False)
    reported_by = LineField(
        label=_("Reported by"),
        required=False,
        max_length=200,
        help_text=_("Who told us, where no source."),
    )
    remarks = SentencesField(label=_("Remarks"), required=False)
    is_public = forms.BooleanField(
        label=_("Anyone may see these figures"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "house-tick"}),
    )

    def clean_gross_currency(self) -> str:
        """A code of ISO 4217, or nothing."""
        code = str(self.cleaned_data["gross_currency"]).upper()
        if code and code not in ISO_4217:
            raise forms.ValidationError(_("Give a currency code of ISO 4217, such as HKD."))
        return code


class StatusForm(StepForm):
    """Why, and for a postponed show which one takes its place."""

    def __init__(self, *args: Any, show: Show, status: ShowStatus, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if status == ShowStatus.POSTPONED:
            others = show.concert.shows.exclude(pk=show.pk).filter(moved_from__isnull=True)
            self.fields["moved_to"] = forms.ModelChoiceField(
                label=_("Moved to"),
                queryset=others.select_related("concert", "venue"),
                required=False,
                widget=ListField().widget,
                help_text=_("Add the new date to the concert first; empty while it is open."),
            )
        self.fields["reason"] = reason_field(
            required=operations.needs_reason(show.status, status), label=_("Reason")
        )


def back_to(show: Show) -> str:
    """The page of the show's concert, where it stands among the others."""
    return reverse("admin:live_concert_shows", args=[show.concert_id])


def status_mark(show: Show) -> SafeString:
    """What became of a show, as a mark."""
    tone = {"PLANNED": "waits", "ON_SALE": "on", "HELD": "quiet"}.get(show.status, "bad")
    words = show.get_status_display()
    return format_html('<span class="house-mark house-mark-{}">{}</span>', tone, words)


def times_in_words(show: Show) -> str:
    """The start by the clocks there, with doors and end where they are known."""
    if show.starts_at is None:
        return _t("time not announced")
    zone = show.venue.time_zone
    words = f"{local_time(show.starts_at, zone):%H:%M}"
    if show.ends_at:
        words += f"–{local_time(show.ends_at, zone):%H:%M}"
    if show.doors_at:
        doors = f"{local_time(show.doors_at, zone):%H:%M}"
        words += " · " + _t("doors %(time)s") % {"time": doors}
    return words


@admin.register(Show)
class ShowAdmin(StaffAdmin):
    """Every show of every concert; what becomes of it is said by steps."""

    form = ShowForm
    list_display = ("day", "of_concert", "place", "times", "where")
    list_display_links = ("day",)
    list_filter = ("status", ("venue", AutocompleteFilter), ("concert", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("concert", "venue", "space")
    search_fields = ("concert__search_text", "venue__search_text")
    ordering = ("-date", "-starts_at", "pk")
    autocomplete_fields = ("concert", "venue", "collaboration")
    fieldsets = (
        (None, {"fields": ("concert", ("venue", "space"), "collaboration")}),
        (_("When"), {"fields": ("date", ("doors", "start", "end"), "which")}),
    )
    refusals = (
        _("choose a space of this venue"),
        _("choose a collaboration with this venue"),
        _("a show stays in its concert"),
        _("by the clocks of the venue it starts on %(day)s"),
        _("a show is not held before its day"),
        _("choose another show of the same concert"),
        _("release its bookings in the other venue first"),
        _("say first that it was not held"),
        _("no step leads from %(before)s to %(after)s"),
        _("say why"),
        _("what is recorded stays; add an entry that corrects it"),
    )

    def get_urls(self) -> list[Any]:
        """The pages of the steps, beside those of every admin."""
        view = self.admin_site.admin_view
        return [
            path("<int:show>/report/", view(self.report_view), name="live_show_report"),
            path("<int:show>/step/<slug:name>/", view(self.step_view), name="live_show_step"),
            *super().get_urls(),
        ]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """Shows by the names of their concert and their venue, in any script."""
        term = search_term.strip()[:200]
        if not term:
            return queryset, False
        from_concert = queryset.filter(concert__in=_matching("concert", term))
        return from_concert | queryset.filter(venue__in=_matching("venue", term)), False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Stamp who added it and when."""
        stamp(obj, request)
        super().save_model(request, obj, form, change)

    def step_view(self, request: HttpRequest, show: int, name: str) -> HttpResponse:
        """Say what became of a show."""
        if not self.has_view_permission(request) or not request.user.has_perm(MAY_STEP):
            raise PermissionDenied
        row = self._show(show)
        wanted = name.upper().replace("-", "_")
        if wanted not in ShowStatus.values:
            raise Http404
        status = ShowStatus(wanted)
        back = back_to(row)
        if status not in operations.STEPS[row.status]:
            words = _t("That is not possible any more: see what it became.")
            self.message_user(request, words, messages.WARNING)
            return HttpResponseRedirect(back)
        form = StatusForm(
            request.POST if request.method == "POST" else None, show=row, status=status
        )

        def write() -> None:
            said = form.cleaned_data
            operations.set_status(
                show=row, status=status, actor=request.user, at=timezone.now(),
                reason=said["reason"], moved_to=said.get("moved_to"),
            )  # fmt: skip

        if request.method == "POST" and form.is_valid() and carried_out(form, write):
            self.message_user(request, f"{row}: {status.label}", messages.SUCCESS)
            return HttpResponseRedirect(back)
        return step_page(
            request, form, title=status.label, button=status.label, back=back,
            facts=[(pgettext("event", "Show"), row), (_t("Status"), row.get_status_display())],
            opts=self.opts, original=row,
        )  # fmt: skip

    def report_view(self, request: HttpRequest, show: int) -> HttpResponse:
        """Write down what was reported; the last report stands in the form."""
        if not request.user.has_perm(MAY_REPORT):
            raise PermissionDenied
        row = self._show(show)
        now = timezone.now()
        today = timezone.localdate(now)
        last = latest_reports([row.pk], as_of=today, known_at=None).get(row.pk)
        initial: dict[str, Any] = {"as_of_date": today, "gross_currency": "HKD"}
        if last is not None:
            names = ("tickets_offered", "tickets_sold", "tickets_free", "gross_amount", "is_public")
            initial |= {name: getattr(last, name) for name in names}
            initial["gross_currency"] = last.gross_currency or "HKD"
        form = Report(request.POST if request.method == "POST" else None, initial=initial)

        def write() -> None:
            operations.report_show(show=row, actor=request.user, at=now, **form.cleaned_data)

        if request.method == "POST" and form.is_valid() and carried_out(form, write):
            self.message_user(request, _t("Recorded; earlier reports stay."), messages.SUCCESS)
            return HttpResponseRedirect(back_to(row))
        return step_page(
            request, form, title=_("Report figures"), button=_("Record"), back=back_to(row),
            facts=[(pgettext("event", "Show"), row)],
            explanation=_(
                "The last report counts as a whole: what it leaves empty is not disclosed."
            ),
            opts=self.opts, original=row,
        )  # fmt: skip

    def _show(self, key: int) -> Show:
        try:
            return Show.objects.select_related("concert", "venue", "space").get(pk=key)
        except (Show.DoesNotExist, OverflowError):
            raise Http404 from None

    @display(description=_("date"), ordering="date")
    def day(self, show: Show) -> str:
        """The day there."""
        return date_format(show.date, "DATE_FORMAT")

    @display(description=_("concert"), ordering="concert__sort_name")
    def of_concert(self, show: Show) -> SafeString:
        """The concert, with a link to all of its shows."""
        return format_html('<a class="house-link" href="{}">{}</a>', back_to(show), show.concert)

    @display(description=_("place"), ordering="venue__sort_name")
    def place(self, show: Show) -> str:
        """The venue, and the space where it is known."""
        return place_in_words(show) if show.space_id else str(show.venue)

    @display(description=_("time"), ordering="starts_at")
    def times(self, show: Show) -> str:
        """By the clocks there."""
        return times_in_words(show)

    @display(description=_("status"), ordering="status")
    def where(self, show: Show) -> SafeString:
        """What became of it."""
        return status_mark(show)


def stamp(show: Show, request: HttpRequest) -> None:
    """Who first said that there is such a show, and when."""
    if not show.status_at:
        show.status_at, show.status_by = timezone.now(), request.user  # type: ignore[assignment]


def _matching(relation: str, term: str) -> Any:
    related: Any = Show._meta.get_field(relation).remote_field.model  # type: ignore[union-attr]
    return related.objects.matching(term).values("pk")
