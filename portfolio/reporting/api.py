"""Reports for other systems: the figures of the pages, by key, as JSON, CSV and XLSX."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import orjson
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from portfolio.common.api.answers import answer
from portfolio.common.api.negotiation import LONGEST_ACCEPT
from portfolio.common.api.problems import BadParameters, fault
from portfolio.common.exports.answers import MEDIA_TYPES, file_answer
from portfolio.common.exports.copying import copied_csv, copied_json, fetched
from portfolio.common.exports.sheets import TooManyRows, csv_of, xlsx_of
from portfolio.reporting import files
from portfolio.reporting.cash_flow import PERIODS, cash_flow
from portfolio.reporting.parameters import ReportQuestion, read_question
from portfolio.reporting.positions import GROUPS as POSITION_GROUPS
from portfolio.reporting.positions import columns_of, party_positions, positions, statement
from portfolio.reporting.report_schema import ReportSchema
from portfolio.reporting.terms import Terms
from portfolio.reporting.top_sheet import GROUPS, top_sheet
from portfolio.staff.api import OpensByKey
from portfolio.staff.models import Scope

BY_MEDIA = {media.partition(";")[0]: form for form, media in MEDIA_TYPES.items()}


class ReportView(OpensByKey, GenericViewSet[Any]):
    """A report: one statement, hence one moment; a file of it holds every row."""

    scope = Scope.REPORTS_READ
    permission = "funding.view_ledgerentry"
    schema = ReportSchema()
    report_name: ClassVar[str]
    # What a line may be of, by itself the first.
    groups: ClassVar[Sequence[str]]
    with_pages: ClassVar[bool] = False

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whoever accepts a file may have it without JSON."""
        try:
            return super().perform_content_negotiation(request, force)
        except NotAcceptable:
            wanted = "format=" in request.META.get("QUERY_STRING", "")
            if not wanted and accepted_form(request) is None:
                raise
            return super().perform_content_negotiation(request, force=True)

    def report(self, request: Request) -> HttpResponseBase:
        """The report under the terms of the address, in the form that was asked for."""
        question = read_question(
            request.META.get("QUERY_STRING", ""), today=timezone.localdate(),
            groups=self.groups, with_pages=self.with_pages,
        )  # fmt: skip
        form = question.form or accepted_form(request)
        try:
            return self.answer_to(request, question, form)
        except TooManyRows as error:
            raise BadParameters([fault("format", str(error))]) from error

    def answer_to(
        self, request: Request, question: ReportQuestion, form: str | None
    ) -> HttpResponseBase:
        """The answer in one of the forms."""
        raise NotImplementedError

    def written(
        self, request: Request, form: str | None, terms: Terms, columns: Any, rows: files.Rows,
        document: Any,
    ) -> HttpResponseBase:  # fmt: skip
        """A report whose rows are at hand."""
        name = files.file_name(self.report_name, terms)
        table = files.with_terms(columns, rows, terms)
        match form:
            case "csv":
                return file_answer([csv_of(table.rows, table.columns)], name=name, form=form)
            case "xlsx":
                pieces = xlsx_of(table.rows, table.columns, title=self.report_name)
                return file_answer(pieces, name=name, form=form)
            case _:
                return answer(request._request, orjson.dumps(document))


def accepted_form(request: Request) -> str | None:
    """The form of file that the caller's Accept names before JSON; None where JSON will do."""
    for part in request.META.get("HTTP_ACCEPT", "*/*")[:LONGEST_ACCEPT].split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if any(p.replace(" ", "").rstrip("0.") == "q=" for p in parameters):
            continue
        if media in ("*/*", "application/*", "application/json"):
            return None
        if media in BY_MEDIA:
            return BY_MEDIA[media]
    return None


