"""What several pages ask: the public sources of a row, the claims about it, one page of a list."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Prefetch, Q, QuerySet
from django.http import Http404

from partners.models import Position
from portfolio.common.publishing import is_public
from portfolio.sources.models import Claim, Source

ROWS_A_PAGE = 50
# Above this a list says "more than": a page must not count a hundred thousand rows.
MOST_COUNTED = 1_000


def public_citations(model: type[Model], at: datetime.datetime, *, through: str = "") -> Prefetch:
    """The citations of a row whose sources anyone may see, oldest source first.

    `through` leads from the rows that are fetched to the cited ones, such as `production__`.
    """
    citation: Any = model._meta.get_field("citations").related_model
    return Prefetch(
        f"{through}citations",
        queryset=citation.objects.filter(is_public(at, "source__"))
        .select_related("source")
        .order_by(F("source__published_date").asc(nulls_last=True), "source__pk"),
    )


def public_claims(at: datetime.datetime) -> QuerySet[Claim]:
    """Claims that anyone may see, each with its speaker, their positions and its sources.

    Queries: one, and one each for the positions and the sources.
    """
    return (
        Claim.objects.public(at)
        .select_related("speaker", "programme", "organisation", "project")
        .prefetch_related(
            public_citations(Claim, at),
            Prefetch(
                "speaker__positions",
                queryset=Position.objects.public(at).select_related("organisation").order_by("pk"),
            ),
        )
        .order_by("pk")
    )


@dataclass(frozen=True)
class ListPage:
    """One page of a list: its rows, how many there are in all, and after which row the next begins."""

    rows: list[Any]
    count: int
    more_than_counted: bool
    next_after: str
    is_first: bool


def page_of(rows: QuerySet[Any], *, after: str, key: str = "sort_name") -> ListPage:
    """The rows after the one whose address part is `after`, in the order of `key` and then of entry.

    A deep page costs what the first does.  Queries: two and what the rows prefetch; one more
    where `after` is given.  Raises: Http404 where nothing visible has that address.
    """
    counted = rows.order_by()[: MOST_COUNTED + 1].count()
    ordered = rows.order_by(key, "pk")
    if after:
        mark = rows.order_by().filter(slug=after).values_list(key, "pk").first()
        if mark is None:
            raise Http404
        # Rows as pairs: with OR the index on (name, id) is of no use.
        ordered = ordered.filter(Q(**{f"{key}__gte": mark[0]})).exclude(
            Q(**{key: mark[0]}) & Q(pk__lte=mark[1])
        )
    found = list(ordered[: ROWS_A_PAGE + 1])
    more = len(found) > ROWS_A_PAGE
    shown = found[:ROWS_A_PAGE]
    return ListPage(
        rows=shown,
        count=min(counted, MOST_COUNTED),
        more_than_counted=counted > MOST_COUNTED,
        next_after=shown[-1].slug if more else "",
        is_first=not after,
    )


def best_matches(rows: QuerySet[Any], query: str, *, most: int = ROWS_A_PAGE) -> ListPage:
    """The rows that match the words, the nearest first, as many as a page holds.

    Queries: one and what the rows prefetch.
    """
    found = list(rows.best_match_first(query)[: most + 1])  # type: ignore[attr-defined]
    return ListPage(
        rows=found[:most],
        count=min(len(found), most),
        more_than_counted=len(found) > most,
        next_after="",
        is_first=True,
    )


def distinct_sources(rows: Iterable[Any]) -> list[Source]:
    """The sources of several rows, each once, as their citations were fetched.  Queries: none."""
    found = {c.source.pk: c.source for row in rows for c in row.citations.all()}
    return list(found.values())
