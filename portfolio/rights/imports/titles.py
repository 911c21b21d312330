"""Which title of ours a row of the Avails sheet means."""

from collections import defaultdict
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db.models import Q

from portfolio.common.identifiers import canonical
from portfolio.imports.importers import Given
from portfolio.productions.choices import SERIES_FORMATS, WorkScheme
from portfolio.productions.models import Production, ProductionIdentifier, Season

NAMES = ("name_en", "name_zh_hant", "name_zh_hans")


class Titles:
    """The titles that rows may mean, found at once.  Queries: three."""

    def __init__(self, rows: Collection[Given]) -> None:
        said = [row.values for row in rows]
        addresses = {v[n] for v in said for n in ("address", "series_address") if n in v}
        names = {v[n] for v in said for n in ("name", "series_name") if n in v}
        self.by_eidr = dict(
            ProductionIdentifier.objects.filter(
                scheme=WorkScheme.EIDR, value__in={eidr_of(v["eidr"]) for v in said if "eidr" in v}
            ).values_list("value", "production")
        )
        any_name = Q(name_en__in=names) | Q(name_zh_hant__in=names) | Q(name_zh_hans__in=names)
        found = Production.objects.filter(
            Q(slug__in=addresses) | Q(pk__in=self.by_eidr.values()) | any_name
        )
        self.by_key = {row.pk: row for row in found}
        self.by_address = {row.slug: row for row in self.by_key.values()}
        self.by_name: dict[str, list[Production]] = defaultdict(list)
        for row in self.by_key.values():
            for name in {getattr(row, field) for field in NAMES} - {""}:
                self.by_name[name].append(row)
        self.seasons: dict[int, set[int]] = defaultdict(set)
        for title, number in Season.objects.filter(production__in=self.by_key).values_list(
            "production", "number"
        ):
            self.seasons[title].add(number)

    def of(self, row: Given) -> Production | None:
        """The title of a row by its address, its EIDR or its name; None with what is wrong in the row."""
        values = row.values
        address = values.get("address") or values.get("series_address")
        if address in self.by_address:
            return self.by_address[address]
        if "eidr" in values and (key := self.by_eidr.get(eidr_of(values["eidr"]))):
            return self.by_key[key]
        name = values.get("name") or values.get("series_name") or ""
        found = self.by_name.get(name, [])
        if len(found) > 1:
            row.fault("title_has_two_meanings", value=name)
        elif not found:
            row.fault("title_unknown")
        return found[0] if len(found) == 1 else None

    def seasons_of(self, title: Production) -> set[int]:
        """The seasons of a series that we know of."""
        return self.seasons[title.pk] if title.format in SERIES_FORMATS else set()


def eidr_of(text: str) -> str:
    """An EIDR in its usual form; anything else as it is."""
    try:
        return str(canonical(WorkScheme.EIDR, text))
    except ValidationError:
        return text
