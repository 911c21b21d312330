"""Productions from a file: titles, form, year, runtime and genre; drafts until staff publish them."""

import datetime
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.db import connection
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portfolio.common.admin_steps import FoundRowField, ListField
from portfolio.common.refusals import Refused
from portfolio.imports.columns import AddressColumn, Column, DayColumn, WholeColumn, WordColumn
from portfolio.imports.faults import SENTENCES
from portfolio.imports.importers import Given, Importer, Record, Stored, Values
from portfolio.productions.choices import Format, Stage
from portfolio.productions.models import Production
from portfolio.productions.models.production import LONGEST_RUNTIME
from portfolio.programmes.choices import ProjectKind, Standing
from portfolio.programmes.models import Project, Strand

YEARS_AHEAD = 5
ADDRESS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NAMES = ("name_en", "name_zh_hant", "name_zh_hans")
TAKEN = (*NAMES, "format", "year", "runtime_minutes", "genre")
"""The fields of a production that a file can give."""

SENTENCES |= {
    "no_name": _("The row has no title in any language: give one."),
    "no_address": _(
        "No address can be made of the title: give one in a column “address”, such as last-dance."
    ),
    "address_is_odd": _(
        "The address %(value)s is not made of lower-case letters, digits and single hyphens: mend it."
    ),
    "address_taken": _(
        "The address %(value)s belongs to another work or another programme: give another."
    ),
    "year_ahead": _(
        "The year %(value)s is more than %(years)s years ahead: give the year it was or will be released."
    ),
    "years_differ": _("The year %(year)s is not that of the release date %(day)s: mend one."),
}


def address_of(name: str, year: int | None) -> str:
    """The address of a film by its title and year, as imports make it; empty where none can be made."""
    words = slugify(name)[:90].strip("-").replace("_", "-")
    words = re.sub(r"-{2,}", "-", words).strip("-")
    return f"{words}-{year}" if words and year else words


