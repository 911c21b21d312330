"""Releases from a file: where, in which medium and when productions come out."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portfolio.common.publishing import Publication
from portfolio.imports.columns import AddressColumn, Column, DayColumn, WholeColumn, WordColumn
from portfolio.imports.faults import SENTENCES
from portfolio.imports.importers import Given, Importer, Record, Stored, Values
from portfolio.productions.choices import WORLD, ReleaseMedium
from portfolio.productions.imports.films import address_of
from portfolio.productions.models import Production, Release
from portfolio.productions.models.release import PLACES

KEY = ("production_id", "territory", "medium", "date")
TAKEN = ("distributor_id", "distributor_name", "screens")

SENTENCES |= {
    "no_organisation": _(
        "No organisation has the address %(value)s: add it first, or name it in “distributor”."
    ),
    "date_in_the_same_place": _(
        "The production has another day there already (%(days)s): see that both are meant."
    ),
}  # fmt: skip


class ReleaseImporter(Importer):
    """A row of the file is a release; its key is the production, the place, the medium and the day."""

    name = "releases"
    label = _("Releases")
    explanation = _(
        "Where, in which medium and when productions that are there come out. Without a territory it is the "
        "world, without a medium the cinema. An empty cell changes nothing."
    )
    model = Release
    columns = (
        AddressColumn("address", _("address"), aliases=("slug", "production"), most=100),
        Column("name_en", _("English name"), aliases=("title", "english title"), most=300),
        WholeColumn("year", _("year"), aliases=("年份",), least=1888, largest=2200),
        DayColumn(
            "date", _("date"), aliases=("release date", "released", "上映日期"), required=True
        ),
        WordColumn("territory", _("territory"), words=dict.fromkeys(PLACES)),
        WordColumn("medium", _("medium"), words=dict(ReleaseMedium.choices)),
        Column(
            "distributor_name", _("distributor as a source has it"), aliases=("distributor", "發行")
        ),
        AddressColumn("distributor", _("address of the distributor"), most=100),
        WholeColumn("screens", _("screens"), aliases=("銀幕", "银幕"), least=1),
    )

    def fields(self) -> Mapping[str, forms.Field]:
        """Whether new releases are public at once."""
        return {
            "is_public": forms.BooleanField(
                label=_("Anyone may see new releases"),
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "house-tick"}),
            ),
        }

    def plan(self, rows: list[Given], context: Values, today: datetime.date) -> None:
        """One record a row, found to its production and distributor, or what is wrong.  Queries: three."""
        addresses = {id(row): _address(row) for row in rows}
        known = {
            slug: (pk, name)
            for slug, pk, name in Production.objects.filter(
                slug__in=set(addresses.values())
            ).values_list("slug", "pk", "name_en")
        }
        firms = dict(
            Organisation.objects.filter(
                slug__in={row.values["distributor"] for row in rows if "distributor" in row.values}
            ).values_list("slug", "pk")
        )
        for row in rows:
            address, values = addresses[id(row)], row.values
            if address not in known:
                if not row.faults:
                    row.fault("no_production", value=address or "–")
                continue
            if "distributor" in values and values["distributor"] not in firms:
                row.fault("no_organisation", value=values["distributor"])
            if row.faults:
                continue
            pk, name = known[address]
            place, medium = values.get("territory", WORLD), values.get("medium", "THEATRICAL")
            taken = {
                "distributor_id": firms.get(values.get("distributor", "")),
                "distributor_name": values.get("distributor_name"),
                "screens": values.get("screens"),
            }
            row.records.append(Record((pk, place, medium, values["date"]), taken, name or address))
        _flag_other_days(rows)

    def stored(self, keys: list[tuple[Any, ...]], context: Values) -> dict[tuple[Any, ...], Stored]:
        """Releases by their key.  Queries: one."""
        wanted = set(keys)
        found = {}
        for row in Release.objects.filter(production__in={key[0] for key in keys}):
            if (key := _key_of(row)) in wanted:
                found[key] = Stored(row.pk, {name: getattr(row, name) for name in TAKEN})
        return found

    def add(
        self, records: list[Record], context: Values, actor: Any, at: datetime.datetime
    ) -> list[int]:
        """Drafts, or public where that was said with the file.  Queries: one."""
        public = context.get("is_public", False)
        rows = Release.objects.bulk_create(
            [
                Release(
                    **dict(zip(KEY, record.key, strict=True)),
                    **{name: value for name, value in record.values.items() if value is not None},
                    publication=Publication.PUBLIC if public else Publication.DRAFT,
                )
                for record in records
            ]
        )
        return [row.pk for row in rows]

    def change(self, pk: int, values: Values, actor: Any) -> None:
        """Another distributor, or another number of screens."""
        Release.objects.filter(pk=pk).update(**values)


def _address(row: Given) -> str:
    values = row.values
    year = values.get("year") or int(str(values.get("date", "0"))[:4])
    return str(values.get("address") or address_of(values.get("name_en") or "", year))


def _key_of(row: Release) -> tuple[Any, ...]:
    return (row.production_id, row.territory, row.medium, row.date.isoformat())


def _flag_other_days(rows: list[Given]) -> None:
    """Flag a release in a place and medium in which the production came out on another day."""
    productions = {record.key[0] for row in rows for record in row.records}
    days: dict[tuple[Any, ...], set[str]] = {}
    keys = [_key_of(row) for row in Release.objects.filter(production__in=productions)]
    keys += [record.key for row in rows for record in row.records]
    for key in keys:
        days.setdefault(key[:3], set()).add(key[3])
    for row in rows:
        for record in row.records:
            if others := days[record.key[:3]] - {record.key[3]}:
                row.flag("date_in_the_same_place", days=", ".join(sorted(others)))
