"""The numbered marks beside a figure, and the list of sources they lead to."""

from dataclasses import dataclass, field

from portfolio.sources.models import Source


@dataclass
class SourceMarks:
    """The sources of one page, numbered in the order in which the page first names them."""

    numbers: dict[int, int] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)

    def mark(self, source: Source) -> int:
        """The number of a source on this page."""
        if source.pk not in self.numbers:
            self.sources.append(source)
            self.numbers[source.pk] = len(self.sources)
        return self.numbers[source.pk]

    def numbered(self) -> list[tuple[int, Source]]:
        """Every source the page has named so far, with its number."""
        return list(enumerate(self.sources, start=1))
