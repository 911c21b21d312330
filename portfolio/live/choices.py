"""Words of concerts and venues."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Configuration(models.TextChoices):
    """How a venue is set up, which decides how many it holds."""

    SEATED = "SEATED", _("Seated")
    STANDING = "STANDING", _("Standing")
    MIXED = "MIXED", _("Seated and standing")


class Purpose(models.TextChoices):
    """What a venue is booked for."""

    SHOW = "SHOW", pgettext_lazy("event", "Show")
    REHEARSAL = "REHEARSAL", _("Rehearsal")
    LOAD_IN = "LOAD_IN", _("Load-in")
    LOAD_OUT = "LOAD_OUT", _("Load-out")
    MAINTENANCE = "MAINTENANCE", _("Maintenance")
    OTHER = "OTHER", _("Other use")


class BookingState(models.TextChoices):
    """How firm a booking is."""

    HELD = "HELD", _("Held")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    RELEASED = "RELEASED", _("Released")


class Form(models.TextChoices):
    """Whether it is one concert or several under one name."""

    CONCERT = "CONCERT", _("Concert")
    TOUR = "TOUR", _("Tour")
    FESTIVAL = "FESTIVAL", _("Festival")


class BillingRole(models.TextChoices):
    """How an artist is billed."""

    HEADLINER = "HEADLINER", _("Headliner")
    CO_HEADLINER = "CO_HEADLINER", _("Co-headliner")
    SPECIAL_GUEST = "SPECIAL_GUEST", _("Special guest")
    SUPPORT = "SUPPORT", _("Support")
    CONDUCTOR = "CONDUCTOR", _("Conductor")
    BAND = "BAND", _("Band")


class ShowStatus(models.TextChoices):
    """How far a show has come."""

    PLANNED = "PLANNED", _("Planned")
    ON_SALE = "ON_SALE", _("On sale")
    HELD = "HELD", pgettext_lazy("show", "Held")
    CANCELLED = "CANCELLED", _("Cancelled")
    POSTPONED = "POSTPONED", _("Postponed")


class ShareBasis(models.TextChoices):
    """Of what a share of revenue is taken."""

    GROSS = "GROSS", _("Gross receipts")
    NET = "NET", _("Net receipts")
    PROFIT = "PROFIT", _("Profit")


OPTIONS = {
    1: _("first option"),
    2: _("second option"),
    3: _("third option"),
    4: _("fourth option"),
    5: _("fifth option"),
    6: _("sixth option"),
    7: _("seventh option"),
    8: _("eighth option"),
    9: _("ninth option"),
}
"""What the rank of a hold is called."""
