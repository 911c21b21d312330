"""Refusals: what an operation or the database will not do, in words for whoever asked."""

import datetime
import json
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db import DatabaseError
from django.db.models import ProtectedError
from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Broken rules: constraints, triggers, rows that others need. Anything else is a fault of ours.
RULE_STATES = frozenset({"23502", "23503", "23505", "23514", "23P01", "P0001"})


def date_in_words(day: str) -> str:
    """A day as the reader's language writes it."""
    return formats.date_format(datetime.date.fromisoformat(day))


class Refused(Exception):
    """An operation was refused; the text says what to mend. Nothing was written."""


def rule_of(error: DatabaseError) -> str:
    """The name of the rule that a refused change broke; empty where it has none."""
    said = getattr(error.__cause__, "diag", None)
    if said is None:
        return ""
    name, colon, _wish = (said.message_primary or "").partition(": ")
    return said.constraint_name or (name if colon and " " not in name else "")


def refusal_of(error: DatabaseError) -> Any:
    """The sentence for a refused change, or None where the error is not a broken rule."""
    if isinstance(error, ProtectedError):
        return _("Other rows still refer to it.")
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) not in RULE_STATES:
        return None
    said = cause.diag  # type: ignore[union-attr]
    if said.constraint_name and (message := _message_of(said.constraint_name)):
        return message
    if said.sqlstate in ("23503", "23001"):
        return _("Other rows still refer to it.")
    # A trigger says "name_of_the_rule: what it wants".
    name, colon, wish = (said.message_primary or "").partition(": ")
    if colon and " " not in name:
        wish = _with_figures(gettext(wish), said.message_detail)
        return wish[:1].upper() + wish[1:]
    return _("A rule of the database forbids this change.")


def _message_of(constraint: str) -> Any:
    for model in apps.get_models():
        for rule in model._meta.constraints:
            if rule.name == constraint:
                return rule.violation_error_message
    return None


def moment_in_words(moment: str) -> str:
    """An instant as the reader's language writes it, in the house's own time."""
    at = timezone.localtime(datetime.datetime.fromisoformat(moment))
    # Its seconds tell why what came in the same minute was too late.
    return f"{formats.date_format(at)} {at:%H:%M:%S}"


# How a figure that is more than digits is read out: {"day": "2026-03-01"}, {"word": "no end"}. An app adds
# the words that only it knows.
READINGS: dict[str, Callable[[str], Any]] = {
    "word": gettext,
    "day": date_in_words,
    "moment": moment_in_words,
}


def figures_in_words(detail: str) -> dict[str, Any]:
    """The figures that a trigger put beside its sentence, as the reader of today reads them."""
    return {name: _read(value) for name, value in json.loads(detail).items()}


def _read(value: Any) -> Any:
    if isinstance(value, dict) and len(value) == 1:
        ((kind, word),) = value.items()
        return READINGS[kind](word) if kind in READINGS else word
    return value


def _with_figures(wish: str, detail: str | None) -> str:
    """The sentence with the figures that the trigger put beside it, so that it can be translated."""
    try:
        return wish % figures_in_words(detail) if detail else wish
    except (ValueError, TypeError, KeyError):
        return wish
