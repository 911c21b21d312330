"""The functions that rules about money stand on."""

from pathlib import Path

from django.db import migrations

from portfolio.common.sql_files import run_file

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0002_api_count"),
    ]

    operations = [
        run_file(SQL / "0003_money.sql"),
    ]
