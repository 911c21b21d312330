"""What the pages about sources ask: everything that one document states."""

import datetime
from typing import Any

from django.db.models import QuerySet

from partners.models import Organisation, Person
from portfolio.programmes.choices import Standing
from portfolio.programmes.models import Programme, Project, Strand
from portfolio.sources.models import Source
from portfolio.website.queries.common import public_claims

# Of one sort of thing; a source that states more says so.
MOST_LISTED = 200


def public_sources(at: datetime.datetime) -> QuerySet[Source]:
    """Sources that anyone may see.  Queries: one."""
    return Source.objects.public(at)


def stated_by(source: Source, at: datetime.datetime) -> dict[str, list[Any]]:
    """Everything public that a source states, by sort, each by name; at most 200 of a sort.

    Queries: eight; one for each of six sorts, and two for what claims carry.
    """
    projects = Project.objects.public(at).filter(sources=source).order_by("sort_name", "pk")
    stated: dict[str, QuerySet[Any]] = {
        "programmes": Programme.objects.public(at).filter(sources=source),
        "strands": Strand.objects.public(at).filter(sources=source),
        "projects": projects.filter(standing=Standing.IN_PROGRAMME),
        "track_record": projects.filter(standing=Standing.TRACK_RECORD),
        "organisations": Organisation.objects.public(at).filter(sources=source),
        "people": Person.objects.public(at).filter(sources=source),
        "claims": public_claims(at).filter(sources=source),
    }
    return {sort: list(rows[:MOST_LISTED]) for sort, rows in stated.items()}
