"""Every public page for search engines, each with its two other languages."""

from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from partners.models import Organisation, Person
from portfolio.live.models import Concert, Venue, VenueCollaboration
from portfolio.productions.models import Production
from portfolio.programmes.models import Programme, Strand
from portfolio.sources.models import Source
from scholarships.models import Scheme


class ThreeLanguageSitemap(Sitemap):
    """Pages that exist in all three languages."""

    i18n = True
    alternates = True
    x_default = True
    limit = 2_000


class PageSitemap(ThreeLanguageSitemap):
    """The pages that are always there."""

    def items(self) -> list[str]:
        return [
            "home",
            "productions",
            "slate",
            "slate_timeline",
            "concerts",
            "venues",
            "partners",
            "people",
            "scholarships",
            "track_record",
            "sources",
            "about_the_data",
        ]

    def location(self, item: str) -> str:
        return reverse(f"website:{item}")


class RowSitemap(ThreeLanguageSitemap):
    """The pages of one sort of row."""

    model: Any
    page: str

    def items(self) -> QuerySet[Any]:
        return self.model.objects.public(timezone.now()).only("pk", "slug").order_by("pk")

    def location(self, item: Any) -> str:
        return reverse(f"website:{self.page}", args=[item.slug])


def of_rows(model: Any, page: str) -> type[RowSitemap]:
    """A sitemap of the public rows of a model."""
    return type(f"{model.__name__}Sitemap", (RowSitemap,), {"model": model, "page": page})


SITEMAPS = {
    "pages": PageSitemap,
    "programmes": of_rows(Programme, "programme"),
    "strands": of_rows(Strand, "strand"),
    "productions": of_rows(Production, "production"),
    "concerts": of_rows(Concert, "concert"),
    "venues": of_rows(Venue, "venue"),
    "venue-collaborations": of_rows(VenueCollaboration, "venue_collaboration"),
    "partners": of_rows(Organisation, "partner"),
    "people": of_rows(Person, "person"),
    "scholarships": of_rows(Scheme, "scheme"),
    "sources": of_rows(Source, "source"),
}
