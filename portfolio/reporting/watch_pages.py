"""The report page of what is to be looked at: the watch over related parties and concentration."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.choices import PartyRole
from portfolio.common.admin_lists import money_or_undisclosed
from portfolio.common.names import NAME_FIELDS
from portfolio.funding.choices import RequestKind
from portfolio.productions.choices import FinancingKind
from portfolio.reporting.figures import Figures, Line
from portfolio.reporting.pages import for_readers_of_the_ledger, show
from portfolio.reporting.questions import read
from portfolio.reporting.watch import watch

SHARE = Decimal(25)


@for_readers_of_the_ledger
def watch_page(request: HttpRequest) -> HttpResponseBase:
    """Concentration and related parties."""
    if not request.user.has_perm("partners.view_interest"):
        raise PermissionDenied
    form, asked = read(request, timezone.now(), without=("group_by", "known_at", "currency"))
    title = _("Related parties and concentration")
    if asked is None:
        return show(request, "watch", title, form, None)
    share = percentage(request, "share", SHARE)
    language = get_language() or "en"
    roles, kinds = PartyRole.choices, FinancingKind.choices
    # Not everybody who sees interests sees who pays for a title.
    sees_plans = request.user.has_perm("productions.view_financingplan")
    found = watch(programme=asked.terms.programme, day=asked.terms.as_of, share=share)

    def named(row: Mapping[str, Any], *of: str) -> dict[str, Any]:
        shown = {}
        for party in of:
            names = {part: row[f"{party}_{part}"] for part in NAME_FIELDS}
            shown[f"{party}_shown"] = Line({}, Figures(), names).name_for(language)
        number = row.get("commitment")
        url = number and reverse("admin:funding_commitment_change", args=[number])
        return {**row, **shown, "url": url}

    return show(
        request, "watch", title, form, asked,
        route="report_watch",
        has_files=False,
        share=share,
        found=found,
        concentrations=[
            named(row, "strand", "partner")
            | {
                "entries": asked.address(
                    "report_entries", figure="promised", strand=row["strand"], partner=row["partner"]
                ),
                "amount": money_or_undisclosed(row["committed"], asked.terms.unit),
                "whole": money_or_undisclosed(row["strand_committed"], asked.terms.unit),
                "whole_entries": asked.address(
                    "report_entries", figure="promised", strand=row["strand"]
                ),
            }
            for row in found.concentrations
        ],
        interests=[
            named(row, "payee", "organisation") | {"kind_shown": RequestKind(row["kind"]).label}
            for row in found.interests
        ],
        financiers=[
            named(row, "payee", "financier", "common")
            | {"role_shown": dict(kinds if row["is_of_plan"] else roles)[row["role"]]}
            for row in found.financiers
            if sees_plans or not row["is_of_plan"]
        ],
    )  # fmt: skip


def percentage(request: HttpRequest, name: str, default: Decimal) -> Decimal:
    """A share in per cent of the address, or the default where there is none to be read."""
    try:
        found = Decimal(request.GET.get(name, "")[:10])
    except InvalidOperation:
        return default
    return found if found.is_finite() and 0 <= found <= 100 else default
