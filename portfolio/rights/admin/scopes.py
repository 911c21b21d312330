"""The form of a scope, shared by grants, holdbacks and priorities."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_forms import KindsField
from portfolio.rights.choices import LEAVES, MEDIA_TREE, Medium

SCOPE_FIELDSETS: Any = (
    (_("What"), {"fields": ("media", "media_except"), "classes": ("house-media",)}),
    (_("Where"), {"fields": (("territories", "territories_except", "languages"),)}),
    (
        _("From when until when"),
        {
            "fields": (
                ("start_kind", "start_date"),
                ("start_event", "start_lag_months", "start_lag_days"),
                ("end_kind", "end_date"),
                ("end_event", "end_lag_months", "end_lag_days"),
            ),
            "description": _(
                "Both days are included. An end that hangs on an event is looked at when the event has a date."
            ),
        },
    ),
)

SCOPE_ROWS: Any = (
    ("media", "media_except"),
    ("territories", "territories_except", "languages"),
    ("start_kind", "start_date"),
    ("start_event", "start_lag_months", "start_lag_days"),
    ("end_kind", "end_date"),
    ("end_event", "end_lag_months", "end_lag_days"),
)


def media_choices() -> list[tuple[str, Any]]:
    """The tree of media, one line each, deeper ones further in."""
    depth = {leaf: 2 for branch in MEDIA_TREE.values() for leaf in branch}
    return [
        (
            medium.value,
            ("\u2003" * depth.get(medium, 0 if medium is Medium.ALL else 1)) + medium.label,
        )
        for medium in Medium
        if medium is Medium.ALL or medium in MEDIA_TREE or medium in LEAVES
    ]


class ScopeFields:
    """Media as a tree to tick; events found by typing."""

    autocomplete_fields: Any = ("start_event", "end_event")

    class Media:
        """The tree of media in columns."""

        css = {"all": ["staff/rights.css"]}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The tree of media in place of a flat list."""
        if db_field.name in ("media", "media_except"):
            return KindsField(
                choices=media_choices(),
                label=db_field.verbose_name.capitalize(),
                required=not db_field.blank,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
