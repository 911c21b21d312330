"""How scopes read on screens: media, territories and windows in words."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.common.territories import territory_name
from portfolio.rights.choices import LEAVES, MEDIA_TREE, Bound, Medium, leaves_of
from portfolio.rights.models import WORLD, Scope, TerritorySet
from portfolio.rights.models.avails import Period

MOST_NAMED = 6


def media_in_words(codes: Iterable[str]) -> str:
    """Media as few names as there are: a whole branch by its own name."""
    left = set().union(*(leaves_of(Medium(code)) for code in codes))
    if left == set(LEAVES):
        return str(Medium.ALL.label)
    named = []
    for medium in Medium:
        own = set(leaves_of(medium))
        is_branch = medium in MEDIA_TREE
        if medium is not Medium.ALL and own and own <= left and (is_branch or medium in LEAVES):
            named.append(str(medium.label))
            left -= own
    return ", ".join(named)


class Territories:
    """Names of territories and of sets, looked up once a page.

    Queries: one, at the first set that is named.
    """

    def __init__(self) -> None:
        self.language = get_language() or "en"
        self._sets: dict[str, TerritorySet] | None = None

    @property
    def sets(self) -> dict[str, TerritorySet]:
        """Every set by its code."""
        if self._sets is None:
            self._sets = {row.code: row for row in TerritorySet.objects.all()}
        return self._sets

    def name(self, code: str) -> str:
        """One territory or set."""
        if len(code) == 2:
            return territory_name(code, self.language)
        return self.sets[code].name_for(self.language) if code in self.sets else code

    def in_words(self, codes: Iterable[str]) -> str:
        """Territories and sets as an agreement names them."""
        return ", ".join(self.name(code) for code in codes)

    def of_codes(self, codes: Iterable[str]) -> str:
        """Many territories in few words: by the sets they make up, the first few of the rest by name."""
        left = set(codes)
        world = set(self.sets[WORLD].codes)
        missing = world - left
        if missing and len(missing) <= len(world) // 10:
            return _("%(whole)s except %(parts)s") % {
                "whole": self.name(WORLD), "parts": self.of_codes(missing)
            }  # fmt: skip
        named = []
        for code, row in sorted(self.sets.items(), key=lambda item: -len(item[1].codes)):
            if set(row.codes) <= left:
                named.append(self.name(code))
                left -= set(row.codes)
        rest = sorted(left)
        named += [self.name(code) for code in rest[:MOST_NAMED]]
        if len(rest) > MOST_NAMED:
            named.append(_("%(number)s more") % {"number": len(rest) - MOST_NAMED})
        return ", ".join(named)


def scope_in_words(scope: Scope, territories: Territories) -> tuple[str, str]:
    """Media and territories of a scope, as its agreement says them."""
    media = media_in_words(scope.media)
    if scope.media_except:
        media = _("%(whole)s except %(parts)s") % {
            "whole": media, "parts": media_in_words(scope.media_except)
        }  # fmt: skip
    places = territories.in_words(scope.territories)
    if scope.territories_except:
        places = _("%(whole)s except %(parts)s") % {
            "whole": places, "parts": territories.in_words(scope.territories_except)
        }  # fmt: skip
    return media, places


def bound_in_words(scope: Any, end: str) -> str:
    """One end of a window: a day, or an event with its lag."""
    kind = getattr(scope, f"{end}_kind")
    if kind == Bound.OPEN:
        return _("open")
    if kind == Bound.DATE:
        return day(getattr(scope, f"{end}_date"))
    lag = []
    if months := getattr(scope, f"{end}_lag_months"):
        lag.append(_("%(number)s months") % {"number": months})
    if days := getattr(scope, f"{end}_lag_days"):
        lag.append(_("%(number)s days") % {"number": days})
    event = getattr(scope, f"{end}_event")
    words = str(event.get_kind_display())
    return f"{words} + {' '.join(lag)}" if lag else words


def period_in_words(period: Period) -> str:
    """The days of a period; an open end is said."""
    if period.since is None and period.until is None:
        return _("always")
    if period.since is None:
        return _("until %(day)s") % {"day": day(period.until)}
    if period.until is None:
        return _("from %(day)s") % {"day": day(period.since)}
    return f"{day(period.since)} – {day(period.until)}"


def day(value: datetime.date | None) -> str:
    """A day as the reader writes it, short enough for a table."""
    return date_format(value, "DATE_FORMAT") if value else "–"
