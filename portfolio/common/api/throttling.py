"""How much one caller may ask, counted over all workers and hosts.

Each worker counts by itself and adds its count to one table when it has grown by a twentieth of the
limit, so that a request writes nothing as a rule. The limit may be passed by that twentieth for each
worker; twice the limit fits where one window ends and the next begins.
"""

import contextlib
import hashlib
import hmac
import ipaddress
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

SECONDS = 60
SHARE = 20
LARGEST_SHARE = 200
MOST_CALLERS = 50_000


@dataclass(slots=True)
class Count:
    """What this worker knows of one caller in this window."""

    shared: int = 0
    own: int = 0


class SharedThrottle(BaseThrottle):
    """At most settings.API_RATE requests a minute for one address; 0 is no limit."""

    counts: ClassVar[dict[str, Count]] = {}
    window: ClassVar[int] = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request, and say whether it is within the limit."""
        limit = settings.API_RATE
        if not limit:
            return True
        return self.count(unreadable(self.get_ident(request) or ""), limit)

    def count(self, caller: str, limit: int) -> bool:
        """Count one request of a caller, and say whether it is within the limit."""
        now = int(time.time())
        self.seconds = SECONDS - now % SECONDS
        self._begin(now // SECONDS)
        count = self.counts.setdefault(caller, Count())
        count.own += 1
        share = min(max(1, limit // SHARE), LARGEST_SHARE)
        if count.own >= share and count.shared < limit:
            count.shared, count.own = add_to_table(caller, self.window, count.own), 0
        return count.shared + count.own <= limit

    def wait(self) -> float:
        """The seconds until the next window."""
        return self.seconds

    @classmethod
    def _begin(cls, window: int) -> None:
        # One window and one table of counts, whether addresses or keys are counted.
        if window != SharedThrottle.window or len(cls.counts) > MOST_CALLERS:
            cls.counts.clear()
            SharedThrottle.window = window


class KeyThrottle(SharedThrottle):
    """The same limit for one key, from however many addresses it is used."""

    @classmethod
    def check(cls, token: int) -> None:
        """Count a request with a key. Raises: Throttled."""
        throttle = cls()
        limit = settings.API_RATE
        if limit and not throttle.count(f"key {token}", limit):
            raise Throttled(wait=throttle.wait())


@lru_cache(maxsize=10_000)
def unreadable(address: str) -> str:
    """An address as the counter keeps it: comparable, and nobody's personal data.

    An IPv6 caller owns a network of 64 bits, and is counted as one.
    """
    network = address.strip()
    with contextlib.suppress(ValueError):
        known = ipaddress.ip_address(network)
        bits = 64 if known.version == 6 else 32
        network = str(ipaddress.ip_network((known, bits), strict=False))
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, network.encode(errors="replace"), hashlib.sha256).hexdigest()[:32]


def add_to_table(caller: str, window: int, more: int) -> int:
    """Add to what all workers counted of a caller in a window, and give the sum.

    Queries: one, and for the first of a caller in a window one more, which drops what is over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO common_api_count AS c (caller, window_number, requests) VALUES (%s, %s, %s) "
            "ON CONFLICT (caller, window_number) DO UPDATE SET requests = c.requests + excluded.requests "
            "RETURNING requests",
            [caller, window, more],
        )
        total = int(cursor.fetchone()[0])
        if total == more:
            cursor.execute("DELETE FROM common_api_count WHERE window_number < %s", [window - 1])
        return total
