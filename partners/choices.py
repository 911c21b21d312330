"""Words of partners."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """What an organisation does; one may do several things."""

    SPONSOR = "SPONSOR", _("Sponsor")
    STUDIO = "STUDIO", _("Studio")
    STREAMING_PLATFORM = "STREAMING_PLATFORM", _("Streaming platform")
    BROADCASTER = "BROADCASTER", _("Broadcaster")
    DISTRIBUTOR = "DISTRIBUTOR", _("Distributor")
    SALES_AGENT = "SALES_AGENT", _("Sales agent")
    PROMOTER = "PROMOTER", _("Promoter")
    VENUE_OPERATOR = "VENUE_OPERATOR", _("Venue operator")
    UNIVERSITY = "UNIVERSITY", _("University")
    ACADEMY = "ACADEMY", _("Academy")
    GOVERNMENT = "GOVERNMENT", _("Government")
    INVESTOR = "INVESTOR", _("Investor")
    OTHER = "OTHER", _("Other")


class IdentifierScheme(models.TextChoices):
    """Registers that give organisations a number."""

    LEI = "LEI", _("Legal Entity Identifier")
    HK_CR = "HK_CR", _("Hong Kong Companies Registry number")
    CN_USCC = "CN_USCC", _("Mainland unified social credit code")
    HKEX = "HKEX", _("Hong Kong stock code")
    ROR = "ROR", _("Research Organization Registry")
    ISNI = "ISNI", _("ISNI")
    EIDR_PARTY = "EIDR_PARTY", _("EIDR party")
    WIKIDATA = "WIKIDATA", _("Wikidata")
    OTHER = "OTHER", _("Other")
