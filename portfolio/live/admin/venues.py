"""Venues in the staff admin, each with its spaces, what they hold, and a calendar."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import (
    CitationInline,
    PublishableAdmin,
    SourcedAdmin,
    StaffTabularInline,
)
from portfolio.common.admin_forms import StaffForm
from portfolio.common.admin_lists import AutocompleteFilter, HasSourceFilter, MissingNameFilter
from portfolio.common.admin_steps import ListField
from portfolio.common.local_time import zone_names
from portfolio.live.admin import calendar
from portfolio.live.models import Capacity, Space, Venue, VenueCitation


class VenueForm(StaffForm):
    """A venue; its time zone is chosen from the list."""

    time_zone = ListField(label=_("Time zone"), choices=lambda: [(n, n) for n in zone_names()])

    class Meta:
        model = Venue
        fields = "__all__"


class SpaceInline(StaffTabularInline):
    """The halls and stages of a venue."""

    model = Space
    fields = ("position", "name_en", "name_zh_hant", "name_zh_hans")
    ordering = ("position", "pk")


class CapacityInline(StaffTabularInline):
    """How many it holds, by set-up."""

    model = Capacity
    fields = ("space", "configuration", "people")
    select_related = ("space",)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Only the venue's own spaces are offered."""
        request.venue_of_spaces = obj  # type: ignore[attr-defined]
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The spaces of this venue."""
        if db_field.name == "space":
            venue = getattr(request, "venue_of_spaces", None)
            kwargs["queryset"] = Space.objects.filter(venue=venue)
            kwargs["empty_label"] = _("Whole venue")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class VenueCitationInline(CitationInline):
    """The sources of a venue."""

    model = VenueCitation


@admin.register(Venue)
class VenueAdmin(PublishableAdmin, SourcedAdmin):
    """Where shows are held, whose it is, and what is booked there."""

    form = VenueForm
    public_route = "website:venue"
    list_display = ("names", "district", "operator", "calendar_link", "sourced", "published")
    list_filter = (
        "publication",
        "country",
        ("owner", AutocompleteFilter),
        ("operator", AutocompleteFilter),
        HasSourceFilter,
        MissingNameFilter,
    )
    list_filter_submit = True
    list_select_related = ("operator",)
    search_fields = ("search_text",)
    autocomplete_fields = ("owner", "operator")
    prepopulated_fields = {"slug": ("name_en",)}
    readonly_fields = ("calendar_link",)
    inlines = (SpaceInline, CapacityInline, VenueCitationInline)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name_en",
                    ("name_zh_hant", "name_zh_hans"),
                    "aliases",
                    "slug",
                    "calendar_link",
                )
            },
        ),
        (
            _("Where it is"),
            {
                "fields": (
                    "address_en",
                    ("address_zh_hant", "address_zh_hans"),
                    "district_en",
                    ("district_zh_hant", "district_zh_hans"),
                    ("country", "time_zone"),
                    ("latitude", "longitude"),
                    "website",
                )
            },
        ),
        (_("Whose it is"), {"fields": (("owner", "operator"), "remarks")}),
        (_("Publication"), {"fields": ("publication", "embargoed_until")}),
        (_("For staff"), {"fields": ("notes",)}),
    )
    refusals = (
        _("give a time zone of the IANA database, such as Asia/Hong_Kong"),
        _("take the times off its shows first"),
        _("a space stays in the venue that it is a part of"),
        _("choose a space of this venue"),
    )

    def get_urls(self) -> list[Any]:
        """The calendar and the form that books, beside the pages of every admin."""
        view = self.admin_site.admin_view
        return [
            path("<int:venue>/calendar/", view(self.calendar_view), name="live_venue_calendar"),
            path("<int:venue>/book/", view(self.book_view), name="live_venue_book"),
            *super().get_urls(),
        ]

    def calendar_view(self, request: HttpRequest, venue: int) -> HttpResponse:
        """What is booked in a venue, month by month."""
        if request.method not in ("GET", "HEAD") or not request.user.has_perm("live.view_booking"):
            raise PermissionDenied
        return calendar.calendar_page(self, request, self._venue(venue))

    def book_view(self, request: HttpRequest, venue: int) -> HttpResponse:
        """Hold dates, or confirm them at once."""
        if not request.user.has_perm("live.add_booking"):
            raise PermissionDenied
        return calendar.book_page(self, request, self._venue(venue))

    def _venue(self, key: int) -> Venue:
        try:
            return Venue.objects.get(pk=key)
        except (Venue.DoesNotExist, OverflowError):
            raise Http404 from None

    @display(description=_("district"), ordering="district_en")
    def district(self, venue: Venue) -> str:
        """The district in the reader's script, or the nearest."""
        return venue.district_en or venue.district_zh_hant or venue.district_zh_hans or "–"

    @display(description=_("calendar"))
    def calendar_link(self, venue: Venue) -> Any:
        """A link to its calendar."""
        if venue.pk is None:
            return self.get_empty_value_display()
        url = reverse("admin:live_venue_calendar", args=[venue.pk])
        return format_html('<a class="house-link" href="{}">{}</a>', url, _("Calendar"))
