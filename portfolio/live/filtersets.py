"""What lists of venues, concerts and shows may be asked."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef

from partners.models import Person
from portfolio.common.api.filters import (
    CountryParameter,
    DayParameter,
    DeclaredFilterSet,
    Givens,
    LinkedParameter,
    SlugParameter,
    StrictFilterSet,
    WordParameter,
    any_key,
)
from portfolio.common.api.private_filters import MomentParameter
from portfolio.live.choices import Form, ShowStatus
from portfolio.live.models import Act, Billing
from portfolio.programmes.filtersets import WorkFilterSet


class ArtistParameter(SlugParameter):
    """Rows of a concert in which the person or the act at an address performs."""

    def __init__(self, concert: str, *, help_text: str) -> None:
        super().__init__(concert, help_text=help_text)

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """One probe of the billings a row; addresses are unique within people and within acts."""
        artists = any_key("person", Person, givens) | any_key("act", Act, givens)
        billings = Billing.objects.filter(artists, concert=OuterRef(self.field_name))
        return queryset.filter(Exists(billings))


class VenueFilterSet(StrictFilterSet):
    """Questions about venues."""

    country = CountryParameter("country", help_text="The country, by ISO 3166-1.")
    owner = SlugParameter("owner", help_text="The address of the organisation that owns it.")
    operator = SlugParameter("operator", help_text="The address of the organisation that runs it.")


class ConcertFilterSet(WorkFilterSet):
    """Questions about concerts."""

    form = WordParameter("form", Form, help_text="Whether it is one concert or several.")
    promoter = SlugParameter("promoter", help_text="The address of its promoter.")
    venue = LinkedParameter(
        "shows", "venue", help_text="The address of a venue in which one of its shows is."
    )
    artist = ArtistParameter("pk", help_text="The address of a person or an act that performs.")


class ShowFilterSet(DeclaredFilterSet):
    """Questions about shows."""

    concert = SlugParameter("concert", help_text="The address of its concert.")
    venue = SlugParameter("venue", help_text="The address of its venue.")
    artist = ArtistParameter(
        "concert", help_text="The address of a person or an act that performs."
    )
    status = WordParameter("status", ShowStatus, help_text="How far it has come.")
    date_from = DayParameter("date__gte", help_text="On this day or later, at the venue.")
    date_to = DayParameter("date__lte", help_text="On this day or earlier, at the venue.")
    as_of = DayParameter(
        "asked_as_of", help_text="`figures` of reports of this day or earlier; hides no show."
    )
    known_at = MomentParameter(
        "asked_known_at", help_text="`figures` of reports recorded by this instant; hides no show."
    )

    @classmethod
    def narrow(cls, queryset: Any, givens: Mapping[str, Givens]) -> Any:
        """`as_of` and `known_at` decide which report is told of, not which shows."""
        others = {n: values for n, values in givens.items() if n not in ("as_of", "known_at")}
        asked = {f"asked_{n}": givens[n][0] for n in ("as_of", "known_at") if n in givens}
        return super().narrow(queryset.annotate(**asked), others)
