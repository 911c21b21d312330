"""Grants from an Avails sheet: each row is a medium in a territory; what is new becomes a negotiation."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pghistory
from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement, Organisation
from portfolio.common.admin_steps import FoundRowField, ListField
from portfolio.imports.importers import Given, Importer, Record, Stored, Values
from portfolio.productions.models import Production
from portfolio.rights.choices import Basis, Bound, Direction, Exclusivity
from portfolio.rights.imports.columns import COLUMNS
from portfolio.rights.imports.titles import NAMES, Titles
from portfolio.rights.models import Event, Extent, Grant, TerritorySet
from portfolio.rights.sheets import windows
from portfolio.rights.sheets.columns import (
    CO_EXCLUSIVE,
    CONDITIONS,
    DELETES,
    IMMEDIATE,
    LICENCES,
    NOT_KEPT,
    OPEN,
    PARTS,
    SEASON,
    WORDS_OF_MEDIA,
)
from portfolio.rights.sheets.extents import extents_for_sheets

# What a key consists of, in order; the agreement and the other side are empty of rights owned from the start.
KEY = (
    "title", "direction", "agreement", "other_side", "exclusivity", "medium", "territory", "languages",
    "start", "end",
)  # fmt: skip

type Key = tuple[Any, ...]


class AvailsImporter(Importer):
    """A row of the sheet is a right in one medium and territory, or several territories."""

    name = "avails"
    label = _("Avails sheet (rights)")
    explanation = _(
        "The sheet of all avails of EMA / MovieLabs 1.9, or one of its templates for films and TV. Rights that are "
        "new are added in negotiation, as few grants as there are different terms; nothing that is there is "
        "changed. They are put in force on their own pages."
    )
    model = Grant
    columns = COLUMNS
    goes_along = (Extent,)

    def fields(self) -> Mapping[str, forms.Field]:
        """Which way the rights go, and the agreement and the other side of rows that do not say."""
        return {
            "direction": ListField(label=_("Direction"), choices=Direction.choices),
            "agreement": FoundRowField(
                Grant._meta.get_field("agreement"), label=_("Agreement"), required=False,
                help_text=_("Of rows without a ContractID."),
            ),
            "other_side": FoundRowField(
                Grant._meta.get_field("other_side"), label=_("Other side"), required=False,
                help_text=_("Of rows that name nobody we know."),
            ),
        }  # fmt: skip

    # --- Reading -----------------------------------------------------------------------------

    def plan(self, rows: list[Given], context: Values, today: datetime.date) -> None:
        """Records for each row, one a territory, or what is wrong with it.  Queries: six."""
        titles = Titles(rows)
        sides = Sides(rows, context)
        seasons: dict[Key, dict[int, list[Given]]] = defaultdict(lambda: defaultdict(list))
        series: dict[Key, Production] = {}
        meant: dict[Key, Given] = {}
        for row in rows:
            for key, title in self._keys(row, titles, sides, today):
                if row.values.get("work") == SEASON:
                    seasons[key][row.values["season"]].append(row)
                    series[key] = title
                else:
                    _mean(row, key, title, meant)
        for key, given in seasons.items():
            missing = titles.seasons_of(series[key]) - set(given)
            for row in sorted((r for some in given.values() for r in some), key=_number):
                if missing:
                    if not any(code == "seasons_apart" for code, _figures in row.faults):
                        row.fault("seasons_apart", missing=", ".join(map(str, sorted(missing))))
                else:
                    _mean(row, key, series[key], meant)
        self._refuse_without_agreement(rows, context)

    def _keys(
        self, row: Given, titles: Titles, sides: "Sides", today: datetime.date
    ) -> list[tuple[Key, Production]]:
        values = row.values
        title = None if row.faults else titles.of(row)
        if title is None:
            return []
        work = values.get("work", "")
        if work in PARTS:
            row.fault("part_of_title", value=work)
        elif work == SEASON and "season" not in values:
            row.fault("season_missing")
        elif work == SEASON and values["season"] not in titles.seasons_of(title):
            row.fault("season_unknown", title=str(title), value=values["season"])
        if values.get("entry") in DELETES:
            row.fault("entry_deletes", value=values["entry"])
        if "licence" not in values:
            row.fault("licence_missing", words=", ".join(LICENCES))
        if "territory" not in values:
            row.fault("territory_missing")
        start, end = (_bound(row, which, today) for which in ("start", "end"))
        if row.faults or start is None or end is None:
            return []
        if start[:1].isdigit() and end[:1].isdigit() and end < start:
            row.fault("window_is_turned", start=start, end=end)
        agreement, other_side = sides.of(row)
        if row.faults:
            return []
        exclusivity = Exclusivity.NON_EXCLUSIVE
        if values.get("exclusive"):
            exclusivity = Exclusivity.EXCLUSIVE
        elif str(values.get("exclusive_attributes", "")).casefold() == CO_EXCLUSIVE.casefold():
            exclusivity = Exclusivity.CO_EXCLUSIVE
        return [
            (
                (
                    title.pk, sides.direction, agreement, other_side, str(exclusivity),
                    str(LICENCES[values["licence"]]), territory, values.get("languages", ""), start, end,
                ),
                title,
            )
            for territory in values["territory"].split()
        ]  # fmt: skip

    def _refuse_without_agreement(self, rows: list[Given], context: Values) -> None:
        """Rights without an agreement are known to us or refused: only staff say what was always ours."""
        alone = [r for row in rows for r in row.records if r.key[2] is None or r.key[3] is None]
        known = self.stored([record.key for record in alone], context)
        for row in rows:
            for record in row.records:
                if record.key in known or (record.key[2] is not None and record.key[3] is not None):
                    continue
                if record.key[2] is None:
                    row.fault("agreement_not_given")
                else:
                    named = row.values.get("licensee") or row.values.get("licensor")
                    row.fault("other_side_not_given", value=named or "–")
                break

    def stored(self, keys: list[Key], context: Values) -> dict[Key, Stored]:
        """The grants that hold these media and territories on the same terms.  Queries: one."""
        wanted: dict[Any, list[Key]] = defaultdict(list)
        for key in keys:
            wanted[key[0]].append(key)
        found: dict[Key, Stored] = {}
        if not keys:
            return found
        for extent in extents_for_sheets(Direction(keys[0][1]), set(wanted)):
            grant: Grant = extent.grant
            terms = (grant.agreement_id, grant.other_side_id, grant.exclusivity)
            languages = " ".join(sorted(grant.languages))
            media, places = set(extent.media_codes), set(extent.territory_codes)
            first, last = windows.days_of(extent.window)
            for key in wanted[extent.title_id]:
                if (
                    key[2:5] == terms
                    and key[5] in media
                    and key[6] in places
                    and key[7] == languages
                    and key[8] in windows.texts_of(grant, "start", key[6], first)
                    and key[9] in windows.texts_of(grant, "end", key[6], last)
                ):
                    found.setdefault(key, Stored(grant.pk, shown_of(key)))
        return found

    # --- Writing -----------------------------------------------------------------------------

    def add(
        self, records: list[Record], context: Values, actor: Any, at: datetime.datetime
    ) -> list[int]:
        """Grants in negotiation, as few as there are different terms; several records may be one of them."""
        sets = {frozenset(row.codes): row.code for row in TerritorySet.objects.order_by("-code")}
        events = Events()
        by_terms: dict[Key, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for record in records:
            key = record.key
            bounds = tuple(events.bound(key[0], text, key[6]) for text in (key[8], key[9]))
            by_terms[(*key[:5], key[7], *bounds)][key[6]].add(key[5])
        grants, of_cell = [], {}
        for terms, media_of in by_terms.items():
            groups: dict[frozenset[str], set[str]] = defaultdict(set)
            for territory, media in media_of.items():
                groups[frozenset(media)].add(territory)
            for shared, territories in groups.items():
                grant = self._grant(terms, shared, territories, sets)
                grants.append(grant)
                for territory in territories:
                    for medium in shared:
                        of_cell[terms, medium, territory] = grant
        with pghistory.context(user=actor.pk):
            Grant.objects.bulk_create(grants)
        pks = []
        for record in records:
            key = record.key
            bounds = tuple(events.bound(key[0], text, key[6]) for text in (key[8], key[9]))
            pks.append(of_cell[(*key[:5], key[7], *bounds), key[5], key[6]].pk)
        return pks

    def _grant(
        self, terms: Key, media: frozenset[str], territories: set[str],
        sets: Mapping[frozenset[str], str],
    ) -> Grant:  # fmt: skip
        title, direction, agreement, other_side, exclusivity, languages, start, end = terms
        named = sets.get(frozenset(territories))
        return Grant(
            title_id=title, direction=direction, basis=Basis.LICENSED, agreement_id=agreement,
            other_side_id=other_side, exclusivity=exclusivity, languages=languages.split(),
            media=[medium for medium in LICENCES.values() if medium in media],
            territories=[named] if named else sorted(territories),
            **{f"start_{name}": value for name, value in start},
            **{f"end_{name}": value for name, value in end},
        )  # fmt: skip


class Sides:
    """The agreement and the other side of rows, found at once.  Queries: two."""

    def __init__(self, rows: Sequence[Given], context: Values) -> None:
        self.direction = str(context["direction"])
        self.usual = context.get("agreement"), context.get("other_side")
        self.named_in = "licensee" if self.direction == Direction.OUT else "licensor"
        contracts = {row.values["contract"] for row in rows if "contract" in row.values}
        self.agreements = dict(
            Agreement.objects.filter(reference__in=contracts).values_list("reference", "pk")
        )
        names = {row.values[self.named_in] for row in rows if self.named_in in row.values}
        self.organisations: dict[str, set[int]] = defaultdict(set)
        for field in NAMES:
            for name, key in Organisation.objects.filter(**{f"{field}__in": names}).values_list(
                field, "pk"
            ):
                self.organisations[name].add(key)

    def of(self, row: Given) -> tuple[int | None, int | None]:
        """Their numbers, those given with the file where the row names none; or what is wrong in the row."""
        agreement, other_side = self.usual
        reference = row.values.get("contract")
        if reference is not None:
            if reference not in self.agreements:
                row.fault("agreement_unknown", value=reference)
            agreement = self.agreements.get(reference)
        known = self.organisations.get(row.values.get(self.named_in, ""), set())
        if len(known) == 1:
            (other_side,) = known
        return agreement, other_side


class Events:
    """Events that windows hang on, made where they are missing.  Queries: one, and two for each that is made."""

    def __init__(self) -> None:
        self.found: dict[tuple[Any, ...], int] = {}

    def bound(self, title: int, text: str, territory: str) -> tuple[tuple[str, Any], ...]:
        """One end of a window as fields of a grant, such as (kind, date)."""
        if text == windows.OPEN:
            return (("kind", str(Bound.OPEN)),)
        if text[:1].isdigit():
            return (
                ("kind", str(Bound.DATE)),
                ("date", datetime.date.fromisoformat(text)),
            )
        kind, months, days = windows.parts_of(text)
        return (
            ("kind", str(Bound.EVENT)),
            ("event_id", self._event(title, kind, territory)),
            ("lag_months", months),
            ("lag_days", days),
        )

    def _event(self, title: int, kind: str, territory: str) -> int:
        key = (title, kind, territory)
        if key not in self.found:
            there = dict(
                Event.objects.filter(title=title, kind=kind, place__in=[territory, ""]).values_list(
                    "place", "pk"
                )
            )
            number = there.get(territory) or there.get("")
            if number is None:
                number = Event.objects.create(title_id=title, kind=kind, place=territory).pk
            self.found[key] = number
        return self.found[key]


def _mean(row: Given, key: Key, title: Production, meant: dict[Key, Given]) -> None:
    """Let a row mean a right, unless an earlier row means it: formats and seasons share one."""
    first = meant.setdefault(key, row)
    if first is row:
        row.records.append(Record(key, shown_of(key), str(title)))
    elif not any(code == "same_right_again" for code, _figures in row.flags):
        row.flag("same_right_again", row=first.number)


def _number(row: Given) -> int:
    return row.number


def _bound(row: Given, which: str, today: datetime.date) -> str | None:
    """One end of a row's window as a text; None with what is wrong in the row."""
    column = which.capitalize()
    said = row.values.get(which)
    if said is None:
        row.fault("bound_missing", column=column)
    elif said == OPEN:
        return windows.OPEN
    elif said in NOT_KEPT:
        row.fault("condition_not_kept", column=column, value=said)
    elif said == IMMEDIATE:
        if which == "start":
            return today.isoformat()
        row.fault("end_immediate")
    elif said in CONDITIONS:
        months, _m, days = row.values.get(f"{which}_lag", "0M0D").rstrip("D").partition("M")
        return windows.of_event(CONDITIONS[said], int(months), int(days))
    else:
        return str(said)
    return None


def shown_of(key: Key) -> Values:
    """The part of a key that staff look at before they confirm, in the words of the sheet."""
    named = dict(zip(KEY, key, strict=True))
    shown = {
        "territory": named["territory"],
        "licence": WORDS_OF_MEDIA[named["medium"]],
        "start": windows.in_words(named["start"]),
        "end": windows.in_words(named["end"]),
        "languages": named["languages"] or None,
        "exclusive": named["exclusivity"],
    }
    return {name: value for name, value in shown.items() if value}
