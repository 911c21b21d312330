"""Venue collaborations in the staff admin: agreement, seasons, shares, and how far they have come."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffTabularInline
from portfolio.common.admin_lists import AutocompleteFilter, HasSourceFilter, MissingNameFilter
from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.live.admin.bookings import state_mark
from portfolio.live.admin.shows import status_mark, times_in_words
from portfolio.live.models import RevenueShare, Season, VenueCollaboration
from portfolio.live.operations.calendar import period_in_words
from portfolio.live.operations.figures import (
    dates_of,
    latest_reports,
    promised_to,
    share_in_money,
    shows_of,
    takings,
)
from portfolio.programmes.admin import ProjectCitationInline, ProjectDetailAdmin

MOST_SHOWN = 200


class SeasonInline(StaffTabularInline):
    """The seasons, which do not overlap."""

    model = Season
    fields = ("title", "start_date", "end_date", "minimum_shows")


class RevenueShareInline(StaffTabularInline):
    """Whose the revenue is."""

    model = RevenueShare
    autocomplete_fields = ("organisation",)
    fields = ("organisation", "basis", "percentage", "terms")
    select_related = ("organisation",)


@admin.register(VenueCollaboration)
class VenueCollaborationAdmin(ProjectDetailAdmin):
    """What the programme agreed with a venue, and what came of it."""

    list_display = (
        "names",
        "venue",
        "agreement",
        "minimum_shows",
        "strand",
        "sourced",
        "published",
    )
    list_filter = (
        "publication",
        ("venue", AutocompleteFilter),
        ("strand", AutocompleteFilter),
        HasSourceFilter,
        MissingNameFilter,
    )
    list_filter_submit = True
    list_select_related = ("strand", "venue", "agreement")
    autocomplete_fields = ("programme", "strand", "venue", "agreement")
    inlines = (SeasonInline, RevenueShareInline, ProjectCitationInline)
    readonly_fields = ("progress_link",)
    fieldsets = (
        ProjectDetailAdmin.names_fieldset,
        (
            _("What is agreed"),
            {"fields": (("venue", "agreement"), "minimum_shows", "terms", "progress_link")},
        ),
        ProjectDetailAdmin.place_fieldset,
        ProjectDetailAdmin.outcome_fieldset,
        ProjectDetailAdmin.publication_fieldset,
        ProjectDetailAdmin.staff_fieldset,
    )
    refusals = (
        *ProjectDetailAdmin.refusals,
        _("a collaboration stays with its venue"),
        _("together the shares pass 100 per cent"),
    )

    def get_urls(self) -> list[Any]:
        """The page of its dates and shows, beside the pages of every admin."""
        view = self.admin_site.admin_view(self.progress_view)
        name = "live_venuecollaboration_progress"
        return [path("<int:key>/progress/", view, name=name), *super().get_urls()]

    def progress_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Shows held beside those agreed, dates held and released, and what the shares come to."""
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        rows = VenueCollaboration.objects.select_related("venue", "agreement", "programme")
        try:
            row = rows.get(pk=key)
        except (VenueCollaboration.DoesNotExist, OverflowError):
            raise Http404 from None
        user: Any = request.user
        shows = list(
            row.shows.select_related("concert", "venue", "space").order_by("date", "pk")[
                :MOST_SHOWN
            ]
        )
        may_see = user.has_perm("live.view_showreport")
        keys = [show.pk for show in shows]
        today = timezone.localdate()
        reports = latest_reports(keys, as_of=today, known_at=None) if may_see else {}
        taken = takings(shows, reports)
        bookings = row.bookings.select_related("venue", "space").order_by("starts_at", "pk")
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.opts,
            "original": row,
            "collaboration": row,
            "edit_url": reverse("admin:live_venuecollaboration_change", args=[row.pk]),
            "history_url": reverse("admin:live_venuecollaboration_history", args=[row.pk]),
            "calendar_url": reverse("admin:live_venue_calendar", args=[row.venue_id]),
            "counts": shows_of(row),
            "dates": dates_of(row),
            "promised": [(money(p, c), money(paid, c)) for c, p, paid in promised_to(row)],
            "shares": [
                {
                    "row": share,
                    "money": [
                        money(amount, currency)
                        for currency, amount in (share_in_money(share, taken) or {}).items()
                    ],
                }
                for share in row.revenue_shares.select_related("organisation")
            ],
            "taken": taken,
            "may_see_figures": may_see,
            "shows": [
                {
                    "row": show,
                    "status": status_mark(show),
                    "times": times_in_words(show),
                    "url": reverse("admin:live_concert_shows", args=[show.concert_id]),
                }
                for show in shows
            ],
            "bookings": [
                {
                    "row": booking,
                    "state": state_mark(booking),
                    "period": period_in_words(
                        booking.starts_at, booking.ends_at, booking.venue.time_zone
                    ),
                    "url": reverse("admin:live_booking_change", args=[booking.pk]),
                }
                for booking in (bookings[:MOST_SHOWN] if user.has_perm("live.view_booking") else ())
            ],
        }
        return TemplateResponse(request, "admin/live/collaboration.html", context)

    @display(description=_("dates and shows"))
    def progress_link(self, row: VenueCollaboration) -> Any:
        """A link to the page of its dates and shows."""
        if row.pk is None:
            return self.get_empty_value_display()
        url = reverse("admin:live_venuecollaboration_progress", args=[row.pk])
        return format_html('<a class="house-link" href="{}">{}</a>', url, _("Dates and shows"))
