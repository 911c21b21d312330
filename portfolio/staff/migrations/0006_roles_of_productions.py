"""Roles for productions: who may move them from stage to stage."""

from django.db import migrations

from portfolio.staff.roles import write_roles


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0005_roles_of_funding"),
        ("productions", "0004_rules_of_the_slate"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
