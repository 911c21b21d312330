"""Words of programmes and projects."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Qualifier(models.TextChoices):
    """How exactly an amount was announced."""

    EXACT = "EXACT", _("exactly")
    AT_LEAST = "AT_LEAST", _("at least")
    UP_TO = "UP_TO", _("up to")
    ABOUT = "ABOUT", _("about")


class ProgrammeRole(models.TextChoices):
    """What an organisation is to a programme as a whole."""

    CO_INITIATOR = "CO_INITIATOR", _("Co-initiator")
    FUNDER = "FUNDER", _("Funder")
    ADMINISTRATOR = "ADMINISTRATOR", _("Administrator")


class ProjectKind(models.TextChoices):
    """Which sort of work a project is; each sort keeps detail of its own."""

    PRODUCTION = "PRODUCTION", _("Production")
    SCHOLARSHIP_SCHEME = "SCHOLARSHIP_SCHEME", _("Scholarship scheme")
    CONCERT = "CONCERT", _("Concert")
    VENUE_COLLABORATION = "VENUE_COLLABORATION", _("Venue collaboration")


class Standing(models.TextChoices):
    """Whether a project is part of the programme or came before it."""

    IN_PROGRAMME = "IN_PROGRAMME", _("In the programme")
    TRACK_RECORD = "TRACK_RECORD", _("Track record")


class OverCommitment(models.TextChoices):
    """What happens when commitments would pass an allocation."""

    STOP = "STOP", _("Stop")
    WARN = "WARN", _("Warn, and ask for an approval of its own")


class RevisionKind(models.TextChoices):
    """Whether an entry of an allocation is its first or a later one."""

    ORIGINAL = "ORIGINAL", _("Original")
    REVISION = "REVISION", _("Revision")
