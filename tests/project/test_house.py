"""The house keeps its order: imports, migrations, dependencies, languages of the interface."""

import re
import subprocess
import sys
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--config", str(folder / "pyproject.toml")],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_nobody_imports_upwards():
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout


def test_a_planted_upward_import_is_caught(tmp_path):
    for name in ("portfolio", "partners", "scholarships"):
        for file in (ROOT / name).rglob("*.py"):
            copy = tmp_path / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    choices = tmp_path / "partners" / "choices.py"
    choices.write_text(choices.read_text() + "\nimport portfolio.programmes.models\n")

    result = lint_imports(tmp_path)

    assert result.returncode == 1
    assert "partners is not allowed to import portfolio.programmes" in result.stdout
    assert "partners.choices -> portfolio.programmes.models" in result.stdout


@pytest.mark.django_db
def test_models_and_migrations_agree():
    out = StringIO()

    call_command("makemigrations", check=True, dry_run=True, stdout=out)

    assert out.getvalue() == "No changes detected\n"


def test_every_dependency_has_its_reason_and_its_hash():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = tomllib.loads(text)
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    for requirement in named:
        name = re.split(r"[\[<>=]", requirement)[0]
        assert re.search(rf'"{re.escape(requirement)}",\s+# \S+ \S+', text), f"{name} has no reason"
        assert re.search(rf"^{name}==\S+.* \\\n    --hash=sha256:", lock, re.M), (
            f"{name} is not locked"
        )
    assert "://" not in lock


def test_no_file_of_ours_is_long():
    files = [
        *(
            f
            for f in ROOT.glob("*/**/*.py")
            if not {".venv", "var", ".uv", "migrations"} & set(f.parts)
        ),
    ]

    assert files
    long = {
        str(f.relative_to(ROOT)): n for f in files if (n := len(f.read_text().splitlines())) > 400
    }
    assert long == {}
