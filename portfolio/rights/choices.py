"""Words of rights."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Direction(models.TextChoices):
    """Whether a right was acquired or licensed on."""

    IN = "IN", _("Rights in")
    OUT = "OUT", _("Rights out")


class Basis(models.TextChoices):
    """How a right came to us, or went from us."""

    OWNED = "OWNED", _("Owned from the start")
    ASSIGNED = "ASSIGNED", _("Assigned")
    LICENSED = "LICENSED", _("Licensed")


class Exclusivity(models.TextChoices):
    """Who else may have the same right in the same place and time."""

    EXCLUSIVE = "EXCLUSIVE", _("Exclusive")
    CO_EXCLUSIVE = "CO_EXCLUSIVE", _("Co-exclusive")
    NON_EXCLUSIVE = "NON_EXCLUSIVE", _("Non-exclusive")


class GrantState(models.TextChoices):
    """How far a grant has come."""

    DRAFT = "DRAFT", _("In negotiation")
    IN_FORCE = "IN_FORCE", _("In force")
    ENDED = "ENDED", _("Ended early")


class EndReason(models.TextChoices):
    """Why a right ended before its window did."""

    REVERSION = "REVERSION", _("Reverted")
    TERMINATION = "TERMINATION", _("Terminated")
    SURRENDER = "SURRENDER", _("Given back")
    REPLACED = "REPLACED", _("Replaced by another agreement")


class Bound(models.TextChoices):
    """What one end of a window hangs on."""

    DATE = "DATE", _("A date")
    EVENT = "EVENT", _("An event, with a lag")
    OPEN = "OPEN", _("Open")


class EventKind(models.TextChoices):
    """What happens to a title that windows hang on."""

    DELIVERY = "DELIVERY", _("Delivery")
    FESTIVAL_PREMIERE = "FESTIVAL_PREMIERE", _("Festival premiere")
    THEATRICAL_RELEASE = "THEATRICAL_RELEASE", _("Theatrical release")
    HOME_RELEASE = "HOME_RELEASE", _("Home entertainment release")
    ONLINE_RELEASE = "ONLINE_RELEASE", _("Online release")
    FIRST_BROADCAST = "FIRST_BROADCAST", _("First broadcast")
    OTHER = "OTHER", _("Other")


class BoundSide(models.TextChoices):
    """Whom a holdback keeps from exploiting."""

    US = "US", _("Us")
    OTHER_SIDE = "OTHER_SIDE", _("The other side")


class PriorityKind(models.TextChoices):
    """A place before others in the queue for rights."""

    OPTION = "OPTION", _("Option")
    FIRST_LOOK = "FIRST_LOOK", _("First look")
    LAST_MATCH = "LAST_MATCH", _("Last match")


class PriorityState(models.TextChoices):
    """What became of it."""

    OPEN = "OPEN", _("Open")
    EXERCISED = "EXERCISED", _("Exercised")
    LAPSED = "LAPSED", _("Lapsed")
    WAIVED = "WAIVED", _("Waived")


class Answer(models.TextChoices):
    """What the one who came first said to an offer."""

    ACCEPTED = "ACCEPTED", _("Accepted")
    DECLINED = "DECLINED", _("Declined")


class ExtentKind(models.TextChoices):
    """What an extent is of."""

    IN = "IN", _("Rights in")
    OUT = "OUT", _("Rights out")
    HOLDBACK = "HOLDBACK", _("Holdback")
    PRIORITY = "PRIORITY", _("Priority")


class Medium(models.TextChoices):
    """Media in which a title is exploited; a tree, in which a branch means all that grows on it."""

    ALL = "ALL", _("All media")
    THEATRICAL = "THEATRICAL", _("Theatrical")
    NON_THEATRICAL = "NON_THEATRICAL", _("Non-theatrical")
    AIRLINES = "AIRLINES", _("Airlines")
    SHIPS = "SHIPS", _("Ships")
    HOTELS = "HOTELS", _("Hotels")
    EDUCATIONAL = "EDUCATIONAL", _("Educational")
    PUBLIC_VIDEO = "PUBLIC_VIDEO", _("Public video")
    HOME_VIDEO = "HOME_VIDEO", _("Home video")
    VIDEO_RENTAL = "VIDEO_RENTAL", _("Video rental")
    VIDEO_SALE = "VIDEO_SALE", _("Video sale")
    ON_DEMAND = "ON_DEMAND", _("On demand")
    ELECTRONIC_SALE = "ELECTRONIC_SALE", _("Electronic sale")
    TRANSACTIONAL_VOD = "TRANSACTIONAL_VOD", _("Transactional video on demand")
    SUBSCRIPTION_VOD = "SUBSCRIPTION_VOD", _("Subscription video on demand")
    ADVERTISING_VOD = "ADVERTISING_VOD", _("Video on demand with advertising")
    FREE_VOD = "FREE_VOD", _("Free video on demand")
    TELEVISION = "TELEVISION", _("Television")
    PAY_PER_VIEW = "PAY_PER_VIEW", _("Pay per view")
    PAY_TV = "PAY_TV", _("Pay television")
    FREE_TV = "FREE_TV", _("Free television")
    LINEAR_STREAMING = "LINEAR_STREAMING", _("Streamed channels")
    DERIVATIVE = "DERIVATIVE", _("Derivative works")
    REMAKE = "REMAKE", _("Remake")
    SEQUEL = "SEQUEL", _("Sequel, prequel and series")
    FORMAT = "FORMAT", pgettext_lazy("medium", "Format")
    STAGE = "STAGE", pgettext_lazy("medium", "Stage")
    GAMES = "GAMES", _("Games")
    ANCILLARY = "ANCILLARY", _("Ancillary")
    MERCHANDISING = "MERCHANDISING", _("Merchandising")
    SOUNDTRACK = "SOUNDTRACK", _("Soundtrack")
    PUBLISHING = "PUBLISHING", _("Publishing")
    CLIPS = "CLIPS", _("Clips")


MEDIA_TREE: Mapping[Medium, tuple[Medium, ...]] = {
    Medium.NON_THEATRICAL: (
        Medium.AIRLINES, Medium.SHIPS, Medium.HOTELS, Medium.EDUCATIONAL, Medium.PUBLIC_VIDEO,
    ),
    Medium.HOME_VIDEO: (Medium.VIDEO_RENTAL, Medium.VIDEO_SALE),
    Medium.ON_DEMAND: (
        Medium.ELECTRONIC_SALE, Medium.TRANSACTIONAL_VOD, Medium.SUBSCRIPTION_VOD,
        Medium.ADVERTISING_VOD, Medium.FREE_VOD,
    ),
    Medium.TELEVISION: (
        Medium.PAY_PER_VIEW, Medium.PAY_TV, Medium.FREE_TV, Medium.LINEAR_STREAMING,
    ),
    Medium.DERIVATIVE: (
        Medium.REMAKE, Medium.SEQUEL, Medium.FORMAT, Medium.STAGE, Medium.GAMES,
    ),
    Medium.ANCILLARY: (
        Medium.MERCHANDISING, Medium.SOUNDTRACK, Medium.PUBLISHING, Medium.CLIPS,
    ),
}  # fmt: skip
"""The branches and what grows on them; `ALL` is the trunk, and `THEATRICAL` a leaf by itself."""

LEAVES: tuple[Medium, ...] = tuple(
    medium for medium in Medium if medium is not Medium.ALL and medium not in MEDIA_TREE
)
"""The media that are told apart, in order; the place in it is the bit in the database."""


def leaves_of(medium: Medium) -> tuple[Medium, ...]:
    """What a medium means: itself, or all that grows on it."""
    if medium is Medium.ALL:
        return LEAVES
    return MEDIA_TREE.get(medium, (medium,))
