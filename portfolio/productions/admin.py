"""Films and series in the staff admin."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin import StaffTabularInline
from portfolio.common.admin_lists import AutocompleteFilter, HasSourceFilter, MissingNameFilter
from portfolio.productions.models import Credit, Participation, Production
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
    fields = ("person", "role")
    select_related = ("person",)


@admin.register(Production)
class ProductionAdmin(ProjectDetailAdmin):
    """Films and series, their partners, their credits and how far they have come."""

    public_route = "website:production"
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
    inlines = (ParticipationInline, CreditInline, ProjectCitationInline)
    fieldsets = (
        ProjectDetailAdmin.names_fieldset,
        (_("What it is"), {"fields": (("format", "stage"), ("genre", "year"))}),
        ProjectDetailAdmin.place_fieldset,
        ProjectDetailAdmin.outcome_fieldset,
        ProjectDetailAdmin.publication_fieldset,
        ProjectDetailAdmin.staff_fieldset,
    )
