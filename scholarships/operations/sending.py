"""Letters go out: once each, whoever sends them, and again by the next run where they did not."""

import contextlib
import datetime
import logging
import smtplib
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, mailers
from django.db import transaction

from scholarships.models import Applicant, Letter
from scholarships.operations.words_of_letters import words_of

logger = logging.getLogger("topsheet.letters")

# A request waits no longer than this for the mail server.
PATIENCE = 3
# A server that took longer than this, or failed, is left to the command for a while.
QUICK = 0.25
REST = 60
MOST_ATTEMPTS = 100
AT_A_TIME = 500


@dataclass(slots=True)
class Sent:
    """What a run came to."""

    sent: int = 0
    failed: int = 0


class _Rest:
    """Until when this process leaves letters to the command, by its own monotonic clock."""

    until = 0.0


def send_letter(*, letter: int, site: str, at: datetime.datetime, mailer: Any) -> bool:
    """Send a letter unless it was, or somebody is at it; that it was sent is kept only with it gone out.

    Its secret address is made here and stands nowhere else.
    Raises: OSError from the mail server; the attempt is counted.
    """
    with transaction.atomic():
        row = (
            Letter.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("applicant", "application__round__scheme", "round__scheme")
            .filter(pk=letter, sent_at=None)
            .first()
        )
        if row is None:
            return False
        if not row.applicant.email:
            row.delete()
            return False
        failure: OSError | None = None
        try:
            # What was made for a letter that did not go out is gone with it.
            with transaction.atomic():
                subject, body = words_of(row, site=site, at=at)
                mailer.send_messages([EmailMessage(subject, body, to=[row.applicant.email])])
        except OSError as error:
            failure = error
        if failure is None:
            row.sent_at = at
        row.attempts += 1
        row.save(update_fields=["sent_at", "attempts"])
    if failure is not None:
        raise failure
    return True


def send_waiting(*, site: str, at: datetime.datetime) -> Sent:
    """Send what waits, those first that were tried least; one connection for all.

    Where the mail server does not answer at all, the rest waits for the next run.
    """
    done = Sent()
    rows = Letter.objects.filter(sent_at=None, attempts__lt=MOST_ATTEMPTS)
    waiting = list(rows.order_by("attempts", "pk").values_list("pk", flat=True)[:AT_A_TIME])
    if not waiting:
        return done
    mailer: Any = mailers.default
    try:
        mailer.open()
    except OSError as error:
        logger.warning("The mail server does not answer: %s", error)
        done.failed = len(waiting)
        return done
    try:
        for letter in waiting:
            try:
                done.sent += send_letter(letter=letter, site=site, at=at, mailer=mailer)
            except OSError as error:
                done.failed += 1
                logger.warning("Letter %s was not sent: %s", letter, _told(error))
                _close(mailer)
    finally:
        _close(mailer)
    return done


def send_now(*, applicant: Applicant, site: str, at: datetime.datetime) -> None:
    """Try to send a person's new letters at once; whatever goes wrong, the request goes on."""
    if time.monotonic() < _Rest.until:
        return
    letters = list(
        Letter.objects.filter(applicant=applicant, sent_at=None, attempts=0)
        .order_by("pk")
        .values_list("pk", flat=True)[:3]
    )
    if not letters:
        return
    began = time.monotonic()
    mailer: Any = mailers.default
    if hasattr(mailer, "timeout"):
        mailer.timeout = PATIENCE
    try:
        for letter in letters:
            send_letter(letter=letter, site=site, at=at, mailer=mailer)
    except Exception as error:
        _Rest.until = time.monotonic() + REST
        logger.warning("A letter waits for the next run: %s", _told(error))
        return
    finally:
        _close(mailer)
    if time.monotonic() - began > QUICK * len(letters):
        _Rest.until = time.monotonic() + REST


def site_address(request_origin: str = "") -> str:
    """Where letters lead to: as it is set, or else where the request came in."""
    return str(settings.SITE_ADDRESS or request_origin).rstrip("/")


def _told(error: BaseException) -> str:
    # What a mail server says of a recipient names them.
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "the recipient was refused"
    return type(error).__name__


def _close(mailer: Any) -> None:
    with contextlib.suppress(OSError):
        mailer.close()
