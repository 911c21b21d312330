"""What the role that serves requests may do in the database: read and write rows, own nothing."""

from typing import LiteralString

from django.apps import apps
from django.core.management.base import CommandError
from django.db import connection
from pghistory.models import Event
from psycopg import sql


def append_only_tables() -> list[str]:
    """Tables that only ever grow: the history of every change."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, Event) and model._meta.managed and not model._meta.proxy
    )


def grant_app_role(role: str) -> None:
    """Give `role` exactly the rights the running server needs, in the current database.

    Raises: CommandError when there is no such role.
    Source: threats L2; ASVS 13.2.2, a least-privilege database account.
    """
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            raise CommandError(
                f"There is no database role {role}: create it with CREATE ROLE {role} LOGIN PASSWORD '…', "
                "or give another in DATABASE_APP_URL."
            )

        def run(statement: LiteralString, *names: sql.Identifier) -> None:
            cursor.execute(sql.SQL(statement).format(*names))

        run("GRANT USAGE ON SCHEMA public TO {}", name)
        run("REVOKE CREATE ON SCHEMA public FROM {}", name)
        run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}", name)
        run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}", name)
        run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", name)
        for table in append_only_tables():
            run("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}", sql.Identifier(table), name)
        # The server never migrates; it may see which migrations ran.
        run(
            "REVOKE INSERT, UPDATE, DELETE ON {} FROM {}", sql.Identifier("django_migrations"), name
        )


def writable_models(role: str) -> dict[str, tuple[str, ...]]:
    """What `role` may do to each of our tables, for tests and the operator."""
    rights: dict[str, tuple[str, ...]] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.proxy:
                continue
            table = model._meta.db_table
            cursor.execute(
                "SELECT p FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) p "
                "WHERE has_table_privilege(%s, %s, p)",
                [role, table],
            )
            rights[table] = tuple(row[0] for row in cursor.fetchall())
    return rights
