"""Seals every sensitive value anew with the first key of TOPSHEET_FIELD_KEYS."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, models, transaction
from psycopg import sql

from portfolio.common.sealed import NoKey, SealedField, is_sealed_by_the_first, sealed_anew

AT_ONCE = 500


def sealed_fields() -> Iterator[tuple[type[models.Model], SealedField]]:
    """Every field whose values lie encrypted."""
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            for field in model._meta.local_fields:
                if isinstance(field, SealedField):
                    yield model, field


class Command(BaseCommand):
    """Afterwards the older keys may be taken out.

    What is done stays done: where the command was interrupted, run it again. The site may go on meanwhile.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at-once", type=int, default=AT_ONCE, help="rows of one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.FIELD_KEYS:
            raise CommandError("TOPSHEET_FIELD_KEYS is not set.")
        lost: list[str] = []
        done = kept = 0
        for model, field in sealed_fields():
            for some in self._rows(model, field, options["at_once"]):
                with transaction.atomic():
                    for key, sealed in some:
                        if is_sealed_by_the_first(sealed):
                            kept += 1
                            continue
                        try:
                            done += self._write(model, field, key, sealed, sealed_anew(sealed))
                        except NoKey:
                            lost.append(f"{model._meta.db_table}.{field.column} of row {key}")
        self.stdout.write(f"Sealed anew: {done}. By the first key already: {kept}.")
        if lost:
            raise CommandError("No key opens:\n" + "\n".join(lost))

    def _rows(
        self, model: type[models.Model], field: SealedField, at_once: int
    ) -> Iterator[list[tuple[Any, bytes]]]:
        query = sql.SQL(
            "SELECT {key}, {field} FROM {table} WHERE {field} IS NOT NULL AND {key} > %s ORDER BY {key} LIMIT %s"
        ).format(**self._names(model, field))
        last = 0
        connection.ensure_connection()
        while True:
            with connection.connection.cursor() as cursor:
                rows = cursor.execute(query, [last, at_once]).fetchall()
            if not rows:
                return
            last = rows[-1][0]
            yield [(key, bytes(sealed)) for key, sealed in rows]

    def _write(
        self, model: type[models.Model], field: SealedField, key: Any, old: bytes, new: bytes
    ) -> int:
        # Whoever wrote another value meanwhile sealed it with the first key.
        query = sql.SQL("UPDATE {table} SET {field} = %s WHERE {key} = %s AND {field} = %s").format(
            **self._names(model, field)
        )
        with connection.connection.cursor() as cursor:
            return int(cursor.execute(query, [new, key, old]).rowcount)

    def _names(self, model: type[models.Model], field: SealedField) -> dict[str, sql.Identifier]:
        return {
            "table": sql.Identifier(model._meta.db_table),
            "key": sql.Identifier(str(model._meta.pk.column)),
            "field": sql.Identifier(str(field.column)),
        }
