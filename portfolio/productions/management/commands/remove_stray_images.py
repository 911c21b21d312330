"""Removes files of images that no row tells of; for a daily job."""

import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portfolio.productions.operations.images import remove_stray_files


class Command(BaseCommand):
    """Files of an upload that the database refused, and of images that were deleted, a day ago or earlier.

    Younger files may belong to an upload that is not finished.
    """

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        removed = remove_stray_files(before=timezone.now() - datetime.timedelta(days=1))
        self.stdout.write(f"{len(removed)} removed.")
