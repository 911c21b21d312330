"""The roles in the database are those of the table, and docs/roles.md shows the same."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group

from portfolio.common.grants import ONLY_READ, rights_of
from portfolio.funding.models import KeptAnswer
from portfolio.staff.management.commands.write_roles_document import document
from portfolio.staff.models import CalendarFeed, DigestSent
from portfolio.staff.roles import AREAS, ROLES, TABLE, WORDS, permissions_of
from scholarships.models import SecretLink


@pytest.mark.parametrize("role", ROLES)
def test_a_role_in_the_database_is_that_of_the_table(db: None, role: str):
    rows = Group.objects.get(name=role).permissions.select_related("content_type")

    assert {f"{row.content_type.app_label}.{row.codename}" for row in rows} == permissions_of(role)


def test_there_are_no_other_groups(db: None):
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_every_line_has_a_cell_for_every_role_and_every_area_a_line():
    assert set(TABLE) == set(AREAS)
    assert {len(cells) for cells in TABLE.values()} == {len(ROLES)}
    assert {letter for cells in TABLE.values() for cell in cells for letter in cell} <= set(
        "VACDRS."
    )
    assert set(WORDS) == set(ROLES) | set(AREAS)


def test_every_model_of_ours_is_in_exactly_one_area():
    placed = [label for labels in AREAS.values() for label in labels]
    ours = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith(("portfolio.", "partners.", "scholarships."))
        and not model.__name__.endswith("Event")
        # What only the database writes, and what is kept for programs, is nobody's to look after.
        and rights_of(model) != ONLY_READ
        and model is not KeptAnswer
        # One's own: a page of their owner's shows them, and nobody else's.
        and model not in (CalendarFeed, DigestSent, SecretLink)
    }

    assert len(placed) == len(set(placed))
    assert ours <= set(placed), ours - set(placed)


def test_personal_data_is_not_for_viewers():
    assert "partners.view_contact" not in permissions_of("Viewer")
    assert "staff.view_user" not in permissions_of("Viewer")


def test_a_reviewer_has_a_desk_and_nothing_else():
    assert permissions_of("Reviewer") == {
        "scholarships.change_review",
        "scholarships.change_score",
    }


def test_what_is_sealed_is_for_who_runs_scholarships_and_administrators():
    assert {role for role in ROLES if "scholarships.reveal_applicant" in permissions_of(role)} == {
        "Scholarship officer",
        "Administrator",
    }


def test_an_auditor_sees_everything_and_changes_nothing():
    assert {name.split(".")[1].split("_")[0] for name in permissions_of("Auditor")} == {"view"}
    assert {name for name in permissions_of("Administrator") if ".view_" in name} <= permissions_of(
        "Auditor"
    )


def test_the_page_of_roles_is_that_of_the_table():
    page = Path(settings.BASE_DIR, "docs", "roles.md").read_text(encoding="utf-8")

    assert page == document()
