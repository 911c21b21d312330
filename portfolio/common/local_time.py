"""Times of day at a place: its own clock, with the hour that is skipped and the hour that comes twice."""

import datetime
import re
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _

from portfolio.common.refusals import Refused

# Area/City as the IANA database names them. Without a slash are only rules of old and POSIX sums.
ZONE_NAME = re.compile(
    r"(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z0-9_+/-]+"
)
HOUSE_ZONE = "Asia/Hong_Kong"


class NoSuchLocalTime(Refused):
    """The clocks skip this time on this day."""


class TwiceLocalTime(Refused):
    """The clocks show this time twice on this day, and nobody said which is meant."""


@cache
def zone_names() -> tuple[str, ...]:
    """The time zones that a place may be in, by name."""
    return tuple(sorted(name for name in available_timezones() if ZONE_NAME.fullmatch(name)))


def zone_of(name: str) -> ZoneInfo:
    """The zone of a place; the house's own where this machine does not know the name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(HOUSE_ZONE)


def local_time(at: datetime.datetime, zone: str) -> datetime.datetime:
    """What the clocks at a place show at an instant."""
    return at.astimezone(zone_of(zone))


def instant_of(
    day: datetime.date, time: datetime.time, zone: str, *, second: bool | None = None
) -> datetime.datetime:
    """The instant at which the clocks at a place show `time` on `day`, in UTC.

    `second` says which of two is meant in the hour that comes twice; elsewhere it says nothing.
    Source: PEP 495.
    Raises: NoSuchLocalTime in the hour that is skipped; TwiceLocalTime where `second` is wanted.
    """
    place = zone_of(zone)
    local = datetime.datetime.combine(day, time.replace(tzinfo=None))
    first = local.replace(tzinfo=place, fold=0)
    later = local.replace(tzinfo=place, fold=1)
    said = {"day": day.isoformat(), "time": f"{time:%H:%M}", "zone": zone}
    if first.utcoffset() != later.utcoffset():
        back = first.astimezone(datetime.UTC).astimezone(place).replace(tzinfo=None)
        if back != local:
            raise NoSuchLocalTime(
                _("The clocks skip %(time)s on %(day)s (%(zone)s): give another time.") % said
            )
        if second is None:
            raise TwiceLocalTime(
                _("The clocks show %(time)s twice on %(day)s (%(zone)s): say which is meant.")
                % said
            )
        return (later if second else first).astimezone(datetime.UTC)
    return first.astimezone(datetime.UTC)


def start_of_day(day: datetime.date, zone: str) -> datetime.datetime:
    """The first instant of a day at a place, also where its clocks skip midnight."""
    return datetime.datetime.combine(day, datetime.time.min, tzinfo=zone_of(zone)).astimezone(
        datetime.UTC
    )


def end_of_day(day: datetime.date, zone: str = HOUSE_ZONE) -> datetime.datetime:
    """The first instant that is no longer of a day at a place; by itself the house's own."""
    return start_of_day(day + datetime.timedelta(days=1), zone)
