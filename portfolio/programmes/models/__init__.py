"""Programmes, their strands, and the projects that money can be promised to."""

from portfolio.programmes.models.allocation import (
    Allocation,
    AllocationBalance,
    AllocationQuerySet,
    AllocationRevision,
)
from portfolio.programmes.models.programme import (
    Programme,
    ProgrammeCitation,
    ProgrammePartner,
    ProgrammeQuerySet,
    QuotedEquivalent,
)
from portfolio.programmes.models.project import (
    Project,
    ProjectCitation,
    ProjectQuerySet,
    project_is_of_kind,
)
from portfolio.programmes.models.strand import Strand, StrandCitation, StrandQuerySet

__all__ = [
    "Allocation",
    "AllocationBalance",
    "AllocationQuerySet",
    "AllocationRevision",
    "Programme",
    "ProgrammeCitation",
    "ProgrammePartner",
    "ProgrammeQuerySet",
    "Project",
    "ProjectCitation",
    "ProjectQuerySet",
    "QuotedEquivalent",
    "Strand",
    "StrandCitation",
    "StrandQuerySet",
    "project_is_of_kind",
]
