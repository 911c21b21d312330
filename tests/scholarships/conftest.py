"""What every test of scholarships may use."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from scholarships.operations import sending


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


@pytest.fixture(autouse=True)
def the_mail_server_counts_as_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no slow mail server."""
    monkeypatch.setattr(sending, "QUICK", 60)
    monkeypatch.setattr(sending._Rest, "until", 0.0)
