"""Anchors: the heads of the chains, noted in a file that is kept elsewhere.

Shape: a line each, `programme sequence hash time`, parted by single spaces. Whoever can write the
whole database can make a whole chain anew, or cut its end; not so a file on another machine.
"""

import datetime
import re
from collections.abc import Iterable
from pathlib import Path

from portfolio.common.refusals import Refused

LINE = re.compile(r"([a-z0-9-]+) ([0-9]+) ([0-9a-f]{64}) (\S+)")


def read_anchors(path: Path) -> dict[str, dict[int, str]]:
    """For each programme's slug the hashes that were noted, by their place in the chain.

    Raises: Refused where a line is no anchor; OSError.
    """
    found: dict[str, dict[int, str]] = {}
    for number, line in enumerate(
        path.read_text(encoding="ascii", errors="replace").splitlines(), 1
    ):
        if not line.strip():
            continue
        match = LINE.fullmatch(line.strip())
        if match is None:
            raise Refused(f"{path}, line {number}: this is no anchor.")
        slug, sequence, digest, _time = match.groups()
        if found.setdefault(slug, {}).setdefault(int(sequence), digest) != digest:
            raise Refused(
                f"{path}, line {number}: an earlier line has another hash for this place."
            )
    return found


def write_anchors(path: Path, heads: Iterable[tuple[str, int, str]], at: datetime.datetime) -> None:
    """Add a line for each head: slug, place and hash."""
    with path.open("a", encoding="ascii") as file:
        for slug, sequence, digest in heads:
            file.write(f"{slug} {sequence} {digest} {at.isoformat(timespec='seconds')}\n")
