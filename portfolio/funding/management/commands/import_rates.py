"""Imports published exchange rates; without a file, the ECB's history since 1999, offline."""

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portfolio.common.money import ISO_4217
from portfolio.common.refusals import Refused
from portfolio.funding.models import RateSeries
from portfolio.funding.operations import rates

ECB = {"slug": "ecb", "name": "European Central Bank, reference rates of the euro", "base": "EUR"}


class Command(BaseCommand):
    """Import FILE (CSV: date,currency,rate) into a series, or the ECB's history; add only."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--series", help="the series' address, such as hkma")
        parser.add_argument("--name", help="the series' name, where it is new")
        parser.add_argument("--base", help="the currency that the rates are against, such as HKD")
        parser.add_argument(
            "--rank", type=int, default=100, help="the lowest that knows both currencies is used"
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where a series exists already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and RateSeries.objects.exists():
            return
        series: dict[str, Any] = dict(ECB)
        found: Iterable[rates.PublishedRate]
        path, today = options["file"], timezone.localdate()
        try:
            if path is None:
                if options["series"] or options["base"]:
                    raise CommandError("Say which file holds the rates of the series.")
                found = rates.read_ecb_history()
                # What was published was published, whatever the clock of this machine says.
                today = datetime.date.max
            else:
                series = self.series_of(options)
                found = rates.read_rates(path.read_bytes())
            done = rates.import_rates(rates=found, today=today, rank=options["rank"], **series)
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}.") from error
        except rates.RatesAreFaulty as error:
            count = len(error.faults)
            what = "1 fault" if count == 1 else f"{count} faults"
            listed = "\n".join(f"  {fault}" for fault in error.faults)
            raise CommandError(
                f"{path or 'The history of the ECB'} has {what}; nothing was imported.\n{listed}"
            ) from error
        except Refused as error:
            raise CommandError(f"{error} Nothing was imported.") from error
        self.stdout.write(f"{done.series}: {done.added} rates added, {done.known} known before.")

    def series_of(self, options: dict[str, Any]) -> dict[str, str]:
        """The series that the arguments name, as it is or as it is to be."""
        slug = options["series"]
        if not slug:
            raise CommandError("Give the series of the file: --series SLUG --name … --base CUR.")
        known = RateSeries.objects.filter(slug=slug).first()
        base = options["base"] or (known and known.base)
        name = options["name"] or (known and known.name)
        if not base or not name:
            raise CommandError(f"There is no series {slug} yet: give it --name … and --base CUR.")
        if base not in ISO_4217:
            raise CommandError(f"{base} is no currency of ISO 4217.")
        return {"slug": slug, "name": name, "base": base}
