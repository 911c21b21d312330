"""A film for tests of productions."""

import pytest

from tests.productions.slate import Slate


@pytest.fixture
def slate(db: None) -> Slate:
    """A film in the programme that was just announced."""
    return Slate()
