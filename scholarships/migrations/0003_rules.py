"""The rules of rounds, applications, reviews, panels, awards and personal data."""

from pathlib import Path

from django.db import migrations

from portfolio.common.sql_files import run_file

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [
        ("funding", "0002_rules"),
        ("scholarships", "0002_rounds"),
    ]

    operations = [
        run_file(SQL / "0003_rounds.sql"),
        run_file(SQL / "0003_applications.sql"),
        run_file(SQL / "0003_reviews.sql"),
        run_file(SQL / "0003_panels.sql"),
        run_file(SQL / "0003_awards.sql"),
        run_file(SQL / "0003_privacy.sql"),
    ]
