"""Words of productions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Format(models.TextChoices):
    """The form of a production."""

    FEATURE_FILM = "FEATURE_FILM", _("Feature film")
    TV_DRAMA = "TV_DRAMA", _("TV drama")
    DOCUMENTARY = "DOCUMENTARY", _("Documentary")
    ANIMATION = "ANIMATION", _("Animation")
    SHORT_FILM = "SHORT_FILM", _("Short film")
    VARIETY_SHOW = "VARIETY_SHOW", _("Variety show")


class Stage(models.TextChoices):
    """How far a production has come, in order; abandoned may follow any."""

    ANNOUNCED = "ANNOUNCED", _("Announced")
    DEVELOPMENT = "DEVELOPMENT", _("Development")
    GREENLIT = "GREENLIT", _("Greenlit")
    FINANCED = "FINANCED", _("Financed")
    PRE_PRODUCTION = "PRE_PRODUCTION", _("Pre-production")
    PRINCIPAL_PHOTOGRAPHY = "PRINCIPAL_PHOTOGRAPHY", _("Principal photography")
    POST_PRODUCTION = "POST_PRODUCTION", _("Post-production")
    DELIVERED = "DELIVERED", _("Delivered")
    RELEASED = "RELEASED", _("Released")
    ARCHIVED = "ARCHIVED", _("Archived")
    ABANDONED = "ABANDONED", _("Abandoned")


class ParticipationRole(models.TextChoices):
    """What an organisation does for a production."""

    FINANCIER = "FINANCIER", _("Financier")
    BACKER = "BACKER", _("Backer")
    INVESTOR = "INVESTOR", _("Investor")
    PRODUCER = "PRODUCER", _("Producer")
    CO_PRODUCER = "CO_PRODUCER", _("Co-producer")
    DISTRIBUTOR = "DISTRIBUTOR", _("Distributor")
    BROADCASTER = "BROADCASTER", _("Broadcaster")
    SALES_AGENT = "SALES_AGENT", _("Sales agent")


class CreditRole(models.TextChoices):
    """What a person did on a production."""

    DIRECTOR = "DIRECTOR", _("Director")
    WRITER = "WRITER", _("Writer")
    PRODUCER = "PRODUCER", _("Producer")
    EXECUTIVE_PRODUCER = "EXECUTIVE_PRODUCER", _("Executive producer")
    CAST = "CAST", _("Cast")
    CINEMATOGRAPHER = "CINEMATOGRAPHER", _("Cinematographer")
    EDITOR = "EDITOR", _("Editor")
    COMPOSER = "COMPOSER", _("Composer")
