"""Saves the rows that a facts file asks for: all of them or none, and only what differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pghistory
from django.apps import apps
from django.db import connection, models, transaction

from partners.models import (
    Organisation,
    OrganisationCitation,
    Person,
    PersonCitation,
    Position,
)
from portfolio.common.publishing import Publication
from portfolio.facts.document import Document
from portfolio.facts.reading import Facts, Row, read_facts
from portfolio.productions.models import Credit, Participation, Production
from portfolio.programmes.choices import ProgrammeRole
from portfolio.programmes.models import (
    Programme,
    ProgrammeCitation,
    ProgrammePartner,
    Project,
    ProjectCitation,
    QuotedEquivalent,
    Strand,
    StrandCitation,
)
from portfolio.sources.models import Claim, ClaimCitation, Source
from scholarships.models import Scheme

# The history of each change carries this word; it is how a later run knows its own rows.
COMMAND = "load_facts"


class FactsAreFaulty(Exception):
    """The file has faults; nothing was saved. `document.faults` lists every one."""

    def __init__(self, document: Document) -> None:
        self.document = document
        super().__init__("\n".join(str(fault) for fault in document.faults))


class FactsClash(Exception):
    """A key of the file belongs to another sort of row already; nothing was saved."""


@dataclass
class Changes:
    """What a run changed, a line each; empty where file and database agree."""

    lines: list[str] = field(default_factory=list)
    unchanged: int = 0


def load_facts(*, document: Document) -> Changes:
    """Bring the database to what the file states, in one transaction.

    Fields that the file states win over what staff typed; rows, participants and sources that staff
    added beside the file's stay. A row that left the file stays too: only staff delete.

    Raises: FactsAreFaulty with every fault; FactsClash where a key is taken by another sort of work.
    """
    facts = read_facts(document) if not document.faults else Facts()
    if document.faults:
        document.faults.sort(key=lambda fault: fault.line)
        raise FactsAreFaulty(document)
    with transaction.atomic(), pghistory.context(command=COMMAND):
        with connection.cursor() as cursor:
            # Two runs at once: the second waits, then finds nothing to change.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('load_facts'))")
        return _Loader().load(facts)


class _Loader:
    """One run: saves section after section and notes what changed."""

    def __init__(self) -> None:
        self.changes = Changes()
        self.pk: dict[type[models.Model], dict[str, int]] = {}

    def load(self, facts: Facts) -> Changes:
        for row in facts.sources:
            self.save(Source, row, {}, publish=True)
        for row in facts.organisations:
            pk = self.save(Organisation, row, {"parent": Organisation}, publish=True)
            self.cite(OrganisationCitation, "organisation", pk, row)
        for row in facts.people:
            pk = self.save(Person, row, {}, publish=True)
            self.cite(PersonCitation, "person", pk, row)
            wanted = [
                {"organisation_id": self.pk[Organisation][key] if key else None, "title_en": title}
                for key, title in row.links["positions"]
            ]
            self.sync(Position, {"person_id": pk}, wanted, row.key)
        for row in facts.programmes:
            pk = self.save(Programme, row, {"sponsor": Organisation}, publish=True)
            self.cite(ProgrammeCitation, "programme", pk, row)
            quoted: list[dict[str, Any]] = [
                {"currency": code, "amount": Decimal(amount)}
                for code, amount in row.links["quoted_equivalents"]
            ]
            self.sync(QuotedEquivalent, {"programme_id": pk}, quoted, row.key)
            initiators = [
                {"organisation_id": self.pk[Organisation][one.key]}
                for one in facts.organisations
                if one.links["co_initiator"]
            ]
            fixed = {"programme_id": pk, "role": ProgrammeRole.CO_INITIATOR}
            self.sync(ProgrammePartner, fixed, initiators, row.key)
        programme = {"programme_id": self.pk[Programme][facts.programmes[0].key]}
        for row in facts.strands:
            pk = self.save(Strand, row, {}, programme)
            self.cite(StrandCitation, "strand", pk, row)
        for row in facts.productions:
            # How far a production has come is for staff to say once it is here.
            first = {"stage": row.fields.pop("stage")}
            pk = self.save(Production, row, {"strand": Strand}, programme, first, publish=True)
            self.cite(ProjectCitation, "project", pk, row)
            for relation, model, end, group in (
                ("participations", Participation, "organisation_id", Organisation),
                ("credits", Credit, "person_id", Person),
            ):
                pairs = row.links[relation]
                wanted = [{end: self.pk[group][key], "role": role} for key, role in pairs]
                self.sync(model, {"production_id": pk}, wanted, row.key)
        for row in facts.schemes:
            refs: dict[str, type[models.Model]] = {"strand": Strand, "institution": Organisation}
            pk = self.save(Scheme, row, refs, programme, publish=True)
            self.cite(ProjectCitation, "project", pk, row)
        for row in facts.claims:
            subjects: dict[str, type[models.Model]] = {
                "speaker": Person,
                "programme": Programme,
                "organisation": Organisation,
                "project": Project,
            }
            pk = self.save(Claim, row, subjects, publish=True)
            self.cite(ClaimCitation, "claim", pk, row)
        return self.changes

    def save(
        self,
        model: type[models.Model],
        row: Row,
        refs: Mapping[str, type[models.Model]],
        fixed: Mapping[str, Any] | None = None,
        first: Mapping[str, Any] | None = None,
        *,
        publish: bool = False,
    ) -> int:
        """Create the row or change what differs; `first` holds what only a new row gets."""
        values = {**row.fields, **(fixed or {})}
        for name, target in refs.items():
            values[f"{name}_id"] = self.pk[target][row.refs[name]] if row.refs[name] else None
        manager = model._default_manager
        instance = manager.filter(slug=row.key).first()
        what = f"{model._meta.verbose_name_raw} {row.key}"
        if instance is None:
            if issubclass(model, Project) and Project.objects.filter(slug=row.key).exists():
                raise FactsClash(
                    f"{row.key}: this key belongs to another sort of work already; choose another in the file."
                )
            if publish:
                values["publication"] = Publication.PUBLIC
            instance = model(slug=row.key, **values, **(first or {}))
            instance.save(force_insert=True)
            self.changes.lines.append(f"added {what}")
        else:
            self.update(instance, values, what)
        self.remember(model, row.key, instance.pk)
        return int(instance.pk)

    def update(self, instance: models.Model, values: Mapping[str, Any], what: str) -> None:
        changed = []
        for name, value in values.items():
            old = getattr(instance, name)
            if old != value:
                setattr(instance, name, value)
                changed.append(name)
                shown = name.removesuffix("_id")
                self.changes.lines.append(f"changed {what}: {shown} from {old!r} to {value!r}")
        if changed:
            instance.save(update_fields=changed)
        else:
            self.changes.unchanged += 1

    def remember(self, model: type[models.Model], key: str, pk: int) -> None:
        for kind in (model, *model._meta.all_parents):
            self.pk.setdefault(kind, {})[key] = pk

    def cite(self, model: type[models.Model], end: str, pk: int, row: Row) -> None:
        wanted = [{"source_id": self.pk[Source][key]} for key in row.sources]
        self.sync(model, {f"{end}_id": pk}, wanted, row.key)

    def sync(
        self,
        model: type[models.Model],
        fixed: Mapping[str, Any],
        wanted: Iterable[dict[str, Any]],
        key: str,
    ) -> None:
        """Make the `wanted` rows that hang on another; remove those that an earlier file asked for."""
        what = f"{model._meta.verbose_name_raw} of {key}"
        left = list(wanted)
        surplus = []
        for instance in model._default_manager.filter(**fixed).order_by("pk"):
            found = next(
                (w for w in left if all(getattr(instance, n) == v for n, v in w.items())), None
            )
            if found is None:
                surplus.append(instance)
            else:
                left.remove(found)
                self.changes.unchanged += 1
        for instance in surplus:
            if _was_loaded(instance):
                instance.delete()
                self.changes.lines.append(f"removed {what}: {instance}")
        for values in left:
            instance = model._default_manager.create(**fixed, **values)
            self.changes.lines.append(f"added {what}: {instance}")


def _was_loaded(instance: models.Model) -> bool:
    """Whether a facts file, not an officer, asked for this row. Queries: one."""
    events: Any = apps.get_model(instance._meta.app_label, f"{type(instance).__name__}Event")
    return bool(
        events.objects.filter(
            pgh_obj_id=instance.pk, pgh_label="insert", pgh_context__metadata__command=COMMAND
        ).exists()
    )
