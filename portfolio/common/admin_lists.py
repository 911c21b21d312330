"""Lists of the staff admin: quick at a million rows, and how a page of rows is read."""

import decimal
from collections.abc import Iterable
from typing import Any

from babel.numbers import format_currency
from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.views import ChangeList

from portfolio.common.names import LANGUAGE_OF_NAME, READING_ORDER

MOST_ROWS_COUNTED = 10_000
"""A list counts so far and no further, and has no page beyond: nobody reads page 200 of 20 000."""


class CappedPaginator(Paginator):
    """Pages of the first ten thousand rows; beyond that the reader narrows the search.

    Queries: one count that stops at the cap, whatever the size of the table; a page after the first
    takes one more, for the numbers of its rows: what is worked out for a row is not for those before it.
    """

    def page(self, number: int | str) -> Page:
        """One page, the first or any other."""
        number = self.validate_number(number)
        rows: Any = self.object_list
        start = (number - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        if start == 0:
            return Page(rows[:end], number, self)
        chosen = list(rows.values_list("pk", flat=True)[start:end])
        return Page(rows.filter(pk__in=chosen), number, self)

    @cached_property
    def found(self) -> int:
        """The number of rows, or one more than the cap."""
        rows: Any = self.object_list
        return rows.order_by().values("pk")[: MOST_ROWS_COUNTED + 1].count()

    @cached_property
    def count(self) -> int:
        """The number of rows that can be paged through."""
        return min(self.found, MOST_ROWS_COUNTED)

    @property
    def is_capped(self) -> bool:
        """Whether there are more rows than can be paged through."""
        return self.found > MOST_ROWS_COUNTED


class StaffChangeList(ChangeList):
    """A list whose search keeps the column that the reader chose to sort by."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Rows by best match while searching, unless a column heading was clicked."""
        rows = super().get_queryset(request, exclude_parameters)
        if self.query and "o" in self.params:
            rows = rows.order_by(*self.get_ordering(request, rows))
        return rows


def name_in_scripts(row: Any, *, language: str | None = None) -> tuple[SafeString, SafeString]:
    """The reader's own name of a row, and the others beside it in their own glyphs."""
    order = READING_ORDER.get(language or get_language() or "en", READING_ORDER["en"])
    named = [(field, getattr(row, field)) for field in order if getattr(row, field)]
    if not named:
        return SafeString("–"), SafeString("")
    others = {name: field for field, name in reversed(named[1:]) if name != named[0][1]}
    spans = format_html_join(
        SafeString(" · "),
        '<span lang="{}">{}</span>',
        ((LANGUAGE_OF_NAME[field], name) for name, field in reversed(others.items())),
    )
    first = format_html('<span lang="{}">{}</span>', LANGUAGE_OF_NAME[named[0][0]], named[0][1])
    return first, spans


BABEL_LOCALES = {"en": "en_HK", "zh-hant": "zh_Hant_HK", "zh-hans": "zh_Hans"}


def money_or_undisclosed(amount: decimal.Decimal | None, currency: str) -> Any:
    """An amount with its currency in the reader's writing; never 0 for what is not known."""
    if amount is None:
        return _("not disclosed")
    return format_currency(
        amount, currency, locale=BABEL_LOCALES.get(get_language() or "en", "en_HK")
    )


class ChoiceFilter(admin.SimpleListFilter):
    """A filter of a few named conditions."""

    conditions: dict[str, tuple[Any, Q]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """The conditions by their names."""
        return [(key, label) for key, (label, _condition) in self.conditions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that meet the chosen condition."""
        chosen = self.conditions.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset


class MissingNameFilter(ChoiceFilter):
    """Rows that lack a name in one of the scripts."""

    title = _("missing name")
    parameter_name = "lacks"
    conditions = {
        "zh": (_("No Chinese name"), Q(name_zh_hant="", name_zh_hans="")),
        "zh-hant": (_("No Traditional Chinese name"), Q(name_zh_hant="")),
        "zh-hans": (_("No Simplified Chinese name"), Q(name_zh_hans="")),
        "en": (_("No English name"), Q(name_en="")),
    }


class MissingTextFilter(ChoiceFilter):
    """Rows that lack their text in one of the scripts."""

    title = _("missing text")
    parameter_name = "lacks"
    conditions = {
        "zh": (_("No Chinese text"), Q(text_zh_hant="", text_zh_hans="")),
        "en": (_("No English text"), Q(text_en="")),
    }


class HasSourceFilter(admin.SimpleListFilter):
    """Rows with and without a source that states them."""

    title = _("sources")
    parameter_name = "sourced"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """With or without."""
        return [("no", _("No source")), ("yes", _("With a source"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that have, or lack, a citation."""
        if self.value() not in ("no", "yes"):
            return queryset
        cited = Exists(
            citations_of(queryset.model).filter(**{owner_of(queryset.model): OuterRef("pk")})
        )
        return queryset.filter(cited if self.value() == "yes" else ~cited)


def citations_of(model: type[Model]) -> QuerySet[Any]:
    """The rows that say which source states which row of `model`."""
    return model._meta.get_field("sources").remote_field.through._base_manager.all()  # type: ignore[union-attr]


def owner_of(model: type[Model]) -> str:
    """The name by which a citation calls the row it is for."""
    return str(model._meta.get_field("sources").m2m_field_name())  # type: ignore[union-attr]


class AutocompleteFilter(AutocompleteSelectFilter):
    """A filter by a related row, found by typing; never a dropdown of thousands."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        """None: the box asks the server for what is typed."""
        return []

    def has_output(self) -> bool:
        """It is offered though it lists nothing."""
        return True
