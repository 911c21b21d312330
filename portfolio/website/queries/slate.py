"""What the slate asks: the programme's titles by stage, and the dates that are public of them."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from portfolio.productions.choices import Stage
from portfolio.productions.models import (
    Milestone,
    Production,
    ProductionQuerySet,
    StageChange,
)
from portfolio.website.queries.common import MOST_COUNTED, public_citations

OVER = (Stage.ARCHIVED, Stage.ABANDONED)
"""Stages after which nothing more is to come."""
# A column with more titles leads to the list of its stage.
MOST_IN_A_COLUMN = 24
# Of each title; more would be unreadable, and a page must stay a page.
MOST_DATES = 40


@dataclass(frozen=True)
class Column:
    """A stage of the board: its first titles by name, and how many there are in all."""

    stage: Stage
    rows: list[Production]
    count: int
    more_than_counted: bool

    @property
    def has_more(self) -> bool:
        """Whether there are titles that do not stand here."""
        return self.count > len(self.rows)


def titles_of_the_slate(at: datetime.datetime) -> ProductionQuerySet:
    """Productions of the programme that anyone may see, each with its public sources.

    Queries: two.
    """
    return (
        Production.objects.public(at)
        .in_programme()
        .select_related("strand", "programme")
        .prefetch_related(public_citations(Production, at))
    )


def with_next_milestone(titles: ProductionQuerySet, at: datetime.datetime) -> ProductionQuerySet:
    """The same titles, each with the public milestone that it waits for first, where there is one.

    What was archived or abandoned waits for nothing.
    Queries: one more.
    """
    coming = (
        Milestone.objects.public(at)
        .filter(actual_date__isnull=True)
        .exclude(production__stage__in=OVER)
        .in_order()
    )
    return titles.prefetch_related(Prefetch("milestones", queryset=coming[:1], to_attr="coming"))


def with_dates(titles: ProductionQuerySet, at: datetime.datetime) -> ProductionQuerySet:
    """The same titles with their public milestones and their steps from stage to stage.

    A step is as public as its title, whose stage every page shows: where it led and from which day.
    Its reason, its paper and who took it are for staff and are not even fetched.
    Shape: `dated`, milestones by the day they were or are to be; `steps`, the last one first; 40 of
    each at most.  Queries: two more.
    """
    milestones = Milestone.objects.public(at).in_order()
    steps = StageChange.objects.only("production", "to_stage", "effective_date").order_by("-pk")
    return titles.prefetch_related(
        Prefetch("milestones", queryset=milestones[:MOST_DATES], to_attr="dated"),
        Prefetch("stage_changes", queryset=steps[:MOST_DATES], to_attr="steps"),
    )


def board(titles: ProductionQuerySet, at: datetime.datetime) -> list[Column]:
    """The titles in columns, one a stage in the order of stages, empty ones included.

    Each column holds the first 24 by name and counts to a thousand, however many there are.
    Queries: two and those of the titles with their next milestones.
    """
    bare = titles.select_related(None).prefetch_related(None).order_by()
    stages = [bare.filter(stage=stage) for stage in Stage]
    counted = [rows.values_list("stage")[: MOST_COUNTED + 1] for rows in stages]
    counts = Counter(stage for (stage,) in together(counted))
    first = [
        rows.order_by("sort_name", "pk").values_list("pk", "sort_name")[:MOST_IN_A_COLUMN]
        for rows in stages
    ]
    shown = [pk for pk, _name in together(first)]
    columns = defaultdict(list)
    for row in with_next_milestone(titles, at).filter(pk__in=shown).order_by("sort_name", "pk"):
        columns[row.stage].append(row)
    return [
        Column(
            stage=stage,
            rows=columns[stage.value],
            count=min(counts[stage.value], MOST_COUNTED),
            more_than_counted=counts[stage.value] > MOST_COUNTED,
        )
        for stage in Stage
    ]


def together(parts: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """The limited rows of several questions as one, in no order.  Queries: none yet."""
    joined = parts[0].union(*parts[1:], all=True)
    # The model's own order would ask for columns that are not fetched; of nothing there is no order.
    return joined if joined.query.is_empty() else joined.order_by()
