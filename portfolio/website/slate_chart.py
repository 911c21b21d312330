"""The timeline of the slate as a picture: each title a line, and every date that its table shows."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from portfolio.productions.choices import Stage
from portfolio.productions.models import Milestone, Production, StageChange
from portfolio.sources.models import Source
from portfolio.website.formats import date_in_short
from portfolio.website.queries.slate import OVER

# Older and later dates stand in the table only, or one of them would press all others together.
YEARS_SHOWN = 10
MOST_YEARS_NAMED = 7
PHASES = {
    Stage.ANNOUNCED: "early",
    Stage.DEVELOPMENT: "early",
    Stage.GREENLIT: "early",
    Stage.FINANCED: "early",
    Stage.PRE_PRODUCTION: "making",
    Stage.PRINCIPAL_PHOTOGRAPHY: "making",
    Stage.POST_PRODUCTION: "making",
    Stage.DELIVERED: "done",
    Stage.RELEASED: "done",
}
"""How dark a stage is drawn; archived and abandoned end a line."""


@dataclass(frozen=True)
class Event:
    """A row of the table: what it is, and the days that are known of it."""

    sort: str
    what: str
    planned: datetime.date | None = None
    revised: datetime.date | None = None
    actual: datetime.date | None = None
    sources: Sequence[Source] = ()
    milestone: Milestone | None = None

    @property
    def day(self) -> datetime.date:
        """When it was or, as far as is known, will be."""
        day = self.actual or self.revised or self.planned
        assert day is not None  # noqa: S101 - the database keeps no milestone without a date
        return day


@dataclass(frozen=True)
class Shape:
    """A part of a line, or a mark on it: from where to where, in hundredths, and what it stands for."""

    sort: str
    x: str
    end: str
    width: str
    title: str


@dataclass(frozen=True)
class Line:
    """A title: what is known of its time, as shapes and as rows of the table."""

    production: Production
    shapes: list[Shape]
    marks: list[Shape]
    events: list[Event]


@dataclass(frozen=True)
class Scale:
    """The days from the first of January of one year to the last of December of another."""

    first_year: int
    last_year: int
    days: float = field(init=False)

    def __post_init__(self) -> None:
        whole = datetime.date(self.last_year + 1, 1, 1) - datetime.date(self.first_year, 1, 1)
        object.__setattr__(self, "days", float(whole.days))

    def holds(self, day: datetime.date) -> bool:
        """Whether a day is drawn."""
        return self.first_year <= day.year <= self.last_year

    def place(self, day: datetime.date) -> float:
        """How far along a day is, in hundredths; the ends for what is beyond them."""
        share = (day - datetime.date(self.first_year, 1, 1)).days / self.days * 100
        return min(max(share, 0.0), 100.0)


@dataclass(frozen=True)
class Timeline:
    """The lines on one scale, with the years and today."""

    lines: list[Line]
    scale: Scale
    years: list[tuple[str, str]]
    today: str
    today_is_late: bool
    sorts: set[str]
    is_cut: bool
    is_dated: bool


def timeline_of(
    productions: Iterable[Production], *, today: datetime.date, language: str
) -> Timeline:
    """The titles on one scale of whole years around today, ten years back and ten ahead at most.

    Shape: `productions` come with `dated`, `steps` and their public citations.
    """
    found = [(production, events_of(production)) for production in productions]
    days = [
        day
        for _production, events in found
        for event in events
        for day in (event.planned, event.revised, event.actual)
        if day
    ]
    earliest, latest = today.year - YEARS_SHOWN, today.year + YEARS_SHOWN
    inside = [day.year for day in [*days, today] if earliest <= day.year <= latest]
    scale = Scale(min(inside), max(inside))
    years = range(scale.first_year, scale.last_year + 1)
    every = -(-len(years) // MOST_YEARS_NAMED)
    lines = [line_of(p, events, scale, today, language) for p, events in found]
    return Timeline(
        lines=lines,
        scale=scale,
        years=[
            (
                written(scale.place(datetime.date(year, 1, 1))),
                str(year) if place % every == 0 else "",
            )
            for place, year in enumerate(years)
        ],
        today=written(scale.place(today)),
        today_is_late=scale.place(today) > 50,
        sorts={shape.sort for line in lines for shape in [*line.shapes, *line.marks]},
        is_cut=not all(scale.holds(day) for day in days),
        is_dated=any(e.sort != "source" for _production, events in found for e in events),
    )


def events_of(production: Any) -> list[Event]:
    """All that is known of a title's time, oldest first: first source, steps, milestones."""
    events = [
        Event(sort="step", what=str(Stage(step.to_stage).label), actual=step.effective_date)
        for step in reversed(production.steps)
    ]
    events += [
        Event(
            sort="milestone",
            what=str(milestone),
            planned=milestone.planned_date,
            revised=milestone.revised_date,
            actual=milestone.actual_date,
            milestone=milestone,
        )
        for milestone in production.dated
    ]
    sources = [c.source for c in production.citations.all() if c.source.published_date]
    if sources:
        # Citations come oldest source first.
        first = sources[0]
        same_day = [s for s in sources if s.published_date == first.published_date]
        told = Event("source", _("First named by a source"), actual=first.published_date, sources=same_day)  # fmt: skip
        events.insert(0, told)
    return sorted(events, key=lambda event: event.day)


