"""Concerts, tours and acts in the staff admin."""

import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import PublishableAdmin, StaffTabularInline
from portfolio.common.admin_lists import (
    AutocompleteFilter,
    HasSourceFilter,
    MissingNameFilter,
)
from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.live.admin import shows as show_pages
from portfolio.live.choices import ShowStatus
from portfolio.live.models import Act, Billing, Concert, Show, ShowReport
from portfolio.live.operations.calendar import place_in_words
from portfolio.live.operations.figures import break_even, latest_reports, promised_to, takings
from portfolio.live.operations.shows import STEPS
from portfolio.programmes.admin import ProjectCitationInline, ProjectDetailAdmin


@admin.register(Act)
class ActAdmin(PublishableAdmin):
    """Bands, orchestras and other groups that perform under one name."""

    list_display = ("names", "published")
    list_filter = ("publication", MissingNameFilter)
    search_fields = ("search_text",)
    prepopulated_fields = {"slug": ("name_en",)}
    fieldsets = (
        (None, {"fields": ("name_en", ("name_zh_hant", "name_zh_hans"), "aliases", "slug")}),
        (_("Publication"), {"fields": ("publication", "embargoed_until")}),
        (_("For staff"), {"fields": ("notes",)}),
    )


class BillingInline(StaffTabularInline):
    """Who performs, in the order of the bill."""

    model = Billing
    autocomplete_fields = ("person", "act")
    fields = ("position", "person", "act", "role")
    select_related = ("person", "act")


class ShowInline(StaffTabularInline):
    """The dates, each with its times by the clocks of its venue."""

    model = Show
    form = show_pages.ShowForm
    autocomplete_fields = ("venue", "collaboration")
    fields = ("date", "venue", "space", "doors", "start", "end", "which", "collaboration")
    select_related = ("venue", "space", "concert", "collaboration")
    ordering = ("date", "starts_at", "pk")


@admin.register(Concert)
class ConcertAdmin(ProjectDetailAdmin):
    """Concerts and tours, their artists, their shows and what came of them."""

    list_display = (
        "names",
        "form",
        "promoter",
        "strand",
        "place",
        "amount",
        "sourced",
        "published",
    )
    list_filter = (
        "publication",
        "form",
        "standing",
        ("strand", AutocompleteFilter),
        ("promoter", AutocompleteFilter),
        HasSourceFilter,
        MissingNameFilter,
    )
    list_filter_submit = True
    list_select_related = ("strand", "promoter")
    autocomplete_fields = ("programme", "strand", "promoter")
    inlines = (BillingInline, ShowInline, ProjectCitationInline)
    readonly_fields = ("shows_link",)
    undisclosed = {
        **ProjectDetailAdmin.undisclosed,
        "budget_amount": "budget",
        "budget_currency": "",
        "break_even_amount": "breaks_even",
        "break_even_currency": "",
    }
    fieldsets = (
        ProjectDetailAdmin.names_fieldset,
        (
            _("What it is"),
            {
                "fields": (
                    ("form", "promoter"),
                    ("budget_amount", "budget_currency"),
                    ("break_even_amount", "break_even_currency"),
                    "shows_link",
                )
            },
        ),
        ProjectDetailAdmin.place_fieldset,
        ProjectDetailAdmin.outcome_fieldset,
        ProjectDetailAdmin.publication_fieldset,
        ProjectDetailAdmin.staff_fieldset,
    )

    def get_urls(self) -> list[Any]:
        """The page of the shows, beside the pages of every admin."""
        view = self.admin_site.admin_view(self.shows_view)
        return [path("<int:concert>/shows/", view, name="live_concert_shows"), *super().get_urls()]

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Stamp who added a show and when."""
        if formset.model is Show:
            for row in formset.save(commit=False):
                show_pages.stamp(row, request)
        super().save_formset(request, form, formset, change)

    def shows_view(self, request: HttpRequest, concert: int) -> HttpResponse:
        """The shows of a concert: what became of each, what it took, and what can be done.

        Queries: those of the concert, its shows, their reports, its artists and its money.
        """
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        try:
            row = Concert.objects.select_related("promoter", "programme").get(pk=concert)
        except (Concert.DoesNotExist, OverflowError):
            raise Http404 from None
        today = timezone.localdate()
        as_of = _day(request.GET.get("as_of", "")) or today
        known = _day(request.GET.get("known_at", ""))
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.opts,
            "original": row,
            "concert": row,
            "billings": row.billings.select_related("person", "act").order_by("position", "pk"),
            "edit_url": reverse("admin:live_concert_change", args=[row.pk]),
            "history_url": reverse("admin:live_concert_history", args=[row.pk]),
            "as_of": as_of,
            "known_at": known,
            "is_now": as_of == today and known is None,
            **figures_of(row, request.user, as_of, end_of(known)),
        }
        return TemplateResponse(request, "admin/live/concert.html", context)

    @display(description=_("shows and figures"))
    def shows_link(self, concert: Concert) -> Any:
        """A link to the page of its shows."""
        if concert.pk is None:
            return self.get_empty_value_display()
        url = reverse("admin:live_concert_shows", args=[concert.pk])
        return format_html('<a class="house-link" href="{}">{}</a>', url, _("Shows and figures"))

    @display(description=_("budget"))
    def budget(self, concert: Concert) -> Any:
        """The budget, or "not disclosed"."""
        return money(concert.budget_amount, concert.budget_currency)

    @display(description=_("break-even"))
    def breaks_even(self, concert: Concert) -> Any:
        """The break-even, or "not disclosed"."""
        return money(concert.break_even_amount, concert.break_even_currency)


def figures_of(
    concert: Concert, user: Any, as_of: datetime.date, known_at: datetime.datetime | None
) -> dict[str, Any]:
    """The shows with what was last reported of each, and the concert's break-even beside the gross."""
    may_see = user.has_perm("live.view_showreport")
    shows = list(
        concert.shows.select_related("venue", "space", "concert", "moved_to", "status_by")
        .prefetch_related("bookings")
        .order_by("date", "starts_at", "pk")
    )
    reports = (
        latest_reports([s.pk for s in shows], as_of=as_of, known_at=known_at) if may_see else {}
    )
    taken = takings(shows, reports)
    even = break_even(concert, taken)
    earlier: dict[int, int] = {}
    if may_see:
        for key in ShowReport.objects.filter(show__concert=concert).values_list("show", flat=True):
            earlier[key] = earlier.get(key, 0) + 1
    return {
        "may_see_figures": may_see,
        "budget": money(concert.budget_amount, concert.budget_currency),
        "gross": [money(amount, currency) for currency, amount in sorted(taken.gross.items())],
        "taken": taken,
        "even": even,
        "even_amount": money(even.amount, even.currency) if even else "",
        "even_gross": money(even.gross, even.currency) if even else "",
        "even_difference": ""
        if even is None or even.difference is None
        else money(abs(even.difference), even.currency),
        "even_share": int(min(Decimal(100), (even.gross or 0) * 100 / even.amount)) if even else 0,
        "promised": [
            (money(promised, currency), money(paid, currency))
            for currency, promised, paid in promised_to(concert)
        ],
        "shows": [_line(show, reports.get(show.pk), earlier, user) for show in shows],
    }


