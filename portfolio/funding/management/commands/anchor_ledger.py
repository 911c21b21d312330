"""Notes where each programme's chain ends, in a file to be kept elsewhere; see verify_ledger."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portfolio.funding.management.verification.anchors import write_anchors
from portfolio.funding.models import LedgerLink


class Command(BaseCommand):
    """Append `programme sequence hash time` to FILE for every programme with entries."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        links = (
            LedgerLink.objects.order_by("programme_id", "-sequence")
            .distinct("programme_id")
            .values_list("programme__slug", "sequence", "hash")
        )
        heads = [(slug, sequence, bytes(digest).hex()) for slug, sequence, digest in links]
        try:
            write_anchors(options["file"], heads, timezone.now())
        except OSError as error:
            raise CommandError(f"Cannot write {options['file']}: {error.strerror}.") from error
        for slug, sequence, digest in heads:
            self.stdout.write(f"{slug}: {sequence} entries, head {digest}")
