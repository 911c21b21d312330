"""Results from a file: one figure a row, or several in columns of their own; a later report stands beside."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_steps import FoundRowField
from portfolio.common.money import ISO_4217
from portfolio.imports.columns import AddressColumn, AmountColumn, Column, DayColumn, WordColumn
from portfolio.imports.faults import SENTENCES
from portfolio.imports.importers import Given, Importer, Record, Stored, Values
from portfolio.productions.choices import MONEY_MEASURES, WORLD, Measure, ReleaseMedium
from portfolio.productions.imports.films import address_of
from portfolio.productions.models import Production, Result, ResultWithdrawal
from portfolio.productions.models.release import PLACES

KEY = ("production_id", "territory", "medium", "measure", "start_date", "end_date")

# Columns that are a figure by themselves: where, in which medium, of what, in which currency.
WIDE: Mapping[str, tuple[str, str, str, str]] = {
    "us_gross": ("US", "THEATRICAL", "GROSS", "USD"),
    "worldwide_gross": (WORLD, "THEATRICAL", "GROSS", "USD"),
    "us_dvd_sales": ("US", "HOME_VIDEO", "GROSS", "USD"),
}

SENTENCES |= {
    "no_production": _(
        "No production has the address %(value)s: import it first, or give its address."
    ),
    "zero_is_no_figure": _(
        "“%(column)s” is 0: leave it empty where nothing is disclosed."
    ),
    "day_to_come": _("The figures are of %(value)s, a day to come: give the day they are of."),
    "period_is_turned": _("The last day %(end)s is before the first %(start)s: mend one."),
    "no_figure": _("The row has no figure: give one, or leave the row out."),
    "currency_missing": _("An amount of money needs its currency: give it in “currency”."),
    "currency_odd": _("%(measure)s is a count: leave “currency” empty."),
    "figure_stands_twice": _(
        "The same number, %(value)s, is there for another period or from another source: see that it is meant."
    ),
}  # fmt: skip


class ResultImporter(Importer):
    """A row of the file is one figure or several; what is there already is never changed."""

    name = "results"
    label = _("Results")
    explanation = _(
        "Box office, tickets and viewers of productions that are there. Give territory, medium, measure and "
        "value, or columns such as “US Gross” and “Worldwide Gross” in US dollars. A later report stands "
        "beside the earlier. What is empty is not disclosed; 0 is refused."
    )
    model = Result
    appends = True
    columns = (
        AddressColumn("address", _("address"), aliases=("slug", "production"), most=100),
        Column("name_en", _("English name"), aliases=("title", "english title"), most=300),
        DayColumn("start_date", _("from"), aliases=("release date", "period start"), required=True),
        DayColumn("end_date", _("to"), aliases=("period end",)),
        WordColumn("territory", _("territory"), words=dict.fromkeys(PLACES)),
        WordColumn("medium", _("medium"), words=dict(ReleaseMedium.choices)),
        WordColumn("measure", _("measure"), words=dict(Measure.choices)),
        AmountColumn("value", _("value")),
        WordColumn("currency", _("currency"), words=dict.fromkeys(ISO_4217)),
        AmountColumn("us_gross", _("US gross")),
        AmountColumn("worldwide_gross", _("worldwide gross")),
        AmountColumn("us_dvd_sales", _("US DVD sales")),
    )

    def fields(self) -> Mapping[str, forms.Field]:
        """The source that states all figures."""
        return {
            "source": FoundRowField(Result._meta.get_field("source"), label=_("Source")),
            "is_public": forms.BooleanField(
                label=_("Anyone may see these figures"),
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "house-tick"}),
            ),
        }

    def plan(self, rows: list[Given], context: Values, today: datetime.date) -> None:
        """The figures of each row, found to their production, or what is wrong with them."""
        addresses = {id(row): self._address(row) for row in rows}
        known = {
            slug: (pk, name)
            for slug, pk, name in Production.objects.filter(
                slug__in=set(addresses.values())
            ).values_list("slug", "pk", "name_en")
        }
        for row in rows:
            address = addresses[id(row)]
            if address not in known:
                if not row.faults:
                    row.fault("no_production", value=address or "–")
                continue
            pk, name = known[address]
            self._plan_row(row, pk, name or address, today)
        self._flag_twins(rows, context)

    def _address(self, row: Given) -> str:
        values = row.values
        year = int(values["start_date"][:4]) if "start_date" in values else None
        return str(values.get("address") or address_of(values.get("name_en") or "", year))

    def _plan_row(self, row: Given, production: int, title: str, today: datetime.date) -> None:
        values = row.values
        start, end = values.get("start_date"), values.get("end_date")
        if start is None:
            return
        last = end or start
        if last > today.isoformat():
            row.fault("day_to_come", value=last)
        if end and end < start:
            row.fault("period_is_turned", start=start, end=end)
        figures = [(*WIDE[name], name, values[name]) for name in WIDE if name in values]
        if "measure" in values:
            measure, currency = values["measure"], values.get("currency", "")
            place, medium = values.get("territory", WORLD), values.get("medium", "THEATRICAL")
            figures.append((place, medium, measure, currency, "value", values.get("value")))
        if not figures and not row.faults:
            row.fault("no_figure")
        for territory, medium, measure, currency, name, value in figures:
            if value is not None and float(value) == 0:
                label = next(str(c.label) for c in self.columns if c.name == name)
                row.fault("zero_is_no_figure", column=label)
            if value is not None and (measure in MONEY_MEASURES) != bool(currency):
                code = "currency_odd" if currency else "currency_missing"
                row.fault(code, **({"measure": measure} if currency else {}))
            record = {"value": value, "currency": currency if value is not None else None}
            key = (production, territory, medium, measure, start, end)
            row.records.append(Record(key, record, title))

    def _flag_twins(self, rows: list[Given], context: Values) -> None:
        """Flag a number that is there already, or twice in the file, under another period or source."""
        productions = {record.key[0] for row in rows for record in row.records}
        seen: dict[tuple[Any, ...], set[tuple[Any, ...]]] = {}
        stored = Result.objects.standing().filter(production__in=productions, value__isnull=False)
        for one in stored:
            key = _key_of(one)
            same = (*key[:4], f"{one.value:f}", one.currency)
            seen.setdefault(same, set()).add((*key, one.source_id))
        for row in rows:
            for record in row.records:
                value = record.values["value"]
                if value is not None and not row.faults:
                    same = (*record.key[:4], value, record.values["currency"])
                    seen.setdefault(same, set()).add((*record.key, context.get("source")))
        for row in rows:
            for record in row.records:
                value = record.values["value"]
                same = (*record.key[:4], value, record.values["currency"])
                if not row.faults and value is not None and len(seen[same]) > 1:
                    row.flag("figure_stands_twice", value=value)

    def stored(self, keys: list[tuple[Any, ...]], context: Values) -> dict[tuple[Any, ...], Stored]:
        """The latest standing report of each figure from this source.  Queries: one."""
        wanted = set(keys)
        rows = Result.objects.counting().filter(
            production__in={key[0] for key in keys}, source=context.get("source")
        )
        found = {}
        for row in rows:
            key = _key_of(row)
            if key in wanted:
                value = None if row.value is None else f"{row.value:f}"
                found[key] = Stored(row.pk, {"value": value, "currency": row.currency})
        return found

    def add(
        self, records: list[Record], context: Values, actor: Any, at: datetime.datetime
    ) -> list[int]:
        """Reports, public where that was said with the file.  Queries: one."""
        rows = Result.objects.bulk_create(
            [
                Result(
                    **dict(zip(KEY, record.key, strict=True)),
                    value=record.values.get("value"),
                    currency=record.values.get("currency") or "",
                    source_id=context["source"],
                    is_public=context.get("is_public", False),
                    recorded_at=at,
                    recorded_by=actor,
                )
                for record in records
            ]
        )
        return [row.pk for row in rows]

    def take_back(self, pks: list[int], actor: Any, at: datetime.datetime) -> None:
        """Withdraw them: what was recorded stays, and counts no more."""
        ResultWithdrawal.objects.bulk_create(
            [
                ResultWithdrawal(
                    result_id=pk, reason="Import undone", withdrawn_at=at, withdrawn_by=actor
                )
                for pk in pks
            ]
        )


def _key_of(row: Result) -> tuple[Any, ...]:
    end = None if row.end_date is None else row.end_date.isoformat()
    place = (row.production_id, row.territory, row.medium, row.measure)
    return (*place, row.start_date.isoformat(), end)
