"""Brings the database to the state this version needs; run as its owner."""

from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from portfolio.common.grants import grant_app_role


class Command(BaseCommand):
    """Migrate, make the cache table, and give the runtime role what it needs and no more.

    Raises: CommandError when it runs as the runtime role or that role does not exist.
    """

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASE_ROLE != "owner":
            raise CommandError(
                "prepare_database runs as the owner of the database: set TOPSHEET_DB_ROLE=owner."
            )
        verbosity = options["verbosity"]
        call_command("migrate", interactive=False, verbosity=verbosity)
        call_command("createcachetable", verbosity=verbosity)
        # Some looks at rows wait for the migrations, such as whether a backup brought somebody back.
        call_command("check", databases=["default"], tags=["database"], stdout=StringIO())
        owner = connection.settings_dict["USER"]
        if owner == settings.DATABASE_APP_USER:
            self.stdout.write(
                "DATABASE_APP_URL names no other role: the server would run as the owner of its tables."
            )
            return
        with transaction.atomic():
            grant_app_role(settings.DATABASE_APP_USER)
        self.stdout.write(f"{settings.DATABASE_APP_USER} may read and write, and owns nothing.")
