"""Films and series in the staff admin: the form, and what stands around it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin import StaffTabularInline
from portfolio.common.admin_lists import AutocompleteFilter, HasSourceFilter, MissingNameFilter
from portfolio.productions.admin import page, steps
from portfolio.productions.choices import SERIES_FORMATS
from portfolio.productions.models import (
    Credit,
    Deliverable,
    Milestone,
    Participation,
    Production,
    ProductionIdentifier,
    Season,
)
from portfolio.programmes.admin import ProjectCitationInline, ProjectDetailAdmin


class ParticipationInline(StaffTabularInline):
    """The organisations that take part."""

    model = Participation
    autocomplete_fields = ("organisation",)
    fields = ("organisation", "role")
    select_related = ("organisation",)


class CreditInline(StaffTabularInline):
    """The people who make it."""

    model = Credit
    autocomplete_fields = ("person",)
    fields = ("person", "role", "position", "character_en", "character_zh_hant", "debut")
    readonly_fields = ("debut",)
    select_related = ("person",)
    show_change_link = True


class SeasonInline(StaffTabularInline):
    """The seasons of a series; each is opened for its episodes."""

    model = Season
    fields = (
        "number",
        "title_en",
        "title_zh_hant",
        "title_zh_hans",
        "planned_episodes",
        "publication",
    )
    show_change_link = True


class IdentifierInline(StaffTabularInline):
    """The numbers under which registers know it."""

    model = ProductionIdentifier
    fields = ("scheme", "value")


class MilestoneInline(StaffTabularInline):
    """The dates that somebody waits for; each is opened for its titles and an embargo."""

    model = Milestone
    fields = ("kind", "title_en", "planned_date", "revised_date", "actual_date", "publication")
    show_change_link = True


class DeliverableInline(StaffTabularInline):
    """What has to be handed over; received and accepted by steps."""

    model = Deliverable
    fields = ("kind", "title", "is_mandatory", "due_date")
    show_change_link = True


@admin.register(Production)
class ProductionAdmin(ProjectDetailAdmin):
    """Films and series, their partners, their credits and how far they have come."""

    public_route = "website:production"
    change_form_outer_before_template = "admin/productions/slate.html"
    change_form_outer_after_template = "admin/productions/timeline.html"
    list_display = (
        "names",
        "format",
        "stage",
        "strand",
        "place",
        "amount",
        "year",
        "sourced",
        "published",
    )
    list_filter = (
        "publication",
        "stage",
        "format",
        "standing",
        ("strand", AutocompleteFilter),
        ("participations__organisation", AutocompleteFilter),
        HasSourceFilter,
        MissingNameFilter,
    )
    list_filter_submit = True
    inlines = (
        ParticipationInline,
        CreditInline,
        SeasonInline,
        MilestoneInline,
        DeliverableInline,
        IdentifierInline,
        ProjectCitationInline,
    )
    fieldsets = (
        ProjectDetailAdmin.names_fieldset,
        (
            _("What it is"),
            {
                "fields": (
                    ("format", "stage"),
                    "genres",
                    ("genre", "year"),
                    ("runtime_minutes", "countries"),
                    ("spoken_languages", "subtitle_languages"),
                )
            },
        ),
        (
            _("In words"),
            {
                "fields": (
                    "logline_en",
                    ("logline_zh_hant", "logline_zh_hans"),
                    "synopsis_en",
                    ("synopsis_zh_hant", "synopsis_zh_hans"),
                )
            },
        ),
        ProjectDetailAdmin.place_fieldset,
        ProjectDetailAdmin.outcome_fieldset,
        ProjectDetailAdmin.publication_fieldset,
        ProjectDetailAdmin.staff_fieldset,
    )
    refusals = (
        *ProjectDetailAdmin.refusals,
        _("only a series has seasons; change the format first"),
        _("it has seasons; remove them before it becomes another format"),
        _("what was accepted stays on record"),
        _("the date is in a locked version of the schedule"),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The stage is chosen once, when it is entered; then it moves by steps."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "stage") if obj is not None else fields

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Seasons for what may have them."""
        inlines = super().get_inlines(request, obj)
        if obj is None or obj.format in SERIES_FORMATS or obj.seasons.exists():
            return inlines
        return [inline for inline in inlines if inline is not SeasonInline]

    def get_urls(self) -> list[Any]:
        """The pages of the steps beside the usual ones."""
        return [
            path(
                "<int:object_id>/step/<slug:name>/<int:key>/",
                self.admin_site.admin_view(self.step_view),
                name="productions_production_step",
            ),
            *super().get_urls(),
        ]

    def step_view(self, request: HttpRequest, object_id: int, name: str, key: int) -> HttpResponse:
        """The small page of one step."""
        return steps.step_view(self, request, object_id, name, key)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The form with the stage, the next steps, dates and deliverables around it."""
        row = kwargs.get("obj")
        if row is not None and row.pk and "_popup" not in request.GET:
            # What was typed is not saved yet: the page tells of the row as it is.
            kept = Production.objects.get(pk=row.pk)
            context["slate"] = page.context_of(kept, request.user, timezone.localdate())
        return super().render_change_form(request, context, *args, **kwargs)
