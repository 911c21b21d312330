"""What every report of money is asked: of which programme, as of when, known when, in what currency."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from portfolio.programmes.models import Programme

NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Terms:
    """The terms of a report.

    Units: without `currency` everything in the programme's base currency; with it only what is in
    that currency, in that currency.
    Time: facts whose value date is on or before `as_of`, as they had been recorded at the instant
    `known_at`; without it as they are recorded now.
    """

    programme: Programme
    as_of: datetime.date
    known_at: datetime.datetime | None = None
    currency: str | None = None

    @property
    def unit(self) -> str:
        """The currency of the figures."""
        return self.currency or self.programme.base_currency

    @property
    def values(self) -> dict[str, Any]:
        """What is bound to the names in a report's SQL.

        `year` and `month` begin the first that are not over on `as_of`; `known_day` is the day, in
        UTC as the totals have it, that `known_at` breaks.
        """
        after = self.as_of + datetime.timedelta(days=1)
        known = self.known_at and self.known_at.astimezone(datetime.UTC)
        return {
            "programme": self.programme.pk,
            "as_of": self.as_of,
            "year": after.replace(month=1, day=1),
            "month": after.replace(day=1),
            "known_at": self.known_at,
            "known_day": known and known.date(),
            "known_midnight": known
            and datetime.datetime.combine(known.date(), datetime.time(), datetime.UTC),
            "known_month": known and known.date().replace(day=1),
            "currency": self.currency,
            "unit": self.unit,
        }

    def if_known(self, condition: str) -> str:
        """A condition in SQL that only counts where there is a `known_at`."""
        return condition if self.known_at is not None else ""

    @property
    def in_currency(self) -> str:
        """The condition in SQL that only one currency counts, where there is one."""
        return "AND currency = %(currency)s" if self.currency is not None else ""


def rows_of(statement: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of one statement, by the names of their columns."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
