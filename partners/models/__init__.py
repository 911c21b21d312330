"""Organisations and people, what they signed, and how they stand to each other."""

from partners.models.agreements import (
    Agreement,
    AgreementAmendment,
    AgreementDocument,
    AgreementParty,
    AgreementQuerySet,
)
from partners.models.documents import Document
from partners.models.parties import (
    Contact,
    Organisation,
    OrganisationCitation,
    OrganisationIdentifier,
    OrganisationQuerySet,
    Person,
    PersonCitation,
    PersonQuerySet,
    Position,
    PositionQuerySet,
)
from partners.models.standing import Block, BlockQuerySet, Interest, Ownership

__all__ = [
    "Agreement",
    "AgreementAmendment",
    "AgreementDocument",
    "AgreementParty",
    "AgreementQuerySet",
    "Block",
    "BlockQuerySet",
    "Contact",
    "Document",
    "Interest",
    "Organisation",
    "OrganisationCitation",
    "OrganisationIdentifier",
    "OrganisationQuerySet",
    "Ownership",
    "Person",
    "PersonCitation",
    "PersonQuerySet",
    "Position",
    "PositionQuerySet",
]
