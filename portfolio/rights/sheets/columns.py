"""The columns and words of the Avails sheet.

Source: EMA / MovieLabs Avails spreadsheet 1.9, the sheet of all avails; its words are those of the
Avails schema 2.5. Groups stand in row 1, names in row 2, row 3 is empty, avails begin in row 4.
"""

from collections.abc import Mapping

from portfolio.rights.choices import EventKind, Medium

SHEET = "AllAvails"
FIRST_ROW = 4

IN_ORDER: Mapping[str, str] = {
    "Avail": "DisplayName Licensee ALID AvailID",
    "Disposition": "EntryType",
    "AvailAsset": "WorkType TitleID EditID AltID ContentID SeriesContentID SeasonContentID EpisodeContentID "
    "Metadata",
    "AvailMetadata": "TitleInternalAlias TitleDisplayUnlimited SeriesTitleInternalAlias "
    "SeriesTitleDisplayUnlimited SeriesID SeriesAltID SeasonCount SeasonNumber SeasonTitleInternalAlias "
    "SeasonTitleDisplayUnlimited SeasonID SeasonAltID EpisodeCount EpisodeNumber EpisodeTitleInternalAlias "
    "EpisodeTitleDisplayUnlimited EpisodeTitleID EpisodeID EpisodeAltID DistributionNumber LocalizationType "
    "ReleaseYear ReleaseHistoryOriginal ReleaseHistoryPhysicalHV TotalRunTime Director CompanyDisplayCredit "
    "GroupIdentity RatingSystem RatingValue RatingReason CaptionIncluded CaptionExemption Any RetailerID1 "
    "RetailerID2 RetailerID3 RetailerSeriesID RetailerSeasonID RetailerEpisodeID1 RetailerEpisodeID2",
    "AvailTrans": "Territory TerritoryExclusion LicenseType LicenseRightsDescription FormatProfile HDR WCG HFR "
    "NGAudio Start StartLag End EndLag WindowDuration FixedEndDate AssetLanguage AllowedLanguages "
    "RequiredFulfillmentLanguages HoldbackLanguage Exclusive ExclusiveAttributes BrandingRights "
    "BrandingRightsAttributes TitleStatus Download PriceType PriceValue PriceCurrency SRP RentalDuration "
    "WatchDuration AnnounceDate SuppressionLiftDate SpecialPreOrderFulfillDate ContractID Description OtherTerms "
    "OtherInstructions",
}  # fmt: skip
"""The names of each group, as far as they belong to it alone; the rest of `Avail` stands last."""

LAST = (
    "BundledALIDs ReportingID ServiceProvider ExceptionFlag UV_ID DMA_ID RetailerSpare1 RetailerSpare2 "
    "RetailerSpare3"
)  # fmt: skip

COLUMNS: tuple[tuple[str, str], ...] = (
    *((group, name) for group, names in IN_ORDER.items() for name in names.split()),
    *(("Avail", name) for name in LAST.split()),
)
"""Every column as its group and name, in the order in which we write them."""

LICENCES: Mapping[str, Medium] = {
    "EST": Medium.ELECTRONIC_SALE,
    "VOD": Medium.TRANSACTIONAL_VOD,
    "SVOD": Medium.SUBSCRIPTION_VOD,
    "AVOD": Medium.ADVERTISING_VOD,
    "FVOD": Medium.FREE_VOD,
}
"""LicenseType; the sheet has words for these media only, the last two by the trade's usage."""

WORDS_OF_MEDIA: Mapping[str, str] = {medium: word for word, medium in LICENCES.items()}

CONDITIONS: Mapping[str, EventKind] = {
    "Theatrical": EventKind.THEATRICAL_RELEASE,
    "Broadcast": EventKind.FIRST_BROADCAST,
    "ESTStart": EventKind.HOME_RELEASE,
    "EST": EventKind.HOME_RELEASE,
}
"""Conditions of Start and End that are events of ours, in the territory of their row."""

WORDS_OF_EVENTS: Mapping[str, str] = {
    EventKind.THEATRICAL_RELEASE: "Theatrical",
    EventKind.FIRST_BROADCAST: "Broadcast",
    EventKind.HOME_RELEASE: "ESTStart",
}
OPEN, IMMEDIATE = "Open", "Immediate"
NOT_KEPT = ("Completed", "TBD")
"""Conditions that say no day and no event that we keep."""

WHOLE = ("Movie", "Short", "Series", "Miniseries")
SEASON = "Season"
PARTS = ("Episode", "Volume", "Supplement", "Promotion", "Collection", "Bundle")
"""WorkType: a whole title, a season, and what rights are not kept of."""

ENTRIES = ("Full Extract", "Create", "Update")
DELETES = ("Full Delete", "Delete")
FORMATS = ("HD", "SD", "UHD")
CO_EXCLUSIVE = "Co-exclusive"
