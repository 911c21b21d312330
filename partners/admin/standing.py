"""How organisations stand, in the staff admin: blocks, ownerships, declared interests."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from partners.models import Block, Interest, Ownership
from portfolio.common.admin import StaffAdmin
from portfolio.common.admin_lists import AutocompleteFilter


@admin.register(Block)
class BlockAdmin(StaffAdmin):
    """To whom nothing may be paid, and why."""

    list_display = ("organisation", "in_force", "start_date", "end_date", "reason")
    list_filter = (("organisation", AutocompleteFilter),)
    list_filter_submit = True
    list_select_related = ("organisation",)
    search_fields = ("organisation__search_text", "reason")
    autocomplete_fields = ("organisation",)
    fields = ("organisation", ("start_date", "end_date"), "reason")

    @display(description=_("in force"))
    def in_force(self, row: Block) -> Any:
        """Whether it holds today."""
        today = timezone.localdate()
        if row.start_date <= today and (row.end_date is None or row.end_date >= today):
            return format_html('<strong class="house-wrong">{}</strong>', _("yes"))
        return _("no")


@admin.register(Ownership)
class OwnershipAdmin(StaffAdmin):
    """Who owns what share of whom."""

    list_display = ("owner", "owned", "share", "start_date", "end_date")
    list_filter = (("owner", AutocompleteFilter), ("owned", AutocompleteFilter))
    list_filter_submit = True
    list_select_related = ("owner", "owned")
    search_fields = ("owner__search_text", "owned__search_text")
    autocomplete_fields = ("owner", "owned")
    fields = (("owner", "owned"), "share", ("start_date", "end_date"))


@admin.register(Interest)
class InterestAdmin(StaffAdmin):
    """Which of the staff is close to which organisation."""

    list_display = ("person", "organisation", "nature", "start_date", "end_date")
    list_filter = (("organisation", AutocompleteFilter),)
    list_filter_submit = True
    list_select_related = ("person", "organisation")
    search_fields = ("person__username", "organisation__search_text", "nature")
    autocomplete_fields = ("organisation",)
    fields = (("person", "organisation"), "nature", ("start_date", "end_date"))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Oneself."""
        return {"person": request.user.pk, **super().get_changeform_initial_data(request)}