def _day(text: str) -> datetime.date | None:
    """The day that a text names, or none."""
    try:
        return datetime.date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def end_of(day: datetime.date | None) -> datetime.datetime | None:
    """The last instant of a day in the programme's own time zone."""
    if day is None:
        return None
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.max))


def _line(
    show: Show, report: ShowReport | None, earlier: dict[int, int], user: Any
) -> dict[str, Any]:
    steps = STEPS[show.status] if user.has_perm(show_pages.MAY_STEP) else ()
    buttons = [
        {
            "label": _t("Not held after all")
            if show.status == ShowStatus.HELD
            else _t("Take up again")
            if show.status == ShowStatus.CANCELLED
            else status.label,
            "url": reverse(
                "admin:live_show_step", args=[show.pk, status.lower().replace("_", "-")]
            ),
        }
        for status in steps
        if status != ShowStatus.HELD or show.date <= timezone.localdate()
    ]
    if user.has_perm(show_pages.MAY_REPORT):
        url = reverse("admin:live_show_report", args=[show.pk])
        buttons.append({"label": _t("Report figures"), "url": url})
    return {
        "row": show,
        "date": date_format(show.date, "DATE_FORMAT"),
        "url": reverse("admin:live_show_change", args=[show.pk]),
        "place": place_in_words(show) if show.space_id else str(show.venue),
        "times": show_pages.times_in_words(show),
        "status": show_pages.status_mark(show),
        "report": report,
        "gross": money(report.gross_amount, report.gross_currency) if report else "",
        "tickets": f"{report.tickets_sold:,}" if report and report.tickets_sold is not None else "",
        "reports": earlier.get(show.pk, 0),
        "bookings": [b for b in show.bookings.all() if b.state != "RELEASED"],
        "steps": buttons,
        "calendar_url": reverse("admin:live_venue_calendar", args=[show.venue_id])
        + f"?month={show.date:%Y-%m}",
    }
