"""The shared counter of the API's limit; see portfolio/common/api/throttling.py."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("common", "0001_search")]

    operations = [
        # Unlogged: a counter of the last minute need not outlive a crash, and costs no WAL.
        migrations.RunSQL(
            sql=(
                "CREATE UNLOGGED TABLE common_api_count ("
                "caller text NOT NULL, window_number bigint NOT NULL, requests bigint NOT NULL, "
                "PRIMARY KEY (caller, window_number))"
            ),
            reverse_sql="DROP TABLE common_api_count",
        )
    ]
