"""The rules of rights: extents, clashes, and what is free."""

from pathlib import Path

from django.db import migrations

from portfolio.common.sql_files import run_file

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_initial")]

    operations = [
        run_file(SQL / "0002_extents.sql"),
        run_file(SQL / "0003_clashes.sql"),
        run_file(SQL / "0004_avails.sql"),
    ]
