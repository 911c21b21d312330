"""The day's top sheet for staff: what was announced, how far it has come, and what is missing.

Everything is counted only for those who may see the rows it counts.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partners.models import Organisation, Person
from portfolio.common.admin_history import latest_moments
from portfolio.common.admin_lists import (
    citations_of,
    money_or_undisclosed,
    owner_of,
)
from portfolio.common.publishing import Publication
from portfolio.funding.models import Tranche, waiting_for
from portfolio.productions.choices import Stage
from portfolio.productions.models import Production
from portfolio.programmes.choices import Standing
from portfolio.programmes.models import Programme, Project, Strand
from portfolio.sources.models import Claim, Source
from scholarships.models import Scheme

MOST_COUNTED = 1_000
MOST_PROGRAMMES = 5
MOST_LISTED = 8

LISTS: tuple[type[Model], ...] = (
    Programme,
    Strand,
    Production,
    Scheme,
    Organisation,
    Person,
    Claim,
    Source,
)
"""The rows that staff look after, in the order of the navigation."""


@dataclass(frozen=True)
class Number:
    """A count, and the list that shows exactly those rows."""

    count: int
    url: str

    @property
    def shown(self) -> str:
        """The count, or that there are more than anyone counts."""
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context of the admin's first page."""
    now = timezone.now()
    context["today"] = {
        "waiting": requests_for(request, now),
        "overdue": overdue_tranches(request, now),
        "sheets": list(programme_sheets(request)),
        "productions": productions_by_strand_and_stage(request),
        "gaps": list(gaps(request)),
        "embargoes": running_embargoes(request, now),
        "changes": last_changes(request),
    }
    return context


def may_view(request: HttpRequest, model: type[Model]) -> bool:
    """Whether this person may see rows of `model`."""
    name = f"{model._meta.app_label}.view_{model._meta.model_name}"
    return request.user.has_perm(name)


def list_url(model: type[Model], **filters: Any) -> str:
    """The address of a list, filtered."""
    opts = model._meta
    url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    return f"{url}?{urlencode(filters)}" if filters else url


def row_url(row: Model) -> str:
    """The address of the form of a row."""
    opts = row._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])


