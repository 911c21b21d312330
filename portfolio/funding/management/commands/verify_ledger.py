"""Proves that the ledger is what was recorded, and that all that is kept beside it adds up to it."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from portfolio.common.refusals import Refused
from portfolio.funding.management.verification import NotTrue
from portfolio.funding.management.verification.anchors import read_anchors
from portfolio.funding.management.verification.chain import walk_chain
from portfolio.funding.management.verification.sums import compare_sums
from portfolio.programmes.models import Programme


class Command(BaseCommand):
    """Walk each programme's chain, add everything up again, and name the first row that is wrong.

    All of it is read in one snapshot: postings go on meanwhile.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--programme", help="the address of one programme; else all")
        parser.add_argument(
            "--anchor",
            type=Path,
            help="a file of anchor_ledger: what was noted must still be there",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            anchors = read_anchors(options["anchor"]) if options["anchor"] else {}
        except OSError as error:
            raise CommandError(f"Cannot read {options['anchor']}: {error.strerror}.") from error
        except Refused as error:
            raise CommandError(str(error)) from error
        wanted = options["programme"]
        connection.ensure_connection()
        pg = connection.connection
        with pg.transaction(), pg.cursor() as cursor:
            if not connection.in_atomic_block:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # The words of the session are no part of what was recorded.
            cursor.execute("SET LOCAL DateStyle = 'ISO, YMD'")
            cursor.execute("SET LOCAL TimeZone = 'UTC'")
            cursor.execute("SET LOCAL bytea_output = 'hex'")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL work_mem = '128MB'")
            # Every row is compared with every sum: never one by one, whatever the planner believes.
            cursor.execute("SET LOCAL enable_nestloop = off")
            found = Programme.objects.order_by("pk")
            programmes = list(
                (found.filter(slug=wanted) if wanted else found).values_list("pk", "slug")
            )
            if not programmes and wanted:
                raise CommandError(f"There is no programme {wanted}.")
            known = {slug for _pk, slug in programmes}
            if not wanted and (gone := sorted(set(anchors) - known)):
                raise CommandError(f"{gone[0]}: the anchor knows this programme, and it is gone.")
            for pk, slug in programmes:
                began = time.monotonic()
                try:
                    head = walk_chain(
                        cursor, programme=pk, slug=slug, anchors=anchors.get(slug, {})
                    )
                    compare_sums(cursor, programme=pk, slug=slug)
                except NotTrue as error:
                    raise CommandError(str(error)) from error
                seconds = time.monotonic() - began
                self.stdout.write(
                    f"{slug}: {head.entries} entries, {seconds:.1f} s, head {head.hash or 'none'}"
                )
