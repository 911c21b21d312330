"""What every test of scholarships may use."""

from pathlib import Path
from types import SimpleNamespace

import pytest


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, settings: SimpleNamespace) -> Path:
    """A data folder of the test's own, with the papers in it."""
    settings.VAR = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "papers": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "papers", "base_url": None},
        }
    }
    return tmp_path
