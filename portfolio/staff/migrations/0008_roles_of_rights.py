"""Roles for rights: who may negotiate, put in force and end them."""

from django.db import migrations

from portfolio.staff.roles import write_roles


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0007_roles_of_live"),
        ("rights", "0003_territories"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
