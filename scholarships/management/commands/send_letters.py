"""Sends the letters to applicants and scholars that wait; for a job that runs every minute."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scholarships.operations.letters import write_reminders, write_surveys
from scholarships.operations.sending import send_waiting, site_address


class Command(BaseCommand):
    """Each letter goes out once, however many runs there are at once; what failed goes with the next run.

    Scholars who owe reports get one letter a week at most, and the survey once a year.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--site", default="", help="the site's address, for links: https://…")

    def handle(self, *args: Any, **options: Any) -> None:
        site = options["site"].rstrip("/") or site_address()
        if not site:
            raise CommandError("Give --site, or set TOPSHEET_SITE: letters hold addresses.")
        now = timezone.now()
        written = write_reminders(at=now, day=timezone.localdate(now)) + write_surveys(at=now)
        done = send_waiting(site=site, at=timezone.now())
        self.stdout.write(f"{written} written, {done.sent} sent, {done.failed} not.")
