"""Lines of the admin's navigation, and the group of scholarships."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def may(*permissions: str) -> Callable[[HttpRequest], bool]:
    """A check that the person has one of the permissions."""
    return lambda request: any(request.user.has_perm(name) for name in permissions)


def item(title: Any, icon: str, route: str, *permissions: str, query: str = "") -> dict[str, Any]:
    """One line of the navigation; shown to whom the page would open."""
    link = reverse_lazy(route)
    return {
        "title": title,
        "icon": icon,
        "link": (lambda request: f"{link}{query}") if query else link,
        **({"permission": may(*permissions)} if permissions else {}),
    }


SCHOLARSHIPS: dict[str, Any] = {
    "title": _("Scholarships"),
    "separator": True,
    "items": [
        item(
            _("Scholarship schemes"),
            "school",
            "admin:scholarships_scheme_changelist",
            "scholarships.view_scheme",
        ),
        item(
            _("Rounds"),
            "campaign",
            "admin:scholarships_round_changelist",
            "scholarships.view_round",
        ),
        item(
            _("Applications"),
            "inbox",
            "admin:scholarships_application_changelist",
            "scholarships.view_application",
        ),
        item(
            _("My reviews"),
            "rate_review",
            "admin:scholarships_desk",
            "scholarships.change_review",
        ),
        item(
            _("Panels"),
            "groups",
            "admin:scholarships_panelmeeting_changelist",
            "scholarships.view_panelmeeting",
        ),
        item(
            _("Awards"),
            "workspace_premium",
            "admin:scholarships_award_changelist",
            "scholarships.view_award",
        ),
        item(
            _("Progress reports"),
            "assignment_turned_in",
            "admin:scholarships_progressreport_changelist",
            "scholarships.view_progressreport",
        ),
        item(
            _("Applicants"),
            "person_search",
            "admin:scholarships_applicant_changelist",
            "scholarships.view_applicant",
        ),
        item(
            _("Erasures"),
            "person_remove",
            "admin:scholarships_erasure_changelist",
            "scholarships.view_erasure",
        ),
        item(
            _("Readings of personal data"),
            "policy",
            "admin:scholarships_personalread_changelist",
            "scholarships.view_personalread",
        ),
    ],
}
