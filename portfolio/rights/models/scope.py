"""What a right is in: media, territories, languages and a window."""

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import never_changes
from portfolio.common.languages import languages_are_bcp47, languages_field
from portfolio.productions.models import Production
from portfolio.rights.choices import Bound, Medium
from portfolio.rights.models.event import Event

LONGEST_LAG_MONTHS = 600


def words_of_media(label: Any, **kwargs: Any) -> ArrayField:
    """A list of media."""
    return ArrayField(
        models.CharField(max_length=20, choices=Medium), verbose_name=label, default=list, **kwargs
    )


def codes_of_territories(label: Any, **kwargs: Any) -> ArrayField:
    """A list of territories and sets of territories."""
    return ArrayField(models.CharField(max_length=30), verbose_name=label, default=list, **kwargs)


def an_event(label: Any) -> models.ForeignKey[Any, Any]:
    """The event that one end of a window hangs on."""
    return models.ForeignKey(
        Event, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


def a_lag(label: Any, **kwargs: Any) -> models.SmallIntegerField:
    """Months or days after an event; less than zero for before it."""
    return models.SmallIntegerField(label, default=0, **kwargs)


class Scope(models.Model):
    """Media × territories × languages × window of a title, in the words of an agreement.

    `media` and `territories` name branches and sets; what is excepted is taken off afterwards. No
    language means every language. The database works out what that is: see `Extent`.

    Time: both ends of the window are included. An end that is a date is that day; one that hangs on
    an event is so many months and then days after it; an open one is without end.
    """

    title = models.ForeignKey(
        Production, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("title")
    )
    media = words_of_media(_("media"))
    media_except = words_of_media(_("except these media"), blank=True)
    territories = codes_of_territories(
        _("territories"), help_text=_("ISO codes such as HK, or sets such as WORLD. One a line.")
    )
    territories_except = codes_of_territories(_("except these territories"), blank=True)
    languages = languages_field(
        _("languages"),
        help_text=_("Tags such as yue, zh-Hant, en; none means every language. One a line."),
    )
    start_kind = models.CharField(_("begins with"), max_length=5, choices=Bound, default=Bound.DATE)
    start_date = models.DateField(_("first day"), null=True, blank=True)
    start_event = an_event(_("event that it begins after"))
    start_lag_months = a_lag(_("months after it"))
    start_lag_days = a_lag(_("days after it"))
    end_kind = models.CharField(_("ends with"), max_length=5, choices=Bound, default=Bound.DATE)
    end_date = models.DateField(_("last day"), null=True, blank=True)
    end_event = an_event(_("event that it ends after"))
    end_lag_months = a_lag(_("months until the last day"))
    end_lag_days = a_lag(_("days until the last day"))

    class Meta:
        abstract = True


def scope_rules(of: str) -> list[models.BaseConstraint]:
    """The rules of a scope, named after the model that has it."""
    return [
        models.CheckConstraint(
            name=f"{of}_media_are_known",
            condition=(
                ~Q(media=[])
                & Q(media__contained_by=Medium.values)
                & Q(media_except__contained_by=Medium.values)
            ),
            violation_error_message=_("Choose one medium or more from the list."),
        ),
        models.CheckConstraint(
            name=f"{of}_has_territories",
            condition=~Q(territories=[]),
            violation_error_message=_("Give at least one territory, or WORLD."),
        ),
        languages_are_bcp47(name=f"{of}_languages_are_tags", field="languages"),
        _bound_fits(of, "start", _("Give the first day, or the event that it begins after.")),
        _bound_fits(of, "end", _("Give the last day, or the event that it ends after.")),
        models.CheckConstraint(
            name=f"{of}_days_are_in_order",
            condition=Q(start_date__isnull=True)
            | Q(end_date__isnull=True)
            | Q(end_date__gte=F("start_date")),
            violation_error_message=_("The last day must not be before the first."),
        ),
    ]


def _bound_fits(of: str, end: str, message: Any) -> models.CheckConstraint:
    months = Q(
        **{
            f"{end}_lag_months__gte": -LONGEST_LAG_MONTHS,
            f"{end}_lag_months__lte": LONGEST_LAG_MONTHS,
        }
    )
    no_lag = Q(**{f"{end}_lag_months": 0, f"{end}_lag_days": 0})
    no_date, no_event = Q(**{f"{end}_date__isnull": True}), Q(**{f"{end}_event__isnull": True})
    return models.CheckConstraint(
        name=f"{of}_{end}_fits_its_kind",
        condition=(
            (Q(**{f"{end}_kind": Bound.DATE}) & ~no_date & no_event & no_lag)
            | (Q(**{f"{end}_kind": Bound.EVENT}) & no_date & ~no_event & months)
            | (Q(**{f"{end}_kind": Bound.OPEN}) & no_date & no_event & no_lag)
        ),
        violation_error_message=message,
    )


def scope_triggers(of: str) -> Sequence[pgtrigger.Trigger]:
    """What stays once saved, because other rows rely on it."""
    return [
        never_changes(
            name=f"{of}_title_never_changes",
            field="title",
            message="it stays with its title; make another for the other title",
        )
    ]
