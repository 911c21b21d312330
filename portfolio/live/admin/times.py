"""Fields for days and times by the clocks of a place, with the hour that comes twice."""

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES

from portfolio.common.admin_steps import ListField
from portfolio.common.local_time import (
    NoSuchLocalTime,
    TwiceLocalTime,
    instant_of,
    start_of_day,
)

FIRST, SECOND = "first", "second"
MIDNIGHT = datetime.time.min


class TimeField(forms.TimeField):
    """A time of day."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "time", "class": " ".join([*INPUT_CLASSES, "house-day"])}
        kwargs.setdefault("widget", forms.TimeInput(format="%H:%M", attrs=attrs))
        super().__init__(**kwargs)


class LocalTimes(forms.Form):
    """A form that turns days and times at a place into instants.

    Which of two hours is meant is asked only where the clocks are put back at that time.
    """

    which = ListField(
        label=_("Which of the two hours"),
        required=False,
        choices=[
            ("", "–"),
            (FIRST, _("the first, before the clocks are put back")),
            (SECOND, _("the second, after it")),
        ],
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.order_fields([*(name for name in self.fields if name != "which"), "which"])
        self.asks_which = False

    def visible_fields(self) -> list[Any]:
        """All fields, without the question that is seldom asked."""
        shown = super().visible_fields()
        asked = self.asks_which or bool(self.data.get("which"))
        return shown if asked else [field for field in shown if field.name != "which"]

    def instant(
        self, field: str, day: datetime.date, time: datetime.time
    ) -> datetime.datetime | None:
        """The instant of a time on a day; a fault at `field` where there is none, or are two."""
        which = self.data.get("which")
        second = {FIRST: False, SECOND: True}.get(str(which or ""))
        try:
            return instant_of(day, time, self.zone, second=second)
        except NoSuchLocalTime as refused:
            self.add_error(field, str(refused))
        except TwiceLocalTime as refused:
            self.asks_which = True
            self.add_error(field, str(refused))
        return None

    def read_period(self, said: dict[str, Any]) -> None:
        """`starts_at` and `ends_at` from days and hours; an end before its start is of the next day."""
        first, last = said.get("first_day"), said.get("last_day")
        begin, until = said.get("from_time"), said.get("until_time")
        if first is None:
            return
        if last is not None and last < first:
            self.add_error("last_day", _("The last day must not be before the first."))
            return
        if (begin is None) != (until is None):
            self.add_error("until_time", _("Give both times, or neither for whole days."))
            return
        if begin is None or until is None:
            after = (last or first) + datetime.timedelta(days=1)
            said["starts_at"] = start_of_day(first, self.zone)
            said["ends_at"] = start_of_day(after, self.zone)
            return
        end_day = last or first
        if last is None and until <= begin:
            end_day = first + datetime.timedelta(days=1)
        said["starts_at"] = self.instant("from_time", first, begin)
        said["ends_at"] = self.instant("until_time", end_day, until)
