"""Lags of windows as the sheet writes them: durations of XML Schema, in whole months and days."""

import re

DURATION = re.compile(r"(-?)P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})D)?", re.ASCII)


def lag_in(text: str) -> tuple[int, int] | None:
    """Months and days of a duration such as P3M, -P30D or P1Y; None where it is none of ours."""
    found = DURATION.fullmatch(text)
    if found is None or not any(found.groups()[1:]):
        return None
    sign = -1 if found[1] else 1
    years, months, days = (int(part or 0) for part in found.groups()[1:])
    return sign * (years * 12 + months), sign * days


def lag_as_text(months: int, days: int) -> str | None:
    """The duration of months and days; empty for none, None where one goes forward and one back."""
    if not months and not days:
        return ""
    if months * days < 0:
        return None
    sign = "-" if months < 0 or days < 0 else ""
    parts = (f"{abs(months)}M" if months else "") + (f"{abs(days)}D" if days else "")
    return f"{sign}P{parts}"
