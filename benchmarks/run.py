"""Measures the API, a public page and the changelist, and prints what was reached beside the goals.

    python benchmarks/run.py [--seconds 4] [--rounds 3] [--json FILE]

DATABASE_URL names the database; an empty one is filled first (benchmarks/generate.py). The API runs
under granian with two workers as `make run` starts it; the limit (benchmarks/limit.py) under the same
server on the same database. Rounds are interleaved, so that a busy machine is busy for both; the
ratios hold, the absolute figures are of one machine. Nothing leaves loopback.
"""

import argparse
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psycopg  # noqa: E402

from benchmarks.addresses import database_parameters  # noqa: E402
from benchmarks.client import measure  # noqa: E402
from benchmarks.work import Work, all_work  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

PORTS = {"ours": 8871, "limit": 8872}
CONNECTIONS = 16


def environment() -> dict[str, str]:
    """What the servers see: the throttle counts, and refuses nobody."""
    return os.environ | {
        "TOPSHEET_API_RATE": "1000000000",
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "portfolio.settings",
    }


def granian(application: str, port: int) -> list[str]:
    """The server as deploy/ starts it, with another application where one is meant."""
    from deploy.processes import granian_command

    command = granian_command(port)
    return [application if part == "portfolio.wsgi:application" else part for part in command]


@contextmanager
def server(application: str, port: int, probe: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A server that answers, and is gone afterwards."""
    process = subprocess.Popen(
        granian(application, port), cwd=ROOT, env=environment(), start_new_session=True
    )
    try:
        for _ in range(150):
            try:
                with urllib.request.urlopen(
                    f"http://localhost:{port}{probe}", timeout=10
                ) as answer:
                    answer.read()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{application} does not start.") from None
                time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def resident_megabytes(process: "subprocess.Popen[bytes]") -> int:
    """The resident memory of a server and all its workers."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(
                line.split(":", 1) for line in status.read_text().splitlines() if ":" in line
            )
            session = os.getsid(int(fields["Pid"]))
        except (OSError, KeyError):
            continue
        if session == process.pid and "VmRSS" in fields:
            total += int(fields["VmRSS"].split()[0])
    return round(total / 1024)


def fill_if_empty() -> None:
    """Generate the rows where there are none."""
    with psycopg.connect(**database_parameters()) as pg:
        count = pg.execute("SELECT count(*) FROM productions_production").fetchone()
    if count and count[0] > 50_000:
        return
    if count and count[0]:
        raise SystemExit("This database holds other productions: give an empty one.")
    # Numbering goes on after the generated rows: only the owner may say so.
    owner = environment() | {"TOPSHEET_DB_ROLE": "owner"}
    subprocess.run([sys.executable, "-m", "benchmarks.generate"], cwd=ROOT, env=owner, check=True)


def measure_http(work: list[Work], rounds: int, seconds: float) -> dict[str, dict[str, Any]]:
    """Requests a second of both servers, one after the other in every round."""
    found: dict[str, dict[str, Any]] = {
        w.name: {"ours": [], "limit": [], "client": [], "goal": w.goal} for w in work
    }
    for number in range(rounds + 1):
        for w in work:
            for who in ("ours", "limit") if number % 2 else ("limit", "ours"):
                paths = w.ours if who == "ours" else w.limit
                # The first round warms plans, caches and statements up, and is thrown away.
                outcome = measure(
                    PORTS[who], paths, seconds=seconds if number else 1.5, connections=CONNECTIONS
                )
                if outcome.failures:
                    raise SystemExit(f"{who} refused {w.name}: {outcome.failures}")
                if number:
                    found[w.name][who].append(outcome.per_second)
                    found[w.name]["client"].append(outcome.client_seconds / outcome.seconds)
    for entry in found.values():
        entry["ours"] = round(statistics.median(entry["ours"]))
        entry["limit"] = round(statistics.median(entry["limit"]))
        entry["ratio"] = round(entry["ours"] / entry["limit"], 2)
        entry["client"] = round(max(entry["client"]), 2)
    return found


def report(http: dict[str, Any], memory: dict[str, int], inside: dict[str, Any]) -> str:
    """The table that people read."""
    lines = [
        "| work | ours | limit | reached | goal |",
        "|---|---|---|---|---|",
    ]
    for name, entry in http.items():
        reached = f"{entry['ratio']:.2f}"
        if name.startswith("page 1000"):
            reached = f"{entry['ours'] / http['page 1 of all']['ours']:.2f} of page 1"
        row = f"| {name} (requests/s) | {entry['ours']} | {entry['limit']} | {reached} | {entry['goal']} |"
        lines.append(row)
    resident = f"{memory['after']} MB"
    lines.append(f"| memory, two workers, after the load | {resident} | | {resident} | ≤ 250 MB |")
    for name, page in inside.get("pages", {}).items():
        if isinstance(page, dict) and "ms" in page:
            size = f"{page['bytes'] / 1000:.0f} kB"
            lines.append(
                f"| page: {name} | {page['ms']} ms, {size} | | {page['ms']} ms | ≤ 15 ms |"
            )
    for name, entry in inside.get("changelists", {}).items():
        if isinstance(entry, dict):
            ratio = entry["ours"] / entry["stock"]
            lines.append(
                f"| changelist: {name} | {entry['ours']} ms | {entry['stock']} ms (stock) | "
                f"{ratio:.2f} | ≤ 0.40 |"
            )
    return "\n".join(lines)


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
    fill_if_empty()
    manage = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(manage, cwd=ROOT, env=environment(), check=True)
    with ExitStack() as stack:
        ours = stack.enter_context(
            server("portfolio.wsgi:application", PORTS["ours"], "/api/v1/productions/")
        )
        stack.enter_context(server("benchmarks.limit:application", PORTS["limit"], "/list"))
        memory = {"before": resident_megabytes(ours)}
        http = measure_http(all_work(), given.rounds, given.seconds)
        memory["after"] = resident_megabytes(ours)
    pages = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages"],
        cwd=ROOT, env=environment(), check=True, capture_output=True, text=True,
    )  # fmt: skip
    inside = json.loads(pages.stdout.splitlines()[-1])
    print(report(http, memory, inside))
    busiest = max(entry["client"] for entry in http.values())
    print(f"\nThe client was busy for {busiest:.0%} of one core at most. {platform.platform()}")
    for name, part in inside.items():
        if "fault" in part:
            print(f"Not measured: {name}: {part['fault']}")
    if given.json:
        figures = {"http": http, "memory": memory, **inside}
        given.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
