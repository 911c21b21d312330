"""The database as it was before the first test, after one whose transactions were real."""

from django.db import connection, transaction

from tests.kept_rows import copied_in, copied_out, counts, without_triggers


class NewDatabase:
    """Every row that migrations wrote; the guards of the ledger let only tests take the others out."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}

    def keep(self) -> None:
        """Remember the rows of a database that no test has written to."""
        self.rows = {table: copied_out(table) for table, count in counts().items() if count}

    def restore(self) -> None:
        """Take out what was added and put back what was changed, with the numbers it had.

        Tables that are as they were are left alone, so that this costs little: to empty all of them
        makes a thousand files anew.
        """
        changed = [
            table
            for table, count in counts().items()
            if (count or table in self.rows)
            and (table not in self.rows or copied_out(table) != self.rows[table])
        ]
        if not changed:
            return
        with transaction.atomic(), without_triggers(changed), connection.cursor() as cursor:
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in changed))
            for table in changed:
                if table in self.rows:
                    copied_in(table, self.rows[table])


NEW_DATABASE = NewDatabase()
