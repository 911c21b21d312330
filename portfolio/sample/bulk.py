"""Loads millions of made-up rows at once: what looks at rows one by one looks at all of them at the end.

Only the owner of the tables can do this, only in a ledger without an entry, and all of it is one
transaction, in which nobody else reads or writes these tables. Why it may: docs/adr/0016.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import Cursor, sql

from portfolio.common.refusals import Refused
from portfolio.sample.statements import FOLDER, run

# What looks at each row of a table by itself, or does nothing but stamp it.
BY_ROW: Mapping[str, Sequence[str]] = {
    "funding_commitment": ("commitment_takes_a_step", "commitment_adds_up"),
    "funding_commitmentsplit": ("commitment_split_is_open",),
    "funding_tranche": ("tranche_takes_a_step", "tranche_adds_up"),
    "funding_condition": ("condition_is_open",),
    "funding_approvalrequest": ("approval_request_is_guarded", "approval_request_is_requested_now"),
    "funding_approvaldecision": ("approval_decision_is_decided_now",),
    "funding_drawdownrequest": ("drawdown_request_is_recorded_now",),
    "funding_commitmentamendment": ("amendment_takes_a_step", "amendment_is_posted"),
    "funding_amendmentsplit": ("amendment_split_is_open",),
    "funding_ledgerentry": (
        "ledger_entry_is_recorded_now", "ledger_entry_4_is_chained_at_once",
        "ledger_entry_is_chained", "ledger_entry_adds_up", "ledger_entry_leaves_its_tranche_true",
    ),
}  # fmt: skip
# These are made by the database as of now, which is later than what they are of.
STAMPS = ("requested_now", "decided_now", "recorded_now")
# Tables that are filled without a rule by row.
FILLED = (
    "funding_ledgerlink", "partners_agreement", "partners_agreementparty", "partners_document",
    "partners_agreementdocument", "partners_agreementamendment", "funding_amendmentsplitevent",
    "funding_approvalrequestevent", "funding_commitmentevent", "funding_commitmentamendmentevent",
    "funding_commitmentsplitevent", "funding_conditionevent", "funding_trancheevent",
    "partners_agreementevent", "partners_agreementpartyevent", "partners_documentevent",
    "partners_agreementdocumentevent", "partners_agreementamendmentevent",
)  # fmt: skip
SETTINGS = {"work_mem": "256MB", "hash_mem_multiplier": "2", "maintenance_work_mem": "512MB"}

# Columns by which the rules that stay on look rows up: those indexes stay too.
LOOKED_UP = ["commitment_id", "tranche_id", "amendment_id", "request_id", "reversal_of_id"]
# Constraints that are looked at again when they are put back, then indexes.
CONSTRAINTS = """
    SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', c.relname, x.conname),
        format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', c.relname, x.conname,
            pg_get_constraintdef(x.oid))
    FROM pg_constraint x JOIN pg_class c ON c.oid = x.conrelid
    LEFT JOIN pg_index i ON i.indexrelid = x.conindid AND x.contype <> 'f'
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE x.conrelid = ANY (%(tables)s::regclass[]) AND x.contype IN ('f', 'u', 'x')
      AND (a.attname = ANY (%(looked_up)s) AND c.relname NOT LIKE '%%event') IS NOT TRUE
    ORDER BY x.contype = 'f' DESC, c.relname, x.conname
"""
INDEXES = """
    SELECT format('DROP INDEX %%I', c.relname), pg_get_indexdef(c.oid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_class t ON t.oid = i.indrelid
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = ANY (%(tables)s::regclass[]) AND NOT i.indisprimary
      AND NOT EXISTS (SELECT 1 FROM pg_constraint x WHERE x.conindid = c.oid AND x.contype IN ('u', 'x'))
      AND (a.attname = ANY (%(looked_up)s) AND t.relname NOT LIKE '%%event') IS NOT TRUE
    ORDER BY c.relname
"""


class LedgerInUse(Refused):
    """Rules look away while a sample is loaded in bulk, which no real entry ever sees."""


class RuleBroken(Exception):
    """The sample breaks a rule that looked away: a fault of the sample."""


@contextmanager
def set_aside(cursor: "Cursor[Any]") -> Iterator[None]:
    """Keep rules by row, indexes and foreign keys of the filled tables away, and look at all afterwards.

    Raises: LedgerInUse where there is an entry; RuleBroken with the first row that breaks a rule.
    """
    for name, value in SETTINGS.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
    tables = [*BY_ROW, *FILLED]
    cursor.execute(_each("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", "funding_ledgerentry"))
    if cursor.execute("SELECT 1 FROM funding_ledgerentry LIMIT 1").fetchone():
        raise LedgerInUse(
            "There are entries in the ledger: so large a sample needs a database of its own."
        )
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    _switch(cursor, "DISABLE")
    kept = [
        row
        for found in (CONSTRAINTS, INDEXES)
        for row in cursor.execute(found, {"tables": tables, "looked_up": LOOKED_UP}).fetchall()
    ]
    for drop, _make in kept:
        cursor.execute(drop)
    yield
    for _drop, make in reversed(kept):
        cursor.execute(make)
    _switch(cursor, "ENABLE")
    look_at_all(cursor)


def _switch(cursor: "Cursor[Any]", verb: str) -> None:
    for table, triggers in BY_ROW.items():
        for trigger in triggers:
            cursor.execute(_each(f"ALTER TABLE {{}} {verb} TRIGGER {{}}", table, trigger))


def _each(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))


def chain_all(cursor: "Cursor[Any]") -> None:
    """Link every entry to the one before it."""
    run(cursor, "chain.sql")


def look_at_all(cursor: "Cursor[Any]") -> None:
    """Ask the rules that looked away of all rows. Raises: RuleBroken."""
    # Every row is compared: never one by one, whatever the planner believes.
    cursor.execute("SET LOCAL enable_nestloop = off")
    text = (FOLDER / "rules.sql").read_text(encoding="utf-8")
    for statement in re.split(r";\n", text):
        if re.sub(r"--.*", "", statement).strip():
            row = cursor.execute(statement.encode()).fetchone()
            if row:
                raise RuleBroken(f"{row[0]}: {row[1]}")
