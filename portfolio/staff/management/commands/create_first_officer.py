"""Makes the first account of a new installation, with a random password that is shown once."""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portfolio.staff.models import User


class Command(BaseCommand):
    """Create an administrator when there is none; print name and password once, else nothing."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", default="officer")

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.filter(is_superuser=True).exists():
            return
        password = secrets.token_urlsafe(15)
        User.objects.create_superuser(username=options["username"], email="", password=password)
        self.stdout.write(f"Staff account: {options['username']}   password: {password}")
