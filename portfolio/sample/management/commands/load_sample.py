"""Makes a fictional programme with money in it, for trying Topsheet; run as the database's owner."""

import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from portfolio.common.refusals import Refused
from portfolio.sample.loading import load_sample

WIDTH = 30
# Up to so many entries every rule looks at every row as it comes; above, at all of them at the end.
ONE_BY_ONE = 100_000


class Command(BaseCommand):
    """Make N projects and M entries of the ledger, the same ones for the same seed.

    All of it is there or nothing is. More than 100 000 entries are loaded in bulk, which takes a ledger
    without an entry, and keeps everybody else away from the tables of money until it is done.
    Entries of years ago are recorded as of then, which only the owner of the tables may do.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--projects", type=int, default=40)
        parser.add_argument("--entries", type=int, default=2_000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASE_ROLE != "owner":
            raise CommandError(
                "load_sample runs as the owner of the database: set TOPSHEET_DB_ROLE=owner. "
                "(make manage does it by itself.)"
            )
        projects, entries = options["projects"], options["entries"]
        if projects < 1 or entries < 1:
            raise CommandError("Give at least one project and one entry.")
        began = time.monotonic()
        call_command("import_rates", "--if-empty", stdout=self.stdout)
        try:
            programme = load_sample(
                projects=projects, entries=entries, seed=options["seed"], report=self.show,
                in_bulk=entries > ONE_BY_ONE,
            )  # fmt: skip
        except Refused as error:
            raise CommandError(str(error)) from error
        self.end_of_bar()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)" if entries > 10_000 else "ANALYZE")
        seconds = time.monotonic() - began
        self.stdout.write(
            f"{programme}: {projects} projects, {entries} entries in {seconds:.1f} s. "
            "Everything in it is made up, and every page says so."
        )

    def show(self, what: str, done: int, of: int) -> None:
        """Draw a bar on a terminal; elsewhere say nothing."""
        if sys.stderr.isatty():
            filled = WIDTH * done // of
            bar = "#" * filled + "." * (WIDTH - filled)
            self.stderr.write(f"\r{what:8} [{bar}] {100 * done // of:3} %", ending="")
            self.stderr.flush()

    def end_of_bar(self) -> None:
        """Leave the line of the bar."""
        if sys.stderr.isatty():
            self.stderr.write("")
