"""All rights in a title on one page: a picture, what is free, every scope, and its events."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db.models import F, Func, QuerySet, TextField
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.productions.models import Production
from portfolio.rights.admin.picture import name_of, picture_of, sort_of
from portfolio.rights.admin.words import (
    Territories,
    day,
    media_in_words,
    period_in_words,
)
from portfolio.rights.choices import LEAVES, Medium
from portfolio.rights.models import Event, Extent
from portfolio.rights.models.avails import Avail, Period, avails_of

PERMISSION = "rights.view_grant"
CODES = ArrayField(TextField())


def extents_of(title: int) -> QuerySet[Extent]:
    """The extents of a title with their media and territories as codes, and what names them."""
    return (
        Extent.objects.filter(title=title)
        .annotate(
            media_codes=Func(F("media"), function="rights_media_codes", output_field=CODES),
            territory_codes=Func(
                F("territories"), function="rights_territory_codes", output_field=CODES
            ),
        )
        .defer("territories")
        .select_related("holder", "grant__agreement", "priority__agreement", "holdback")
        .order_by("kind", "pk")
    )


def title_page(request: HttpRequest, title: int) -> HttpResponseBase:
    """The rights of one title. Queries: one each for the title, extents, avails, events and sets."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    row = Production.objects.filter(pk=min(title, 2**62)).first()
    if row is None:
        raise Http404
    today = timezone.localdate(timezone.now())
    extents: list[Any] = list(extents_of(row.pk))
    addresses = {extent.pk: address_of(extent) for extent in extents}
    territories = Territories()
    request.current_app = admin.site.name
    may = request.user.has_perm
    context = {
        **admin.site.each_context(request),
        "title": _("Rights in %(title)s") % {"title": row.name_for(get_language() or "en")},
        "name": row.name_for(get_language() or "en"),
        "number": str(row.pk),
        "production_url": reverse("admin:productions_production_change", args=[row.pk]),
        "picture": picture_of(extents, addresses, today) if extents else None,
        "avails": avail_rows(row.pk, extents, today, territories),
        "scopes": [scope_row(extent, addresses[extent.pk], territories) for extent in extents],
        "events": [
            {
                "row": event,
                "date": day(event.date),
                "url": reverse("admin:rights_event_step", args=[event.pk, "date"]),
            }
            for event in Event.objects.filter(title=row)
        ],
        "may_change_events": may("rights.change_event"),
        "links": [
            (words, f"{reverse(route)}?{urlencode({'title': row.pk, **more})}")
            for words, route, permission, more in (
                (_("Add rights in"), "admin:rights_grant_add", "rights.add_grant",
                 {"direction": "IN"}),
                (_("Add rights out"), "admin:rights_grant_add", "rights.add_grant",
                 {"direction": "OUT"}),
                (_("Add an option or first look"), "admin:rights_priority_add",
                 "rights.add_priority", {}),
                (_("Add an event"), "admin:rights_event_add", "rights.add_event", {}),
            )
            if may(permission)
        ],
    }  # fmt: skip
    return TemplateResponse(request, "admin/rights/title.html", context)


def address_of(extent: Extent) -> str:
    """The form of what an extent is of."""
    if extent.priority_id:
        return reverse("admin:rights_priority_change", args=[extent.priority_id])
    return reverse("admin:rights_grant_change", args=[extent.grant_id])


def scope_row(extent: Any, url: str, territories: Territories) -> dict[str, Any]:
    """One scope as a line of the table."""
    window = extent.window
    agreement = (extent.grant or extent.priority).agreement
    if window is None:
        period = _("hangs on an event without a date")
    elif window.isempty:
        period = "–"
    else:
        last = window.upper and window.upper - datetime.timedelta(days=1)
        period = period_in_words(Period(window.lower, last))
    return {
        "kind": extent.get_kind_display(),
        "sort": sort_of(extent),
        "name": name_of(extent),
        "url": url,
        "agreement": agreement.reference if agreement else "–",
        "media": media_in_words(extent.media_codes),
        "territories": territories.of_codes(extent.territory_codes),
        "languages": ", ".join(extent.languages) or _("all"),
        "period": period,
        "exclusivity": extent.get_exclusivity_display() if extent.exclusivity else "",
    }


def avail_rows(
    title: int,
    extents: list[Any],
    today: datetime.date,
    territories: Territories,
    *,
    media: Sequence[str] = (Medium.ALL,),
    places: Sequence[str] = ("WORLD",),
    on: datetime.date | None = None,
) -> list[dict[str, Any]]:
    """What is free and what is not, in as few lines as there are answers; nothing never acquired."""
    known = {extent.pk: extent for extent in extents}
    rows = []
    for avail in together(avails_of(title, today=today, media=media, territories=places), known):
        against = [known[pk] for pk in avail.extents]
        rows.append(
            {
                "media": media_in_words(avail.media),
                "territories": territories.of_codes(avail.territories),
                "exclusive": [period_in_words(period) for period in avail.exclusive],
                "shared": [period_in_words(period) for period in avail.shared],
                "is_same": avail.exclusive == avail.shared,
                "free_now": any(period.has(on or today) for period in avail.shared),
                "against": [
                    {"name": name_of(extent), "kind": extent.get_kind_display()}
                    for extent in against
                ],
            }
        )
    return rows


def together(avails: Iterable[Avail], known: dict[int, Any]) -> list[Avail]:
    """The same answers in fewer rows: media that share territories and answer, then territories that do.

    What was never acquired is left out; `extents` are those that stand in the way.
    """
    by_place: dict[Any, list[Avail]] = {}
    for avail in avails:
        kinds = {pk: known[pk].kind for pk in avail.extents if pk in known}
        if "IN" not in kinds.values():
            continue
        against = tuple(pk for pk, kind in kinds.items() if kind != "IN")
        row = replace(avail, extents=against)
        by_place.setdefault((row.territories, row.exclusive, row.shared, against), []).append(row)
    by_medium: dict[Any, list[Avail]] = {}
    for group in by_place.values():
        media = tuple(leaf for leaf in LEAVES if any(leaf in row.media for row in group))
        row = replace(group[0], media=media)
        by_medium.setdefault((media, row.exclusive, row.shared, row.extents), []).append(row)
    return [
        replace(
            group[0], territories=tuple(sorted(code for row in group for code in row.territories))
        )
        for group in by_medium.values()
    ]
