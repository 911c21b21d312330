"""A title with agreements about it, for tests: everything is signed and in force unless asked otherwise."""

import datetime
import itertools
from typing import Any

from django.db import DatabaseError, connection, transaction

from partners.choices import PartyRole
from partners.models import Agreement, AgreementParty, Organisation
from portfolio.rights import operations
from portfolio.rights.choices import Bound, Direction, PriorityKind
from portfolio.rights.models import Event, Grant, Holdback, Offer, Priority
from portfolio.staff.models import User
from tests.factories import OrganisationFactory, ProductionFactory

NUMBERS = itertools.count(1)
SIGNED = datetime.date(2026, 1, 1)
AT = datetime.datetime(2026, 1, 2, 10, tzinfo=datetime.UTC)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


class Deals:
    """One title, its owner's house, and licensees to grant to.

    `window` is a pair of a first and a last day; None is open, an event or (event, months, days) hangs.
    """

    def __init__(self, *, about: Any = None, **title: Any) -> None:
        self.title = about or ProductionFactory(**title)
        self.house: Organisation = OrganisationFactory()
        self.actor = User.objects.create(username=f"rights-{next(NUMBERS)}")

    def agreement(self, other: Organisation, *, signed: datetime.date | None = SIGNED) -> Agreement:
        agreement = Agreement.objects.create(
            reference=f"LIC-{next(NUMBERS)}", title="Licence", kind="LICENCE", start_date=SIGNED
        )
        for organisation in (self.house, other):
            AgreementParty.objects.create(
                agreement=agreement, organisation=organisation, role=PartyRole.OTHER,
                signed_date=signed,
            )  # fmt: skip
        return agreement

    def scope(
        self,
        media: str = "ALL",
        territories: str = "WORLD",
        window: tuple[Any, Any] = ("2026-01-01", "2026-12-31"),
        languages: str = "",
        media_except: str = "",
        territories_except: str = "",
    ) -> dict[str, Any]:
        """The fields of a scope, from words."""
        return {
            "title": self.title,
            "media": media.split(),
            "media_except": media_except.split(),
            "territories": territories.split(),
            "territories_except": territories_except.split(),
            "languages": languages.split(),
            **bound("start", window[0]),
            **bound("end", window[1]),
        }

    def owned(self, *scope: Any, exclusivity: str = "EXCLUSIVE", **more: Any) -> Grant:
        """Rights that were the house's from the start, for ever and everywhere unless said otherwise."""
        words = self.scope(*scope, **more) if scope or more else self.scope(window=(None, None))
        grant = Grant.objects.create(
            direction=Direction.IN, basis="OWNED", exclusivity=exclusivity, **words
        )
        return self.force(grant)

    def draft(
        self, *scope: Any, direction: str = "OUT", exclusivity: str = "EXCLUSIVE",
        to: Organisation | None = None, fields: dict[str, Any] | None = None, **more: Any,
    ) -> Grant:  # fmt: skip
        other = to or OrganisationFactory()
        return Grant.objects.create(
            direction=direction, exclusivity=exclusivity, other_side=other,
            agreement=self.agreement(other), **(fields or {}), **self.scope(*scope, **more),
        )  # fmt: skip

    def force(self, grant: Grant, *, on: datetime.date = SIGNED) -> Grant:
        return operations.put_in_force(grant=grant, granted_date=on, at=AT, actor=self.actor)

    def acquired(self, *scope: Any, **more: Any) -> Grant:
        return self.force(self.draft(*scope, direction="IN", **more))

    def licensed(self, *scope: Any, on: datetime.date = SIGNED, **more: Any) -> Grant:
        return self.force(self.draft(*scope, **more), on=on)

    def holdback(self, grant: Grant, *scope: Any, binds: str = "US", **more: Any) -> Holdback:
        return Holdback.objects.create(grant=grant, binds=binds, **self.scope(*scope, **more))

    def priority(
        self, *scope: Any, kind: str = "OPTION", runs: tuple[str, str] = ("2026-01-01", "2026-06-30"),
        holder: Organisation | None = None, days: int | None = None, **more: Any,
    ) -> Priority:  # fmt: skip
        holder = holder or OrganisationFactory()
        return Priority.objects.create(
            kind=kind, holder=holder, agreement=self.agreement(holder),
            valid_from_date=day(runs[0]), valid_until_date=day(runs[1]),
            answer_days=None if kind == PriorityKind.OPTION else days or 30,
            **self.scope(*scope, **more),
        )  # fmt: skip

    def offer(
        self, priority: Priority, grant: Grant, *, on: str, declined: str | None = None
    ) -> Offer:
        return Offer.objects.create(
            priority=priority, grant=grant, offered_date=day(on),
            answer="DECLINED" if declined else "", answered_date=declined and day(declined),
        )  # fmt: skip

    def event(
        self, kind: str = "THEATRICAL_RELEASE", *, on: str | None = None, place: str = "HK"
    ) -> Event:
        return Event.objects.create(title=self.title, kind=kind, place=place, date=on and day(on))


def bound(end: str, given: Any) -> dict[str, Any]:
    """One end of a window: a day, None for open, an event, or an event with months and days after it."""
    if given is None:
        return {f"{end}_kind": Bound.OPEN}
    if isinstance(given, str):
        return {f"{end}_kind": Bound.DATE, f"{end}_date": day(given)}
    event, months, days = given if isinstance(given, tuple) else (given, 0, 0)
    return {
        f"{end}_kind": Bound.EVENT, f"{end}_event": event, f"{end}_lag_months": months,
        f"{end}_lag_days": days,
    }  # fmt: skip


def at_commit() -> None:
    """Ask the rules that hold at the end of a transaction now."""
    connection.check_constraints()


def accepted(write: Any) -> bool:
    """Whether the database takes a write, as if it were committed; a refused one leaves nothing."""
    try:
        with transaction.atomic():
            write()
            at_commit()
    except DatabaseError:
        return False
    return True
