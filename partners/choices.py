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


class AgreementKind(models.TextChoices):
    """What an agreement is for."""

    INVESTMENT = "INVESTMENT", _("Investment")
    GRANT = "GRANT", _("Grant")
    CO_PRODUCTION = "CO_PRODUCTION", _("Co-production")
    DISTRIBUTION = "DISTRIBUTION", _("Distribution")
    LICENCE = "LICENCE", _("Licence of rights")
    VENUE = "VENUE", _("Venue collaboration")
    SCHOLARSHIP = "SCHOLARSHIP", _("Scholarship")
    SERVICES = "SERVICES", _("Services")
    OTHER = "OTHER", _("Other")


class PartyRole(models.TextChoices):
    """What a party is in an agreement."""

    FUNDER = "FUNDER", _("Funder")
    PAYEE = "PAYEE", _("Payee")
    CO_FINANCIER = "CO_FINANCIER", _("Co-financier")
    GUARANTOR = "GUARANTOR", _("Guarantor")
    PRODUCER = "PRODUCER", _("Producer")
    OTHER = "OTHER", _("Other")


class AmendmentKind(models.TextChoices):
    """What an amendment changes; the difference is stored, never the result alone."""

    INCREASE = "INCREASE", _("Increase of the amount")
    DECREASE = "DECREASE", _("Decrease of the amount")
    EXTENSION = "EXTENSION", _("Another last day")
    TERMS = "TERMS", _("Other terms")


class DocumentKind(models.TextChoices):
    """What a document is."""

    AGREEMENT = "AGREEMENT", _("Agreement")
    AMENDMENT = "AMENDMENT", _("Amendment")
    INVOICE = "INVOICE", _("Invoice or request")
    PAYMENT_ADVICE = "PAYMENT_ADVICE", _("Payment advice")
    BANK_STATEMENT = "BANK_STATEMENT", _("Bank statement")
    INSURANCE = "INSURANCE", _("Insurance certificate")
    REPORT = "REPORT", _("Report")
    DECISION = "DECISION", _("Decision")
    OTHER = "OTHER", _("Other")
