"""How a test says that the database refuses something, by the name of the rule."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """The statements inside are refused by the constraint or trigger named `rule`."""
    with pytest.raises(DatabaseError, match=rule), transaction.atomic():  # noqa: PT012
        yield
        # Rules that hold at commit are looked at now.
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
