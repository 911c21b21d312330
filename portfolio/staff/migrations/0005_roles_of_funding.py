"""Roles for money: who may promise, decide, pay and close."""

from django.db import migrations

from portfolio.staff.roles import write_roles


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0004_api_tokens"),
        ("funding", "0002_rules"),
        ("programmes", "0003_allocation_rules"),
        ("partners", "0002_agreements"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
