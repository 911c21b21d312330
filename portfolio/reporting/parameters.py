"""What a report of the API is asked: read strictly, every fault by the name of its parameter."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from portfolio.common.api.problems import BadParameters
from portfolio.common.api.reading import LONGEST_SLUG, Reading
from portfolio.common.money import ISO_4217
from portfolio.programmes.models import Programme
from portfolio.reporting.positions import DEFAULT_PAGE
from portfolio.reporting.terms import Terms

FORMS = ("json", "csv", "xlsx")
LARGEST_PAGE = 200


@dataclass(frozen=True)
class ReportQuestion:
    """The terms of a report, and how it is wanted."""

    terms: Terms
    group_by: str
    form: str | None
    cursor: int
    page_size: int


class ReportReading(Reading):
    """The reading of a report's terms."""

    def programme(self) -> Programme | None:
        """The programme at an address; by itself the only one there is."""
        slug = self.values.get("programme")
        if slug is None:
            found = list(Programme.objects.order_by("pk")[:2])
            if len(found) != 1:
                self.refuse("programme", "Say which programme, by its slug.")
            return found[0] if len(found) == 1 else None
        programme = None
        if len(slug) <= LONGEST_SLUG and "\x00" not in slug:
            programme = Programme.objects.filter(slug=slug).first()
        if programme is None:
            self.refuse("programme", "There is no programme at this slug.")
        return programme


def read_question(
    query: str, *, today: datetime.date, groups: Sequence[str], with_pages: bool
) -> ReportQuestion:
    """The question of a query string; what is not given is today, all that is known, every currency.

    What a line is of is one of `groups`, by itself the first.

    Raises: BadParameters, with every fault.  Queries: one for the programme.
    """
    known = ["programme", "as_of", "known_at", "currency", "group_by", "format"]
    known += ["cursor", "page_size"] if with_pages else []
    reading = ReportReading(query, known)
    form = reading.word("format", FORMS)
    question = {
        "group_by": reading.word("group_by", groups, groups[0]),
        "cursor": reading.number("cursor", 0, 1, 2**63 - 1),
        "page_size": reading.number("page_size", DEFAULT_PAGE, 1, LARGEST_PAGE),
    }
    as_of, known_at = reading.day("as_of", today), reading.moment("known_at")
    currency = reading.word("currency", ISO_4217)
    if form is not None:
        for name in ("cursor", "page_size"):
            if name in reading.values:
                reading.refuse(name, "A file holds all rows and has no pages.")
    programme = reading.programme()
    if reading.faults or programme is None:
        raise BadParameters(reading.faults)
    return ReportQuestion(Terms(programme, as_of, known_at, currency), form=form, **question)  # type: ignore[arg-type]
