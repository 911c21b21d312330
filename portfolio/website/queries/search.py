"""What the search page asks: the same words, of every sort of thing."""

import datetime
from typing import Any

from partners.models import Organisation, Person
from portfolio.live.models import Venue
from portfolio.programmes.models import Programme, Project, Strand
from portfolio.sources.models import Source
from portfolio.website.queries.common import public_claims

# Of one sort; its own list has the rest.
MOST_OF_A_SORT = 12


def everything_matching(query: str, at: datetime.datetime) -> list[tuple[str, list[Any]]]:
    """What anyone may see that the words may mean: for each sort, the nearest first.

    Queries: eight, and two for what claims carry.
    """
    sorts: list[tuple[str, Any]] = [
        ("programme", Programme.objects.public(at)),
        ("strand", Strand.objects.public(at)),
        ("project", Project.objects.public(at)),
        ("organisation", Organisation.objects.public(at)),
        ("venue", Venue.objects.public(at)),
        ("person", Person.objects.public(at)),
        ("source", Source.objects.public(at)),
        ("claim", public_claims(at)),
    ]
    found = ((sort, list(rows.best_match_first(query)[:MOST_OF_A_SORT])) for sort, rows in sorts)
    return [(sort, rows) for sort, rows in found if rows]
