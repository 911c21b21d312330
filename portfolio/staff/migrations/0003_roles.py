"""Makes the roles of portfolio/staff/roles.py."""

from django.db import migrations

from portfolio.staff.roles import write_roles


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0002_history_and_plain_names"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("sources", "0002_claims"),
        ("partners", "0001_initial"),
        ("programmes", "0001_initial"),
        ("productions", "0001_initial"),
        ("scholarships", "0001_initial"),
    ]

    operations = [migrations.RunPython(write_roles, migrations.RunPython.noop)]
