"""The facts of the first programme, as shipped, and ways to change them."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from portfolio.facts import operations
from portfolio.facts.document import read_document

FILE = Path(settings.BASE_DIR) / "portfolio" / "facts" / "revitalisation.json"


@pytest.fixture
def shipped() -> dict[str, Any]:
    """A copy of the shipped file's value that a test may change."""
    return copy.deepcopy(json.loads(FILE.read_text(encoding="utf-8")))


@pytest.fixture
def load(db: None) -> Callable[[Any], operations.Changes]:
    """Loads a value as if it were the content of a file."""

    def run(value: Any) -> operations.Changes:
        data = json.dumps(value, ensure_ascii=False, indent=1).encode()
        return operations.load_facts(document=read_document(data))

    return run
