"""The admin's look and navigation, grouped by what people do; see docs/adr/0007."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from portfolio.navigation_items import SCHOLARSHIPS, item


def environment(request: HttpRequest) -> list[str] | None:
    """A label in the corner of an installation for trying and testing."""
    return [str(_("Local")), "info"] if settings.LOCAL else None


NAVIGATION: list[dict[str, Any]] = [
    {
        "items": [
            item(_("Today"), "today", "admin:index"),
            item(
                _("Reminders"),
                "notifications",
                "admin:reminders",
                "rights.view_grant",
                "productions.view_milestone",
            ),
        ],
    },
    {
        "title": _("Portfolio"),
        "separator": True,
        "items": [
            item(
                _("Programmes"),
                "flag",
                "admin:programmes_programme_changelist",
                "programmes.view_programme",
            ),
            item(
                _("Strands"),
                "account_tree",
                "admin:programmes_strand_changelist",
                "programmes.view_strand",
            ),
            item(
                _("Productions"),
                "movie",
                "admin:productions_production_changelist",
                "productions.view_production",
            ),
            item(
                _("Credits"),
                "recent_actors",
                "admin:productions_credit_changelist",
                "productions.view_credit",
            ),
            item(
                _("Images"),
                "image",
                "admin:productions_productionimage_changelist",
                "productions.view_productionimage",
            ),
            item(
                _("Milestones"),
                "flag_circle",
                "admin:productions_milestone_changelist",
                "productions.view_milestone",
            ),
            item(
                _("Deliverables"),
                "inventory_2",
                "admin:productions_deliverable_changelist",
                "productions.view_deliverable",
            ),
            item(
                _("Releases"),
                "theaters",
                "admin:productions_release_changelist",
                "productions.view_release",
            ),
            item(
                _("Results"),
                "leaderboard",
                "admin:productions_result_changelist",
                "productions.view_result",
            ),
            item(
                _("Waterfalls"),
                "waterfall_chart",
                "admin:productions_waterfall_changelist",
                "productions.view_waterfall",
            ),
            item(_("Concerts"), "music_note", "admin:live_concert_changelist", "live.view_concert"),
            item(_("Venues"), "stadium", "admin:live_venue_changelist", "live.view_venue"),
            item(
                _("Venue collaborations"),
                "event_seat",
                "admin:live_venuecollaboration_changelist",
                "live.view_venuecollaboration",
            ),
            item(
                _("Bookings"),
                "event_available",
                "admin:live_booking_changelist",
                "live.view_booking",
            ),
            item(
                _("All projects"),
                "list_alt",
                "admin:programmes_project_changelist",
                "programmes.view_project",
            ),
            item(
                _("Track record"),
                "history_edu",
                "admin:programmes_project_changelist",
                "programmes.view_project",
                query="?standing__exact=TRACK_RECORD",
            ),
        ],
    },
    SCHOLARSHIPS,
    {
        "title": _("Rights"),
        "separator": True,
        "items": [
            item(_("Avails"), "event_available", "admin:rights_avails", "rights.view_grant"),
            item(
                _("Rights in and out"),
                "swap_horiz",
                "admin:rights_grant_changelist",
                "rights.view_grant",
            ),
            item(
                _("Options and first looks"),
                "hourglass_top",
                "admin:rights_priority_changelist",
                "rights.view_priority",
            ),
            item(
                _("Events of titles"),
                "event",
                "admin:rights_event_changelist",
                "rights.view_event",
            ),
            item(
                _("Sets of territories"),
                "public",
                "admin:rights_territoryset_changelist",
                "rights.view_territoryset",
            ),
        ],
    },
    {
        "title": _("Partners"),
        "separator": True,
        "items": [
            item(
                _("Organisations"),
                "apartment",
                "admin:partners_organisation_changelist",
                "partners.view_organisation",
            ),
            item(_("People"), "groups", "admin:partners_person_changelist", "partners.view_person"),
            item(
                _("Agreements"),
                "contract",
                "admin:partners_agreement_changelist",
                "partners.view_agreement",
            ),
            item(
                _("Documents"),
                "description",
                "admin:partners_document_changelist",
                "partners.view_document",
            ),
            item(_("Blocks"), "block", "admin:partners_block_changelist", "partners.view_block"),
            item(
                _("Ownerships"),
                "lan",
                "admin:partners_ownership_changelist",
                "partners.view_ownership",
            ),
            item(
                _("Declared interests"),
                "diversity_3",
                "admin:partners_interest_changelist",
                "partners.view_interest",
            ),
            item(
                _("Related parties"), "visibility", "admin:report_watch", "partners.view_interest"
            ),
        ],
    },
    {
        "title": _("Money"),
        "separator": True,
        "items": [
            item(_("Waiting for me"), "inbox", "admin:approvals", "funding.add_approvaldecision"),
            item(_("Top sheet"), "summarize", "admin:report_top_sheet", "funding.view_ledgerentry"),
            item(
                _("Cash flow"),
                "waterfall_chart",
                "admin:report_cash_flow",
                "funding.view_ledgerentry",
            ),
            item(_("Due tranches"), "alarm", "admin:report_due", "funding.view_ledgerentry"),
            item(
                _("Allocations"),
                "grid_on",
                "admin:programmes_allocation_changelist",
                "programmes.view_allocation",
            ),
            item(
                _("Commitments"),
                "handshake",
                "admin:funding_commitment_changelist",
                "funding.view_commitment",
            ),
            item(
                _("Tranches"), "event", "admin:funding_tranche_changelist", "funding.view_tranche"
            ),
            item(
                _("Ledger"),
                "menu_book",
                "admin:funding_ledgerentry_changelist",
                "funding.view_ledgerentry",
            ),
            item(
                _("Closing of periods"),
                "lock_clock",
                "admin:funding_periodclosing_changelist",
                "funding.view_periodclosing",
            ),
            item(
                _("Exchange rates"),
                "currency_exchange",
                "admin:funding_exchangerate_changelist",
                "funding.view_exchangerate",
            ),
        ],
    },
    {
        "title": _("Approvals"),
        "separator": True,
        "items": [
            item(
                _("Requests"),
                "fact_check",
                "admin:funding_approvalrequest_changelist",
                "funding.view_approvalrequest",
            ),
            item(
                _("Limits"),
                "gavel",
                "admin:funding_approvallimit_changelist",
                "funding.view_approvallimit",
            ),
            item(
                _("Delegations"),
                "swap_horiz",
                "admin:funding_delegation_changelist",
                "funding.view_delegation",
            ),
        ],
    },
    {
        "title": _("Evidence"),
        "separator": True,
        "items": [
            item(_("Sources"), "article", "admin:sources_source_changelist", "sources.view_source"),
            item(
                _("Claims"),
                "record_voice_over",
                "admin:sources_claim_changelist",
                "sources.view_claim",
            ),
            item(
                _("Imports"),
                "upload_file",
                "admin:imports_importbatch_changelist",
                "imports.view_importbatch",
            ),
        ],
    },
    {
        "title": _("People and access"),
        "separator": True,
        "items": [
            item(_("Staff accounts"), "badge", "admin:staff_user_changelist", "staff.view_user"),
            item(_("Roles"), "key", "admin:auth_group_changelist", "auth.view_group"),
            item(_("API tokens"), "api", "admin:staff_apitoken_changelist", "staff.view_apitoken"),
            item(_("History"), "history", "admin:history", "pghistory.view_events"),
        ],
    },
]

# The catalogue's plum and magenta; Unfold turns them into CSS variables.
COLOURS = {
    "base": {
        "50": "#f7f6f9",
        "100": "#efecf1",
        "200": "#dfd9e3",
        "300": "#cac2cf",
        "400": "#a599ab",
        "500": "#75697b",
        "600": "#5a4f5e",
        "700": "#41374a",
        "800": "#2b222f",
        "900": "#1a131d",
        "950": "#110c13",
    },
    "primary": {
        "50": "#fdf1f6",
        "100": "#fbe1ec",
        "200": "#f7c3d9",
        "300": "#f5a3c8",
        "400": "#f58abb",
        "500": "#ee74ab",
        "600": "#98104f",
        "700": "#7d0f46",
        "800": "#640c38",
        "900": "#4f0a2d",
        "950": "#2c0419",
    },
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Topsheet",
    "SITE_HEADER": "Topsheet",
    "SITE_SUBHEADER": _("Staff"),
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("website/icon.svg"),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("website/icon.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "3px",
    "COLORS": COLOURS,
    "STYLES": [
        lambda request: static("staff/admin.css"),
        lambda request: static("staff/money.css"),
        lambda request: static("staff/slate.css"),
        lambda request: static("staff/live.css"),
    ],
    "ENVIRONMENT": "portfolio.navigation.environment",
    "DASHBOARD_CALLBACK": "portfolio.reporting.staff_dashboard.dashboard",
    "ACCOUNT": {
        "navigation": [
            {"title": _("Second factor"), "link": reverse_lazy("mfa_index")},
            {"title": _("Change password"), "link": reverse_lazy("account_change_password")},
        ]
    },
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
}
