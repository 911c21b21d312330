"""Roles for rounds, applicants, reviews, panels and awards; reviewers have one of their own."""

from django.db import migrations

from portfolio.staff.roles import write_roles


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0017_scholarships_may_be_read"),
        ("scholarships", "0003_rules"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
