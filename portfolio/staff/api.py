"""Views of the API that only staff's keys open."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request

from portfolio.common.api.answers import make_private
from portfolio.common.api.exporting import Flat, export, split_format
from portfolio.common.api.ordering import BY_ID
from portfolio.common.api.questions import Shape
from portfolio.common.api.throttling import KeyThrottle
from portfolio.common.api.viewsets import RowViewSet
from portfolio.staff.models import Scope
from portfolio.staff.tokens import Caller, identify


class OpensByKey:
    """Asks for a key before anything else, counts what each key asks, and lets no cache keep it.

    `scope` and `permission` are what key and person need to read; a view that also writes overrides
    `needs`. A session of the admin opens nothing here: cookies are not looked at.
    """

    is_private: ClassVar[bool] = True
    scope: ClassVar[str]
    permission: ClassVar[str]
    caller: Caller

    @classmethod
    def needs(cls, method: str) -> tuple[str, str]:
        """The scope of the key and the permission of the person that a method asks for."""
        return cls.scope, cls.permission

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Limit the address, then find out who asks, then limit the key."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        method = request.method or ""
        if method.lower() in self.action_map:  # type: ignore[attr-defined]
            scope, permission = self.needs(method)
            self.caller = identify(
                request._request, scope, at=timezone.now(), permission=permission
            )
            KeyThrottle.check(self.caller.token.pk)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Nobody keeps the answer, whatever it is."""
        return make_private(super().finalize_response(request, response, *args, **kwargs))  # type: ignore[misc]


class PrivateRowViewSet(OpensByKey, RowViewSet):
    """Lists and details of rows that staff read; `columns` are those of the list as a file."""

    scope = Scope.FUNDING_READ
    columns: ClassVar[Sequence[Flat]] = ()
    lookup_schema: ClassVar[Mapping[str, Any]] = {"type": "integer", "minimum": 1}

    @classmethod
    def visible(cls) -> Any:
        """Every row: whoever has the permission may read all of them."""
        return cls.queryset.all()  # type: ignore[union-attr]

    @classmethod
    def columns_asked(cls, shape: Shape) -> Sequence[Flat]:
        """The columns of the file, where what is asked decides how they are worked out."""
        return cls.columns

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Who asks for a file takes the file, whatever the client's Accept says by itself."""
        try:
            return super().perform_content_negotiation(request, force)
        except NotAcceptable:
            if "format=" not in request.META.get("QUERY_STRING", ""):
                raise
            return super().perform_content_negotiation(request, force=True)

    def list(self, request: Request) -> HttpResponseBase:  # type: ignore[override]
        """A page, or with `format` a file of all the rows that the filters show."""
        query, form = split_format(request.META.get("QUERY_STRING", ""))
        if form is None:
            return super().list(request)
        return export(type(self), request._request, query, form, self.columns_asked)


class ByNumber(PrivateRowViewSet):
    """Rows that are addressed by their number, newest first."""

    lookup_field = "pk"
    lookup_cast = "bigint"
    longest_lookup = 18
    orders = {"id": BY_ID}
    ordering = "-id"
