"""Grants in the staff admin: the list, the form, and the steps that put them in force and end them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin, StaffStackedInline, StaffTabularInline
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.common.admin_steps import AmountFormField
from portfolio.rights.admin import steps
from portfolio.rights.admin.scopes import SCOPE_FIELDSETS, SCOPE_ROWS, ScopeFields
from portfolio.rights.admin.words import (
    Territories,
    bound_in_words,
    scope_in_words,
)
from portfolio.rights.choices import GrantState
from portfolio.rights.models import Grant, Holdback, Offer


class HoldbackInline(ScopeFields, StaffStackedInline):
    """What the agreement forbids beside the grant."""

    model = Holdback
    fields = (("binds",), *SCOPE_ROWS)
    classes = ("house-media",)


class OfferInline(StaffTabularInline):
    """Who was asked first, and what they said."""

    model = Offer
    autocomplete_fields = ("priority",)
    fields = ("priority", "offered_date", "answer_due_date", "answer", "answered_date")
    readonly_fields = ("answer_due_date",)


@admin.register(Grant)
class GrantAdmin(ScopeFields, StaffAdmin):
    """Rights in and rights out: negotiated in a form, agreed and ended by steps."""

    list_display = ("of_title", "way", "what", "where", "window", "with_whom", "sort", "stands")
    list_display_links = ("of_title",)
    list_filter = (
        "direction",
        "state",
        "exclusivity",
        ("title", AutocompleteFilter),
        ("other_side", AutocompleteFilter),
    )
    list_filter_submit = True
    list_select_related = ("title", "other_side", "agreement", "start_event", "end_event")
    search_fields = ("title__search_text", "other_side__search_text", "agreement__reference")
    autocomplete_fields = ("title", "agreement", "other_side", "start_event", "end_event")
    inlines = (HoldbackInline, OfferInline)
    change_form_before_template = "admin/rights/_steps.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("title", "direction"),
                    ("other_side", "agreement"),
                    ("basis", "exclusivity"),
                    "may_license_on",
                )
            },
        ),
        *SCOPE_FIELDSETS,
        (
            _("Terms"),
            {
                "fields": (
                    ("minimum_guarantee", "currency", "share_percent"),
                    ("reversion_date", "reversion_condition"),
                    "notes",
                )
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What never changes once it is saved."""
        return ("title", "direction") if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Holdbacks and offers belong to a grant that is there."""
        return super().get_inlines(request, obj) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what is in negotiation is deleted."""
        return (obj is None or obj.state == GrantState.DRAFT) and super().has_delete_permission(
            request, obj
        )

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Amounts as people write them."""
        if db_field.name == "minimum_guarantee":
            return AmountFormField(
                label=_("Minimum guarantee"), required=False, help_text=db_field.help_text
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_urls(self) -> list[Any]:
        """The pages of steps beside those of the form."""
        return [
            path(
                "<int:pk>/step/<slug:name>/",
                self.admin_site.admin_view(self.step),
                name="rights_grant_step",
            ),
            *super().get_urls(),
        ]

    def step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """Ask what a step needs, and take it."""
        return steps.step_of_grant(self, request, pk, name)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form with the steps that are possible now, and the way to the title's rights."""
        row = kwargs.get("obj")
        if row is not None:
            context |= {
                "house_state": row.get_state_display(),
                "house_steps": steps.steps_for_grant(row, request.user),
                "house_title": row.title.name_for(get_language() or "en"),
                "house_title_url": reverse("admin:rights_title", args=[row.title_id]),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    # --- The list ----------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        """Grants; the names of sets are looked up once for the page."""
        self.territories = Territories()
        return super().get_queryset(request)

    @display(description=_("title"), ordering="title__sort_name")
    def of_title(self, row: Grant) -> str:
        """The title's name."""
        return row.title.name_for(get_language() or "en")

    @display(description=_("direction"), ordering="direction")
    def way(self, row: Grant) -> str:
        """In or out."""
        return row.get_direction_display()

    @display(description=_("media"))
    def what(self, row: Grant) -> str:
        """The media in words."""
        return scope_in_words(row, self.territories)[0]

    @display(description=_("territories"))
    def where(self, row: Grant) -> str:
        """The territories in words."""
        return scope_in_words(row, self.territories)[1]

    @display(description=_("window"), ordering="start_date")
    def window(self, row: Grant) -> SafeString:
        """Its two ends."""
        return format_html("{} –<br>{}", bound_in_words(row, "start"), bound_in_words(row, "end"))

    @display(description=_("other side"), ordering="other_side__sort_name")
    def with_whom(self, row: Grant) -> SafeString | str:
        """The other side and the agreement."""
        if row.other_side is None:
            return row.get_basis_display()
        return format_html(
            '{}<br><span class="house-quiet">{}</span>',
            row.other_side.name_for(get_language() or "en"),
            row.agreement.reference if row.agreement else "",
        )

    @display(description=_("exclusivity"), ordering="exclusivity")
    def sort(self, row: Grant) -> str:
        """Exclusive or not."""
        return row.get_exclusivity_display()

    @display(description=_("state"), ordering="state")
    def stands(self, row: Grant) -> SafeString:
        """How far it has come."""
        tone = {"DRAFT": "waits", "ENDED": "quiet"}.get(row.state, "on")
        return format_html(
            '<span class="house-mark house-mark-{}">{}</span>', tone, row.get_state_display()
        )
