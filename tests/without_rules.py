"""Takes the rules of the database away one by one, in one process, and sees which test notices.

Used by tests/project/test_rules_bite.py as a plugin of pytest:

    python -m pytest -p tests.without_rules --without-rules=rules.txt --found=found.json tests/funding
"""

import inspect
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

# Rules that several models share are named in tests by the model: f"{model}_has_a_name".
SHARED = re.compile(r"_(has_a_name|slug_is_lower_case|publication_is_known)$")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-rules", type=Path, help="a file with the name of a rule a line")
    parser.addoption("--found", type=Path, help="where the report goes")


def names_in_tests(rule: str) -> list[str]:
    """How a rule is written in a test."""
    shared = SHARED.search(rule)
    return [rule, *([f"}}_{shared.group(1)}"] if shared else [])]


def files_about(rule: str, texts: dict[str, str]) -> list[str]:
    """The test files that name a rule. Where a test of rules does, that one counts.

    Elsewhere a rule is often met through a form, which may refuse for a reason of its own.
    """
    names = names_in_tests(rule)
    found = [file for file, text in texts.items() if any(name in text for name in names)]
    return [file for file in found if Path(file).name.startswith("test_rules")] or found


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Instead of running each test once, run for each rule the tests that name it, without it."""
    asked = session.config.getoption("--without-rules")
    if asked is None:
        return None
    rules = asked.read_text(encoding="utf-8").split()
    passes: dict[str, bool] = {}
    paths = dict.fromkeys(str(item.path) for item in session.items)
    texts = {path: Path(path).read_text(encoding="utf-8") for path in paths}
    found = {}
    for rule in rules:
        found[rule] = notice(tests_about(session.items, rule, texts), rule, passes)
        session.config.getoption("--found").write_text(json.dumps(found, indent=1), "utf-8")
    session._setupstate.teardown_exact(None)
    return True


def notice(about: Iterable[pytest.Item], rule: str, passes: dict[str, bool]) -> dict[str, Any]:
    """Which test failed without the rule and passes with it; or why none did."""
    tried = []
    for item in about:
        os.environ["TOPSHEET_WITHOUT_RULE"] = rule
        try:
            phase, reason = failure(item)
        finally:
            del os.environ["TOPSHEET_WITHOUT_RULE"]
        tried.append(item.nodeid)
        if phase is None:
            continue
        if phase != "call":
            return {"test": None, "why": f"{item.nodeid} could not begin: {reason}"}
        if item.nodeid not in passes:
            passes[item.nodeid] = failure(item)[0] is None
        if passes[item.nodeid]:
            return {"test": item.nodeid, "why": reason, "tried": len(tried)}
        return {"test": None, "why": f"{item.nodeid} fails with the rule as well"}
    return {
        "test": None,
        "why": f"passed without it: {', '.join(tried)}" if tried else "no test names it",
    }


def tests_about(items: list[pytest.Item], rule: str, texts: dict[str, str]) -> list[pytest.Item]:
    """Tests in the files that name a rule: first those that name it themselves, then the others."""
    files = set(files_about(rule, texts))
    names = names_in_tests(rule)

    def distance(item: pytest.Item) -> tuple[int, int]:
        text = inspect.getsource(item.function)  # type: ignore[attr-defined]
        case = item.name.partition("[")[2].rstrip("]")
        if rule in case:
            return 0, 0
        return (1 if any(name in text for name in names) else 2), (0 if case in rule else 1)

    about = [item for item in items if str(item.path) in files and can_lose_a_rule(item)]
    return sorted(about, key=distance)


def can_lose_a_rule(item: pytest.Item) -> bool:
    """A test in one transaction, at the end of which the rule is back."""
    marker = item.get_closest_marker("django_db")
    names = item.fixturenames  # type: ignore[attr-defined]
    if (marker and marker.kwargs.get("transaction")) or "transactional_db" in names:
        return False
    return marker is not None or "db" in names


def failure(item: pytest.Item) -> tuple[str | None, str]:
    """Run a test, as often as one likes: in which phase it failed, and with what last words."""
    state = item.session._setupstate
    state.teardown_exact(item)  # what another module has left
    # The module stays as it is; only what belongs to the test is taken down.
    reports = runtestprotocol(item, log=False, nextitem=item.parent)  # type: ignore[arg-type]
    for report in reports:
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            words = crash.message if crash else str(report.longrepr)
            return report.when, words.splitlines()[0][:200] if words else ""
    return None, ""
