"""Sends the day's letter of reminders to those who asked for it; for a daily job."""

import datetime
from typing import Any

from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from portfolio.reporting.reminders import Reminder, reminders
from portfolio.staff.models import DigestSent, User

DAYS_AHEAD = 14


class Command(BaseCommand):
    """One letter a person and day, whoever runs it how often; none where there is nothing to say.

    A letter that the mail server refuses is tried again by the next run, and the others are sent.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--site", default="", help="the site's address, for links: https://…")
        parser.add_argument("--language", default="en", choices=["en", "zh-hant", "zh-hans"])

    def handle(self, *args: Any, **options: Any) -> None:
        day = timezone.localdate()
        sent = failed = 0
        people = User.objects.filter(is_active=True, is_staff=True, gets_digest=True).exclude(
            email=""
        )
        for user in people.order_by("pk"):
            with override(options["language"]):
                found = reminders(may=user.has_perm, day=day, days=DAYS_AHEAD)
                if not found:
                    continue
                try:
                    sent += self.send(user, found, day, options["site"].rstrip("/"))
                except OSError as error:
                    failed += 1
                    self.stderr.write(f"{user.username}: the letter was not sent: {error}")
        self.stdout.write(f"{sent} sent, {failed} not.")

    def send(self, user: User, found: list[Reminder], day: datetime.date, site: str) -> bool:
        """Send a letter unless it was; that it was sent is kept only with the letter gone out."""
        try:
            with transaction.atomic():
                # A second run at the same time waits here, and then finds that it was sent.
                DigestSent.objects.create(user=user, day=day)
                EmailMessage(
                    subject=_("Topsheet: %(late)s late, %(coming)s to come")
                    % {
                        "late": sum(each.is_late(day) for each in found),
                        "coming": sum(not each.is_late(day) for each in found),
                    },
                    body=letter(found, day, site),
                    to=[user.email],
                ).send()
        except IntegrityError:
            return False
        return True


def letter(found: list[Reminder], day: datetime.date, site: str) -> str:
    """The letter as plain text: what is late first, then what comes, each with its address."""
    parts = []
    for heading, rows in (
        (_("Late"), [each for each in found if each.is_late(day)]),
        (_("Coming"), [each for each in found if not each.is_late(day)]),
    ):
        if rows:
            lines = [
                f"{date_format(each.date)}  {each.what}: {each.title}"
                + (f" ({each.detail})" if each.detail else "")
                + (f"\n    {site}{each.url}" if site else "")
                for each in rows
            ]
            parts.append(f"{heading}\n\n" + "\n".join(lines))
    page = f"{site}{reverse('admin:reminders')}"
    parts.append(_("To stop these letters, open %(page)s.") % {"page": page})
    return "\n\n".join(parts) + "\n"
