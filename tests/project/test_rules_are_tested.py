"""Tests that walk the whole project and keep the other tests honest."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

ROOT = Path(settings.BASE_DIR)
TESTS = ROOT / "tests"
OURS = ("portfolio.", "partners.", "scholarships.")
# Kept by pghistory for every model alike; tests/common/test_history.py shows each of them at work.
HISTORY = {"insert_insert", "update_update", "delete_delete", "append_only"}


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if f"{m.__module__}.".startswith(OURS)]


def rules_in_files() -> list[str]:
    """The refusals and guards that SQL files of ours state; triggers that only count are none."""
    named = set()
    for file in [*ROOT.glob("portfolio/*/sql/*.sql"), *ROOT.glob("scholarships/sql/*.sql")]:
        text = file.read_text(encoding="utf-8")
        named |= set(re.findall(r"RAISE EXCEPTION '([a-z_]+): ", text))
        named |= set(re.findall(r"topsheet_only_ever_added\('([a-z_]+)'\)", text))
        named |= set(re.findall(r"words_stay_unless_erased\('([a-z_]+)'\)", text))
        # One function that several tables share: each names its rule as the argument.
        named |= set(re.findall(r"EXECUTE FUNCTION live_[a-z_]+\('([a-z_]+)'\)", text))
        named |= set(
            re.findall(r"CREATE TRIGGER ([a-z_]+_(?:recorded|decided|requested)_now)", text)
        )
    return sorted(named)


def rules() -> list[str]:
    named = rules_in_files()
    for model in our_models():
        named += [constraint.name for constraint in model._meta.constraints]
        named += [t.name for t in getattr(model._meta, "triggers", []) if t.name not in HISTORY]
    return sorted(named)


@pytest.fixture(scope="module")
def test_texts() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))


@pytest.mark.parametrize("rule", rules())
def test_every_rule_of_the_database_is_named_in_a_test(rule, test_texts):
    # Rules that several models share are named by the model: f"{model}_has_a_name".
    shared = {"has_a_name", "slug_is_lower_case", "publication_is_known"}
    suffix = next((s for s in shared if rule.endswith(f"_{s}")), None)

    assert rule in test_texts or (suffix is not None and f"}}_{suffix}" in test_texts)


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m._meta.label)
def test_every_constraint_has_a_message_for_the_form(model):
    default = models.CheckConstraint.default_violation_error_message

    for constraint in model._meta.constraints:
        assert constraint.violation_error_message != default, constraint.name


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m._meta.label)
def test_every_model_says_what_it_is(model):
    if not model.__name__.endswith("Event"):
        assert model.__doc__
        assert not model.__doc__.startswith(f"{model.__name__}(")


@pytest.mark.parametrize("model", our_models(), ids=lambda m: m._meta.label)
def test_every_choice_is_an_upper_case_word_that_the_database_knows(model):
    if model.__name__.endswith("Event"):
        return
    checked = " ".join(str(c.condition) for c in model._meta.constraints if hasattr(c, "condition"))
    for field in model._meta.local_fields:
        if not field.choices or field.name == "language":
            continue
        assert all(value == value.upper() for value, _label in field.choices), field
        assert field.name in checked, f"{field} has choices that no constraint checks"
