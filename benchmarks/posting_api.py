"""Measures posting ledger entries by the API beside a bare WSGI app that posts the same.

    python -m benchmarks.posting_api [--seconds 4] [--rounds 3]

DATABASE_URL names a database with a sample in it, as its owner. Sixteen connections post recoupments
of commitments of one allocation each; both servers are granian with two workers, asked in turns. The
limit knows no key, no Idempotency-Key and keeps no answer; the rules of the database are the same.
"""

import argparse
import datetime
import itertools
import json
import os
import statistics
from collections.abc import Iterator
from contextlib import ExitStack

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
django.setup()

from django.contrib.auth.models import Group  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.client import ask  # noqa: E402
from benchmarks.run import PORTS, server  # noqa: E402
from portfolio.funding.models import Commitment, CommitmentPosition  # noqa: E402
from portfolio.staff.models import Scope, User  # noqa: E402
from portfolio.staff.tokens import make_token  # noqa: E402

NUMBERS = itertools.count(1)
DAY = "2026-10-20"


def key() -> str:
    """The key of a finance system, made for this run."""
    user, _made = User.objects.get_or_create(username="bench-finance")
    user.groups.add(Group.objects.get(name="Finance"))
    now = timezone.now()
    _token, secret = make_token(
        user=user, name="Benchmark", scopes=list(Scope), created_by=user, at=now,
        expires_at=now + datetime.timedelta(days=1),
    )  # fmt: skip
    return secret


def references() -> list[str]:
    """Commitments in base currency that were paid, each borne by one allocation."""
    found = (
        Commitment.objects.filter(
            currency="HKD", signed_date__lt=DAY, state__in=["SIGNED", "CLOSED"]
        )
        .filter(pk__in=CommitmentPosition.objects.filter(disbursed__gt=0).values("commitment"))
        .order_by("pk")
    )
    split = CommitmentPosition.objects.values_list("commitment").order_by()
    return [
        reference
        for reference, number in found.values_list("reference", "pk")[:2000]
        if split.filter(commitment=number).count() == 1
    ]


def requests(path: str, commitments: list[str], secret: str, run: str) -> Iterator[bytes]:
    """Posts of different entries, each with a key of its own."""
    for reference in itertools.cycle(commitments):
        body = json.dumps(
            {"kind": "RECOUPMENT", "commitment": reference, "amount": "12.34", "currency": "HKD",
             "value_date": DAY}
        ).encode()  # fmt: skip
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {secret}\r\nIdempotency-Key: {run}-{next(NUMBERS)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


def main() -> None:
    """Measure both in turns and print the ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    secret, commitments = key(), references()
    found: dict[str, list[float]] = {"ours": [], "limit": []}
    with ExitStack() as stack:
        stack.enter_context(
            server("portfolio.wsgi:application", PORTS["ours"], "/api/v1/productions/")
        )
        stack.enter_context(server("benchmarks.limit:application", PORTS["limit"], "/list"))
        for number in range(given.rounds + 1):
            for who in ("ours", "limit") if number % 2 else ("limit", "ours"):
                path = "/api/v1/ledger-entries/" if who == "ours" else "/entry"
                turn = requests(path, commitments, secret, f"{secret[-6:]}-{number}-{who}")
                outcome = ask(
                    PORTS[who], turn, seconds=given.seconds if number else 1.5, good=b"201"
                )
                if outcome.failures:
                    raise SystemExit(f"{who} refused: {outcome.failures}")
                if number:
                    found[who].append(outcome.per_second)
    ours, limit = (statistics.median(found[who]) for who in ("ours", "limit"))
    print(f"posting by API, 16 connections, entries/s: {ours:.0f}, limit {limit:.0f}, "
          f"ratio {ours / limit:.2f} (goal ≥ 0.3); load {os.getloadavg()[0]:.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
