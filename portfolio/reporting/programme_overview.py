"""What is known so far of a programme, in figures that the public may see."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum

from partners.models import Organisation, Person
from portfolio.common.publishing import is_public
from portfolio.productions.choices import Format
from portfolio.programmes.choices import ProgrammeRole, ProjectKind, Standing
from portfolio.programmes.models import Programme, ProgrammePartner, Project
from portfolio.sources.models import Source


@dataclass(frozen=True)
class StrandFigures:
    """What is known of one strand."""

    productions: int = 0
    formats: tuple[tuple[str, int], ...] = ()
    schemes: int = 0
    places: int = 0
    concerts: int = 0
    collaborations: int = 0

    @property
    def projects(self) -> int:
        """Everything in the strand that money can be promised to."""
        return self.productions + self.schemes + self.concerts + self.collaborations


@dataclass(frozen=True)
class ProgrammeFigures:
    """What is known of a programme as a whole; a track record counts in nothing but its own line."""

    strands: dict[int, StrandFigures]
    co_initiators: int
    track_records: int
    disclosed_amounts: int

    @property
    def productions(self) -> int:
        """Productions in all strands."""
        return sum(strand.productions for strand in self.strands.values())

    @property
    def schemes(self) -> int:
        """Scholarship schemes in all strands."""
        return sum(strand.schemes for strand in self.strands.values())

    @property
    def projects(self) -> int:
        """Everything in all strands that money can be promised to."""
        return sum(strand.projects for strand in self.strands.values())

    @property
    def undisclosed_amounts(self) -> int:
        """Projects of which no source states the amount."""
        return self.projects - self.disclosed_amounts

    @property
    def places(self) -> int:
        """Scholarship places in all strands."""
        return sum(strand.places for strand in self.strands.values())

    def of_format(self, wanted: Format) -> int:
        """Productions of one format in all strands."""
        return sum(
            count
            for strand in self.strands.values()
            for found, count in strand.formats
            if found == wanted
        )


def programme_figures(*, programme: Programme, at: datetime.datetime) -> ProgrammeFigures:
    """What anyone may know of the programme at the instant `at`: counts, and no sum of money.

    Shape: one line per strand that has a project, keyed by the strand.
    Units: projects and places; `disclosed_amounts` counts projects whose amount a source states.
    Time: what is public at `at`, an embargo that ends then included.  Queries: two.
    """
    rows = (
        Project.objects.public(at)
        .filter(programme=programme)
        .order_by()
        .values("standing", "strand", "kind", "production__format")
        .annotate(
            projects=Count("pk"),
            places=Sum("scheme__places", default=0),
            disclosed=Count("announced_amount"),
        )
    )
    live: dict[tuple[int, str], int] = {}
    productions: dict[int, dict[str, int]] = {}
    schemes: dict[int, list[int]] = {}
    track_records = disclosed = 0
    for row in rows:
        if row["standing"] == Standing.TRACK_RECORD:
            track_records += row["projects"]
            continue
        disclosed += row["disclosed"]
        if row["kind"] == ProjectKind.PRODUCTION:
            formats = productions.setdefault(row["strand"], {})
            formats[row["production__format"]] = row["projects"]
        elif row["kind"] != ProjectKind.SCHOLARSHIP_SCHEME:
            live[row["strand"], row["kind"]] = row["projects"]
        else:
            scheme = schemes.setdefault(row["strand"], [0, 0])
            scheme[0] += row["projects"]
            scheme[1] += row["places"]
    strands = {
        strand: StrandFigures(
            productions=sum(productions.get(strand, {}).values()),
            formats=tuple(sorted(productions.get(strand, {}).items())),
            schemes=schemes.get(strand, [0, 0])[0],
            places=schemes.get(strand, [0, 0])[1],
            concerts=live.get((strand, ProjectKind.CONCERT), 0),
            collaborations=live.get((strand, ProjectKind.VENUE_COLLABORATION), 0),
        )
        for strand in {*productions, *schemes, *(strand for strand, _kind in live)}
    }
    co_initiators = (
        ProgrammePartner.objects.filter(
            is_public(at, "organisation__"),
            programme=programme,
            role=ProgrammeRole.CO_INITIATOR,
        )
        .order_by()
        .values("organisation")
        .distinct()
        .count()
    )
    return ProgrammeFigures(
        strands=strands,
        co_initiators=co_initiators,
        track_records=track_records,
        disclosed_amounts=disclosed,
    )


@dataclass(frozen=True)
class CatalogueFigures:
    """How much of each sort anyone may see, whatever programme it belongs to."""

    organisations: int
    people: int
    sources: int


def catalogue_figures(*, at: datetime.datetime) -> CatalogueFigures:
    """How many organisations, people and sources anyone may see at `at`.  Queries: three."""
    return CatalogueFigures(
        organisations=Organisation.objects.public(at).count(),
        people=Person.objects.public(at).count(),
        sources=Source.objects.public(at).count(),
    )


def sources_of_projects(
    *, programme: Programme, kind: ProjectKind, at: datetime.datetime
) -> QuerySet[Source]:
    """The public sources that a count of the programme's projects of one sort goes back to.

    Shape: one row per source, the oldest first.  Queries: one.
    """
    counted = (
        Project.objects.public(at)
        .in_programme()
        .filter(programme=programme, kind=kind, citations__source=OuterRef("pk"))
        .order_by()
    )
    return (
        Source.objects.public(at)
        .filter(Exists(counted))
        .order_by(F("published_date").asc(nulls_last=True), "pk")
    )
