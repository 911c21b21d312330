"""Seasons, milestones, schedule versions and deliverables in the staff admin."""

import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import PublishableAdmin, StaffAdmin, StaffTabularInline, link_to
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.productions.admin.page import milestone_line, slip_words, state_mark
from portfolio.productions.models import (
    Deliverable,
    Episode,
    Milestone,
    ScheduleDate,
    ScheduleVersion,
    Season,
)


class PartOfProduction(StaffAdmin):
    """A row of one production, which stays with it once it is there."""

    autocomplete_fields = ("production",)
    list_select_related: tuple[str, ...] = ("production",)
    list_filter_submit = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The production of a new row is chosen; of one that is there, not."""
        fields = super().get_readonly_fields(request, obj)
        return (*fields, "production") if obj is not None else fields

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        """The production, where it can be chosen."""
        return self.autocomplete_fields

    @display(description=_("production"), ordering="production__sort_name")
    def of_production(self, row: Any) -> SafeString:
        """The production, and a link to it."""
        return link_to(row.production)


class EpisodeInline(StaffTabularInline):
    """The episodes of a season."""

    model = Episode
    fields = (
        "number",
        "title_en",
        "title_zh_hant",
        "title_zh_hans",
        "first_shown_date",
        "runtime_minutes",
    )


@admin.register(Season)
class SeasonAdmin(PublishableAdmin, PartOfProduction):
    """Seasons of series, each with its episodes."""

    list_display = ("number", "of_production", "called", "planned_episodes", "published")
    list_display_links = ("number", "called")
    list_filter = ("publication", ("production", AutocompleteFilter))
    search_fields = ("production__search_text", "title_en", "title_zh_hant", "title_zh_hans")
    inlines = (EpisodeInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "production",
                    ("number", "planned_episodes"),
                    "title_en",
                    ("title_zh_hant", "title_zh_hans"),
                )
            },
        ),
        (_("Publication"), {"fields": ("publication", "embargoed_until")}),
    )
    refusals = (_("only a series has seasons; change the format first"),)

    @display(description=_("title"))
    def called(self, row: Season) -> str:
        """Season 2: Redemption."""
        return str(row)


class OverdueFilter(admin.SimpleListFilter):
    """Rows whose day has passed."""

    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Only those."""
        return [("yes", _("Overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What was to be before today and is not."""
        if self.value() != "yes":
            return queryset
        return queryset.overdue_on(timezone.localdate())  # type: ignore[attr-defined]


@admin.register(Milestone)
class MilestoneAdmin(PublishableAdmin, PartOfProduction):
    """The dates that productions are waited for, with how far they have slipped."""

    list_display = (
        "called",
        "of_production",
        "baseline_date",
        "expected_date",
        "actual_date",
        "slipped",
        "published",
    )
    list_filter = (OverdueFilter, "kind", "publication", ("production", AutocompleteFilter))
    search_fields = ("production__search_text", "title_en", "title_zh_hant", "title_zh_hans")
    ordering = ("planned_date", "pk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "production",
                    "kind",
                    "title_en",
                    ("title_zh_hant", "title_zh_hans"),
                    ("planned_date", "revised_date"),
                    "actual_date",
                    "remarks",
                )
            },
        ),
        (_("Publication"), {"fields": ("publication", "embargoed_until")}),
    )
    refusals = (
        _("add a milestone to the other production instead"),
        _("the date is in a locked version of the schedule"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Milestone]:
        """Milestones with their slip, in the same query."""
        rows: Any = super().get_queryset(request)
        return rows.with_slip()

    @display(description=_("milestone"), ordering="kind")
    def called(self, row: Milestone) -> str:
        """What is reached."""
        return str(row)

    @display(description=_("baseline"), ordering="baseline")
    def baseline_date(self, row: Any) -> Any:
        """The day it is held against."""
        return row.baseline

    @display(description=_("expected"), ordering="expected")
    def expected_date(self, row: Any) -> Any:
        """The day it is to be; overdue ones stand out."""
        words = date_format(row.expected, "DATE_FORMAT")
        late = row.actual_date is None and row.expected < timezone.localdate()
        return format_html('<strong class="house-wrong">{}</strong>', words) if late else words

    @display(description=_("slip"), ordering="slip")
    def slipped(self, row: Any) -> Any:
        """How much later than the baseline."""
        return milestone_line(row, timezone.localdate())["slip"]


class ScheduleDateInline(StaffTabularInline):
    """The days in a version."""

    model = ScheduleDate
    fields = ("milestone", "planned_date")
    select_related = ("milestone",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only milestones of the same production."""
        if db_field.name == "milestone":
            version = (request.resolver_match.kwargs if request.resolver_match else {}).get(
                "object_id", ""
            )
            kwargs["queryset"] = Milestone.objects.filter(
                production__schedule_versions=int(version) if version.isdecimal() else 0
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(ScheduleVersion)
class ScheduleVersionAdmin(PartOfProduction):
    """Schedules as they were planned at one time; a locked one is only looked at."""

    list_display = ("called", "of_production", "locked_at", "locked_by")
    list_filter = (("production", AutocompleteFilter),)
    list_select_related = ("production", "locked_by")
    search_fields = ("production__search_text", "name")
    inlines = (ScheduleDateInline,)
    fields = ("production", "name", "remarks", ("locked_at", "locked_by"), "compared")
    readonly_fields = ("locked_at", "locked_by", "compared")
    refusals = (
        _("the version is locked; keep a new one"),
        _("the date is in a locked version of the schedule"),
        _("choose a milestone of the same production"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: it is kept from the page of the production."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may, while it is open."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.locked_at is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may, while it is open."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or obj.locked_at is None)

    @display(description=_("version"), ordering="number")
    def called(self, row: ScheduleVersion) -> str:
        """2. After the storm."""
        return str(row)

    @display(description=_("beside the dates of now"))
    def compared(self, row: ScheduleVersion) -> Any:
        """Each milestone as planned then, as expected now, and the days between."""
        if row.pk is None:
            return self.get_empty_value_display()
        then = {date.milestone_id: date.planned_date for date in row.dates.all()}
        lines = []
        for milestone in Milestone.objects.filter(production=row.production_id).in_order():
            now = milestone.actual_date or milestone.revised_date or milestone.planned_date
            lines.append((str(milestone), *_compared(then.get(milestone.pk), now)))
        body = format_html_join(
            "", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>', lines
        )
        return format_html(
            '<div class="house-scroll"><table class="house-table"><thead><tr><th scope="col">{}</th>'
            '<th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr></thead>'
            "<tbody>{}</tbody></table></div>",
            _("Milestone"), _("In this version"), _("Now"), _("Slip"), body,
        )  # fmt: skip


def _compared(
    then: datetime.date | None, now: datetime.date | None
) -> tuple[str, str, str | SafeString]:
    words = [date_format(day, "DATE_FORMAT") if day else "–" for day in (then, now)]
    slip = slip_words((now - then).days) if then and now else _("new")
    return words[0], words[1], str(slip)


@admin.register(Deliverable)
class DeliverableAdmin(PartOfProduction):
    """What productions hand over; received, accepted and rejected on the page of each."""

    list_display = (
        "called",
        "of_production",
        "is_mandatory",
        "due",
        "where",
        "received_date",
        "decided_by",
    )
    list_filter = (
        OverdueFilter,
        "state",
        "kind",
        "is_mandatory",
        ("production", AutocompleteFilter),
    )
    list_select_related = ("production", "decided_by")
    search_fields = ("production__search_text", "title")
    ordering = ("due_date", "pk")
    fields = (
        "production",
        ("kind", "title"),
        ("is_mandatory", "due_date"),
        ("where", "next_step"),
        ("received_date", "received_by"),
        ("decided_at", "decided_by"),
        "reason",
        "document",
    )
    readonly_fields = (
        "where",
        "next_step",
        "received_date",
        "received_by",
        "decided_at",
        "decided_by",
        "reason",
        "document",
    )
    refusals = (_("what was accepted stays on record"),)

    @display(description=_("deliverable"), ordering="kind")
    def called(self, row: Deliverable) -> str:
        """What is handed over."""
        return str(row)

    @display(description=_("due on"), ordering="due_date")
    def due(self, row: Deliverable) -> Any:
        """The day; overdue ones stand out."""
        if row.due_date is None:
            return self.get_empty_value_display()
        words = date_format(row.due_date, "DATE_FORMAT")
        late = row.state in ("EXPECTED", "REJECTED") and row.due_date < timezone.localdate()
        return format_html('<strong class="house-wrong">{}</strong>', words) if late else words

    @display(description=_("state"), ordering="state")
    def where(self, row: Deliverable) -> Any:
        """How far it has come."""
        return state_mark(row) if row.pk else self.get_empty_value_display()

    @display(description=_("next step"))
    def next_step(self, row: Deliverable) -> Any:
        """On the page of the production."""
        if row.pk is None:
            return self.get_empty_value_display()
        url = reverse("admin:productions_production_change", args=[row.production_id])
        return format_html(
            '<a class="house-link" href="{}#deliverables">{}</a>', url, row.production
        )
