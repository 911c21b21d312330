"""How rows of the sample reach the database: by COPY, to the tables and to the stages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import models
from psycopg import Cursor, sql

type Rows = Mapping[str, list[tuple[Any, ...]]]

# What the rows of a life hold, by the name that the teller gives them, in the order in which they
# have to be written.
COLUMNS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "document": (
        "partners.Document",
        ("id", "title", "kind", "reference", "dated", "uploaded_by_id"),
    ),
    "agreement": ("partners.Agreement", ("id", "reference", "title", "kind", "start_date")),
    "party": (
        "partners.AgreementParty",
        ("id", "agreement_id", "organisation_id", "role", "signed_date"),
    ),
    "paper": ("partners.AgreementDocument", ("id", "agreement_id", "document_id")),
    "commitment": (
        "funding.Commitment",
        ("id", "reference", "title", "programme_id", "project_id", "payee_id", "agreement_id",
         "amount", "currency", "state_at", "state_by_id"),
    ),
    "split": (
        "funding.CommitmentSplit",
        ("id", "commitment_id", "allocation_id", "amount", "percentage"),
    ),
    "tranche": (
        "funding.Tranche",
        ("id", "commitment_id", "number", "title", "amount", "due_date", "state_at", "state_by_id"),
    ),
    "condition": (
        "funding.Condition",
        ("id", "tranche_id", "kind", "description", "met_at", "met_by_id", "valid_until",
         "evidence_id"),
    ),
    "agreement_amendment": (
        "partners.AgreementAmendment",
        ("id", "agreement_id", "number", "kind", "signed_date", "change_amount", "currency",
         "summary"),
    ),
}  # fmt: skip
STAGED = ("promise", "request", "decision", "draw", "amendment", "back", "end", "entry")
# Rows that only the steps write; they need numbers beforehand.
NUMBERED: Mapping[str, str] = {name: model for name, (model, _columns) in COLUMNS.items()} | {
    "request": "funding.ApprovalRequest",
    "decision": "funding.ApprovalDecision",
    "drawdown": "funding.DrawdownRequest",
    "amendment": "funding.CommitmentAmendment",
    "amendment_split": "funding.AmendmentSplit",
    "entry": "funding.LedgerEntry",
}


def line_of(row: Sequence[Any]) -> str:
    """A row in the text format of COPY; nothing in the sample has a tab, a line or a backslash."""
    return "\t".join(["\\N" if value is None else str(value) for value in row])


def copy_lines(cursor: Cursor[Any], statement: sql.Composed, rows: Iterable[Sequence[Any]]) -> None:
    """Send rows to a COPY statement."""
    with cursor.copy(statement) as stream:
        stream.write("".join([f"{line_of(row)}\n" for row in rows]))


def copy_rows(
    cursor: Cursor[Any], label: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Put rows into the table of a model: one statement, so one call of each statement's trigger.

    A column that is not given gets what a new row of the model would have.
    """
    meta = apps.get_model(label)._meta
    others = [
        field
        for field in meta.local_concrete_fields
        if not field.generated
        and not field.primary_key
        and field.column not in columns
        and field.db_default is models.NOT_PROVIDED
    ]
    rest = tuple(_written(field.get_default()) for field in others)
    names = sql.SQL(", ").join(
        sql.Identifier(name) for name in (*columns, *(field.column for field in others))
    )
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(meta.db_table), names)
    copy_lines(cursor, statement, (tuple(row) + rest for row in rows))


def copy_to_stage(cursor: Cursor[Any], stage: str, rows: Sequence[Sequence[Any]]) -> None:
    """Put rows where they wait for their month."""
    statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(f"sample_{stage}"))
    copy_lines(cursor, statement, rows)


def _written(default: Any) -> Any:
    return "{}" if default == [] else default


def first_free_id(cursor: Cursor[Any], label: str) -> int:
    """The first number above all rows and above all that the table's sequence gave."""
    meta = apps.get_model(label)._meta
    table, key = sql.Identifier(meta.db_table), sql.Identifier(meta.pk.column)
    row = cursor.execute(
        sql.SQL("SELECT greatest(coalesce(max({}), 0), {}) + 1 FROM {}").format(
            key, sql.Literal(_last_given(cursor, meta.db_table, meta.pk.column)), table
        )
    ).fetchone()
    return int(row[0]) if row else 1


def _last_given(cursor: Cursor[Any], table: str, key: str) -> int:
    name = cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key]).fetchone()
    row = cursor.execute(
        "SELECT pg_sequence_last_value(%s::regclass)", [name[0] if name else None]
    ).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def continue_numbering(cursor: Cursor[Any], labels: Iterable[str]) -> None:
    """Let the sequences go on after the rows that brought their own numbers."""
    for label in sorted(set(labels)):
        meta = apps.get_model(label)._meta
        cursor.execute(
            sql.SQL(
                "SELECT setval(pg_get_serial_sequence({}, {}), (SELECT max({}) FROM {})) "
                "FROM {} HAVING count(*) > 0"
            ).format(
                sql.Literal(meta.db_table),
                sql.Literal(meta.pk.column),
                sql.Identifier(meta.pk.column),
                sql.Identifier(meta.db_table),
                sql.Identifier(meta.db_table),
            )
        )
