"""What lists of programmes, strands and projects may be asked."""

from portfolio.common.api.filters import (
    SlugParameter,
    StandingParameter,
    StrictFilterSet,
    WordParameter,
)
from portfolio.programmes.choices import ProjectKind, Standing


class ProgrammeFilterSet(StrictFilterSet):
    """Questions about programmes."""


class StrandFilterSet(StrictFilterSet):
    """Questions about strands."""

    programme = SlugParameter("programme", help_text="The address of a programme.")


class WorkFilterSet(StrictFilterSet):
    """Questions about any sort of work."""

    programme = SlugParameter("programme", help_text="The address of a programme.")
    strand = SlugParameter("strand", help_text="The address of a strand.")
    standing = StandingParameter(
        "standing",
        Standing,
        help_text="Work in the programme; or what came before it and counts in no total; or all.",
    )


class ProjectFilterSet(WorkFilterSet):
    """Questions about projects."""

    kind = WordParameter("kind", ProjectKind, help_text="Which sort of work it is.")
