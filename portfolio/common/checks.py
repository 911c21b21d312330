"""What a PostgreSQL must have; `manage.py check --database default` says what is missing."""

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.db.utils import DatabaseError

OLDEST = 150_000


@register(Tags.database)
def database_can_search(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The server is PostgreSQL 15 or newer, in UTF-8, and holds Chinese characters to be letters."""
    messages: list[CheckMessage] = []
    for alias in databases or []:
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute(
                    "SELECT current_setting('server_version_num')::int, getdatabaseencoding(), "
                    "EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')"
                )
                version, encoding, has_trigrams = cursor.fetchone()
                letters = [None]
                if has_trigrams:
                    cursor.execute("SELECT show_trgm('电')")
                    letters = cursor.fetchone()[0]
        except DatabaseError as error:
            hint = "See docs/running.md for DATABASE_URL."
            messages.append(
                Error(f"The database does not answer: {error}", hint=hint, id="topsheet.E001")
            )
            continue
        messages += judge(version, encoding, letters)
    return messages


def judge(version: int, encoding: str, letters: Sequence[Any]) -> list[CheckMessage]:
    """What is wrong with a server of that version, encoding and letters."""
    messages: list[CheckMessage] = []
    if version < OLDEST:
        messages.append(
            Error(
                f"PostgreSQL {version // 10_000} is too old.",
                hint="Use PostgreSQL 15 or newer.",
                id="topsheet.E002",
            )
        )
    if encoding != "UTF8":
        messages.append(
            Error(
                f"The database is in {encoding}, not UTF8.",
                hint="Create it with ENCODING 'UTF8' TEMPLATE template0.",
                id="topsheet.E003",
            )
        )
    if not letters:
        messages.append(
            Error(
                "The database does not know that Chinese characters are letters; search would miss them.",
                hint="Create it with LC_CTYPE 'C.UTF-8' TEMPLATE template0.",
                id="topsheet.E004",
            )
        )
    return messages


@register(Tags.security, deploy=True)
def personal_data_has_its_keys(**kwargs: Any) -> list[CheckMessage]:
    """A server seals what is sensitive with keys of its own, and compares numbers by one of its own."""
    hint = "See docs/privacy.md for the keys, and how they are changed."
    messages: list[CheckMessage] = []
    if not settings.FIELD_KEYS:
        messages.append(
            Warning(
                "TOPSHEET_FIELD_KEYS is not set: no identity number and no bank account can be kept.",
                hint=hint,
                id="topsheet.W005",
            )
        )
    try:
        for key in settings.FIELD_KEYS:
            Fernet(key)
    except ValueError:
        messages.append(
            Error("A key of TOPSHEET_FIELD_KEYS is no Fernet key.", hint=hint, id="topsheet.E006")
        )
    if settings.FINGERPRINT_KEY == settings.SECRET_KEY:
        messages.append(
            Warning(
                "TOPSHEET_FINGERPRINT_KEY is not set: once SECRET_KEY changes, nobody is recognised who gave "
                "the same identity number before.",
                hint=hint,
                id="topsheet.W007",
            )
        )
    return messages
