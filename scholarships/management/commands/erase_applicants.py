"""Erases those whose erasure was asked for and decided, and proves by a search that nothing of them is left."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scholarships.choices import ErasureBasis
from scholarships.management import erasing
from scholarships.models import Applicant
from scholarships.operations.register import came_back, read_register


class Command(BaseCommand):
    """Carry out the register; with --replay also what a restored backup brought back.

    Somebody of whom a value is still found stays as they were, and the command says where and fails.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        erasing.add_arguments(parser)
        parser.add_argument(
            "--replay",
            action="store_true",
            help="erase again whoever the register has: after each restore, before the site opens",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        erasing.only_the_owner()
        basis = ErasureBasis.REGISTER if options["replay"] else ErasureBasis.REQUEST
        people = self._of_the_register(options) if options["replay"] else self._decided()
        if options["dry_run"]:
            self.stdout.write("".join(f"{person}\n" for person in people) or "Nobody.\n")
            return
        erasing.erase_all(
            people,
            basis=basis,
            may_stay=options["may_stay"],
            register=options["register"],
            say=self.stdout.write,
        )

    def _decided(self) -> list[Applicant]:
        found = Applicant.objects.known().filter(
            erasure__decided_at__isnull=False, erasure__done_at__isnull=True
        )
        return list(found.order_by("pk"))

    def _of_the_register(self, options: dict[str, Any]) -> list[Applicant]:
        try:
            return came_back(read_register(options["register"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(
                f"Cannot read the register {options['register']}: {error}"
            ) from error
