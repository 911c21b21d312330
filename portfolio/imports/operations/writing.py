"""Confirming an import, and undoing it: each in one transaction, with who did it."""

import datetime
from collections.abc import Iterable
from typing import Any

import pghistory
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model
from django.utils.translation import gettext as _

from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from portfolio.imports.choices import Act, BatchState, RowState
from portfolio.imports.importers import IMPORTERS, Importer, Record, Values
from portfolio.imports.models import ImportBatch, ImportRow, ImportWrite, as_json
from portfolio.imports.operations.checking import ROWS_A_STATEMENT, NotPermitted, held

NAMED = 10
PIECE = 1_000


class NothingToWrite(Refused):
    """No row of the file would change anything."""


class FileIsStale(Refused):
    """Rows of ours are no longer as they were when the file was read."""


class ChangedSince(Refused):
    """Somebody changed what the import wrote."""


class NotInThatState(Refused):
    """Somebody else was quicker."""


@atomic_retrying
def confirm_batch(
    *, batch: ImportBatch, actor: Any, at: datetime.datetime, flagged_too: bool = False
) -> ImportBatch:
    """Write the new and changed rows of a file, and the flagged ones where somebody says so.

    Raises: NotPermitted, NothingToWrite, FileIsStale, NotInThatState.
    """
    batch = _locked(batch, BatchState.CHECKED)
    importer = IMPORTERS[batch.target]
    states = [RowState.NEW, RowState.CHANGED, *([RowState.FLAGGED] if flagged_too else [])]
    rows = list(batch.rows.filter(state__in=states).order_by("number"))
    if not rows:
        raise NothingToWrite(_("There is nothing to write: no row is new or changed."))
    work = [(row, record) for row in rows for record in row.records if record["act"]]
    verbs = {"add" if record["act"] == Act.ADD else "change" for _row, record in work}
    if not importer.may(actor, "view", *verbs):
        raise NotPermitted(_("You may not write these rows: ask who gives the roles."))
    _refuse_stale(importer, batch, work)
    with pghistory.context(user=actor.pk, import_batch=batch.pk):
        written = _write(importer, batch, work, actor, at)
        after = snapshots(importer.model, [pk for _row, _record, pk in written])
        ImportWrite.objects.bulk_create(
            [
                ImportWrite(
                    row=row,
                    act=record["act"],
                    object_id=pk,
                    before=record["before"] if record["act"] == Act.CHANGE else {},
                    after=after[pk],
                )
                for row, record, pk in written
            ],
            batch_size=ROWS_A_STATEMENT,
        )
        batch.state, batch.confirmed_at, batch.confirmed_by = BatchState.CONFIRMED, at, actor
        batch.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    return batch


def _write(
    importer: Importer,
    batch: ImportBatch,
    work: list[tuple[ImportRow, dict[str, Any]]],
    actor: Any,
    at: datetime.datetime,
) -> list[tuple[ImportRow, dict[str, Any], int]]:
    added = [(row, record) for row, record in work if record["act"] == Act.ADD]
    changed = [(row, record) for row, record in work if record["act"] == Act.CHANGE]
    written = []
    for start in range(0, len(added), PIECE):
        piece = added[start : start + PIECE]
        records = [
            Record(tuple(record["key"]), record["values"], record["title"])
            for _row, record in piece
        ]
        pks = importer.add(records, batch.context, actor, at)
        written += [(row, record, pk) for (row, record), pk in zip(piece, pks, strict=True)]
    for row, record in changed:
        importer.change(record["pk"], {n: record["values"][n] for n in record["before"]}, actor)
        written.append((row, record, record["pk"]))
    return written


def _refuse_stale(
    importer: Importer, batch: ImportBatch, work: list[tuple[ImportRow, dict[str, Any]]]
) -> None:
    """Refuse where what was shown is not what would be done, or two rows would do the same."""
    stored = importer.stored([tuple(record["key"]) for _row, record in work], batch.context)
    stale, twice, seen = [], [], set()
    for row, record in work:
        key = tuple(record["key"])
        now = held(Record(key, record["values"]), stored, importer.appends)
        if any(now[name] != record[name] for name in ("act", "before", "pk")):
            stale.append(row.number)
        if key in seen:
            twice.append(row.number)
        seen.add(key)
    if stale:
        raise FileIsStale(
            _(
                "Our rows changed since the file was read (rows of the file: %(rows)s): read it again."
            )
            % {"rows": _numbers(stale)}
        )
    if twice:
        raise FileIsStale(
            _("Some rows speak of the same (rows of the file: %(rows)s): mend the file.")
            % {"rows": _numbers(twice)}
        )


