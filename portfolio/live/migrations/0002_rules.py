"""The rules of venues, their calendars and their shows."""

from pathlib import Path

from django.db import migrations

from portfolio.common.sql_files import run_file

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_money"),
        ("live", "0001_initial"),
    ]

    operations = [
        run_file(SQL / "0002_rules.sql"),
    ]
