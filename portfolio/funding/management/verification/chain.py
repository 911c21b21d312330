"""The chain of hashes, walked from its first entry and computed again outside the database."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg import Cursor, sql

from portfolio.funding.management.verification import NotTrue

# What an entry says, in the order in which it is hashed; docs/ledger.md. Dates come in ISO form and
# the moment of recording in microseconds since 1970, whatever the session's settings are.
SAID = (
    "id", "posting", "kind", "programme_id", "strand_id", "fiscal_year", "allocation_id",
    "project_id", "counterparty_id", "commitment_id", "tranche_id", "amount", "currency", "rate",
    "rate_date", "rate_source", "rate_series_id", "base_amount", "promised_base_amount",
    "value_date", "recorded_at", "recorded_by_id", "approval_id", "document_id", "reversal_of_id",
    "reference", "remarks",
)  # fmt: skip
EXPRESSIONS = {"recorded_at": "(extract(epoch FROM e.recorded_at) * 1000000)::bigint"}

CHAIN = sql.SQL(
    "COPY (SELECT l.sequence, encode(l.hash, 'hex'), l.entry_id, {said} FROM funding_ledgerlink l "
    "LEFT JOIN funding_ledgerentry e ON e.id = l.entry_id WHERE l.programme_id = {programme} "
    "ORDER BY l.sequence) TO STDOUT"
)
UNCHAINED = (
    "SELECT e.id FROM funding_ledgerentry e LEFT JOIN funding_ledgerlink l ON l.entry_id = e.id "
    "WHERE e.programme_id = %s AND l.programme_id IS DISTINCT FROM e.programme_id "
    "ORDER BY e.id LIMIT 1"
)
ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}


@dataclass(frozen=True)
class Head:
    """Where a programme's chain ends: how many entries it has, and the last hash."""

    entries: int
    hash: str


def walk_chain(cursor: Cursor[Any], *, programme: int, slug: str, anchors: dict[int, str]) -> Head:
    """Compute every hash again, from the first entry to the last.

    `anchors` are hashes that were noted elsewhere, by their place in the chain.
    Raises: NotTrue with the first place that is wrong.
    """
    place, before = 0, b""
    left = dict(anchors)
    with cursor.copy(_chain_of(programme)) as rows:
        for row in rows:
            sequence, stored, entry, *said = _values(row)
            place += 1
            if sequence != str(place):
                raise NotTrue(f"{slug}: place {place} of the chain is missing.")
            if said[0] is None:
                raise NotTrue(f"{slug}: entry {entry}, at place {place} of the chain, is gone.")
            if said[3] != str(programme):
                raise NotTrue(f"{slug}: entry {entry} is of another programme than its chain.")
            digest = hashlib.sha256(before + orjson.dumps(said))
            if digest.hexdigest() != stored:
                raise NotTrue(
                    f"{slug}: entry {entry}, at place {place} of the chain, is not what was recorded."
                )
            before = digest.digest()
            noted = left.pop(place, None) if left else None
            if noted is not None and noted != stored:
                raise NotTrue(
                    f"{slug}: at place {place} of the chain stands entry {entry} with another hash "
                    "than the anchor's; the chain was made anew at or before it."
                )
    if left:
        raise NotTrue(
            f"{slug}: place {place + 1} of the chain is missing; it ends with {place} entries, and the "
            f"anchor knows {max(left)}."
        )
    loose = cursor.execute(UNCHAINED, [programme]).fetchone()
    if loose:
        raise NotTrue(f"{slug}: entry {loose[0]} is in no chain.")
    return Head(place, before.hex())


def _chain_of(programme: int) -> sql.Composed:
    said = sql.SQL(", ").join(sql.SQL(EXPRESSIONS.get(name, f"e.{name}")) for name in SAID)
    return CHAIN.format(said=said, programme=sql.Literal(programme))


def _values(row: Any) -> list[str | None]:
    """The values of one line of COPY's text format."""
    values = bytes(row).decode().rstrip("\n").split("\t")
    return [None if value == "\\N" else _plain(value) for value in values]


def _plain(value: str) -> str:
    if "\\" not in value:
        return value
    first, *rest = value.split("\\")
    found, literal = [first], False
    for part in rest:
        if literal:
            found.append(part)
            literal = False
        elif not part:  # a backslash that stands for itself: what follows is as it is
            found.append("\\")
            literal = True
        else:
            found.append(ESCAPES[part[0]] + part[1:])
    return "".join(found)