class ProductionImporter(Importer):
    """A row of the file is a production; its key is its address."""

    name = "productions"
    label = _("Productions")
    explanation = _(
        "One row a production. Without a column “address” the address is made of the English title and the "
        "year. An empty cell changes nothing. New productions are drafts."
    )
    model = Production
    columns = (
        AddressColumn("address", _("address"), aliases=("slug",), most=100),
        Column(
            "name_en", _("English name"), aliases=("title", "english title", "title en"), most=300
        ),
        Column(
            "name_zh_hant",
            _("Traditional Chinese name"),
            aliases=("title zh hant", "片名", "繁體片名", "中文片名"),
            most=300,
        ),
        Column(
            "name_zh_hans",
            _("Simplified Chinese name"),
            aliases=("title zh hans", "简体片名", "中文名"),
            most=300,
        ),
        WordColumn("format", _("format"), words=dict(Format.choices)),
        WholeColumn("year", _("year"), aliases=("年份",), least=1888, largest=2200),
        DayColumn("release_date", _("release date"), aliases=("released", "上映日期")),
        WholeColumn(
            "runtime_minutes",
            _("runtime in minutes"),
            aliases=("running time min", "runtime", "片長", "片长"),
            least=1,
            largest=LONGEST_RUNTIME,
        ),
        Column("genre", _("genre"), aliases=("major genre", "類型", "类型"), most=100),
    )

    def fields(self) -> Mapping[str, forms.Field]:
        """The programme and strand of all rows, and the form of those that do not say."""
        return {
            "programme": FoundRowField(Project._meta.get_field("programme"), label=_("Programme")),
            "strand": FoundRowField(
                Project._meta.get_field("strand"),
                label=_("Strand"),
                required=False,
                help_text=_("Empty for a track record."),
            ),
            "format": ListField(
                label=_("Format"),
                choices=Format.choices,
                help_text=_("Of the rows that do not say."),
            ),
        }

    def context(self, said: Mapping[str, Any]) -> Values:
        """The strand is one of the programme.  Raises: Refused."""
        strand: Strand | None = said.get("strand")
        if strand is not None and strand.programme_id != said["programme"].pk:
            raise Refused(gettext("Choose a strand of the programme."))
        return super().context(said)

    def plan(self, rows: list[Given], context: Values, today: datetime.date) -> None:
        """One record a row, or what is wrong with its title, its year or its address."""
        for row in rows:
            self._plan_row(row, today)
        addresses = {record.key[0] for row in rows for record in row.records}
        known = {
            slug: kind == ProjectKind.PRODUCTION and programme == context.get("programme")
            for slug, kind, programme in Project.objects.filter(slug__in=addresses).values_list(
                "slug", "kind", "programme_id"
            )
        }
        for row in rows:
            for record in row.records:
                is_ours = known.get(record.key[0])
                if is_ours is False:
                    row.fault("address_taken", value=record.key[0])
                elif is_ours is None and not record.title:
                    row.fault("no_name")

    def _plan_row(self, row: Given, today: datetime.date) -> None:
        year = row.values.get("year")
        if released := row.values.get("release_date"):
            of_day = int(released[:4])
            if year is not None and year != of_day:
                row.fault("years_differ", year=year, day=released)
            year = of_day
        if year is not None and year > today.year + YEARS_AHEAD:
            row.fault("year_ahead", value=year, years=YEARS_AHEAD)
        names = {name: row.values.get(name) for name in NAMES}
        address = row.values.get("address") or address_of(names["name_en"] or "", year)
        if "address" in row.values and not ADDRESS.fullmatch(address):
            row.fault("address_is_odd", value=address)
        elif not address and not row.faults:
            row.fault("no_address" if any(names.values()) else "no_name")
        if row.faults:
            return
        values = {name: row.values.get(name) for name in TAKEN} | {"year": year}
        title = next((name for name in names.values() if name), "")
        row.records.append(Record((address,), values, title))

    def stored(self, keys: list[tuple[Any, ...]], context: Values) -> dict[tuple[Any, ...], Stored]:
        """Productions by their address.  Queries: one."""
        rows = Production.objects.filter(
            slug__in=[key[0] for key in keys], programme=context.get("programme")
        )
        return {
            (row.slug,): Stored(row.pk, {name: getattr(row, name) for name in TAKEN}, str(row))
            for row in rows
        }

    def add(
        self, records: list[Record], context: Values, actor: Any, at: datetime.datetime
    ) -> list[int]:
        """Drafts in the programme.  Queries: two for all of them.

        Django writes rows that stand in two tables one by one: 3,000 films would take half a minute.
        """
        standing = Standing.IN_PROGRAMME if context.get("strand") else Standing.TRACK_RECORD
        films = []
        for record in records:
            values = {n: v for n, v in record.values.items() if v is not None}
            film = Production(
                slug=record.key[0],
                programme_id=context["programme"],
                strand_id=context.get("strand"),
                standing=standing,
                **({"format": context["format"]} | values),
            )
            if standing == Standing.TRACK_RECORD and film.year and film.year <= at.year:
                film.stage = Stage.RELEASED
            films.append(film)
        common = [
            f.attname
            for f in Project._meta.concrete_fields
            if not f.generated and not f.primary_key
        ]
        projects = Project.objects.bulk_create(
            [Project(**{name: getattr(film, name) for name in common}) for film in films]
        )
        for film, project in zip(films, projects, strict=True):
            film.pk = film.project_ptr_id = project.pk
        Production._base_manager.all()._insert(  # type: ignore[attr-defined]
            films, fields=Production._meta.local_concrete_fields, using=connection.alias
        )
        return [film.pk for film in films]

    def change(self, pk: int, values: Values, actor: Any) -> None:
        """Other values in some fields."""
        film = Production.objects.get(pk=pk)
        for name, value in values.items():
            setattr(film, name, value)
        film.save(update_fields=list(values))
