"""The database is killed while money is posted: what was acknowledged is there, once, and whole.

Threats O1 and O2. The control at the end shows that the test can fail: with commits that do not wait
for the disk, acknowledged promises are lost.
"""

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, InterfaceError, connection, connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from deploy.cluster import SUPERUSER, Cluster
from portfolio.funding.models import Commitment, LedgerEntry, LedgerLink
from portfolio.funding.operations import commitments
from tests.books import AT, Books
from tests.funding.naive import assert_the_books_are_right
from tests.funding.test_crowds import approved_commitments

PROVING = os.environ.get("TOPSHEET_PROVE") == "1"
CYCLES = 40 if PROVING else 2
WRITERS = 4
LIMIT = 20_000 if PROVING else 1_500

pytestmark = pytest.mark.django_db


@contextmanager
def connected_to(url: str) -> Iterator[None]:
    """This thread's connection, and those of threads that it starts, lead to another server."""
    before, shared = connections["default"], connections.settings["default"]
    kept = {key: shared[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    there = conninfo_to_dict(url)
    shared.update(
        NAME=there["dbname"], USER=there["user"], PASSWORD=there["password"],
        HOST=there["host"], PORT=there["port"],
    )  # fmt: skip
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        shared.update(kept)
        connections["default"] = before


@pytest.fixture
def doomed(tmp_path: Path, db: None) -> Iterator[Cluster]:
    """A PostgreSQL of its own, set up as an installation's is, with our schema and no rows."""
    known = connection.get_connection_params()
    source = make_conninfo(
        **{k: known[k] for k in ("host", "port", "user", "password") if known.get(k)},
        dbname=f"{connection.settings_dict['NAME']}_pristine",
    )
    cluster = Cluster(tmp_path / "postgres", secrets_folder=tmp_path / "secrets")
    cluster.start()
    try:
        url = cluster.url(SUPERUSER, "postgres")
        with psycopg.connect(url, autocommit=True) as there:
            there.execute("CREATE DATABASE doomed")
        dump = subprocess.run(
            [cluster.programs / "pg_dump", "--no-owner", "--no-privileges", source],
            check=True, capture_output=True,
        )  # fmt: skip
        subprocess.run(
            [cluster.programs / "psql", "-q", "-v", "ON_ERROR_STOP=1", cluster.url(SUPERUSER, "doomed")],
            input=dump.stdout, check=True, capture_output=True,
        )  # fmt: skip
        yield cluster
    finally:
        cluster.stop()


class Writers:
    """Threads that sign commitments as fast as they can, and note what was acknowledged."""

    def __init__(self, waiting: list[int], officer: Any) -> None:
        self.waiting = list(reversed(waiting))
        self.officer = officer
        self.acknowledged: list[int] = []
        self.faults: list[BaseException] = []
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self.write) for _ in range(WRITERS)]

    def write(self) -> None:
        while not self.over.is_set() and self.waiting:
            key = self.waiting.pop()
            try:
                commitments.sign_commitment(
                    commitment=Commitment(pk=key), at=AT, actor=self.officer
                )
                self.acknowledged.append(key)
            except (DatabaseError, InterfaceError) as error:
                connections.close_all()
                if isinstance(error.__cause__, psycopg.errors.CheckViolation):
                    self.faults.append(error)
                # Not known whether it was written: who asks again is told that it is signed already.
                time.sleep(0.02)
        connections.close_all()


def kill(cluster: Cluster, how: str) -> None:
    """End the server in one of three hard ways, and start it again where it does not by itself."""
    running = cluster.running()
    assert running is not None
    if how == "backend":
        url = cluster.url(SUPERUSER, "doomed")
        with psycopg.connect(url, autocommit=True) as there:
            pids = there.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
                "AND pid <> pg_backend_pid() AND datname = 'doomed'"
            ).fetchall()
        if pids:
            os.kill(random.choice(pids)[0], signal.SIGKILL)  # noqa: S311
        return
    os.kill(running.pid, signal.SIGKILL if how == "postmaster" else signal.SIGQUIT)
    for _ in range(600):
        if not cluster._is_alive():
            break
        time.sleep(0.05)
    # Backends of a killed postmaster see that it is gone and end; only then the data is free.
    for attempt in range(40):
        try:
            cluster.start()
            return
        except Exception:
            if attempt == 39:
                raise
            time.sleep(0.25)


def until_up(cluster: Cluster) -> None:
    """Wait until the server answers again."""
    for _ in range(400):
        try:
            psycopg.connect(cluster.url(SUPERUSER, "doomed"), connect_timeout=2).close()
            return
        except Exception:
            time.sleep(0.05)
    raise AssertionError("the server did not come back")


def until_acknowledged(writers: Writers, count: int) -> None:
    """Wait until so many writes were acknowledged, however busy the machine is."""
    for _ in range(1200):
        if len(writers.acknowledged) >= count or not writers.waiting:
            return
        time.sleep(0.05)
    raise AssertionError(f"{len(writers.acknowledged)} acknowledged in a minute")


def run_cycles(
    cluster: Cluster, cycles: int, hows: list[str], settings: tuple[str, ...] = ()
) -> tuple[set[int], list[int]]:
    """Kill the server again and again under writers; what they were told, and what is there.

    `settings` are those of the server once everything is prepared.
    """
    with connected_to(cluster.url(SUPERUSER, "doomed")):
        books = Books(allocated="4000000000")
        waiting = approved_commitments(books, LIMIT, Decimal(10), books.first)
        with psycopg.connect(cluster.url(SUPERUSER, "doomed"), autocommit=True) as there:
            for setting in settings:
                there.execute(f"ALTER SYSTEM SET {setting}".encode())
            there.execute("SELECT pg_reload_conf()")
        writers = Writers(waiting, books.officer)
        for thread in writers.threads:
            thread.start()
        for cycle in range(cycles):
            until_acknowledged(writers, len(writers.acknowledged) + 12)
            time.sleep(random.uniform(0, 0.7))  # noqa: S311
            kill(cluster, hows[cycle % len(hows)])
            until_up(cluster)
        time.sleep(0.3)
        writers.over.set()
        for thread in writers.threads:
            thread.join()
        connections["default"].close()

        assert not writers.faults
        assert_the_books_are_right()
        assert LedgerLink.objects.count() == LedgerEntry.objects.count()
        signed = list(Commitment.objects.filter(state="SIGNED").values_list("pk", flat=True))
        posted = list(LedgerEntry.objects.values_list("commitment", flat=True))
        assert sorted(signed) == sorted(posted)
        return set(writers.acknowledged), signed


def test_what_was_acknowledged_survives_every_crash(doomed, record_property):
    acknowledged, signed = run_cycles(doomed, CYCLES, ["backend", "immediate", "postmaster"])

    lost = len(acknowledged - set(signed))
    record_property("proved", f"{CYCLES} crashes, {len(acknowledged)} acknowledged, {lost} lost")
    assert len(acknowledged) > 20
    assert acknowledged <= set(signed)


@pytest.mark.slow
def test_the_crash_test_fails_where_commits_do_not_wait_for_the_disk(doomed, record_property):
    # Only what is signed may be lost: with an approval lost as well, there would be nothing to sign.
    careless = ("synchronous_commit = off", "wal_writer_delay = '10s'")
    acknowledged, signed = run_cycles(doomed, 12, ["immediate", "postmaster"], careless)

    lost = len(acknowledged - set(signed))
    record_property("proved", f"{lost} of {len(acknowledged)} lost, which is as it has to be")
    assert acknowledged - set(signed)
