"""Roles for concerts and venues."""

from django.db import migrations

from portfolio.staff.roles import write_roles


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0006_roles_of_productions"),
        ("live", "0002_rules"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
