"""Venues: where they are, whose they are, their spaces and how many those hold."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portfolio.common.constraints import is_one_of, never_changes, slug_is_lower_case
from portfolio.common.history import keeps_history
from portfolio.common.local_time import HOUSE_ZONE
from portfolio.common.names import NamedInThreeScripts, has_a_name
from portfolio.common.publishing import Publishable, PublishableQuerySet, publication_is_known
from portfolio.common.search import SearchableQuerySet, search_index
from portfolio.common.territories import TerritoryField, territory_is_iso3166
from portfolio.live.choices import Configuration
from portfolio.sources.models import Citation, Source, cited_once


class VenueQuerySet(SearchableQuerySet, PublishableQuerySet):
    """Venues."""


@keeps_history()
class Venue(NamedInThreeScripts, Publishable):
    """A house or a ground in which shows are held; it has one space or several.

    Units: latitude and longitude in degrees, WGS 84.
    Time: `time_zone` is the clock on its wall, by its name in the IANA database.
    """

    slug = models.SlugField(_("address"), max_length=100, unique=True)
    address_en = models.CharField(_("street in English"), max_length=300, blank=True)
    address_zh_hant = models.CharField(
        _("street in Traditional Chinese"), max_length=300, blank=True
    )
    address_zh_hans = models.CharField(
        _("street in Simplified Chinese"), max_length=300, blank=True
    )
    district_en = models.CharField(_("district in English"), max_length=100, blank=True)
    district_zh_hant = models.CharField(
        _("district in Traditional Chinese"), max_length=100, blank=True
    )
    district_zh_hans = models.CharField(
        _("district in Simplified Chinese"), max_length=100, blank=True
    )
    country = TerritoryField(
        _("country"), blank=True, help_text=_("ISO 3166-1, such as HK; empty where no source says.")
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default=HOUSE_ZONE)
    owner = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_venues",
        verbose_name=_("owner"),
        help_text=_("Empty where no source says."),
    )
    operator = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="operated_venues",
        verbose_name=_("operator"),
        help_text=_("Who runs it; empty where no source says."),
    )
    website = models.URLField(_("website"), max_length=1000, blank=True)
    remarks = models.TextField(
        _("remarks"), blank=True, help_text=_("What a source adds, in a sentence; public.")
    )
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff; never public."))
    sources = models.ManyToManyField(
        Source, through="VenueCitation", related_name="venues", verbose_name=_("sources")
    )

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["sort_name", "pk"]
        indexes = [
            search_index(name="venue_search"),
            models.Index(fields=["sort_name", "id"], name="venue_by_name"),
        ]
        constraints = [
            has_a_name(name="venue_has_a_name"),
            slug_is_lower_case(name="venue_slug_is_lower_case"),
            publication_is_known(name="venue_publication_is_known"),
            territory_is_iso3166(name="venue_country_is_iso3166"),
            models.CheckConstraint(
                name="venue_place_is_on_the_globe",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    latitude__gte=-90,
                    latitude__lte=90,
                    longitude__isnull=False,
                    longitude__gte=-180,
                    longitude__lte=180,
                ),
                violation_error_message=_(
                    "Give both latitude (−90 to 90) and longitude (−180 to 180), or neither."
                ),
            ),
            models.CheckConstraint(
                name="venue_website_is_http",
                condition=Q(website="") | Q(website__regex=r"^https?://"),
                violation_error_message=_("Give a link that begins with https:// or http://."),
            ),
        ]


@keeps_history()
class Space(NamedInThreeScripts):
    """A part of a venue that can be used by itself: a hall, a stage, a rehearsal room."""

    venue = models.ForeignKey(
        Venue, on_delete=models.CASCADE, related_name="spaces", verbose_name=_("venue")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        ordering = ["venue", "position", "pk"]
        constraints = [has_a_name(name="space_has_a_name")]
        triggers = [
            never_changes(
                name="space_venue_never_changes",
                field="venue",
                message="a space stays in the venue that it is a part of",
            )
        ]


@keeps_history()
class Capacity(models.Model):
    """How many a venue, or one of its spaces, holds when it is set up in one way."""

    venue = models.ForeignKey(
        Venue, on_delete=models.CASCADE, related_name="capacities", verbose_name=_("venue")
    )
    space = models.ForeignKey(
        Space,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="capacities",
        verbose_name=_("space"),
        help_text=_("Empty for the whole venue."),
    )
    configuration = models.CharField(_("set up"), max_length=10, choices=Configuration)
    people = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name = _("capacity")
        verbose_name_plural = _("capacities")
        ordering = ["venue", "space__position", "configuration"]
        constraints = [
            models.UniqueConstraint(
                fields=["venue", "space", "configuration"],
                name="capacity_is_given_once",
                nulls_distinct=False,
                violation_error_message=_("This set-up already has its number here."),
            ),
            is_one_of(
                name="capacity_configuration_is_known",
                field="configuration",
                choices=Configuration,
                message=_("Choose the set-up from the list."),
            ),
            models.CheckConstraint(
                name="capacity_is_of_someone",
                condition=Q(people__gt=0),
                violation_error_message=_("Give how many it holds, at least one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_configuration_display()}: {self.people:,}"


@keeps_history()
class VenueCitation(Citation):
    """A source of a venue."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("source of a venue")
        verbose_name_plural = _("sources of a venue")
        constraints = [cited_once(name="venue_citation_is_made_once", by="venue")]
