"""Priorities, events of titles and sets of territories in the staff admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.rights.admin import steps
from portfolio.rights.admin.scopes import SCOPE_FIELDSETS, ScopeFields
from portfolio.rights.models import Event, Priority, TerritorySet


class WithSteps(StaffAdmin):
    """A row whose form has steps above it."""

    change_form_before_template = "admin/rights/_steps.html"
    step_route = ""

    def get_urls(self) -> list[Any]:
        """The pages of steps beside those of the form."""
        return [
            path(
                "<int:pk>/step/<slug:name>/",
                self.admin_site.admin_view(self.step),
                name=self.step_route,
            ),
            *super().get_urls(),
        ]

    def step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask what a step needs, and take it."""
        raise NotImplementedError

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form with the steps that are possible now, and the way to the title's rights."""
        row = kwargs.get("obj")
        if row is not None:
            context |= {
                "house_state": getattr(row, "get_state_display", lambda: "")(),
                "house_steps": steps.steps_for(row, request.user, self.step_route),
                "house_title": row.title.name_for(get_language() or "en"),
                "house_title_url": reverse("admin:rights_title", args=[row.title_id]),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description=_("title"), ordering="title__sort_name")
    def of_title(self, row: Any) -> str:
        """The title's name."""
        return str(row.title.name_for(get_language() or "en"))


@admin.register(Priority)
class PriorityAdmin(ScopeFields, WithSteps):
    """Options, first looks and last matches, with the clock that each runs on."""

    step_route = "rights_priority_step"
    list_display = ("of_title", "kind", "held_by", "valid_from_date", "valid_until_date", "stands")
    list_display_links = ("of_title",)
    list_filter = ("kind", "state", ("title", AutocompleteFilter), ("holder", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("title", "holder")
    search_fields = ("title__search_text", "holder__search_text", "agreement__reference")
    autocomplete_fields = ("title", "holder", "agreement", "start_event", "end_event")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("title", "kind"),
                    ("holder", "agreement"),
                    ("valid_from_date", "valid_until_date", "answer_days"),
                )
            },
        ),
        *SCOPE_FIELDSETS,
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What never changes once it is saved."""
        return ("title",) if obj else ()

    def step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Close it."""
        return steps.step_of_priority(self, request, pk, name)

    @display(description=_("holder"), ordering="holder__sort_name")
    def held_by(self, row: Priority) -> str:
        """Who holds it."""
        return row.holder.name_for(get_language() or "en")

    @display(description=_("state"), ordering="state")
    def stands(self, row: Priority) -> SafeString:
        """What became of it."""
        tone = "on" if row.state == "OPEN" else "quiet"
        return format_html(
            '<span class="house-mark house-mark-{}">{}</span>', tone, row.get_state_display()
        )


@admin.register(Event)
class EventAdmin(WithSteps):
    """Events that windows hang on; their dates are given by a step that shows the clashes first."""

    step_route = "rights_event_step"
    list_display = ("of_title", "kind", "place", "date", "basis")
    list_display_links = ("of_title",)
    list_filter = ("kind", ("title", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("title",)
    search_fields = ("title__search_text", "place")
    autocomplete_fields = ("title",)
    fieldsets = ((None, {"fields": (("title", "kind"), "place", ("date", "basis"))}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The date of an event that is there changes by a step."""
        return ("title", "date", "basis") if obj else ("date", "basis")

    def step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Give the event its date."""
        return steps.step_of_event(self, request, pk, name)


@admin.register(TerritorySet)
class TerritorySetAdmin(StaffAdmin):
    """Named sets of territories."""

    list_display = ("code", "names", "number")
    list_display_links = ("code",)
    search_fields = ("code", "search_text")
    fieldsets = (
        (None, {"fields": ("code", ("name_en", "name_zh_hant", "name_zh_hans"), "codes")}),
    )

    @display(description=_("territories"))
    def number(self, row: TerritorySet) -> int:
        """How many there are in it."""
        return len(row.codes)
