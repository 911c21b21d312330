"""Random grants against the cell-by-cell model: the same refusals, and the same avails."""

import datetime
import os
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from partners.models import Agreement
from portfolio.rights.choices import Bound
from portfolio.rights.models import Event, Grant, Holdback, Priority
from tests.factories import OrganisationFactory
from tests.rights.brute_force import (
    DAYS,
    FIRST,
    LANGUAGES,
    MEDIA,
    TERRITORIES,
    GrantFact,
    Hangs,
    HoldbackFact,
    PriorityFact,
    Words,
    World,
)
from tests.rights.deals import AT, SIGNED, Deals, accepted

pytestmark = pytest.mark.django_db

HOLDERS = ("first", "second", "third")
LAST = len(DAYS) - 2
days = st.integers(1, LAST)
ends = st.one_of(
    days, days, days, st.none(), st.builds(Hangs, st.sampled_from("AB"), st.integers(0, 12))
)


def some(words: Any, most: int) -> Any:
    one = st.sampled_from(sorted(words)).map(lambda word: (word,))
    none_or_one = st.one_of(st.just(()), one)
    return one | st.tuples(one, one).map(lambda two: two[0] + two[1]) if most > 1 else none_or_one


@st.composite
def scopes(draw: Any) -> Words:
    """Words of a scope that a form would take: something is left, and two dates are in order."""
    media = draw(some(MEDIA, 2))
    territories = draw(some(TERRITORIES, 2))
    words = Words(
        media, draw(some(MEDIA, 1)), territories, draw(some(TERRITORIES, 1)),
        draw(st.sampled_from([(), (), (), ("yue",), ("en",), ("en", "yue")])), draw(ends), draw(ends),
    )  # fmt: skip
    if not words.leaves():
        words = replace(words, media_except=())
    if not words.places():
        words = replace(words, territories_except=())
    if isinstance(words.start, int) and isinstance(words.end, int) and words.end < words.start:
        words = replace(words, start=words.end, end=words.start)
    return words


exclusivities = st.sampled_from(["EXCLUSIVE", "EXCLUSIVE", "CO_EXCLUSIVE", "NON_EXCLUSIVE"])
WIDE = Words(("ALL",), (), ("WORLD",), (), (), None, None)
steps = st.one_of(
    st.tuples(st.just("acquire"), st.one_of(scopes(), st.just(WIDE)), exclusivities, st.booleans()),
    st.tuples(
        st.just("license"), scopes(), exclusivities, st.integers(0, LAST), st.sampled_from(HOLDERS)
    ),
    st.tuples(
        st.just("license"), scopes(), exclusivities, st.integers(0, LAST), st.sampled_from(HOLDERS)
    ),
    st.tuples(st.just("hold back"), st.integers(0, 99), scopes(), st.booleans()),
    st.tuples(st.just("come first"), scopes(), st.sampled_from(HOLDERS), days, days, st.booleans()),
    st.tuples(st.just("close"), st.integers(0, 99)),
    st.tuples(st.just("end"), st.integers(0, 99), st.integers(0, LAST)),
    st.tuples(st.just("resume"), st.integers(0, 99)),
    st.tuples(st.just("date"), st.sampled_from("AB"), st.one_of(st.none(), st.integers(1, 25))),
    st.tuples(st.just("reword"), st.integers(0, 99), scopes()),
)


def on(day: int) -> datetime.date:
    return FIRST + datetime.timedelta(days=day)


