"""Rights in the staff admin."""

from django.contrib import admin

from portfolio.rights.admin.avails_page import avails_page
from portfolio.rights.admin.grants import GrantAdmin
from portfolio.rights.admin.lists import EventAdmin, PriorityAdmin, TerritorySetAdmin
from portfolio.rights.admin.sheet_page import sheet_page
from portfolio.rights.admin.title_page import title_page

__all__ = ["EventAdmin", "GrantAdmin", "PriorityAdmin", "TerritorySetAdmin"]

admin.site.register_page("rights/avails/", avails_page, "rights_avails")  # type: ignore[attr-defined]
admin.site.register_page("rights/avails/sheet/", sheet_page, "rights_sheet")  # type: ignore[attr-defined]
admin.site.register_page(  # type: ignore[attr-defined]
    "rights/titles/<int:title>/", title_page, "rights_title"
)