def programme_sheets(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """What each programme announced: the envelope with its qualifier, and what was said around it.

    Shape: one dict a programme (name, url, qualifier, amount, facts as pairs), the latest first.
    Units: the envelope in its own currency; equivalents as sources quoted them.  Queries: two.
    """
    if not may_view(request, Programme):
        return
    rows = Programme.objects.select_related("sponsor").prefetch_related("quoted_equivalents")
    language = get_language() or "en"
    for programme in rows.order_by("-announced_date", "pk")[:MOST_PROGRAMMES]:
        quoted = [
            str(money_or_undisclosed(row.amount, row.currency))
            for row in programme.quoted_equivalents.all()
        ]
        facts = [
            (_("Quoted as"), ", ".join(quoted)),
            (_("Sponsor"), programme.sponsor.name_for(language)),
            (_("Announced"), programme.announced_date),
            (_("Years"), programme.years),
            (_("Publication"), programme.get_publication_display()),
        ]
        disclosed = programme.envelope_amount is not None
        yield {
            "name": programme.name_for(language),
            "url": row_url(programme),
            "qualifier": programme.get_envelope_qualifier_display() if disclosed else "",
            "amount": money_or_undisclosed(programme.envelope_amount, programme.envelope_currency),
            "facts": [(label, value) for label, value in facts if value],
        }


def productions_by_strand_and_stage(request: HttpRequest) -> dict[str, Any] | None:
    """How many productions of each strand have come how far.

    Shape: stages as column heads, one row a strand (name, cells, total), and the totals; a stage that
    nothing has reached has no column. A track record counts in none of it.
    Queries: two; None for those who may not see productions.
    """
    if not (may_view(request, Production) and may_view(request, Strand)):
        return None
    in_programme = {"standing__exact": Standing.IN_PROGRAMME}
    counts: dict[tuple[int, str], int] = {
        (row["strand"], row["stage"]): row["n"]
        for row in Production.objects.in_programme()
        .order_by()
        .values("strand", "stage")
        .annotate(n=Count("pk"))
    }
    stages = [stage for stage in Stage if any(key[1] == stage for key in counts)]
    language = get_language() or "en"
    rows = []
    for strand in Strand.objects.order_by("programme", "position", "pk"):
        cells = [
            Number(
                counts.get((strand.pk, stage), 0),
                list_url(
                    Production,
                    strand__id__exact=strand.pk,
                    stage__exact=stage.value,
                    **in_programme,
                ),
            )
            for stage in stages
        ]
        total = Number(
            sum(cell.count for cell in cells),
            list_url(Production, strand__id__exact=strand.pk, **in_programme),
        )
        rows.append({"name": strand.name_for(language), "cells": cells, "total": total})
    totals = [
        Number(
            sum(row["cells"][place].count for row in rows),
            list_url(Production, stage__exact=stage.value, **in_programme),
        )
        for place, stage in enumerate(stages)
    ]
    totals.append(Number(sum(n.count for n in totals), list_url(Production, **in_programme)))
    return {"stages": [stage.label for stage in stages], "rows": rows, "totals": totals}


def gaps(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """How many rows of each sort have no source, no Chinese name, or are drafts.

    Shape: one dict a sort (name, url, cells: no source, no Chinese name, drafts; None where it cannot
    be), in the order of the navigation. A count stops at a thousand.
    Queries: at most three a sort.
    """
    for model in LISTS:
        if not may_view(request, model):
            continue
        cells = [
            _number(conditions, model, filters)
            for conditions, filters in (
                (_unsourced(model), {"sourced": "no"}),
                (_without_chinese(model), {"lacks": "zh"}),
                (_drafts(model), {"publication__exact": Publication.DRAFT.value}),
            )
        ]
        name = capfirst(str(model._meta.verbose_name_plural))
        yield {"name": name, "url": list_url(model), "cells": cells}


def _number(
    rows: QuerySet[Any] | None, model: type[Model], filters: dict[str, Any]
) -> Number | None:
    if rows is None:
        return None
    return Number(
        rows.order_by().values("pk")[: MOST_COUNTED + 1].count(), list_url(model, **filters)
    )


def _fields(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.get_fields()}


def _unsourced(model: type[Model]) -> QuerySet[Any] | None:
    if "sources" not in _fields(model):
        return None
    cited = citations_of(model).filter(**{owner_of(model): OuterRef("pk")})
    return model._default_manager.filter(~Exists(cited))


def _without_chinese(model: type[Model]) -> QuerySet[Any] | None:
    for stem in ("name", "text"):
        if f"{stem}_zh_hant" in _fields(model):
            return model._default_manager.filter(
                Q(**{f"{stem}_zh_hant": "", f"{stem}_zh_hans": ""})
            )
    return None


def _drafts(model: type[Model]) -> QuerySet[Any] | None:
    if "publication" not in _fields(model):
        return None
    return model._default_manager.filter(publication=Publication.DRAFT)


def requests_for(request: HttpRequest, now: datetime.datetime) -> list[dict[str, Any]]:
    """The requests that wait for this person's decision.

    Shape: one dict a request (what, name, amount, since), the oldest first.
    Queries: one; none for those who do not decide.
    """
    if not request.user.has_perm("funding.add_approvaldecision"):
        return []
    rows = waiting_for(request.user, timezone.localdate(now)).select_related("commitment")
    return [
        {
            "what": row.get_kind_display(),
            "name": str(row.commitment),
            "amount": money_or_undisclosed(row.amount, row.currency),
            "since": row.requested_at,
        }
        for row in rows[:MOST_LISTED]
    ]


def overdue_tranches(request: HttpRequest, now: datetime.datetime) -> list[dict[str, Any]]:
    """Tranches that were due before today and are not paid.

    Shape: one dict a tranche (name, url, amount, due), the oldest first.  Queries: one.
    """
    if not may_view(request, Tranche):
        return []
    rows = Tranche.objects.overdue_on(timezone.localdate(now)).select_related("commitment")
    return [
        {
            "name": f"{row.commitment} · {row.title or row.number}",
            "url": row_url(row.commitment),
            "amount": money_or_undisclosed(row.amount, row.commitment.currency),
            "due": row.due_date,
        }
        for row in rows.order_by("due_date", "pk")[:MOST_LISTED]
    ]


def running_embargoes(request: HttpRequest, now: datetime.datetime) -> list[dict[str, Any]]:
    """The embargoes that end next.

    Shape: one dict a row (name, url, at), the nearest first.  Time: ends after `now`.
    Queries: one a sort of row.
    """
    found: list[dict[str, Any]] = []
    for model in LISTS:
        if "embargoed_until" not in _fields(model) or not may_view(request, model):
            continue
        rows: QuerySet[Any] = model._default_manager.filter(
            publication=Publication.EMBARGOED, embargoed_until__gt=now
        ).order_by("embargoed_until", "pk")[:MOST_LISTED]
        found += [
            {"name": str(row), "url": row_url(row), "at": row.embargoed_until} for row in rows
        ]
    return sorted(found, key=lambda row: row["at"])[:MOST_LISTED]


def last_changes(request: HttpRequest) -> list[dict[str, Any]]:
    """What was changed last, by whom.

    Shape: one dict a changed row (name, kind, act, by, at, url or nothing), the latest first.
    Queries: one a sort of row, and a few for names.
    """
    looked_after: tuple[type[Model], ...] = (*LISTS, Project)
    models = [model for model in looked_after if may_view(request, model)]
    moments, _more = latest_moments(models, most=MOST_LISTED)
    found: dict[Any, dict[str, Any]] = {}
    for moment in moments:
        for change in moment.changes:
            # A production changes in two tables, its project's and its own, and is one row to staff.
            found.setdefault(
                (moment.at, change.row, change.act),
                {
                    "name": change.row,
                    "kind": change.kind,
                    "act": change.label,
                    "by": moment.by,
                    "at": moment.at,
                    "url": change.url,
                },
            )
    return list(found.values())[:MOST_LISTED]