class Mirror:
    """The same world twice: as facts for the model, as rows in the database."""

    def __init__(self) -> None:
        self.deals = Deals()
        self.holders = {name: OrganisationFactory() for name in HOLDERS}
        self.papers: dict[str, Agreement] = {
            name: self.deals.agreement(holder, signed=SIGNED - datetime.timedelta(days=400))
            for name, holder in self.holders.items()
        }
        self.events = {name: self.deals.event(place=name) for name in "AB"}
        self.facts = World()
        self.grants: list[Grant] = []
        self.holdbacks: list[Holdback] = []
        self.priorities: list[Priority] = []

    def fields(self, words: Words) -> dict[str, Any]:
        return {
            "title": self.deals.title,
            "media": list(words.media),
            "media_except": list(words.media_except),
            "territories": list(words.territories),
            "territories_except": list(words.territories_except),
            "languages": list(words.languages),
            **self.bound("start", words.start),
            **self.bound("end", words.end),
        }

    def bound(self, name: str, end: Any) -> dict[str, Any]:
        date = event = None
        lag = 0
        kind = Bound.OPEN
        if isinstance(end, Hangs):
            kind, event, lag = Bound.EVENT, self.events[end.event], end.days
        elif end is not None:
            kind, date = Bound.DATE, on(end)
        return {
            f"{name}_kind": kind, f"{name}_date": date, f"{name}_event": event,
            f"{name}_lag_days": lag,
        }  # fmt: skip

    def attempt(self, step: tuple[Any, ...]) -> None:
        """Do a step on both sides: either both take it, or both refuse it and stay as they were."""
        happened = getattr(self, step[0].replace(" ", "_"))(*step[1:])
        if happened is None:
            return
        facts, write, keep = happened
        lawful = facts.is_lawful()

        made: list[Any] = []

        assert accepted(lambda: made.append(write())) is lawful, (step, self.facts)

        if lawful:
            self.facts = facts
            keep(made[0])

    def acquire(self, words: Words, exclusivity: str, may: bool) -> Any:
        fact = GrantFact(words, exclusivity, incoming=True, may_license_on=may)
        return (
            self.facts.with_grant(fact),
            lambda: Grant.objects.create(
                direction="IN", basis="OWNED", exclusivity=exclusivity, may_license_on=may,
                **self.in_force(0), **self.fields(words),
            ),
            self.grants.append,
        )  # fmt: skip

    def license(self, words: Words, exclusivity: str, granted: int, holder: str) -> Any:
        fact = GrantFact(words, exclusivity, incoming=False, granted=granted, holder=holder)
        return (
            self.facts.with_grant(fact),
            lambda: Grant.objects.create(
                direction="OUT", exclusivity=exclusivity, other_side=self.holders[holder],
                agreement=self.papers[holder], **self.in_force(granted), **self.fields(words),
            ),
            self.grants.append,
        )  # fmt: skip

    def in_force(self, granted: int) -> dict[str, Any]:
        return {
            "state": "IN_FORCE", "granted_date": on(granted), "state_at": AT,
            "state_by": self.deals.actor,
        }  # fmt: skip

    def hold_back(self, which: int, words: Words, binds_us: bool) -> Any:
        if not self.grants:
            return None
        number = which % len(self.grants)
        facts = replace(
            self.facts, holdbacks=(*self.facts.holdbacks, HoldbackFact(words, number, binds_us))
        )
        return (
            facts,
            lambda: Holdback.objects.create(
                grant=self.grants[number], binds="US" if binds_us else "OTHER_SIDE",
                **self.fields(words),
            ),
            self.holdbacks.append,
        )  # fmt: skip

    def come_first(self, words: Words, holder: str, one: int, other: int, option: bool) -> Any:
        runs = (min(one, other), max(one, other))
        fact = PriorityFact(words, holder, runs, option)
        return (
            replace(self.facts, priorities=(*self.facts.priorities, fact)),
            lambda: Priority.objects.create(
                kind="OPTION" if option else "FIRST_LOOK", holder=self.holders[holder],
                agreement=self.papers[holder], valid_from_date=on(runs[0]),
                valid_until_date=on(runs[1]), answer_days=None if option else 30,
                **self.fields(words),
            ),
            self.priorities.append,
        )  # fmt: skip

    def close(self, which: int) -> Any:
        if not self.priorities:
            return None
        number = which % len(self.priorities)
        facts = list(self.facts.priorities)
        facts[number] = replace(facts[number], open=False)
        return (
            replace(self.facts, priorities=tuple(facts)),
            lambda: Priority.objects.filter(pk=self.priorities[number].pk).update(
                state="LAPSED", state_at=AT, state_by=self.deals.actor
            ),
            lambda _made: None,
        )

    def changed(self, number: int, **values: Any) -> World:
        facts = list(self.facts.grants)
        facts[number] = replace(facts[number], **values)
        return replace(self.facts, grants=tuple(facts))

    def end(self, which: int, last: int) -> Any:
        if not self.grants:
            return None
        number = which % len(self.grants)
        return (
            self.changed(number, ended=last),
            lambda: Grant.objects.filter(pk=self.grants[number].pk).update(
                state="ENDED", ended_date=on(last), end_reason="TERMINATION"
            ),
            lambda _made: None,
        )

    def resume(self, which: int) -> Any:
        if not self.grants:
            return None
        number = which % len(self.grants)
        return (
            self.changed(number, ended=None),
            lambda: Grant.objects.filter(pk=self.grants[number].pk).update(
                state="IN_FORCE", ended_date=None, end_reason=""
            ),
            lambda _made: None,
        )

    def date(self, name: str, day: int | None) -> Any:
        return (
            replace(self.facts, events={**self.facts.events, name: day}),
            lambda: Event.objects.filter(pk=self.events[name].pk).update(
                date=None if day is None else on(day)
            ),
            lambda _made: None,
        )

    def reword(self, which: int, words: Words) -> Any:
        if not self.grants:
            return None
        number = which % len(self.grants)
        return (
            self.changed(number, words=words),
            lambda: Grant.objects.filter(pk=self.grants[number].pk).update(**self.fields(words)),
            lambda _made: None,
        )

    def check_avails(self, today: int) -> None:
        """Every cell is free in the database where the model says so, and nowhere else."""
        for languages in ((), ("yue",)):
            tongues = set(languages) or LANGUAGES
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT rights_media_codes(media), rights_territory_codes(territories), exclusive, shared "
                    "FROM rights_free_of(%s, rights_media_bits('{ALL}'), "
                    "rights_territories_of('{WORLD}', '{}'), %s, %s)",
                    [self.deals.title.pk, list(languages), on(today)],
                )
                answers = cursor.fetchall()
            for medium in MEDIA["ALL"]:
                for territory in TERRITORIES["WORLD"]:
                    (row,) = [a for a in answers if medium in a[0] and territory in a[1]]
                    for alone, ranges in ((True, row[2]), (False, row[3])):
                        said = {d for d in DAYS if any(on(d) in r for r in ranges)}
                        right = {
                            d for d in DAYS
                            if self.model_frees(d, medium, territory, tongues, alone, today)
                        }  # fmt: skip
                        assert said == right, (medium, territory, languages, alone, self.facts)

    def model_frees(
        self, day: int, medium: str, territory: str, tongues: set[str], alone: bool, today: int
    ) -> bool:
        return all(
            self.facts.free((day, medium, territory, tongue), alone=alone, today=today)
            for tongue in tongues
        )


PROVING = os.environ.get("TOPSHEET_PROVE") == "1"


@st.composite
def histories(draw: Any) -> list[Any]:
    return [draw(steps) for _ in range(draw(st.integers(4, 24)))]


@settings(
    max_examples=2000 if PROVING else 15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=tuple(Phase) if PROVING else (Phase.generate,),
    database=None,
)
@given(history=histories(), today=st.integers(0, LAST))
def test_refusals_and_avails_are_those_of_the_model_cell_by_cell(history, today):
    with transaction.atomic():
        mirror = Mirror()
        for step in history:
            mirror.attempt(step)

        mirror.check_avails(today)
        transaction.set_rollback(True)
