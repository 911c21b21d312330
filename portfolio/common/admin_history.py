"""History of a row: who changed what, when and from which request, field by field."""

import datetime
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from pghistory.models import Event

MOST_EVENTS = 300
"""Of each table; a longer history is read in the database."""

MOST_EVENTS_A_PAGE = 25

ACTS = {"insert": _("Added"), "update": _("Changed"), "delete": _("Deleted")}


@dataclass(frozen=True)
class FieldChange:
    """One field before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class RowChange:
    """What happened to one row: added, changed or deleted."""

    act: str
    label: Any
    kind: Any
    row: str
    url: str
    fields: tuple[FieldChange, ...]


@dataclass
class Moment:
    """Everything that one request, command or statement changed."""

    at: datetime.datetime
    by: str
    method: str
    path: str
    request_id: str
    reason: str = ""
    changes: list[RowChange] = field(default_factory=list)


def event_models() -> dict[type[Model], type[Event]]:
    """The table of events of each model that keeps its history."""
    models_: Any = apps.get_models()
    return {
        model.pgh_tracked_model._meta.concrete_model: model
        for model in models_
        if issubclass(model, Event) and model.pgh_tracked_model
    }


def tables_of_history(model: type[Model]) -> Iterator[tuple[type[Event], str]]:
    """The event tables that tell about a row of `model`, and the column that names the row.

    Its own, those of the rows it is made of (the project behind a production) and those of the rows
    that go when it goes (its citations, credits and positions).
    """
    events = event_models()
    for table in (model, *model._meta.all_parents):
        if table in events:
            yield events[table], "pgh_obj_id"
    relations: Any = model._meta.get_fields(include_hidden=True)
    for relation in relations:
        if not (relation.auto_created and relation.is_relation and not relation.concrete):
            continue
        part: Any = relation.related_model
        is_part = getattr(relation, "on_delete", None) is models.CASCADE and part in events
        if is_part and not getattr(relation, "parent_link", False):
            yield events[part], relation.field.attname


def history_of(row: Model, *, viewable: Any = lambda model: True) -> list[Moment]:
    """What was changed about `row` and its parts, the latest first.

    Shape: one Moment a request (or statement outside one), each with its row changes in order.
    Queries: one for each table of events, one for the names of those who did it.
    """
    found: list[Any] = []
    owners: dict[type[Event], str] = {}
    for table, column in tables_of_history(type(row)):
        if not viewable(table.pgh_tracked_model):
            continue
        owners[table] = column
        found += (
            cast(Any, table)
            .objects.filter(**{column: row.pk})
            .select_related("pgh_context")
            .order_by("-pgh_id")[:MOST_EVENTS]
        )
    return moments_of(found, owners=owners)


def moments_of(
    events: Iterable[Any], *, owners: dict[type[Event], str] | None = None
) -> list[Moment]:
    """Events gathered by the request that made them, the latest first, with what each changed.

    `owners` names the column by which a part says whose it is, where the page says that already.
    Queries: one for the people, one for each kind of row that the events refer to.
    """
    by_row = sorted(events, key=lambda e: (e._meta.label, e.pgh_obj_id, e.pgh_id))
    people = _names_of_users(by_row)
    named = _names_of_related(by_row)
    changed: list[tuple[Any, RowChange]] = []
    for _row, group in itertools.groupby(by_row, key=lambda e: (e._meta.label, e.pgh_obj_id)):
        before: Any = None
        for event in group:
            owner = (owners or {}).get(type(event), "")
            if change := _change_of(event, before, named, owner):
                changed.append((event, change))
            before = event
    moments: dict[Any, Moment] = {}
    for event, change in sorted(changed, key=lambda pair: _order(pair[0], owners or {})):
        key = event.pgh_context_id or event.pgh_created_at
        if key not in moments:
            said = _context_of(event)
            moments[key] = Moment(
                at=event.pgh_created_at,
                by=people.get(said.get("user"), ""),
                method=said.get("method", "manage.py" if "command" in said else ""),
                path=said.get("url", said.get("command", "")),
                request_id=said.get("request", ""),
                reason=said.get("reason", ""),
            )
        moments[key].changes.append(change)
    # Turned round, so that of two at the same instant the later comes first.
    return sorted(moments.values(), key=lambda moment: moment.at)[::-1]


def _order(event: Any, owners: dict[type[Event], str]) -> tuple[Any, ...]:
    is_part = owners.get(type(event), "pgh_obj_id") != "pgh_obj_id"
    return event.pgh_created_at, is_part, event._meta.label if is_part else "", event.pgh_id


def _context_of(event: Any) -> dict[str, Any]:
    return event.pgh_context.metadata if event.pgh_context_id and event.pgh_context else {}


def _names_of_users(events: Iterable[Any]) -> dict[Any, str]:
    keys: set[Any] = {_context_of(event).get("user") for event in events} - {None}
    return {
        person.pk: person.get_username()
        for person in get_user_model()._default_manager.filter(pk__in=keys)
    }


def _references(event: Any) -> Iterator[tuple[type[Model], Any]]:
    for column in event._meta.concrete_fields:
        is_reference = isinstance(column, models.ForeignKey) and column.name != "pgh_context"
        if is_reference and (key := getattr(event, column.attname)) is not None:
            yield column.remote_field.model, key


def _names_of_related(events: Iterable[Any]) -> dict[tuple[type[Model], Any], str]:
    keys: dict[type[Model], set[Any]] = {}
    for event in events:
        for model, key in _references(event):
            if model is not event.pgh_tracked_model or key != event.pgh_obj_id:
                keys.setdefault(model, set()).add(key)
    return {
        (model, key): str(row)
        for model, wanted in keys.items()
        for key, row in model._base_manager.in_bulk(wanted).items()
    }


def _change_of(event: Any, before: Any, named: dict[Any, str], owner: str = "") -> RowChange | None:
    act = event.pgh_label
    changes = []
    for column in event._meta.concrete_fields:
        if column.name.startswith("pgh_") or column.name == "id" or column.name.endswith("_ptr"):
            continue
        if column.attname == owner:
            continue
        new = getattr(event, column.attname)
        old = getattr(before, column.attname) if before is not None else None
        if act == "insert":
            old = None
        elif act == "delete":
            old, new = new, None
        elif before is None:
            continue
        label = str(column.verbose_name)
        shown = FieldChange(label, in_words(column, old, named), in_words(column, new, named))
        if shown.old != shown.new:
            changes.append(shown)
    if act == "update" and before is not None and not changes:
        return None
    return RowChange(
        act=act,
        label=ACTS.get(act, act),
        kind=event.pgh_tracked_model._meta.verbose_name,
        row=_title(event, named, owner),
        url="" if act == "delete" else _url(event),
        fields=tuple(changes),
    )


def _url(event: Any) -> str:
    opts = event.pgh_tracked_model._meta
    try:
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[event.pgh_obj_id])
    except NoReverseMatch:
        return ""


TITLES = (
    "name_en",
    "name_zh_hant",
    "name_zh_hans",
    "title",
    "title_en",
    "text_en",
    "username",
    "name",
)


def _title(event: Any, named: dict[Any, str], owner: str) -> str:
    for name in TITLES:
        if value := getattr(event, name, ""):
            return Truncator(value).chars(80)
    # A production is called what its project is called.
    for column in event._meta.concrete_fields:
        if column.name.endswith("_ptr"):
            return named.get((column.remote_field.model, getattr(event, column.attname)), "")
    said = (
        named.get((column.remote_field.model, getattr(event, column.attname)), "")
        for column in event._meta.concrete_fields
        if isinstance(column, models.ForeignKey) and column.attname not in (owner, "pgh_obj_id")
    )
    return " · ".join(Truncator(name).chars(80) for name in said if name)


def in_words(column: Any, value: Any, named: dict[Any, str]) -> str:
    """A stored value as staff read it; empty for nothing."""
    if value is None or value in ("", []):
        return ""
    if isinstance(column, models.ForeignKey):
        return named.get((column.remote_field.model, value), f"#{value}")
    if isinstance(column, ArrayField):
        words = dict(column.base_field.flatchoices or [])
        return ", ".join(str(words.get(item, item)) for item in value)
    if column.flatchoices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime.datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(column, models.DecimalField):
        return number_format(
            value, decimal_pos=column.decimal_places, use_l10n=True, force_grouping=True
        )
    return str(value)


def latest_moments(
    tables: Iterable[type[Model]], *, before: str = "", most: int = MOST_EVENTS_A_PAGE
) -> tuple[list[Moment], bool]:
    """The latest changes of several tables, each before the instant `before`, and whether there are more.

    Time: `before` is an ISO instant, not included; anything else is taken as none.
    Queries: one for each table, on its key.
    """
    events_of = event_models()
    until = _instant(before)
    found: list[Any] = []
    cut: list[datetime.datetime] = []
    for model in tables:
        events: Any = events_of[model]
        rows = events.objects.select_related("pgh_context").order_by("-pgh_id")
        if until:
            rows = rows.filter(pgh_created_at__lt=until)
        latest = list(rows[:most])
        if len(latest) == most:
            cut.append(latest[-1].pgh_created_at)
        found += latest
    # What is older than the oldest row of a table that was cut off comes on the next page, whole.
    floor = max(cut, default=None)
    moments = moments_of(found)
    shown = [moment for moment in moments if floor is None or moment.at > floor] or moments
    return shown, bool(cut)


def _instant(text: str) -> datetime.datetime | None:
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
