"""What the two commands that erase have in common."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import OperationalError, connection
from django.utils import timezone
from psycopg import errors

from portfolio.common.refusals import Refused
from scholarships.choices import ErasureBasis
from scholarships.models import Applicant
from scholarships.operations.erasing import erase
from scholarships.operations.left_files import papers_of_nobody
from scholarships.operations.register import write_register

AT_ONCE = 10
HOUR = 3600
IN_USE = (errors.LockNotAvailable, errors.QueryCanceled, errors.DeadlockDetected)


def add_arguments(parser: CommandParser) -> None:
    """Arguments of both."""
    parser.add_argument(
        "--dry-run", action="store_true", help="say who it would be, and do nothing"
    )
    parser.add_argument(
        "--register",
        type=Path,
        default=settings.ERASURE_REGISTER,
        help="the file that keeps who was erased, by reference",
    )
    parser.add_argument(
        "--may-stay",
        action="append",
        default=[],
        metavar="TABLE.COLUMN",
        help="a place in which the same name is somebody else's, or stays on other grounds",
    )


def only_the_owner() -> None:
    """The role that serves requests may ask, and erases nobody. Raises: CommandError."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class "
            "WHERE oid = 'scholarships_applicant'::regclass"
        )
        if not cursor.fetchone()[0]:
            raise CommandError("Only the owner of the tables erases: set TOPSHEET_DB_ROLE=owner.")


def erase_all(
    people: Sequence[Applicant],
    *,
    basis: ErasureBasis,
    may_stay: Collection[str],
    register: Path,
    say: Callable[[str], Any],
) -> None:
    """Erase people, some at once, and one by one where that was refused. Raises: CommandError at the end."""
    _sweep()
    refused: list[str] = []
    number = 0
    waiting = [people[start : start + AT_ONCE] for start in range(0, len(people), AT_ONCE)]
    while waiting:
        some = waiting.pop(0)
        try:
            number += len(erase(applicants=some, basis=basis, at=timezone.now(), may_stay=may_stay))
            write_register(register)
        except (Refused, OperationalError) as error:
            if not isinstance(error, Refused) and not isinstance(error.__cause__, IN_USE):
                raise
            if len(some) > 1:
                waiting[:0] = [[each] for each in some]
            elif isinstance(error, Refused):
                refused.append(f"{some[0]}: {error}")
            else:
                refused.append(f"{some[0]}: somebody is changing it now; run this again")
    say(f"Erased: {number}.")
    if refused:
        raise CommandError("Not erased:\n" + "\n".join(refused))


def _sweep() -> None:
    """Remove papers that no application has; one that is just being handed in is younger."""
    now = timezone.now().timestamp()
    for file in papers_of_nobody():
        if now - file.stat().st_mtime > HOUR:
            file.unlink(missing_ok=True)
