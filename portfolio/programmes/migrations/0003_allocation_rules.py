"""Allocations never exceed the envelope and are only ever added to."""

from pathlib import Path

from django.db import migrations

from portfolio.common.sql_files import run_file

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_money"),
        ("programmes", "0002_allocations"),
    ]

    operations = [
        run_file(SQL / "0002_allocations.sql"),
    ]
