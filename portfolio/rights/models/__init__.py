"""Rights in and out, holdbacks, priorities, and what they come to."""

from portfolio.rights.models.event import Event
from portfolio.rights.models.extent import Book, Extent
from portfolio.rights.models.grant import Grant, GrantQuerySet
from portfolio.rights.models.holdback import Holdback
from portfolio.rights.models.priority import Offer, Priority
from portfolio.rights.models.scope import Scope
from portfolio.rights.models.territory import WORLD, TerritorySet

__all__ = [
    "WORLD",
    "Book",
    "Event",
    "Extent",
    "Grant",
    "GrantQuerySet",
    "Holdback",
    "Offer",
    "Priority",
    "Scope",
    "TerritorySet",
]
