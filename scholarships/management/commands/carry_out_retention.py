"""Erases whoever has been kept as long as the rounds say, and not a day longer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from scholarships.choices import ErasureBasis
from scholarships.management import erasing
from scholarships.operations.retention import due_on, undecided_for_long


class Command(BaseCommand):
    """Run daily. Who has another application that is kept, an award that goes on or a legal hold stays."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        erasing.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        erasing.only_the_owner()
        today = timezone.localdate()
        due = list(due_on(today))
        forgotten = [str(row) for row in undecided_for_long(today)]
        if forgotten:
            self.stderr.write(
                f"Nobody decided about {len(forgotten)} applications of rounds that closed more than a year "
                f"ago, so that they are kept: {', '.join(forgotten[:20])}"
            )
        if options["dry_run"]:
            lines = [f"{person} since {day:%Y-%m-%d}\n" for person, day in due]
            self.stdout.write("".join(lines) or "Nobody.\n")
            return
        erasing.erase_all(
            [person for person, _day in due],
            basis=ErasureBasis.RETENTION,
            may_stay=options["may_stay"],
            register=options["register"],
            say=self.stdout.write,
        )
