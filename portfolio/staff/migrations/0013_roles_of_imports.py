"""Roles for imports: who may read files in, and who may see what was read."""

from django.db import migrations

from portfolio.staff.roles import write_roles


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0012_roles_of_waterfalls"),
        ("imports", "0001_initial"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
