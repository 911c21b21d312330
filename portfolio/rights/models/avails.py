"""Avails: what is free to license, where and until when, and what stands in the way where it is not."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from portfolio.rights.choices import LEAVES, Medium
from portfolio.rights.models.extent import Extent


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `since` to `until`, both included; None is open."""

    since: datetime.date | None
    until: datetime.date | None

    def has(self, day: datetime.date) -> bool:
        """Whether the day is one of them."""
        return (self.since is None or self.since <= day) and (
            self.until is None or day <= self.until
        )


@dataclass(frozen=True, slots=True)
class Avail:
    """Media and territories of a title with one answer.

    `exclusive` are the periods in which they may be licensed to one alone, `shared` those in which they
    may be licensed beside others; `extents` are what is known of them, also what is in negotiation or
    hangs on an event.
    """

    title_id: int
    media: tuple[str, ...]
    territories: tuple[str, ...]
    exclusive: tuple[Period, ...]
    shared: tuple[Period, ...]
    extents: tuple[int, ...] = ()


def avails_of(
    title: int,
    *,
    today: datetime.date,
    media: Sequence[str] = (Medium.ALL,),
    territories: Sequence[str] = ("WORLD",),
    languages: Sequence[str] = (),
) -> list[Avail]:
    """What is free of a title, in as few rows as there are different answers.

    Shape: one row per group of media and group of territories that share all their rights, those of
    most media and territories first.
    Time: an option counts while `today` is in its term; no other part looks at a clock.
    Queries: one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rights_media_codes(f.media), rights_territory_codes(f.territories), "
            "f.exclusive, f.shared, f.extents "
            "FROM rights_free_of(%s, rights_media_bits(%s), rights_territories_of(%s, '{}'), %s, %s) f "
            "ORDER BY bit_count(f.territories) DESC, f.media",
            [title, list(media), list(territories), list(languages), today],
        )
        return [
            Avail(
                title, tuple(codes), tuple(places), periods(exclusive), periods(shared), tuple(held)
            )
            for codes, places, exclusive, shared, held in cursor.fetchall()
        ]


def avails_in(
    territory: str,
    *,
    today: datetime.date,
    media: Sequence[str] = (Medium.ALL,),
    languages: Sequence[str] = (),
    on: datetime.date | None = None,
    after: tuple[int, int] = (0, -1),
    limit: int = 100,
) -> list[Avail]:
    """What is free of every title in one territory, with `on` only what is free on that day.

    Shape: one row per title and medium, by both; `after` is the title and leaf of the last row before.
    Queries: one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.title_id, f.leaf, f.exclusive, f.shared "
            "FROM rights_free_in(%(territory)s, rights_media_bits(%(media)s), %(languages)s, %(today)s) f "
            "WHERE f.title_id >= %(title)s AND (f.title_id, f.leaf) > (%(title)s, %(leaf)s) "
            "AND f.shared <> '{}' "
            "AND (%(on)s::date IS NULL OR f.shared @> %(on)s::date) "
            "ORDER BY f.title_id, f.leaf LIMIT %(limit)s",
            {
                "territory": territory, "media": list(media), "languages": list(languages),
                "today": today, "on": on, "title": after[0], "leaf": after[1], "limit": limit,
            },
        )  # fmt: skip
        return [
            Avail(title, (LEAVES[leaf],), (territory,), periods(exclusive), periods(shared))
            for title, leaf, exclusive, shared in cursor.fetchall()
        ]


def periods(ranges: Iterable[Any]) -> tuple[Period, ...]:
    """The periods of a multirange; PostgreSQL's upper ends are the day after."""
    one = datetime.timedelta(days=1)
    return tuple(
        Period(each.lower, each.upper and each.upper - one) for each in ranges if not each.isempty
    )


def reasons_of(extents: Iterable[int]) -> dict[int, Extent]:
    """The extents behind answers, with what names them. Queries: one."""
    rows = Extent.objects.filter(pk__in=set(extents)).select_related(
        "holder", "grant__agreement", "priority__agreement", "holdback"
    )
    return {row.pk: row for row in rows}
