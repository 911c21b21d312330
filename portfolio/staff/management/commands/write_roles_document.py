"""Writes docs/roles.md from the table of roles."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portfolio.staff.roles import AREAS, ROLES, TABLE

HEAD = """# Roles

Who may do what in the staff admin. Roles are groups; they are made by a migration from the table in
`portfolio/staff/roles.py` and are not changed by hand. This page is written from the same table by
`manage.py write_roles_document`, and a test fails where the three differ.

V view, A add, C change, D delete, R open a period again, S see what is sealed (identity numbers,
birth dates, bank accounts); a dot is nothing. One person may hold several roles. A superuser may do
everything, and only a superuser makes another one. Nobody changes their own access. Accounts are never
deleted, only made inactive, because the history names them. Projects are added, changed and deleted as
what they are: productions and scholarship schemes. A reviewer comes to the applications that they were
given, on a desk of their own and without names, and to nothing else.

"""


def document() -> str:
    """The page, as Markdown."""
    lines = ["| | " + " | ".join(ROLES) + " |", "|---" * (len(ROLES) + 1) + "|"]
    lines += [f"| {area} | " + " | ".join(TABLE[area]) + " |" for area in AREAS]
    parts = [f"- **{area}**: " + ", ".join(f"`{label}`" for label in AREAS[area]) for area in AREAS]
    said = "\n## What belongs to each line\n\n"
    return HEAD + "\n".join(lines) + "\n" + said + "\n".join(parts) + "\n"


class Command(BaseCommand):
    """Write the page of roles."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.BASE_DIR, "docs", "roles.md").write_text(document(), encoding="utf-8")
