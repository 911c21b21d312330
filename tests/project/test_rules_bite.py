"""Each rule of the database is dropped once, and its test has to fail: a test that cannot fail is none."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.project.test_rules_are_tested import rules

ROOT = Path(settings.BASE_DIR)
PROVING = os.environ.get("TOPSHEET_PROVE") == "1"
# In `make test` a constraint, a unique index and a trigger stand for all; `make prove` takes each.
SAMPLE = ["scheme_has_a_place", "user_email_belongs_to_one", "organisation_tree_has_no_circle"]


def files_about(rule: str) -> list[str]:
    """The test files that name a rule, or that name it by the model, as `{model}_has_a_name`."""
    suffix = re.search(r"_(has_a_name|slug_is_lower_case|publication_is_known)$", rule)
    names = [rule, *([f"}}_{suffix.group(1)}"] if suffix else [])]
    every = sorted((ROOT / "tests").rglob("test_*.py"))
    found = [str(f) for f in every if any(name in f.read_text(encoding="utf-8") for name in names)]
    # Elsewhere a rule is often met through a form; where a test of rules names it, that one counts.
    return [name for name in found if "/test_rules" in name and "/project/" not in name] or found


@pytest.mark.parametrize("rule", rules() if PROVING else SAMPLE)
def test_without_the_rule_its_test_fails(rule, worker_id):
    files = files_about(rule)
    assert files, f"no test names {rule}"
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")
    } | {
        "TOPSHEET_WITHOUT_RULE": rule,
        "TOPSHEET_TEST_DATABASE": f"test_without_a_rule_{worker_id}",
    }

    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "--reuse-db", *files],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert result.returncode == 1, result.stdout[-2000:] + result.stderr[-2000:]
    assert re.search(r"^FAILED ", result.stdout, re.M)
    assert "the database has no rule" not in result.stdout
