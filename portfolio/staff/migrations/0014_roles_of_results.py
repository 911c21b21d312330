"""Roles for releases and results: who may enter and import them."""

from django.db import migrations

from portfolio.staff.roles import write_roles


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0013_roles_of_imports"),
        ("productions", "0007_releases_results"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
