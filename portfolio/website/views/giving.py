"""Awards as open data of the 360Giving standard."""

from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from portfolio.website.queries.scholarships import rounds_with_open_data
from scholarships.models import Award
from scholarships.models.award import HOLD_A_PLACE

VERSION = "1.4"
# What the standard asks for where the recipient is a person.
NOBODYS_NAME = "Individual Recipient"
# Its codes for a scholarship: a development opportunity, for education and training.
DETAILS = {"primaryGrantReason": "GTIR110", "grantPurpose": ["GTIP130"]}
LONGEST_TITLE = 139


def grants(at: datetime, origin: str) -> list[dict[str, Any]]:
    """A grant for each place that was taken up, of rounds whose figures and amount are public.

    A round whose number of places awarded is not told has no rows here: they could be counted. Who gave
    a place up after the figures were told stays a row, so that the number stays as well.
    Source: 360Giving Data Standard 1.4; a grant to an individual names nobody.
    """
    rounds = rounds_with_open_data(at).values("pk")
    taken_up = Q(state__in=HOLD_A_PLACE[1:]) | Q(
        state__in=["RESIGNED", "TERMINATED"], state_at__gt=F("round__figures__published_at")
    )
    rows = (
        Award.objects.filter(taken_up, round__in=rounds)
        .select_related("application", "round__scheme__programme", "round__figures")
        .order_by("round", "application__number")
    )
    return [grant_of(row, origin) for row in rows]


def grant_of(row: Award, origin: str) -> dict[str, Any]:
    """One award as the standard writes it; `origin` is that of the site, such as https://example.org."""
    prefix = settings.GIVING_PREFIX
    scheme, round = row.round.scheme, row.round
    found: dict[str, Any] = {
        "id": f"{prefix}-{row.application.number}",
        "title": Truncator(str(scheme)).chars(LONGEST_TITLE),
        "description": f"{scheme}, {round}",
        "currency": round.amount_currency,
        # A number in the standard: its digits as they are, never through a float.
        "amountAwarded": orjson.Fragment(str(round.amount_per_place)),
        "awardDate": timezone.localdate(row.offered_at).isoformat(),
        "recipientIndividual": {
            "id": f"{prefix}-IND-{row.application.number}",
            "name": NOBODYS_NAME,
        },
        "toIndividualsDetails": DETAILS,
        "fundingOrganization": [
            {
                "id": f"{prefix}-{scheme.programme.slug}",
                "name": str(scheme.programme),
            }
        ],
        "grantProgramme": [{"code": f"{scheme.slug}/{round.code}", "title": str(round)}],
        "fromOpenCall": "Yes",
        # The standard wants a web address here.
        "dataSource": f"{origin}{reverse('website:scheme', args=[scheme.slug])}",
    }
    if row.starts_on:
        found["plannedDates"] = [{"startDate": row.starts_on.isoformat()}]
    return found


@require_safe
def giving(request: HttpRequest) -> HttpResponse:
    """The awards as a package of grants; 404 while there is none, for the standard knows no empty package."""
    origin = request.build_absolute_uri("/").rstrip("/")
    found = grants(timezone.now(), origin)
    if not found:
        return JsonResponse({"detail": "No award is public yet."}, status=404)
    package = {
        "version": VERSION,
        "identifier": f"{settings.GIVING_PREFIX}-scholarships",
        "title": "Scholarships awarded",
        "accessURL": f"{origin}{reverse('website:scholarships')}",
        "downloadURL": f"{origin}{reverse('website:giving')}",
        "grants": found,
    }
    return HttpResponse(
        orjson.dumps(package, option=orjson.OPT_INDENT_2), content_type="application/json"
    )
