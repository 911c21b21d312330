"""Brings the translations of the public pages up to date; docs/design.md says when."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portfolio.website import messages


class Command(BaseCommand):
    """Collect every text of the pages, compile the catalogues, list what lacks a translation."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [
            f"{language}: {text}"
            for language in messages.LANGUAGES
            for text in messages.update(language)
        ]
        if missing:
            raise CommandError("Still to be translated:\n  " + "\n  ".join(missing))
        self.stdout.write("Every text of the pages is translated.")
