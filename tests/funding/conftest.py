"""Books for tests of funding."""

import pytest

from tests.books import Books


@pytest.fixture
def books(db: None) -> Books:
    """A programme with money in it."""
    return Books()
