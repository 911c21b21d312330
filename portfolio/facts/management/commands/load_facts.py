"""Loads a programme's published facts from a JSON file; docs/facts.md describes it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portfolio.facts import operations
from portfolio.facts.document import read_document
from portfolio.programmes.models import Programme


class Command(BaseCommand):
    """Load FILE in one transaction; say what changed, or list every fault with its place."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where a programme exists already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Programme.objects.exists():
            return
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.") from error
        try:
            changes = operations.load_facts(document=read_document(data))
        except operations.FactsAreFaulty as error:
            count = len(error.document.faults)
            listed = "\n".join(f"  {fault}" for fault in error.document.faults)
            what = "1 fault" if count == 1 else f"{count} faults"
            raise CommandError(
                f"{options['file']} has {what}; nothing was changed.\n{listed}"
            ) from error
        except operations.FactsClash as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        if options["verbosity"] > 1 or len(changes.lines) <= 40:
            for line in changes.lines:
                self.stdout.write(line)
        if changes.lines:
            self.stdout.write(
                f"{len(changes.lines)} changes, {changes.unchanged} rows as they were."
            )
        else:
            self.stdout.write(
                f"Nothing to change: all {changes.unchanged} rows are as the file states."
            )
