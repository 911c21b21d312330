"""What lists of sources and claims may be asked."""

from portfolio.common.api.filters import (
    AboutParameter,
    DayParameter,
    SlugParameter,
    StrictFilterSet,
    WordParameter,
)
from portfolio.sources.choices import ClaimKind, Language, SourceKind


class SourceFilterSet(StrictFilterSet):
    """Questions about sources."""

    kind = WordParameter("kind", SourceKind, help_text="What sort of document it is.")
    language = WordParameter("language", Language, help_text="The language it is written in.")
    published_from = DayParameter(
        "published_date__gte", help_text="Published on this day or later."
    )
    published_to = DayParameter(
        "published_date__lte", help_text="Published on this day or earlier."
    )


class ClaimFilterSet(StrictFilterSet):
    """Questions about claims."""

    kind = WordParameter("kind", ClaimKind, help_text="How the statement is meant.")
    speaker = SlugParameter("speaker", help_text="The address of the person who said so.")
    about = AboutParameter(
        ["programme", "organisation", "project"],
        help_text="The address of the programme, organisation or project it is about.",
    )
