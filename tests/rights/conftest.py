"""What tests of rights share."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection


@pytest.fixture
def sql(db: None) -> Callable[..., list[Any]]:
    """Ask the database; the first column of every row."""

    def ask(statement: str, values: Any = ()) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement, [[v] if hasattr(v, "label") else v for v in values])
            return [row[0] for row in cursor.fetchall()]

    return ask
