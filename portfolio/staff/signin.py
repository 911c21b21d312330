"""How often one may guess: limits on failed sign-ins that hold over all workers and addresses.

Three counters, each in the shared cache: one per caller's address, one per name at an address, and one
per name from everywhere. A browser that this account signed in from before is counted on its own, so
that nobody can lock a colleague out by guessing from elsewhere.

Source: threats S19; OWASP, Slow Down Online Guessing Attacks with Device Cookies.
"""

import secrets
import unicodedata
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

DEVICE_SALT = "topsheet.device"
DEVICE_AGE = 180 * 24 * 3600

LIMITS = {
    "address": "30/5m/ip",
    "name_here": "5/5m/key",
    "name_anywhere": "20/h/key",
    "device": "10/5m/key",
}


def folded_name(name: str) -> str:
    """The name with look-alike letters and cases made one, so that variants share a counter."""
    return unicodedata.normalize("NFKC", name).casefold().strip()[:150]


def counters_for(name: str, *, address: str, device: str) -> list[tuple[str, str | None]]:
    """The counters that one more attempt uses, the one that names nothing first."""
    if device:
        return [("device", f"{name}|{device}")]
    return [("address", None), ("name_here", f"{name}|{address}"), ("name_anywhere", name)]


def count_attempt(request: HttpRequest, name: str) -> list[Any] | None:
    """Count one attempt to sign in as `name`; None where it is one too many."""
    name = folded_name(name)
    used = []
    counters = counters_for(
        name, address=ratelimit.get_ip(request), device=known_device(request, name)
    )
    for action, key in counters:
        usage = ratelimit.consume(
            request, app="portfolio.staff", action=action, config=LIMITS, key=key
        )
        if not usage:
            return None
        used.append(usage)
    return used


def known_device(request: HttpRequest, name: str) -> str:
    """The mark of a browser that `name` signed in from before, or nothing."""
    try:
        said = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
            salt=DEVICE_SALT,
            max_age=DEVICE_AGE,
        )
    except signing.BadSignature:
        return ""
    return str(said["device"]) if isinstance(said, dict) and said.get("name") == name else ""


def remember_device(response: HttpResponse, name: str) -> None:
    """Mark the browser as one that `name` signed in from; it opens nothing by itself."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(
            {"name": folded_name(name), "device": secrets.token_hex(8)}, salt=DEVICE_SALT
        ),
        max_age=DEVICE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
