"""Scholarships in the staff admin: schemes, rounds, applications, reviews, panels, awards."""

from django.contrib import admin

from scholarships.admin import applications, awards, panels, people, rounds, schemes
from scholarships.admin.desk import desk, own_paper, own_review
from scholarships.admin.entry import bring_in_page
from scholarships.admin.panels import ranking_page

__all__ = ["applications", "awards", "panels", "people", "rounds", "schemes"]

site: object = admin.site
for route, view, name in (
    ("scholarships/desk/", desk, "scholarships_desk"),
    ("scholarships/desk/<int:key>/", own_review, "scholarships_review_own"),
    ("scholarships/desk/<int:key>/paper/<int:paper>/", own_paper, "scholarships_review_paper"),
    ("scholarships/rounds/<int:key>/ranking/", ranking_page, "scholarships_ranking"),
    ("scholarships/rounds/<int:key>/bring-in/", bring_in_page, "scholarships_bring_in"),
):
    site.register_page(route, view, name)  # type: ignore[attr-defined]