class TopSheetView(ReportView):
    """Announced, allocated, committed, paid, back and left, by what `group_by` says.

    `outstanding` = `committed` − `de_committed` − `disbursed` + `refunded` + `fx_effect`, and
    `available` = `allocated` − `committed` + `de_committed`. A figure that there is none of is null.
    """

    report_name = "top-sheet"
    groups = GROUPS

    def answer_to(
        self, request: Request, question: ReportQuestion, form: str | None
    ) -> HttpResponseBase:
        """The sheet; one query."""
        sheet = top_sheet(question.terms, group_by=question.group_by)
        return self.written(
            request, form, sheet.terms, files.top_sheet_columns(sheet.group_by),
            files.top_sheet_rows(sheet), files.top_sheet_document(sheet),
        )  # fmt: skip


class CashFlowView(ReportView):
    """What was due and what was paid, from the first month to the last, by what `group_by` says.

    A quarter is one of four of the programme's fiscal year, called by its first day; a fiscal year by
    the calendar year in which it begins. `entries` are all entries of the ledger in it.
    """

    report_name = "cash-flow"
    groups = tuple(PERIODS)

    def answer_to(
        self, request: Request, question: ReportQuestion, form: str | None
    ) -> HttpResponseBase:
        """The months; one query."""
        flow = cash_flow(question.terms, group_by=question.group_by)
        return self.written(
            request, form, flow.terms, files.cash_flow_columns(flow.group_by),
            files.cash_flow_rows(flow), files.cash_flow_document(flow),
        )  # fmt: skip


class PositionsView(ReportView):
    """Where each commitment stands, the oldest first, in pages; with `format` all of them as a file.

    Figures are in the commitment's own currency, `outstanding_base` in base currency at its rate. By
    partner or project they are added up, in base currency as in the top sheet or in `currency`.
    """

    report_name = "positions"
    groups = POSITION_GROUPS
    with_pages = True

    def answer_to(
        self, request: Request, question: ReportQuestion, form: str | None
    ) -> HttpResponseBase:
        """A page, whose cost does not grow with its place; or the file, streamed."""
        if form is None:
            return self.page(request, question)
        name = files.file_name(self.report_name, question.terms)
        return file_answer(self.pieces(form, question), name=name, form=form)

    def pieces(self, form: str, question: ReportQuestion) -> Iterator[bytes]:
        """The file piece by piece."""
        terms, group_by = question.terms, question.group_by
        columns = columns_of(group_by)
        sql, values = statement(terms, group_by, with_terms=form != "json")
        match form:
            case "csv":
                return copied_csv(sql, values, [*columns, *files.TERMS_COLUMNS])
            case "xlsx":
                columns = [*columns, *files.TERMS_COLUMNS]
                return xlsx_of(fetched(sql, values), columns, title=self.report_name)
            case _:
                about = {**files.terms_document(terms), "group_by": group_by}
                return copied_json(sql, values, columns, about=about)

    def page(self, request: Request, question: ReportQuestion) -> HttpResponseBase:
        """One page with the address of the next."""
        terms, group_by = question.terms, question.group_by
        asked: dict[str, Any] = {"after": question.cursor, "most": question.page_size}
        results: list[dict[str, Any]]
        if group_by == "commitment":
            rows, following = positions(terms, **asked)
            results = [files.position_document(row, terms) for row in rows]
        else:
            parties, following = party_positions(terms, group_by, **asked)
            results = [files.party_position_document(row, terms, group_by) for row in parties]
        link = None
        if following is not None:
            given = request.query_params.copy()
            given["cursor"] = str(following)
            # The page after belongs to the same day, also when this one was the last of it.
            given["as_of"] = terms.as_of.isoformat()
            given["programme"] = terms.programme.slug
            link = f"{request.path}?{given.urlencode()}"
        document = {
            **files.terms_document(terms),
            "group_by": group_by,
            "next": link,
            "results": results,
        }
        return answer(request._request, orjson.dumps(document))


REPORTS: dict[str, type[ReportView]] = {
    view.report_name: view for view in (TopSheetView, CashFlowView, PositionsView)
}