def line_of(
    production: Any, events: list[Event], scale: Scale, today: datetime.date, language: str
) -> Line:
    """A title on the scale: a thread through all its time, the stages on it, the dates above."""
    steps = list(reversed(production.steps))
    shapes = stages_of(steps, scale, today, language)
    if events:
        ends = [event.day for event in events]
        last = max(ends) if production.stage in OVER else max(*ends, today)
        stage = str(Stage(production.stage).label)
        shapes.insert(0, part("thread", min(ends), last, scale, stage))
    marks = []
    for step in steps:
        if step.to_stage in OVER:
            words = (str(Stage(step.to_stage).label), step.effective_date)
            marks.append(("end", *words))
    for event in events:
        if event.sort == "source":
            marks.append(("source", event.what, event.day))
        elif event.sort == "milestone":
            if event.planned and event.planned != event.day:
                start, end = sorted((event.planned, event.day))
                shapes.append(part("moved", start, end, scale, event.what))
                first_plan = f"{event.what} · {_('First planned for')}"
                marks.append(("planned", first_plan, event.planned))
            # Of what is over nothing is expected any more: its plans stay plans.
            waiting = "planned" if production.stage in OVER else "expected"
            marks.append(("was" if event.actual else waiting, event.what, event.day))
    return Line(
        production=production,
        shapes=shapes,
        marks=[
            part(sort, day, day, scale, f"{words}: {date_in_short(day, language)}")
            for sort, words, day in marks
            if scale.holds(day)
        ],
        events=events,
    )


def stages_of(
    steps: list[StageChange], scale: Scale, today: datetime.date, language: str
) -> list[Shape]:
    """Each stage from the day it began to the day the next did; the last one up to today."""
    shapes = []
    for step, following in zip_longest(steps, steps[1:]):
        stage = Stage(step.to_stage)
        until = following.effective_date if following else today
        if stage in OVER or until <= step.effective_date:
            continue
        words = f"{stage.label}: {date_in_short(step.effective_date, language)}"
        if following:
            words += f" – {date_in_short(until, language)}"
        shapes.append(part(PHASES[stage], step.effective_date, until, scale, words))
    return shapes


def part(sort: str, start: datetime.date, end: datetime.date, scale: Scale, title: str) -> Shape:
    """From one day to another on the scale; a mark begins and ends on the same."""
    x, x2 = scale.place(start), scale.place(end)
    return Shape(sort, written(x), written(x2), written(x2 - x), title)


def written(share: float) -> str:
    """A place as a drawing has it: with a point, whatever the language."""
    return f"{share:.2f}%"
