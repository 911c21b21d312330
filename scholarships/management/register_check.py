"""Whether a restored backup brought somebody back; `manage.py check --database default` says so."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from scholarships.operations.register import came_back, read_register


def is_behind() -> bool:
    """Whether migrations are still to be carried out."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def nobody_came_back(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Who stands in the register of erasures is erased in the database as well."""
    file = settings.ERASURE_REGISTER
    if "default" not in (databases or []) or not file.exists():
        return []
    try:
        number = len(came_back(read_register(file)))
    except DatabaseError:
        return []  # not migrated yet, or away: another check says so
    except (OSError, ValueError, KeyError, TypeError):
        return [
            Error(
                f"The register of erasures cannot be read: {file}.",
                hint="Restore it from where it is kept beside the backups.",
                id="topsheet.E008",
            )
        ]
    # Before the migrations nobody can be erased; `prepare_database` looks again after them.
    if not number or is_behind():
        return []
    return [
        Error(
            f"{number} people who were erased are in the database again.",
            hint="Run `manage.py erase_applicants --replay` as the owner before the site opens.",
            id="topsheet.E009",
        )
    ]
