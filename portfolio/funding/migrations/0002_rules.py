"""The rules of promises, approvals and the ledger."""

from pathlib import Path

from django.db import migrations

from portfolio.common.sql_files import run_file

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0003_money"),
        ("programmes", "0003_allocation_rules"),
        ("staff", "0003_roles"),
        ("funding", "0001_initial"),
    ]

    operations = [
        run_file(SQL / "0002_ledger.sql"),
        run_file(SQL / "0003_promises.sql"),
        run_file(SQL / "0004_approvals.sql"),
        run_file(SQL / "0005_papers.sql"),
        run_file(SQL / "0006_books.sql"),
        run_file(SQL / "0007_signature.sql"),
    ]
