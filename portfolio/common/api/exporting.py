"""A list as a file: all the rows that its filters show, in its order, as CSV, XLSX or flat JSON."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import F
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from portfolio.common.api.plans import written_out
from portfolio.common.api.problems import BadParameters, fault
from portfolio.common.api.questions import Shape
from portfolio.common.api.viewsets import RowViewSet, asked, kept_question
from portfolio.common.exports.answers import file_answer
from portfolio.common.exports.columns import Column, Holds
from portfolio.common.exports.copying import copied_csv, copied_json, fetched
from portfolio.common.exports.sheets import TooManyRows, xlsx_of

FORMS = ("csv", "json", "xlsx")
# A file holds all rows of the list: what says which page is meant means nothing.
OF_PAGES = ("page_size", "cursor", "count")


@dataclass(frozen=True)
class Flat:
    """A column of a file: its name, where its value is, and what it holds."""

    name: str
    path: Any = ""
    holds: Holds = Holds.TEXT

    @property
    def column(self) -> Column:
        """How the file writes it."""
        return Column(self.name, self.holds)

    def expression(self) -> Any:
        """The SQL of the value."""
        path = self.path or self.name
        return F(path) if isinstance(path, str) else path


def split_format(query: str) -> tuple[str, str | None]:
    """A query string without its format, and the format. Raises: BadParameters."""
    if "format=" not in query:
        return query, None
    pairs = parse_qsl(query, keep_blank_values=True)
    forms = [value for name, value in pairs if name == "format"]
    if not forms:
        return query, None
    faults = [
        fault(name, "A file holds all rows of the list and has no pages.")
        for name, _value in pairs
        if name in OF_PAGES
    ]
    if len(forms) > 1 or forms[0] not in FORMS:
        faults.append(fault("format", f"Give one of {', '.join(FORMS)}, once."))
    if faults:
        raise BadParameters(faults)
    return urlencode([pair for pair in pairs if pair[0] != "format"]), forms[0]


def export(
    view: type[RowViewSet],
    request: HttpRequest,
    query: str,
    form: str,
    columns_asked: Callable[[Shape], Sequence[Flat]],
) -> HttpResponseBase:
    """The file. One statement, hence one moment; what fails before the first row has its status."""
    question = kept_question.__wrapped__(view, query)
    columns = columns_asked(question.shape)
    statement = statement_of(view, question.shape, question.ordering, question.given, columns)
    name = request.path.strip("/").rpartition("/")[2]
    shown = [flat.column for flat in columns]
    soon = view.file_begins_soon
    match form:
        case "csv":
            pieces = copied_csv(statement, [], shown, soon=soon)
        case "json":
            pieces = copied_json(statement, [], shown, soon=soon)
        case _:
            pieces = xlsx_of(fetched(statement, [], soon=soon), shown, title=name)
    try:
        return file_answer(pieces, name=name, form=form)
    except TooManyRows as error:
        raise BadParameters([fault("format", str(error))]) from error


def statement_of(
    view: type[RowViewSet],
    shape: Shape,
    ordering: str,
    given: Mapping[str, str],
    columns: Sequence[Flat],
) -> str:
    """The statement that gives the columns of every row of a list in its order."""
    order, turned = view.order(ordering)
    keys = [order.key(), order.row()]
    rows = asked(view, shape).order_by(*(k.desc() if turned else k.asc() for k in keys))
    values = {f"column_{n}": flat.expression() for n, flat in enumerate(columns)}
    return written_out(rows.annotate(**values).values_list(*values), given)
