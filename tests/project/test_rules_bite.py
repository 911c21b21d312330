"""Each rule of the database is dropped once, and its test has to fail: a test that cannot fail is none."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from tests import without_rules
from tests.own_database import copy, drop, pristine
from tests.project.test_rules_are_tested import rules
from tests.without_rules import files_about, notice

ROOT = Path(settings.BASE_DIR)
PROVING = os.environ.get("TOPSHEET_PROVE") == "1"
# In `make test` a constraint, a unique index and a trigger stand for all; `make prove` takes each.
SAMPLE = ["scheme_has_a_place", "user_email_belongs_to_one", "organisation_tree_has_no_circle"]
# As many as share the work.
SHARES = 2 if PROVING else 1


def without(wanted: list[str], folder: Path) -> dict[str, dict[str, Any]]:
    """What was noticed without each of the rules: a process of its own, on a copy of the database."""
    texts = {
        str(file): file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests").rglob("test_*.py"))
        if file.parent.name != "project"
    }  # fmt: skip
    files = sorted({file for rule in wanted for file in files_about(rule, texts)})
    asked, found = folder / "rules.txt", folder / "found.json"
    asked.write_text("\n".join(wanted), "utf-8")
    name = f"{pristine()}_without"
    environment = {key: v for key, v in os.environ.items() if not key.startswith("PYTEST_")}
    drop(name)
    copy(pristine(), name)
    try:
        result = subprocess.run(
            [
                sys.executable, "-m", "pytest", "-q", "-n0", "--reuse-db",
                "-p", "tests.without_rules", f"--without-rules={asked}", f"--found={found}", *files,
            ],
            cwd=ROOT, env=environment | {"TOPSHEET_TEST_DATABASE": name},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        drop(name)
    assert found.exists(), result.stdout[-2000:] + result.stderr[-2000:]
    return json.loads(found.read_text("utf-8"))


@pytest.mark.django_db
@pytest.mark.parametrize("share", range(SHARES))
def test_without_a_rule_a_test_that_names_it_fails(
    share: int, tmp_path: Path, record_property: Any
):
    wanted = (rules() if PROVING else SAMPLE)[share::SHARES]

    found = without(wanted, tmp_path)

    unnoticed = {
        rule: found.get(rule, {"why": "was not reached"})["why"]
        for rule in wanted
        if not found.get(rule, {}).get("test")
    }
    assert not unnoticed, json.dumps(unnoticed, indent=1)
    record_property("proved", f"{len(wanted)} rules dropped, each noticed by a test")


@pytest.mark.parametrize(
    ("without_it", "with_it", "said"),
    [
        ((None, ""), (None, ""), "passed without it: first, second"),
        (("call", "E"), ("call", "E"), "first fails with the rule as well"),
        (("setup", "no rule x"), (None, ""), "first could not begin: no rule x"),
    ],
    ids=["passes", "fails anyway", "does not begin"],
)
def test_a_rule_that_no_test_notices_is_reported(
    monkeypatch: Any, without_it: Any, with_it: Any, said: str
):
    monkeypatch.setattr(
        without_rules,
        "failure",
        lambda item: without_it if "TOPSHEET_WITHOUT_RULE" in os.environ else with_it,
    )
    about: Any = [SimpleNamespace(nodeid="first"), SimpleNamespace(nodeid="second")]

    assert notice(about, "x", {}) == {"test": None, "why": said}


def test_a_rule_that_a_test_notices_is_told_with_the_test(monkeypatch: Any):
    monkeypatch.setattr(
        without_rules,
        "failure",
        lambda item: (
            ("call", "it did not raise")
            if os.environ.get("TOPSHEET_WITHOUT_RULE") == "x" and item.nodeid == "second"
            else (None, "")
        ),
    )
    about: Any = [SimpleNamespace(nodeid="first"), SimpleNamespace(nodeid="second")]

    assert notice(about, "x", {}) == {"test": "second", "why": "it did not raise", "tried": 2}
    assert notice([], "y", {}) == {"test": None, "why": "no test names it"}
