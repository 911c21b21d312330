"""The extensions and functions that search and later rules stand on."""

from pathlib import Path

from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations

FUNCTIONS = Path(__file__).parent.parent / "sql" / "0001_search.sql"


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        TrigramExtension(),
        BtreeGistExtension(),
        migrations.RunSQL(
            sql=FUNCTIONS.read_text(encoding="utf-8"),
            reverse_sql=(
                "DROP FUNCTION topsheet_search_text(text, text, text, text, text[]);"
                "DROP FUNCTION topsheet_fold(text);"
            ),
        ),
    ]
