"""Columns of the Avails sheet that are read, and the sentences for what they may not hold."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portfolio.common.languages import validate_language_tag
from portfolio.common.territories import ISO_3166_1
from portfolio.imports.columns import (
    AddressColumn,
    Column,
    Fault,
    WholeColumn,
    WordColumn,
    day_in,
    shown,
)
from portfolio.imports.faults import SENTENCES
from portfolio.imports.reading import Cell
from portfolio.rights.sheets.columns import (
    CONDITIONS,
    DELETES,
    ENTRIES,
    IMMEDIATE,
    LICENCES,
    NOT_KEPT,
    OPEN,
    PARTS,
    SEASON,
    WHOLE,
)
from portfolio.rights.sheets.lags import lag_in

BOUNDS = (OPEN, IMMEDIATE, *CONDITIONS, *NOT_KEPT)

SENTENCES |= {
    "no_bound": _(
        "“%(column)s” is neither a day nor a condition: %(value)s. Give 2026-11-23 or one of %(words)s."
    ),
    "no_lag": _("“%(column)s” is no lag of months and days: %(value)s. Write it as P3M or P30D."),
    "no_territory": _("“%(column)s” holds %(value)s, which is no code of ISO 3166-1, such as HK."),
    "no_language": _("“%(column)s” holds %(value)s, which is no language tag, such as yue or zh-Hant."),
    "title_unknown": _(
        "No title of ours is meant: give its address in AltID, its EIDR in TitleID, or its exact name."
    ),
    "title_has_two_meanings": _("Several titles are called %(value)s: give its address in AltID."),
    "part_of_title": _(
        "%(value)s: rights are kept of whole titles and of all seasons together, not of this part."
    ),
    "season_missing": _("A row for a season needs its SeasonNumber."),
    "season_unknown": _("%(title)s has no season %(value)s with us: add it first."),
    "seasons_apart": _(
        "Rights are kept of the whole series: seasons %(missing)s are missing with the same terms."
    ),
    "entry_deletes": _("%(value)s: a grant ends by a step on its page, with the day and the reason."),
    "licence_missing": _("“LicenseType” is empty: give one of %(words)s."),
    "territory_missing": _("“Territory” is empty: give a code of ISO 3166-1."),
    "bound_missing": _("“%(column)s” is empty: give a day, Open, or a condition."),
    "end_immediate": _("An end that is immediate is a step on the grant's page, with the reason."),
    "condition_not_kept": _(
        "“%(column)s” is %(value)s, which is no day and no event that we keep: agree on one first."
    ),
    "window_is_turned": _("The last day %(end)s is before the first %(start)s: mend one."),
    "agreement_unknown": _("No agreement has the reference %(value)s: add it first."),
    "agreement_not_given": _(
        "No agreement is meant: give its reference in ContractID, or choose one with the file."
    ),
    "other_side_not_given": _(
        "The other side is not known to us: %(value)s. Choose it with the file, or name it as we do."
    ),
    "same_right_again": _("The same right as in row %(row)s; counted once."),
}  # fmt: skip


@dataclass(frozen=True)
class BoundColumn(Column):
    """One end of a window: a day, or a condition."""

    def read(self, cell: Cell) -> str:
        """The day by ISO 8601, or the condition as the sheet writes it.  Raises: Fault."""
        if isinstance(cell, datetime.date):
            return cell.isoformat()[:10]
        text = " ".join(str(cell).split())
        for word in BOUNDS:
            if text.casefold() == word.casefold():
                return word
        day = day_in(text.removesuffix("T00:00:00Z").removesuffix("T00:00:00"))
        if day is None:
            raise Fault("no_bound", value=shown(cell), words=", ".join(BOUNDS))
        return day.isoformat()


@dataclass(frozen=True)
class LagColumn(Column):
    """A duration of months and days."""

    def read(self, cell: Cell) -> str:
        """Months and days, such as 3M0D.  Raises: Fault."""
        lag = lag_in(str(cell).strip().lstrip("'"))
        if lag is None:
            raise Fault("no_lag", value=shown(cell))
        return f"{lag[0]}M{lag[1]}D"


@dataclass(frozen=True)
class TerritoriesColumn(Column):
    """One territory or several, parted by commas, semicolons or blanks."""

    def read(self, cell: Cell) -> str:
        """Their codes in order.  Raises: Fault."""
        codes = str(cell).upper().replace(",", " ").replace(";", " ").split()
        for code in codes:
            if code not in ISO_3166_1:
                raise Fault("no_territory", value=shown(code))
        return " ".join(sorted(set(codes)))


@dataclass(frozen=True)
class LanguagesColumn(Column):
    """Language tags, parted by commas or semicolons."""

    def read(self, cell: Cell) -> str:
        """The tags in order.  Raises: Fault."""
        tags = [tag.strip() for tag in str(cell).replace(";", ",").split(",") if tag.strip()]
        for tag in tags:
            try:
                validate_language_tag(tag)
            except ValidationError:
                raise Fault("no_language", value=shown(tag)) from None
        return " ".join(sorted(set(tags)))


@dataclass(frozen=True)
class YesColumn(Column):
    """Whether something is so: TRUE or FALSE, Yes or No."""

    def read(self, cell: Cell) -> bool:
        """Raises: Fault."""
        text = str(int(cell) if isinstance(cell, (bool, Decimal)) else cell).strip().casefold()
        if text not in ("1", "true", "yes", "y", "0", "false", "no", "n"):
            raise Fault("no_such_word", value=shown(cell), words="TRUE, FALSE")
        return text in ("1", "true", "yes", "y")


def _of(group: str, name: str, *more: str) -> tuple[str, ...]:
    return (f"{group}/{name}", name, *more)


COLUMNS: tuple[Column, ...] = (
    WordColumn(
        "entry", "EntryType", aliases=_of("Disposition", "EntryType"),
        words=dict.fromkeys((*ENTRIES, *DELETES)),
    ),
    WordColumn(
        "work", "WorkType", aliases=_of("AvailAsset", "WorkType"),
        words=dict.fromkeys((*WHOLE, SEASON, *PARTS)),
    ),
    AddressColumn("address", "AltID", aliases=_of("AvailAsset", "AltID"), most=100),
    AddressColumn(
        "series_address", "SeriesAltID", aliases=_of("AvailMetadata", "SeriesAltID"), most=100
    ),
    AddressColumn("eidr", "TitleID", aliases=_of("AvailAsset", "TitleID"), most=100),
    AddressColumn(
        "name", "TitleInternalAlias", aliases=_of("AvailMetadata", "TitleInternalAlias"), most=300
    ),
    AddressColumn(
        "series_name", "SeriesTitleInternalAlias",
        aliases=_of("AvailMetadata", "SeriesTitleInternalAlias"), most=300,
    ),
    WholeColumn(
        "season", "SeasonNumber", aliases=_of("AvailMetadata", "SeasonNumber"), largest=9_999
    ),
    Column("licensor", "DisplayName", aliases=_of("Avail", "DisplayName"), most=300),
    Column("licensee", "Licensee", aliases=_of("Avail", "Licensee"), most=300),
    AddressColumn("contract", "ContractID", aliases=_of("AvailTrans", "ContractID"), most=60),
    TerritoriesColumn("territory", "Territory", aliases=_of("AvailTrans", "Territory")),
    WordColumn(
        "licence", "LicenseType", aliases=_of("AvailTrans", "LicenseType"),
        words=dict.fromkeys(LICENCES),
    ),
    BoundColumn("start", "Start", aliases=_of("AvailTrans", "Start")),
    LagColumn("start_lag", "StartLag", aliases=_of("AvailTrans", "StartLag")),
    BoundColumn("end", "End", aliases=_of("AvailTrans", "End")),
    LagColumn("end_lag", "EndLag", aliases=_of("AvailTrans", "EndLag")),
    LanguagesColumn(
        "languages", "AllowedLanguages", aliases=_of("AvailTrans", "AllowedLanguages")
    ),
    YesColumn("exclusive", "Exclusive", aliases=_of("AvailTrans", "Exclusive")),
    Column(
        "exclusive_attributes", "ExclusiveAttributes",
        aliases=_of("AvailTrans", "ExclusiveAttributes"),
    ),
)  # fmt: skip
