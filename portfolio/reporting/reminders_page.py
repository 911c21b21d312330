"""The worklist of what is late and what comes next; one's calendar and one's daily letter."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.reporting.reminders import reminders
from portfolio.staff.models import CalendarFeed
from portfolio.staff.reminders import make_feed, revoke_feeds, set_digest

DAYS = (30, 60, 90, 180, 365)
ANY_OF = (
    "rights.view_grant", "rights.view_priority", "productions.view_milestone",
    "productions.view_deliverable",
)  # fmt: skip


def reminders_page(request: HttpRequest) -> HttpResponseBase:
    """What is late, and what comes within some days. Queries: those of the list and one for feeds."""
    if not any(request.user.has_perm(name) for name in ANY_OF):
        raise PermissionDenied
    if request.method == "POST":
        return _act(request)
    return _show(request)


def _show(request: HttpRequest, secret: str = "") -> HttpResponseBase:
    day = timezone.localdate()
    asked = request.GET.get("days", "")
    days = (
        int(asked) if asked.isascii() and asked.isdecimal() and int(asked[:4]) in DAYS else DAYS[1]
    )
    found = reminders(may=request.user.has_perm, day=day, days=days)
    request.current_app = admin.site.name
    user: Any = request.user
    context = {
        **admin.site.each_context(request),
        "title": _("Reminders"),
        "days": days,
        "choices": DAYS,
        "lists": [
            ("late", _("Late"), [each for each in found if each.is_late(day)]),
            ("coming", _("Coming"), [each for each in found if not each.is_late(day)]),
        ],
        "day": day,
        "gets_digest": user.gets_digest,
        "email": user.email,
        "feed": CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).first(),
        "address": request.build_absolute_uri(reverse("calendar_feed", args=[secret]))
        if secret
        else "",
    }
    return TemplateResponse(request, "admin/reports/reminders.html", context)


def _act(request: HttpRequest) -> HttpResponseBase:
    """Make or revoke the calendar's address, or ask for the letter or not. One's own only."""
    user: Any = request.user
    now = timezone.now()
    match request.POST.get("act"):
        case "feed":
            # Shown this once: only its digest is kept.
            return _show(request, make_feed(user=user, at=now))
        case "revoke":
            revoke_feeds(user=user, at=now)
            messages.success(request, _("The address of your calendar is worthless now."))
        case "digest" if not user.email:
            messages.error(
                request, _("Your account has no e-mail address; an administrator adds it.")
            )
        case "digest":
            set_digest(user=user, wanted=not user.gets_digest)
    return HttpResponseRedirect(reverse("admin:reminders"))
