"""A file becomes a batch: every row is held against ours, and nothing of ours is written."""

import datetime
import hashlib
from collections import defaultdict
from typing import Any

import pghistory
from django.utils.translation import gettext as _

from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.imports.choices import Encoding, RowState
from portfolio.imports.columns import Column, Fault, Flag, faults_of_text, shown
from portfolio.imports.faults import number_of
from portfolio.imports.importers import Given, Importer, Record, Stored, Values
from portfolio.imports.models import ImportBatch, ImportRow
from portfolio.imports.reading import Cell, Line, Table, read_file

ROWS_A_STATEMENT = 500


class NotPermitted(Refused):
    """The person may not do this to the rows that the import writes."""


def check_file(
    *,
    importer: Importer,
    data: bytes,
    file_name: str,
    actor: Any,
    at: datetime.datetime,
    today: datetime.date,
    encoding: Encoding | None = None,
    context: Values | None = None,
) -> ImportBatch:
    """Read a file and keep what each of its rows would do.

    Raises: Unreadable where the file as a whole cannot be read, NotPermitted.
    """
    if not importer.may(actor, "view", "add"):
        raise NotPermitted(_("You may not import this: ask who gives the roles."))
    read = read_file(data, encoding)
    context = context or {}
    matched, unused = importer.matched(read.table.headings)
    missing = [c for c in importer.columns if c.required and c not in matched.values()]
    if missing:
        raise Refused(
            _("The file has no column “%(column)s”; it has: %(headings)s.")
            % {"column": missing[0].label, "headings": ", ".join(read.table.headings)[:300]}
        )
    rows = rows_of(importer, read.table, matched, context, today)
    return _keep(
        batch=ImportBatch(
            target=importer.name,
            file_name=keepable(file_name)[:200],
            sha256=hashlib.sha256(data).hexdigest(),
            kind=read.kind,
            encoding=read.encoding or "",
            is_encoding_chosen=encoding is not None and read.encoding is not None,
            headings=[[keepable(name), column.name] for name, column in matched.items()],
            unused=[keepable(name) for name in unused],
            context=context,
            read_at=at,
            read_by=actor,
        ),
        rows=rows,
        actor=actor,
    )


@atomic_retrying
def _keep(*, batch: ImportBatch, rows: list[ImportRow], actor: Any) -> ImportBatch:
    batch.pk = None
    with pghistory.context(user=actor.pk):
        batch.save()
        for row in rows:
            row.pk, row.batch = None, batch
        ImportRow.objects.bulk_create(rows, batch_size=ROWS_A_STATEMENT)
    return batch


def rows_of(
    importer: Importer,
    table: Table,
    matched: dict[str, Column],
    context: Values,
    today: datetime.date,
) -> list[ImportRow]:
    """The rows of a table as they are understood, each held against ours.  Queries: a fixed number."""
    given = [understood(line, matched) for line in table.lines]
    importer.plan(given, context, today)
    _mark_twice(given)
    keys = [record.key for row in given if not row.faults for record in row.records]
    stored = importer.stored(list(dict.fromkeys(keys)), context)
    return [
        _row(line, row, stored, importer.appends)
        for line, row in zip(table.lines, given, strict=True)
    ]


def understood(line: Line, matched: dict[str, Column]) -> Given:
    """The values of a row's cells, or what is wrong with them."""
    row = Given(line.number, {}, faults=list(line.faults))
    for heading, column in matched.items():
        cell = line.cells.get(heading)
        label = {"column": heading}
        if isinstance(cell, str):
            for code, figures in faults_of_text(cell):
                into = row.flags if code == "turns_direction" else row.faults
                into.append((code, label | figures))
            if cell.strip().startswith("=") and len(cell.strip()) > 1:
                row.faults.append(("is_formula", label))
                continue
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            if column.required:
                row.faults.append(("missing", label))
            continue
        try:
            row.values[column.name] = column.read(cell)
        except Fault as fault:
            row.faults.append((fault.code, label | fault.figures))
        except Flag as flag:
            row.values[column.name] = flag.taken
            row.flags.append((flag.code, label | flag.figures))
    return row


def _mark_twice(given: list[Given]) -> None:
    """Flag rows that speak of the same: which one is meant, nobody but its author can say."""
    rows: dict[tuple[Any, ...], list[Given]] = defaultdict(list)
    for row in given:
        if not row.faults:
            for record in row.records:
                rows[record.key].append(row)
    for same in rows.values():
        if len(same) > 1:
            numbers = ", ".join(str(row.number) for row in same[:10])
            for row in same:
                if ("twice_in_file", {"rows": numbers}) not in row.flags:
                    row.flag("twice_in_file", rows=numbers)


def _row(line: Line, row: Given, stored: dict[tuple[Any, ...], Stored], appends: bool) -> ImportRow:
    records = [] if row.faults else [held(record, stored, appends) for record in row.records]
    acts = {record["act"] for record in records}
    if row.faults:
        state = RowState.FAULTY
    elif acts <= {""}:
        state = RowState.UNCHANGED
    elif row.flags:
        state = RowState.FLAGGED
    else:
        state = RowState.CHANGED if _changes(records) else RowState.NEW
    title = next((record["title"] for record in records if record["title"]), "")
    title = title or str(next(iter(row.values.values()), ""))
    reasons = [*row.faults, *row.flags]
    return ImportRow(
        number=line.number,
        state=state,
        title=keepable(title)[:300],
        cells={keepable(name): kept(cell) for name, cell in line.cells.items()},
        records=records,
        reasons=[[code, {k: kept(v) for k, v in figures.items()}] for code, figures in reasons],
    )


def _changes(records: list[dict[str, Any]]) -> bool:
    return any(record["act"] == "CHANGE" or record["before"] for record in records)


def held(record: Record, stored: dict[tuple[Any, ...], Stored], appends: bool) -> dict[str, Any]:
    """What a record would do: add, change, or nothing; an empty cell says nothing and changes nothing."""
    ours = stored.get(record.key)
    values = {name: value for name, value in record.values.items() if value is not None}
    before: Values = {}
    if ours is not None:
        before = {
            name: ours.values.get(name)
            for name, value in values.items()
            if ours.values.get(name) != value
        }
    act = "ADD" if ours is None or (appends and before) else "CHANGE" if before else ""
    return {
        "key": list(record.key),
        "title": record.title,
        "values": values,
        "act": act,
        "pk": None if ours is None else ours.pk,
        "before": before,
    }


def kept(cell: Cell) -> Any:
    """A cell as it is kept beside the row, for people to compare."""
    if cell is None or isinstance(cell, (bool, int)):
        return cell
    return keepable(cell if isinstance(cell, str) else shown(cell))


def keepable(text: str) -> str:
    """A text that a database can keep: what it cannot is written out, never left out."""
    if text.isprintable():
        return text
    return "".join(
        f"⟨{number_of(sign)}⟩" if sign == "\x00" or "\ud800" <= sign <= "\udfff" else sign
        for sign in text
    )