@atomic_retrying
def undo_batch(*, batch: ImportBatch, actor: Any, at: datetime.datetime) -> ImportBatch:
    """Take back what an import wrote, as long as nobody changed it since.

    Raises: ChangedSince with the rows, NotPermitted, NotInThatState.
    """
    batch = _locked(batch, BatchState.CONFIRMED)
    importer = IMPORTERS[batch.target]
    if not importer.may(actor, "view", *importer.undoing()):
        raise NotPermitted(_("You may not take these rows back: ask who gives the roles."))
    writes = list(
        ImportWrite.objects.filter(row__batch=batch).select_related("row").order_by("-pk")
    )
    # Rows that nobody can change need no lock, and the server could not have one.
    keys = [write.object_id for write in writes]
    now = snapshots(importer.model, keys, lock=not importer.appends)
    changed = [write for write in writes if now.get(write.object_id) != write.after]
    if changed:
        raise ChangedSince(
            _("Changed since: %(rows)s. Change them back, or leave the import as it is.")
            % {"rows": _named(changed)}
        )
    added = [write.object_id for write in writes if write.act == Act.ADD]
    if not importer.appends and (
        others := referred_to(importer.model, added, besides=importer.goes_along)
    ):
        said = [write for write in writes if write.object_id in others]
        raise ChangedSince(
            _("Other rows refer to: %(rows)s. Delete those first, or leave the import as it is.")
            % {"rows": _named(said)}
        )
    with pghistory.context(user=actor.pk, import_batch=batch.pk):
        for write in writes:
            if write.act == Act.CHANGE:
                importer.change(write.object_id, write.before, actor)
        for start in range(0, len(added), PIECE):
            importer.take_back(added[start : start + PIECE], actor, at)
        batch.state, batch.undone_at, batch.undone_by = BatchState.UNDONE, at, actor
        batch.save(update_fields=["state", "undone_at", "undone_by"])
    return batch


def _locked(batch: ImportBatch, state: BatchState) -> ImportBatch:
    row = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if row.state != state or row.target not in IMPORTERS:
        raise NotInThatState(
            _("This import is %(state)s already.") % {"state": row.get_state_display()}
        )
    return row


def snapshots(model: type[Model], pks: Iterable[int], *, lock: bool = False) -> dict[int, Values]:
    """Rows of ours as they are, every field of them.  Queries: one for a thousand rows."""
    fields = [f.attname for f in model._meta.concrete_fields if not f.generated]
    found: dict[int, Values] = {}
    wanted = list(dict.fromkeys(pks))
    encoder = DjangoJSONEncoder()
    for start in range(0, len(wanted), PIECE):
        rows = model._default_manager.filter(pk__in=wanted[start : start + PIECE]).order_by("pk")
        if lock:
            rows = rows.select_for_update(no_key=True)
        for values in rows.values("pk", *fields):
            pk = values.pop("pk")
            found[pk] = {
                name: as_json(encoder.default(v) if hasattr(v, "isoformat") else v)
                for name, v in values.items()
            }
    return found


def referred_to(
    model: type[Model], pks: list[int], *, besides: tuple[type[Model], ...] = ()
) -> set[int]:
    """Which rows others refer to: taking those back would take the others along, or fail.

    `besides` are rows that the database itself keeps for them.

    Queries: one for each reference there is, for a thousand rows.
    """
    found: set[int] = set()
    relations: Any = model._meta.get_fields(include_hidden=True)
    for relation in relations:
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        if relation.concrete or getattr(relation, "parent_link", False):
            continue
        other: Any = relation.related_model
        if getattr(other, "pgh_tracked_model", None) is not None or other in besides:
            continue
        name = relation.field.attname
        for start in range(0, len(pks), PIECE):
            rows = other._base_manager.filter(**{f"{name}__in": pks[start : start + PIECE]})
            found.update(rows.order_by().values_list(name, flat=True).distinct())
    return found


def _numbers(numbers: list[int]) -> str:
    more = f" … ({len(numbers)})" if len(numbers) > NAMED else ""
    return ", ".join(map(str, numbers[:NAMED])) + more


def _named(writes: list[ImportWrite]) -> str:
    ordered = sorted(writes, key=lambda write: write.row.number)
    names = [f"{write.row.number} “{write.row.title}”" for write in ordered[:NAMED]]
    more = f" … ({len(ordered)})" if len(ordered) > NAMED else ""
    return ", ".join(names) + more
