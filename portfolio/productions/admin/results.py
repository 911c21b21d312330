"""Releases and results in the staff admin; most results come from files, see Imports."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import PublishableAdmin, StaffAdmin
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.common.admin_permissions import OnlyAddedTo
from portfolio.productions.models import Release, Result


@admin.register(Release)
class ReleaseAdmin(PublishableAdmin):
    """Where, in which medium and when productions come out."""

    list_display = ("date", "production", "territory", "medium", "distributor", "published")
    list_filter = ("publication", "medium", ("production", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("production", "distributor")
    search_fields = ("production__search_text", "distributor_name")
    ordering = ("-date", "-pk")
    autocomplete_fields = ("production", "distributor")
    fieldsets = (
        (None, {"fields": ("production", ("territory", "medium"), ("date", "screens"))}),
        (_("Distributor"), {"fields": ("distributor", "distributor_name")}),
        (_("Publication"), {"fields": (("publication", "embargoed_until"),)}),
    )


@admin.register(Result)
class ResultAdmin(OnlyAddedTo, StaffAdmin):
    """What was reported of productions: added to, never changed; a later report stands beside."""

    list_display = ("period", "production", "territory", "medium", "measure", "figure", "source")
    list_filter = ("measure", "medium", "is_public", ("production", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("production", "source", "withdrawal")
    search_fields = ("production__search_text",)
    ordering = ("-start_date", "-pk")
    autocomplete_fields = ("production", "source")
    fieldsets = (
        (None, {"fields": ("production", ("territory", "medium"), ("start_date", "end_date"))}),
        (_("Figure"), {"fields": (("measure", "value", "currency"), "source", "is_public")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Results that know whether the same number stands somewhere else."""
        rows: Any = super().get_queryset(request)
        return rows.with_twins()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Stamp who and when."""
        obj.recorded_at, obj.recorded_by = timezone.now(), request.user
        super().save_model(request, obj, form, change)

    @display(description=_("period"), ordering="start_date")
    def period(self, result: Result) -> str:
        """The days that the figure is of."""
        return f"{result.start_date} – {result.end_date or ''}"

    @display(description=_("value"), ordering="value")
    def figure(self, result: Any) -> Any:
        """The figure with its unit; whether it was withdrawn or stands twice."""
        if result.value is None:
            return _("not disclosed")
        digits = 2 if result.currency else 0
        shown = number_format(result.value, decimal_pos=digits, force_grouping=True)
        note: Any = ""
        if hasattr(result, "withdrawal"):
            note = _("withdrawn")
        elif result.has_twin:
            note = _("the same number stands twice")
        return format_html(
            '{} {} <span class="house-wrong">{}</span>', result.currency, shown, note
        )
