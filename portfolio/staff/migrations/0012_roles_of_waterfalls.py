"""Roles for waterfalls and the receipts that run through them."""

from django.db import migrations

from portfolio.staff.roles import write_roles


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0011_reminders"),
        ("productions", "0006_recoupment"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
