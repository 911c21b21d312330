"""Takes one rule away for the rest of a test, where another rule would answer before the one it is about."""

from django.db import connection


def loosen(table: str, how: str) -> None:
    """Alter a table of scholarships, such as loosen("award", "DISABLE TRIGGER award_goes_step_by_step")."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(f"ALTER TABLE scholarships_{table} {how}")
