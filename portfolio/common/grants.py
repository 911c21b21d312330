"""What the role that serves requests may do in the database: read and write rows, own nothing."""

from typing import LiteralString

from django.apps import apps
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Model
from pghistory.models import Event
from psycopg import sql

EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")
ONLY_ADD = ("SELECT", "INSERT")
ONLY_READ = ("SELECT",)


def rights_of(model: type[Model]) -> tuple[str, ...]:
    """What the running server may do to a table: all, unless the model says `server_may`.

    The history of every change only ever grows.
    """
    if issubclass(model, Event):
        return ONLY_ADD
    return getattr(model, "server_may", EVERYTHING)


def append_only_tables() -> list[str]:
    """Tables that the server cannot change a row of."""
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if "UPDATE" not in rights_of(model) and model._meta.managed and not model._meta.proxy
    )


def grant_app_role(role: str) -> None:
    """Give `role` exactly the rights the running server needs, in the current database.

    Raises: CommandError when there is no such role.
    Source: threats L2; ASVS 13.2.2, a least-privilege database account.
    """
    name = sql.Identifier(role)
    database = connection.settings_dict["NAME"]
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
        for model in apps.get_models():
            if model._meta.proxy or not model._meta.managed:
                continue
            table = sql.Identifier(model._meta.db_table)
            for right in set(EVERYTHING) - set(rights_of(model)):
                run(f"REVOKE {right} ON {{}} FROM {{}}", table, name)
        # Functions that run as the owner are for its triggers: nobody may call them, or hang them on
        # a table of their own, and nobody may make one that stands before ours.
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p "
            "WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace "
            "AND p.proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")
        run("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC", sql.Identifier(database))
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
