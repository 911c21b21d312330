"""Turns a facts file into the rows that it asks for, each with its place in the file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from partners.choices import OrganisationKind
from portfolio.common.territories import ISO_3166_1
from portfolio.facts.checking import Checker
from portfolio.facts.document import Document, Path
from portfolio.productions.choices import CreditRole, Format, ParticipationRole, Stage
from portfolio.programmes.choices import Qualifier, Standing
from portfolio.sources.choices import ClaimKind, Language, SourceKind


@dataclass
class Row:
    """One row that the file asks for.

    Shape: `fields` by column; `refs` by relation, the key of another row; `links` by relation, the
    rows that hang on it, each a tuple of (key, role) or the like; `sources` the keys of its sources.
    """

    key: str
    fields: dict[str, Any]
    refs: dict[str, str] = field(default_factory=dict)
    links: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)


@dataclass
class Facts:
    """All rows of a file, in the order in which they can be saved."""

    sources: list[Row] = field(default_factory=list)
    organisations: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)
    programmes: list[Row] = field(default_factory=list)
    strands: list[Row] = field(default_factory=list)
    productions: list[Row] = field(default_factory=list)
    schemes: list[Row] = field(default_factory=list)
    claims: list[Row] = field(default_factory=list)


SECTIONS = [
    "sources", "programme", "strands", "partners", "people", "productions", "track_record",
    "scholarships", "claims",
]  # fmt: skip


class FactsReader:
    """Reads the sections of one document; faults gather in it."""

    def __init__(self, document: Document) -> None:
        self.check = Checker(document)
        self.whole: Mapping[str, Any] = self.check.fields(document.value, (), SECTIONS)
        self.facts = Facts()
        self.seen: dict[str, set[str]] = {}

    def read(self) -> Facts:
        """Every section, those first that others refer to."""
        facts = self.facts
        facts.sources = self.section("sources", self.source)
        facts.organisations = self.section("partners", self.organisation)
        facts.people = self.section("people", self.person)
        facts.programmes = [self.programme(self.whole.get("programme"), ("programme",))]
        self.seen["programme"] = {facts.programmes[0].key}
        facts.strands = self.section("strands", self.strand)
        facts.productions = self.section("productions", self.production, group="projects")
        facts.productions += self.section("track_record", self.past_production, group="projects")
        facts.schemes = self.section("scholarships", self.scheme, group="projects")
        facts.claims = self.section("claims", self.claim)
        return facts

    def section(
        self, name: str, read: Callable[[Any, Path], Row], *, group: str | None = None
    ) -> list[Row]:
        """The rows of one section; a key that stands twice in its group is a fault."""
        keys = self.seen.setdefault(group or name, set())
        rows = []
        for index, value in enumerate(self.check.listed(self.whole.get(name), (name,))):
            row = read(value, (name, index))
            if row.key and row.key in keys:
                self.check.fault(
                    (name, index, "key"), f"the key {row.key!r} stands twice; keep one."
                )
            keys.add(row.key)
            rows.append(row)
        return rows

    def reference(self, value: Any, path: Path, group: str, what: str) -> str:
        """The key of a row that the file has; anything else is a fault."""
        if isinstance(value, str) and value in self.seen.get(group, ()):
            return value
        self.check.fault(path, f"there is no {what} with the key {value!r}.")
        return ""

    def sourced(self, row: Mapping[str, Any], path: Path) -> list[str]:
        return self.check.known_keys(row, path, self.seen.get("sources", ()))

    def pairs(
        self,
        row: Mapping[str, Any],
        path: Path,
        name: str,
        other: str,
        group: str,
        roles: Iterable[str],
    ) -> list[tuple[str, str]]:
        """The (key, role) pairs of a list such as participants; a pair that stands twice is a fault."""
        found: list[tuple[str, str]] = []
        for index, value in enumerate(self.check.listed(row.get(name), (*path, name))):
            place = (*path, name, index)
            one = self.check.fields(value, place, {other, "role"})
            key = self.reference(one.get(other), (*place, other), group, other)
            pair = (key, self.check.choice(one, "role", place, roles))
            if pair in found:
                self.check.fault(place, f"{key!r} already has this role here.")
            elif key:
                found.append(pair)
        return found

    # --- one method a section --------------------------------------------------------------

    def source(self, value: Any, path: Path) -> Row:
        check = self.check
        row = check.fields(
            value, path, {"key", "title", "kind", "language", "publisher", "published_on", "url"}
        )
        languages = {one.lower(): one for one in Language.values}
        language = check.text(row, "language", path, need=True)
        if language and language.lower() not in languages:
            check.fault(
                (*path, "language"),
                f"{language!r} is not known; choose one of: {', '.join(Language.values)}.",
            )
        return Row(
            key=check.key(row, path),
            fields={
                "title": check.text(row, "title", path, need=True, most=500),
                "kind": check.choice(row, "kind", path, SourceKind.values),
                "language": languages.get(language.lower(), Language.EN),
                "publisher": check.text(row, "publisher", path, most=300),
                "published_date": check.day(row, "published_on", path),
                "url": check.text(row, "url", path, most=1000),
            },
        )

    def organisation(self, value: Any, path: Path) -> Row:
        check = self.check
        row = check.fields(
            value,
            path,
            {
                "key",
                "name",
                "kind",
                "country",
                "parent",
                "listed_on",
                "co_initiator",
                "notes",
                "sources",
            },
        )
        country = check.text(row, "country", path)
        if country and country not in ISO_3166_1:
            check.fault(
                (*path, "country"), f"{country!r} is no country code of ISO 3166-1, such as HK."
            )
        refs = {"parent": ""}
        if (parent := row.get("parent")) is not None:
            if isinstance(parent, str) and parent in self.seen.get("partners", ()):
                refs["parent"] = parent
            elif isinstance(parent, str) and parent in self.keys_of("partners"):
                check.fault(
                    (*path, "parent"), f"{parent!r} comes after its child; put the parent first."
                )
            else:
                check.fault((*path, "parent"), f"there is no partner with the key {parent!r}.")
        if not isinstance(row.get("co_initiator", False), bool):
            check.fault((*path, "co_initiator"), "true or false is expected here.")
        return Row(
            key=check.key(row, path),
            fields=check.names(row, "name", path)
            | {
                "kinds": [check.choice(row, "kind", path, OrganisationKind.values)],
                "country": country,
                "listed_on": check.text(row, "listed_on", path, most=200),
                "remarks": check.text(row, "notes", path),
            },
            refs=refs,
            links={"co_initiator": [("", "")] if row.get("co_initiator") is True else []},
            sources=self.sourced(row, path),
        )

    def keys_of(self, section: str) -> set[Any]:
        rows = self.whole.get(section)
        return {
            r["key"] for r in rows or [] if isinstance(r, dict) and isinstance(r.get("key"), str)
        }

    def person(self, value: Any, path: Path) -> Row:
        check = self.check
        row = check.fields(value, path, {"key", "name", "position", "organisation", "sources"})
        organisation = ""
        if row.get("organisation") is not None:
            place = (*path, "organisation")
            organisation = self.reference(row["organisation"], place, "partners", "partner")
        position = check.text(row, "position", path, most=200)
        return Row(
            key=check.key(row, path),
            fields=check.names(row, "name", path),
            links={"positions": [(organisation, position)] if position else []},
            sources=self.sourced(row, path),
        )

    def programme(self, value: Any, path: Path) -> Row:
        check = self.check
        row = check.fields(
            value,
            path,
            {
                "key",
                "name",
                "sponsor",
                "envelope",
                "quoted_equivalent",
                "years",
                "announced_on",
                "announced_at",
                "sources",
                "notes",
            },
        )
        envelope = row.get("envelope")
        amount, currency = check.money(envelope, (*path, "envelope"), {"qualifier"})
        stated = envelope if isinstance(envelope, dict) else {}
        equivalents = []
        if (quoted := row.get("quoted_equivalent")) is not None:
            other, code = check.money(quoted, (*path, "quoted_equivalent"))
            equivalents = [(code, str(other or Decimal(0)))]
        return Row(
            key=check.key(row, path),
            fields=check.names(row, "name", path)
            | {
                "envelope_amount": amount,
                "envelope_currency": currency,
                "envelope_qualifier": check.choice(
                    stated, "qualifier", (*path, "envelope"), Qualifier.values, Qualifier.EXACT
                ),
                "years": check.whole(row, "years", path),
                "announced_date": check.day(row, "announced_on", path),
                "announced_where": check.text(row, "announced_at", path, most=300),
                "remarks": check.text(row, "notes", path),
            },
            refs={
                "sponsor": self.reference(
                    row.get("sponsor"), (*path, "sponsor"), "partners", "partner"
                )
            },
            links={"quoted_equivalents": equivalents},
            sources=self.sourced(row, path),
        )

    def strand(self, value: Any, path: Path) -> Row:
        row = self.check.fields(value, path, {"key", "name", "sources"})
        return Row(
            key=self.check.key(row, path),
            fields=self.check.names(row, "name", path) | {"position": int(path[1]) + 1},
            sources=self.sourced(row, path),
        )

    def production(self, value: Any, path: Path) -> Row:
        return self.titled(value, path, Standing.IN_PROGRAMME, {"strand"})

    def past_production(self, value: Any, path: Path) -> Row:
        """A track record: it has no strand, and what is said of its success is a claim."""
        return self.titled(value, path, Standing.TRACK_RECORD, {"claim"})

    def titled(self, value: Any, path: Path, standing: Standing, extra: set[str]) -> Row:
        check = self.check
        row = check.fields(
            value,
            path,
            {
                "key",
                "title",
                "format",
                "genre",
                "year",
                "participants",
                "credits",
                "notes",
                "sources",
                *extra,
            },
        )
        strand = ""
        if standing == Standing.IN_PROGRAMME:
            strand = self.reference(row.get("strand"), (*path, "strand"), "strands", "strand")
        year = check.whole(row, "year", path, most=2200)
        if year is not None and year < 1888:
            check.fault((*path, "year"), "give a year from 1888 to 2200.")
        return Row(
            key=check.key(row, path),
            fields=check.names(row, "title", path)
            | {
                "standing": standing,
                "format": check.choice(row, "format", path, Format.values),
                # Work before the programme has been shown; the programme's own is announced.
                "stage": Stage.RELEASED if standing == Standing.TRACK_RECORD else Stage.ANNOUNCED,
                "genre": check.text(row, "genre", path, most=100),
                "year": year,
                "claimed_result": check.text(row, "claim", path),
                "remarks": check.text(row, "notes", path),
            },
            refs={"strand": strand},
            links={
                "participations": self.pairs(
                    row, path, "participants", "partner", "partners", ParticipationRole.values
                ),
                "credits": self.pairs(row, path, "credits", "person", "people", CreditRole.values),
            },
            sources=self.sourced(row, path),
        )

    def scheme(self, value: Any, path: Path) -> Row:
        check = self.check
        row = check.fields(
            value,
            path,
            {"key", "name", "strand", "institution", "places", "amount", "notes", "sources"},
        )
        amount, currency = check.money(row.get("amount"), (*path, "amount"))
        return Row(
            key=check.key(row, path),
            fields=check.names(row, "name", path)
            | {
                "standing": Standing.IN_PROGRAMME,
                "places": check.whole(row, "places", path, need=True, most=1_000_000) or 1,
                "amount_per_place": amount,
                "amount_currency": currency,
                "remarks": check.text(row, "notes", path),
            },
            refs={
                "strand": self.reference(row.get("strand"), (*path, "strand"), "strands", "strand"),
                "institution": self.reference(
                    row.get("institution"), (*path, "institution"), "partners", "partner"
                ),
            },
            sources=self.sourced(row, path),
        )

    def claim(self, value: Any, path: Path) -> Row:
        check = self.check
        row = check.fields(value, path, {"key", "speaker", "about", "kind", "text", "sources"})
        speaker = ""
        if row.get("speaker") is not None:
            speaker = self.reference(row["speaker"], (*path, "speaker"), "people", "person")
        about = row.get("about")
        subjects = {"programme": "programme", "organisation": "partners", "project": "projects"}
        key_of = about if isinstance(about, str) else ""
        subject = next((s for s, g in subjects.items() if key_of in self.seen.get(g, ())), "")
        if not subject:
            check.fault(
                (*path, "about"),
                f"there is no programme, partner or production with the key {about!r}.",
            )
        kind = check.choice(row, "kind", path, ClaimKind.values)
        # A claim without a key is known by who said what kind of thing about what.
        key = (
            check.key(row, path)
            if "key" in row
            else f"{speaker or 'unattributed'}-{kind.lower()}-{about}"
        )
        return Row(
            key=key[:100],
            fields={"kind": kind, "text_en": check.text(row, "text", path, need=True)},
            refs={"speaker": speaker} | {s: str(about) if s == subject else "" for s in subjects},
            sources=self.sourced(row, path),
        )


def read_facts(document: Document) -> Facts:
    """The rows that a document asks for; what is wrong with it is in its `faults`."""
    return FactsReader(document).read()
