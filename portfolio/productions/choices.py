"""Words of productions."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Format(models.TextChoices):
    """The form of a production."""

    FEATURE_FILM = "FEATURE_FILM", _("Feature film")
    TV_DRAMA = "TV_DRAMA", _("TV drama")
    DOCUMENTARY = "DOCUMENTARY", _("Documentary")
    DOCUMENTARY_SERIES = "DOCUMENTARY_SERIES", _("Documentary series")
    ANIMATION = "ANIMATION", _("Animation")
    ANIMATED_SERIES = "ANIMATED_SERIES", _("Animated series")
    SHORT_FILM = "SHORT_FILM", _("Short film")
    VARIETY_SHOW = "VARIETY_SHOW", _("Variety show")


SERIES_FORMATS = (
    Format.TV_DRAMA,
    Format.DOCUMENTARY_SERIES,
    Format.ANIMATED_SERIES,
    Format.VARIETY_SHOW,
)
"""Those that have seasons and episodes."""

UNSHOT_FORMATS = (
    Format.ANIMATION,
    Format.ANIMATED_SERIES,
    Format.DOCUMENTARY,
    Format.DOCUMENTARY_SERIES,
)
"""Those that may do without principal photography."""


class Stage(models.TextChoices):
    """How far a production has come, in order; abandoned may follow any but archived."""

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


ONWARD: Mapping[Stage, tuple[Stage, ...]] = {
    Stage.ANNOUNCED: (Stage.DEVELOPMENT, Stage.GREENLIT),
    Stage.DEVELOPMENT: (Stage.GREENLIT,),
    Stage.GREENLIT: (Stage.FINANCED,),
    Stage.FINANCED: (Stage.PRE_PRODUCTION,),
    Stage.PRE_PRODUCTION: (Stage.PRINCIPAL_PHOTOGRAPHY, Stage.POST_PRODUCTION),
    Stage.PRINCIPAL_PHOTOGRAPHY: (Stage.POST_PRODUCTION,),
    Stage.POST_PRODUCTION: (Stage.DELIVERED,),
    Stage.DELIVERED: (Stage.RELEASED,),
    Stage.RELEASED: (Stage.ARCHIVED,),
    Stage.ARCHIVED: (),
    Stage.ABANDONED: (Stage.ARCHIVED,),
}
"""The steps forward, for buttons; sql/0004_stages.sql is the rule, and a test holds the two together."""


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
    CREATOR = "CREATOR", _("Creator")
    PRODUCER = "PRODUCER", _("Producer")
    EXECUTIVE_PRODUCER = "EXECUTIVE_PRODUCER", _("Executive producer")
    LINE_PRODUCER = "LINE_PRODUCER", _("Line producer")
    CAST = "CAST", _("Cast")
    VOICE_CAST = "VOICE_CAST", _("Voice")
    HOST = "HOST", _("Host")
    ACTION_DIRECTOR = "ACTION_DIRECTOR", _("Action director")
    ANIMATION_DIRECTOR = "ANIMATION_DIRECTOR", _("Animation director")
    ASSISTANT_DIRECTOR = "ASSISTANT_DIRECTOR", _("Assistant director")
    CASTING_DIRECTOR = "CASTING_DIRECTOR", _("Casting director")
    CINEMATOGRAPHER = "CINEMATOGRAPHER", _("Cinematographer")
    PRODUCTION_DESIGNER = "PRODUCTION_DESIGNER", _("Production designer")
    ART_DIRECTOR = "ART_DIRECTOR", _("Art director")
    COSTUME_DESIGNER = "COSTUME_DESIGNER", _("Costume designer")
    MAKEUP_ARTIST = "MAKEUP_ARTIST", _("Make-up artist")
    EDITOR = "EDITOR", _("Editor")
    COMPOSER = "COMPOSER", _("Composer")
    SOUND_DESIGNER = "SOUND_DESIGNER", _("Sound designer")
    SOUND_RECORDIST = "SOUND_RECORDIST", _("Sound recordist")
    VISUAL_EFFECTS = "VISUAL_EFFECTS", _("Visual effects supervisor")


ON_SCREEN = (CreditRole.CAST, CreditRole.VOICE_CAST, CreditRole.HOST)
"""Those who are seen or heard, in the order in which they are billed."""


class Debut(models.TextChoices):
    """Whose first work it is; to develop them is an aim of the programme."""

    FIRST_FEATURE = "FIRST_FEATURE", _("First feature as director")
    NEW_ACTOR = "NEW_ACTOR", _("New actor")


class WorkScheme(models.TextChoices):
    """Registers in which works have numbers."""

    EIDR = "EIDR", _("EIDR")
    ISAN = "ISAN", _("ISAN")
    IMDB = "IMDB", _("IMDb")
    WIKIDATA = "WIKIDATA", _("Wikidata")
    DOUBAN = "DOUBAN", _("Douban")


class ImageKind(models.TextChoices):
    """What an image is."""

    POSTER = "POSTER", _("Poster")
    STILL = "STILL", _("Still")


class Licence(models.TextChoices):
    """By what right an image is shown."""

    BY_PERMISSION = "BY_PERMISSION", _("By permission; all rights reserved")
    OWNED = "OWNED", _("Owned by the programme")
    CC_BY = "CC_BY", _("Creative Commons Attribution 4.0")
    CC_BY_SA = "CC_BY_SA", _("Creative Commons Attribution-ShareAlike 4.0")
    PUBLIC_DOMAIN = "PUBLIC_DOMAIN", _("Public domain")


class Genre(models.TextChoices):
    """What sort of story it tells."""

    ACTION = "ACTION", _("Action")
    ADVENTURE = "ADVENTURE", _("Adventure")
    BIOGRAPHY = "BIOGRAPHY", _("Biography")
    COMEDY = "COMEDY", _("Comedy")
    COSTUME = "COSTUME", _("Costume drama")
    CRIME = "CRIME", _("Crime")
    DRAMA = "DRAMA", _("Drama")
    FAMILY = "FAMILY", _("Family")
    FANTASY = "FANTASY", _("Fantasy")
    HISTORY = "HISTORY", _("Historical")
    HORROR = "HORROR", _("Horror")
    MARTIAL_ARTS = "MARTIAL_ARTS", _("Martial arts")
    MEDICAL = "MEDICAL", _("Medical")
    MUSIC = "MUSIC", _("Music")
    MUSICAL = "MUSICAL", _("Musical")
    MYSTERY = "MYSTERY", _("Mystery")
    NATURE = "NATURE", _("Nature")
    REALITY = "REALITY", _("Reality")
    ROMANCE = "ROMANCE", _("Romance")
    SCIENCE_FICTION = "SCIENCE_FICTION", _("Science fiction")
    SPORT = "SPORT", _("Sport")
    TALENT = "TALENT", _("Talent contest")
    THRILLER = "THRILLER", _("Thriller")
    WAR = "WAR", _("War")


class MilestoneKind(models.TextChoices):
    """Dates that everybody waits for, in the order in which they come."""

    GREENLIGHT = "GREENLIGHT", _("Greenlight")
    FINANCIAL_CLOSE = "FINANCIAL_CLOSE", _("Financial close")
    PHOTOGRAPHY_START = "PHOTOGRAPHY_START", _("Start of principal photography")
    PHOTOGRAPHY_END = "PHOTOGRAPHY_END", _("End of principal photography")
    PICTURE_LOCK = "PICTURE_LOCK", _("Picture lock")
    DELIVERY = "DELIVERY", _("Delivery")
    FESTIVAL_PREMIERE = "FESTIVAL_PREMIERE", _("Festival premiere")
    RELEASE = "RELEASE", _("Release")
    OTHER = "OTHER", _("Other")


class DeliverableKind(models.TextChoices):
    """What a production hands over."""

    DCP = "DCP", _("DCP (digital cinema package)")
    MASTER = "MASTER", _("Master")
    SUBTITLES = "SUBTITLES", _("Subtitles")
    MUSIC_AND_EFFECTS = "MUSIC_AND_EFFECTS", _("Music and effects track")
    SOUND_MIX = "SOUND_MIX", _("Sound mix")
    TRAILER = "TRAILER", _("Trailer")
    STILLS = "STILLS", _("Stills")
    POSTER = "POSTER", _("Poster")
    INSURANCE = "INSURANCE", _("Errors and omissions insurance")
    CHAIN_OF_TITLE = "CHAIN_OF_TITLE", _("Chain of title")
    MUSIC_CUE_SHEET = "MUSIC_CUE_SHEET", _("Music cue sheet")
    CREDIT_LIST = "CREDIT_LIST", _("Credit list")
    COST_STATEMENT = "COST_STATEMENT", _("Audited statement of cost")
    OTHER = "OTHER", _("Other")


class DeliverableState(models.TextChoices):
    """How far a deliverable has come."""

    EXPECTED = "EXPECTED", _("Expected")
    RECEIVED = "RECEIVED", _("Received")
    ACCEPTED = "ACCEPTED", _("Accepted")
    REJECTED = "REJECTED", _("Rejected")


class TierSharing(models.TextChoices):
    """How the positions of a tier share what reaches it."""

    PARI_PASSU = "PARI_PASSU", _("Pari passu: by what is outstanding")
    PRO_RATA = "PRO_RATA", _("Pro rata: by fixed percentages")


class PositionKind(models.TextChoices):
    """Why a party receives in a tier."""

    FEE = "FEE", _("Fee or commission, of gross")
    CORRIDOR = "CORRIDOR", _("Corridor, off the top of the tier")
    RECOUPMENT = "RECOUPMENT", _("Recoupment")
    PROFIT = "PROFIT", _("Profit share")


WORLD = "WORLD"
"""Where a figure is of the whole world."""


class ReleaseMedium(models.TextChoices):
    """In which way a production reaches its viewers."""

    THEATRICAL = "THEATRICAL", _("Theatrical")
    FESTIVAL = "FESTIVAL", _("Festival")
    HOME_VIDEO = "HOME_VIDEO", _("Home video")
    ON_DEMAND = "ON_DEMAND", _("On demand")
    PAY_TV = "PAY_TV", _("Pay television")
    FREE_TV = "FREE_TV", _("Free television")


class Measure(models.TextChoices):
    """What a figure counts."""

    GROSS = "GROSS", _("Gross")
    NET = "NET", _("Net of tax")
    ADMISSIONS = "ADMISSIONS", _("Admissions")
    VIEWS = "VIEWS", _("Views")
    VIEWERS = "VIEWERS", _("Viewers on average")
    HOURS_VIEWED = "HOURS_VIEWED", _("Hours viewed")
    UNITS_SOLD = "UNITS_SOLD", _("Units sold")


MONEY_MEASURES = ("GROSS", "NET")
"""Those in a currency; the others are counts."""


class BudgetCategory(models.TextChoices):
    """The parts of a top sheet, in the order in which it lists them."""

    ABOVE_THE_LINE = "ABOVE_THE_LINE", _("Above the line")
    BELOW_THE_LINE = "BELOW_THE_LINE", _("Below the line")
    POST = "POST", _("Post")
    OTHER = "OTHER", _("Other costs")
    CONTINGENCY = "CONTINGENCY", _("Contingency")


class Verdict(models.TextChoices):
    """What was decided about a budget."""

    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Rejected")


class FinancingKind(models.TextChoices):
    """What sort of money pays for a title."""

    EQUITY = "EQUITY", _("Equity")
    MINIMUM_GUARANTEE = "MINIMUM_GUARANTEE", _("Minimum guarantee")
    PRESALE = "PRESALE", _("Presale")
    TAX_CREDIT = "TAX_CREDIT", _("Tax credit")
    GRANT = "GRANT", _("Grant")
    DEFERRAL = "DEFERRAL", _("Deferral")
    LOAN = "LOAN", _("Loan or gap finance")
    IN_KIND = "IN_KIND", _("In kind")
    OTHER = "OTHER", _("Other")


class Secured(models.TextChoices):
    """How sure a source of a financing plan is, in the order in which it becomes so."""

    SOUGHT = "SOUGHT", _("Sought")
    LETTER_OF_INTENT = "LETTER_OF_INTENT", _("Letter of intent")
    SIGNED = "SIGNED", _("Signed")
