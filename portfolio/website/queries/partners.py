"""What the pages about organisations and people ask."""

import datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.db.models.query import RawQuerySet

from partners.models import Organisation, Person, Position
from portfolio.common.publishing import Publication, is_public
from portfolio.programmes.choices import ProgrammeRole
from portfolio.programmes.models import ProgrammePartner
from portfolio.website.queries.common import public_citations

# More of a group than this is a list, not a tree.
MOST_IN_A_GROUP = 200

# Up to the highest visible owner, then down again; a hidden organisation hides what lies behind it.
_GROUP = """
WITH RECURSIVE visible AS NOT MATERIALIZED (
    SELECT id, parent_id, sort_name FROM partners_organisation
    WHERE publication = %(public)s OR (publication = %(embargoed)s AND embargoed_until <= %(at)s)
), above(id, parent_id, step) AS (
    SELECT id, parent_id, 0 FROM visible WHERE id = %(id)s
    UNION ALL
    SELECT v.id, v.parent_id, a.step + 1 FROM visible v JOIN above a ON v.id = a.parent_id
    WHERE a.step < 20
), tree(id, depth, path) AS (
    (SELECT v.id, 0, ARRAY[v.sort_name, v.id::text] FROM above a JOIN visible v ON v.id = a.id
     ORDER BY a.step DESC LIMIT 1)
    UNION ALL
    SELECT v.id, t.depth + 1, t.path || v.sort_name || v.id::text
    FROM visible v JOIN tree t ON v.parent_id = t.id
    WHERE t.depth < 20
)
SELECT o.*, t.depth FROM tree t JOIN partners_organisation o ON o.id = t.id
ORDER BY t.path COLLATE "C" LIMIT %(most)s
"""


def public_organisations(at: datetime.datetime) -> QuerySet[Organisation]:
    """Organisations that anyone may see, with their owner, their roles and their sources.

    Annotates `is_co_initiator` of a public programme.  Queries: four.
    """
    started = ProgrammePartner.objects.filter(
        is_public(at, "programme__"),
        organisation=OuterRef("pk"),
        role=ProgrammeRole.CO_INITIATOR,
    )
    return (
        Organisation.objects.public(at)
        .annotate(is_co_initiator=Exists(started))
        .prefetch_related(
            Prefetch("parent", queryset=Organisation.objects.public(at)),
            Prefetch(
                "programme_roles",
                queryset=ProgrammePartner.objects.filter(is_public(at, "programme__"))
                .select_related("programme")
                .order_by("pk"),
            ),
            public_citations(Organisation, at),
        )
    )


def group_of(organisation: Organisation, at: datetime.datetime) -> "RawQuerySet[Organisation]":
    """The group an organisation belongs to, from the top, each with its `depth`.

    Shape: one row per organisation, owners before what they own.  Queries: one.
    """
    return Organisation.objects.raw(
        _GROUP,
        {
            "public": Publication.PUBLIC.value,
            "embargoed": Publication.EMBARGOED.value,
            "at": at,
            "id": organisation.pk,
            "most": MOST_IN_A_GROUP,
        },
    )


def public_people(at: datetime.datetime) -> QuerySet[Person]:
    """People whom anyone may see, with their positions and their sources.  Queries: three."""
    return Person.objects.public(at).prefetch_related(
        Prefetch(
            "positions",
            queryset=Position.objects.public(at).select_related("organisation").order_by("pk"),
        ),
        public_citations(Person, at),
    )
