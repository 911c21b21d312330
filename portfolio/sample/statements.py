"""What the hands that load the sample say to the database beside COPY."""

import re
from pathlib import Path
from typing import Any

from django.apps import apps
from psycopg import Cursor, sql

FOLDER = Path(__file__).parent
# The tables whose rules look each other's rows up: without figures about them plans are guesses.
LOOKED_UP = (
    "funding.Commitment", "funding.Tranche", "funding.CommitmentSplit", "funding.Condition",
    "funding.ApprovalRequest", "funding.ApprovalDecision", "funding.LedgerEntry",
    "funding.LedgerLink", "funding.CommitmentPosition", "funding.CommitmentAmendment",
    "funding.AmendmentSplit", "partners.Agreement", "partners.AgreementParty",
    "partners.AgreementAmendment", "programmes.Project",
)  # fmt: skip
SETTINGS = {
    # A minute without a statement is nothing while lives are told.
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "work_mem": "64MB",
    # Millions of small look-ups by number: one plan for each is enough, and none is compiled.
    "plan_cache_mode": "force_generic_plan",
    # All of it is in memory: a month looks up its own rows and does not read a table from end to end.
    "random_page_cost": "1.1",
    "synchronous_commit": "off",
    "jit": "off",
}


def set_up(cursor: "Cursor[Any]") -> None:
    """Settings for a long load, until the transaction ends."""
    for name, value in SETTINGS.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def analyze(cursor: "Cursor[Any]") -> None:
    """Fresh figures for the planner."""
    tables = [sql.Identifier(apps.get_model(label)._meta.db_table) for label in LOOKED_UP]
    cursor.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(tables)))


def run(cursor: "Cursor[Any]", name: str, **parameters: Any) -> None:
    """Run the statements of a file, one by one."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    for statement in re.split(r";\n", text):
        if re.sub(r"--.*", "", statement).strip():
            # The triggers' plans were made for the number of rows of the statement before.
            cursor.execute("DISCARD PLANS")
            cursor.execute(statement.encode(), parameters or None)
