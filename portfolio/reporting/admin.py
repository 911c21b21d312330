"""Where the report pages stand in the admin."""

from django.contrib import admin

from portfolio.reporting.due_pages import due_page, tranches_page
from portfolio.reporting.entries_page import entries_page
from portfolio.reporting.pages import cash_flow_page, top_sheet_page
from portfolio.reporting.reminders_page import reminders_page
from portfolio.reporting.watch_pages import watch_page

for route, page, name in (
    ("reports/top-sheet/", top_sheet_page, "report_top_sheet"),
    ("reports/cash-flow/", cash_flow_page, "report_cash_flow"),
    ("reports/overdue/", due_page, "report_due"),
    ("reports/tranches/", tranches_page, "report_tranches"),
    ("reports/watch/", watch_page, "report_watch"),
    ("reports/entries/", entries_page, "report_entries"),
    ("reminders/", reminders_page, "reminders"),
):
    admin.site.register_page(route, page, name)  # type: ignore[attr-defined]
