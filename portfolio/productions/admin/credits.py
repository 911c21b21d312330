"""Credits across the portfolio in the staff admin: who did what, and whose first work it was."""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portfolio.common.admin import StaffAdmin, link_to
from portfolio.common.admin_lists import AutocompleteFilter
from portfolio.productions.models import Credit


@admin.register(Credit)
class CreditAdmin(StaffAdmin):
    """Who did what on which production; by person it is their filmography."""

    list_display = ("of_person", "role", "played", "of_production", "year", "first_work", "basis")
    list_display_links = ("role",)
    list_filter = (
        "debut",
        "role",
        ("person", AutocompleteFilter),
        ("production", AutocompleteFilter),
    )
    list_filter_submit = True
    list_select_related = ("person", "production", "debut_source")
    search_fields = ("person__search_text", "production__search_text", "credited_as")
    ordering = ("person__sort_name", "pk")
    autocomplete_fields = ("production", "person", "debut_source")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("production", "person"),
                    ("role", "position"),
                    "credited_as",
                    "character_en",
                    ("character_zh_hant", "character_zh_hans"),
                )
            },
        ),
        (_("First work"), {"fields": ("debut", ("debut_source", "debut_declared_by"))}),
    )

    @display(description=_("person"), ordering="person__sort_name")
    def of_person(self, row: Credit) -> SafeString:
        """The person, and a link to them."""
        return link_to(row.person)

    @display(description=_("production"), ordering="production__sort_name")
    def of_production(self, row: Credit) -> SafeString:
        """The production, and a link to it."""
        return link_to(row.production)

    @display(description=_("character"))
    def played(self, row: Credit) -> str:
        """Whom they play, in the first script there is."""
        return row.character_en or row.character_zh_hant or row.character_zh_hans

    @display(description=_("year"), ordering="production__year")
    def year(self, row: Credit) -> Any:
        """Of first release."""
        return row.production.year

    @display(description=_("first work"), ordering="debut")
    def first_work(self, row: Credit) -> str:
        """First feature as director, or new actor."""
        return row.get_debut_display() if row.debut else ""

    @display(description=_("basis"))
    def basis(self, row: Credit) -> Any:
        """Who has it that it is one."""
        return row.debut_source or row.debut_declared_by
