"""Roles for numbers and images of productions: those of the productions themselves."""

from django.db import migrations

from portfolio.staff.roles import write_roles


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0009_rights_may_be_read"),
        ("productions", "0005_credits_numbers_images"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
