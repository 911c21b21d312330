"""Rules that many models share, each a named sentence with a message for the form."""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def slug_is_lower_case(*, name: str) -> models.CheckConstraint:
    """The address is made of lower-case words, digits and single hyphens."""
    return models.CheckConstraint(
        name=name,
        condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
        violation_error_message=_(
            "Use lower-case letters, digits and single hyphens, such as last-dance."
        ),
    )


def is_one_of(
    *, name: str, field: str, choices: type[models.TextChoices], message: Any
) -> models.CheckConstraint:
    """The word is one of `choices`; a form offers no other, a bulk write might."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__in": choices.values}),
        violation_error_message=message,
    )


def period_is_ordered(*, name: str) -> models.CheckConstraint:
    """The period ends on or after the day it starts; either end may be open."""
    return models.CheckConstraint(
        name=name,
        condition=Q(start_date__isnull=True)
        | Q(end_date__isnull=True)
        | Q(end_date__gte=F("start_date")),
        violation_error_message=_("The last day must not be before the first."),
    )


def never_changes(*, name: str, field: str, message: str) -> pgtrigger.Trigger:
    """A trigger: what was first saved in `field` stays, because other rows rely on it."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Update,
        when=pgtrigger.After,
        condition=pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")}),
        func=pgtrigger.Func(
            f"RAISE EXCEPTION '{name}: {message}' USING ERRCODE = 'check_violation';"
        ),
    )
