"""Lists and details of public rows: one statement a page, whatever the page shows."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, ClassVar

import orjson
from django.db.models import F
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from portfolio.common.api.answers import answer
from portfolio.common.api.execution import execute
from portfolio.common.api.expressions import Beyond, Given, GivenValue
from portfolio.common.api.fields import RowSerializer, row_object
from portfolio.common.api.filters import LONGEST_SLUG, SLUG, DeclaredFilterSet
from portfolio.common.api.ordering import (
    BY_NAME,
    BY_RANK,
    CURSOR,
    Order,
    Place,
    read_cursor,
    write_cursor,
)
from portfolio.common.api.plans import Plan, compile_plan
from portfolio.common.api.problems import BadParameters, NoSuchPage, fault
from portfolio.common.api.questions import Question, Shape, read_question, split_cursor

# How many questions and statements a worker remembers: texts, some kilobytes each, never rows.
QUESTIONS_KEPT = 2_000
PLANS_KEPT = 500
LONGEST_QUESTION_KEPT = 500


class RowViewSet(GenericViewSet[Any]):
    """Reads what anyone may see. One statement a page, one a row, one more for a count."""

    serializer_class: type[RowSerializer]
    detail_serializer_class: ClassVar[type[RowSerializer] | None] = None
    filterset_class: type[DeclaredFilterSet]
    lookup_field = "slug"
    # What an address may look like, and PostgreSQL's type of it.
    lookup_schema: ClassVar[Mapping[str, Any]] = {"type": "string", "pattern": SLUG}
    lookup_cast: ClassVar[str] = "text"
    longest_lookup: ClassVar[int] = LONGEST_SLUG
    # Whether only staff read it, with a key.
    is_private: ClassVar[bool] = False
    # Whether an index supplies the order of the list as a file: then its first row is there at once.
    file_begins_soon: ClassVar[bool] = False
    orders: ClassVar[Mapping[str, Order]] = {"name": BY_NAME}
    ordering = "name"

    @classmethod
    def visible(cls) -> Any:
        """The rows that an anonymous caller may see, at the moment the database answers."""
        return cls.queryset.all().public(Now())  # type: ignore[union-attr]

    @classmethod
    def row(cls, *, detail: bool = False) -> RowSerializer:
        """The fields of a row."""
        return ((detail and cls.detail_serializer_class) or cls.serializer_class)()

    @classmethod
    def row_asked(cls, shape: Shape) -> RowSerializer:
        """The fields of a row of a list, where what is asked decides how they are worked out."""
        return cls.row()

    @classmethod
    def order(cls, ordering: str) -> tuple[Order, bool]:
        """The order that a name stands for, and whether it is turned round."""
        if ordering == "rank":
            return BY_RANK, False
        return cls.orders[ordering.removeprefix("-")], ordering.startswith("-")

    def list(self, request: Request) -> HttpResponse:
        """A page of the rows that the question asks for."""
        query, cursor = split_cursor(request.META.get("QUERY_STRING", ""))
        kept = kept_question if len(query) <= LONGEST_QUESTION_KEPT else kept_question.__wrapped__
        question = kept(type(self), query)
        place = self._place(cursor, question) if cursor is not None else None
        plan = _page_plan(
            type(self), question.shape, question.ordering, question.page_size,
            None if place is None else place.backwards,
        )  # fmt: skip
        given = question.given
        if place is not None:
            given = {**given, "cursor.key": place.key, "cursor.row": place.row}
        page = Page(execute(plan.statement, plan.values(given)), question, place)
        count = b""
        if question.count:
            counting = _count_plan(type(self), question.shape)
            number = execute(counting.statement, counting.values(question.given)).get_value(0, 0)
            count = b'"count":%s,' % (number or b"0")
        return answer(request._request, page.body(request._request.path, count))

    def retrieve(self, request: Request, **address: str) -> HttpResponse:
        """The row at an address."""
        refuse_parameters(request._request)
        value = str(address[self.lookup_field])
        if len(value) > self.longest_lookup or "\0" in value:
            raise NotFound
        plan = _row_plan(type(self))
        found = execute(plan.statement, [value])
        body = found.get_value(0, 0) if found.ntuples else None
        if body is None:
            raise NotFound
        return answer(request._request, body)

    def _place(self, cursor: str, question: Question) -> Place:
        if not CURSOR.match(cursor):
            raise BadParameters(
                [fault("cursor", "Take the cursor from `next` or `previous` of this list.")]
            )
        place = read_cursor(cursor, question.ordering, self.order(question.ordering)[0].cast)
        if place is None:
            raise NoSuchPage
        return place


def refuse_parameters(request: HttpRequest) -> None:
    """An address that takes no parameter says so."""
    if request.META.get("QUERY_STRING"):
        names = list(request.GET)[:20] or [""]
        raise BadParameters([fault(name, "There are no parameters here.") for name in names])


class Page:
    """A page of rows as PostgreSQL wrote them, in the order of the list.

    Shape: each row is (JSON, key, id); one row more than the page says that there is another.
    """

    def __init__(self, result: Any, question: Question, place: Place | None) -> None:
        self.result = result
        self.question = question
        self.place = place
        self.backwards = place is not None and place.backwards
        self.more = result.ntuples > question.page_size
        self.order = range(min(result.ntuples, question.page_size))
        if self.backwards:
            self.order = self.order[::-1]

    def body(self, path: str, count: bytes) -> bytes:
        """The page with the addresses of its neighbours, without a look at the rows."""
        rows = [self.result.get_value(n, 0) for n in self.order]
        link = f"{path}?{self.question.query}&cursor=" if self.question.query else f"{path}?cursor="
        following, previous = self.neighbours()
        return b'{%s"next":%s,"previous":%s,"results":[%s]}' % (
            count, _address(link, following), _address(link, previous), b",".join(rows),
        )  # fmt: skip

    def neighbours(self) -> tuple[Place | None, Place | None]:
        """Where the pages after and before this one begin."""
        following = self._at(-1, backwards=False) if self.backwards or self.more else None
        previous = (
            self._at(0, backwards=True)
            if self.place and (self.more or not self.backwards)
            else None
        )
        return following, previous

    def _at(self, position: int, *, backwards: bool) -> Place | None:
        if not self.order:
            # Every row there has gone since: turn round where the caller stands.
            turned = self.place is not None and self.place.backwards != backwards
            return replace(self.place, backwards=backwards) if self.place and turned else None
        row = self.order[position]
        key, number = self.result.get_value(row, 1), self.result.get_value(row, 2)
        return Place(self.question.ordering, backwards, key.decode(), number.decode())


def _address(link: str, place: Place | None) -> bytes:
    return b"null" if place is None else orjson.dumps(link + write_cursor(place))


@lru_cache(maxsize=QUESTIONS_KEPT)
def kept_question(view: type[RowViewSet], query: str) -> Question:
    return read_question(query, view.filterset_class, view.orders, view.ordering)


def asked(view: type[RowViewSet], shape: Shape) -> Any:
    """The rows that a question of a shape asks for, in no order."""
    parameters = view.filterset_class.parameters()
    givens: dict[str, list[Any]] = {}
    for name, size in shape:
        if isinstance(size, str):
            givens[name] = [size]
        else:
            givens[name] = [parameters[name].stand_in(name, n) for n in range(size)]
    return view.filterset_class.narrow(view.visible(), givens)


@lru_cache(maxsize=PLANS_KEPT)
def _page_plan(
    view: type[RowViewSet],
    shape: Shape,
    ordering: str,
    page_size: int,
    backwards: bool | None,
) -> Plan:
    order, turned = view.order(ordering)
    rows = asked(view, shape)
    key, row = order.key(), order.row()
    descending = turned != bool(backwards)
    if backwards is not None:
        given = GivenValue("cursor.key", order.cast), GivenValue("cursor.row", "bigint")
        rows = rows.filter(Beyond(key, row, *given, operator="<" if descending else ">"))
    rows = rows.annotate(
        answer_row=row_object(view.row_asked(shape), rows.model), answer_key=key, answer_id=row
    ).values_list("answer_row", "answer_key", "answer_id")
    keys = [F("answer_key"), F("answer_id")]
    rows = rows.order_by(*(k.desc() if descending else k.asc() for k in keys))
    # One more than is shown: whether there is another page.
    return compile_plan(rows[: page_size + 1])


@lru_cache(maxsize=PLANS_KEPT)
def _count_plan(view: type[RowViewSet], shape: Shape) -> Plan:
    rows = asked(view, shape).order_by().values("pk")
    return compile_plan(rows, around="SELECT count(*) FROM ({}) AS counted")


@lru_cache(maxsize=PLANS_KEPT)
def _row_plan(view: type[RowViewSet]) -> Plan:
    given = (
        Given("address") if view.lookup_cast == "text" else GivenValue("address", view.lookup_cast)
    )
    rows = view.visible().filter(**{view.lookup_field: given}).order_by()
    return compile_plan(rows.values_list(row_object(view.row(detail=True), rows.model)))
