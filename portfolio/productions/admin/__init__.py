"""Films and series in the staff admin; each file registers its own pages."""

from django.contrib import admin

from portfolio.productions.admin import (
    credits,
    images,
    productions,
    results,
    schedules,
    waterfalls,
)
from portfolio.productions.admin.money_steps import step_view
from portfolio.productions.admin.title_money import budget_page, costs_page, financing_page

__all__ = ["credits", "images", "productions", "results", "schedules", "waterfalls"]

for path, page, name in (
    ("productions/money/<int:title>/budget/", budget_page, "title_budget"),
    ("productions/money/<int:title>/costs/", costs_page, "title_costs"),
    ("productions/money/<int:title>/financing/", financing_page, "title_financing"),
    ("productions/money/<int:title>/<slug:name>/<int:key>/", step_view, "title_money_step"),
):
    admin.site.register_page(path, page, name)  # type: ignore[attr-defined]
