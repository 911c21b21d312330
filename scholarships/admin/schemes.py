"""Scholarship schemes in the staff admin."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin_lists import (
    AutocompleteFilter,
    HasSourceFilter,
    MissingNameFilter,
    money_or_undisclosed,
)
from portfolio.programmes.admin import ProjectCitationInline, ProjectDetailAdmin
from scholarships.models import Scheme


@admin.register(Scheme)
class SchemeAdmin(ProjectDetailAdmin):
    """Places that are paid for, and the institution that gives them."""

    public_route = "website:scheme"
    list_display = ("names", "institution", "places", "per_place", "strand", "sourced", "published")
    list_filter = (
        "publication",
        ("institution", AutocompleteFilter),
        ("strand", AutocompleteFilter),
        HasSourceFilter,
        MissingNameFilter,
    )
    list_filter_submit = True
    list_select_related = ("institution", "strand")
    autocomplete_fields = ("programme", "strand", "institution")
    inlines = (ProjectCitationInline,)
    undisclosed = {
        **ProjectDetailAdmin.undisclosed,
        "amount_per_place": "per_place",
        "amount_currency": "",
    }
    fieldsets = (
        ProjectDetailAdmin.names_fieldset,
        (
            _("What it offers"),
            {"fields": ("institution", "places", ("amount_per_place", "amount_currency"))},
        ),
        ProjectDetailAdmin.place_fieldset,
        ProjectDetailAdmin.outcome_fieldset,
        ProjectDetailAdmin.publication_fieldset,
        ProjectDetailAdmin.staff_fieldset,
    )

    @display(description=_("amount per place"), ordering="amount_per_place")
    def per_place(self, scheme: Scheme) -> Any:
        """The amount per place, or "not disclosed"."""
        return money_or_undisclosed(scheme.amount_per_place, scheme.amount_currency)
