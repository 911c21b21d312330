"""The rules of series, stages, schedules and deliverables."""

from pathlib import Path

from django.db import migrations

from portfolio.common.sql_files import run_file

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("funding", "0002_rules"),
        ("productions", "0003_slate"),
    ]

    operations = [
        run_file(SQL / "0004_series.sql"),
        run_file(SQL / "0004_stages.sql"),
        run_file(SQL / "0004_schedules.sql"),
        run_file(SQL / "0004_deliverables.sql"),
    ]
