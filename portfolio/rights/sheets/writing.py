"""The Avails sheet of what is licensed on, or of what is free, as a workbook."""

import datetime
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portfolio.common.exports.columns import harmless
from portfolio.productions.choices import SERIES_FORMATS, Format, WorkScheme
from portfolio.productions.models import Production
from portfolio.rights.choices import LEAVES, Bound, Direction, Exclusivity, GrantState
from portfolio.rights.models import Grant
from portfolio.rights.models.avails import avails_of
from portfolio.rights.sheets.columns import (
    CO_EXCLUSIVE,
    COLUMNS,
    OPEN,
    SEASON,
    SHEET,
    WORDS_OF_EVENTS,
    WORDS_OF_MEDIA,
)
from portfolio.rights.sheets.extents import extents_for_sheets
from portfolio.rights.sheets.lags import lag_as_text
from portfolio.rights.sheets.windows import days_of

MOST_AVAILS = 10_000
"""As many rows as can be read back in."""

type Row = dict[str, Any]


@dataclass
class Avails:
    """Rows of the sheet, and what it has no words for, each in a sentence."""

    rows: list[Row] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    is_cut: bool = False

    def leave_out(self, title: str, why: str) -> None:
        """Say what is missing, once."""
        said = f"{title}: {why}"
        if said not in self.left_out:
            self.left_out.append(said)

    def add(self, rows: Iterable[Row]) -> None:
        """Take rows as long as there is room."""
        self.rows += rows
        if len(self.rows) > MOST_AVAILS:
            self.rows, self.is_cut = self.rows[:MOST_AVAILS], True


def granted(titles: Collection[int] | None, *, profile: str) -> Avails:
    """What is licensed on and in force, one row for each medium, territory and season.

    Queries: four, whatever the number of rows.
    """
    rows = extents_for_sheets(Direction.OUT, titles).filter(grant__state=GrantState.IN_FORCE)
    extents = list(rows[: MOST_AVAILS + 1])
    works = works_of({extent.title_id for extent in extents})
    found = Avails(is_cut=len(extents) > MOST_AVAILS)
    for extent in extents:
        grant: Grant = extent.grant
        work = works[extent.title_id]
        media = media_of(extent.media_codes, work, found)
        first, last = days_of(extent.window)
        terms = {
            "Avail/Licensee": name_of(grant.other_side),
            "AvailTrans/ContractID": grant.agreement.reference if grant.agreement else "",
            "AvailTrans/AllowedLanguages": ", ".join(grant.languages),
            **exclusive(grant.exclusivity),
        }
        for territory in extent.territory_codes:
            window = {
                **bound(grant, "start", territory, first, work, found),
                **bound(grant, "end", territory, last, work, found),
            }
            if len([n for n in ("AvailTrans/Start", "AvailTrans/End") if window.get(n)]) == 2:
                found.add(rows_of(work, media, territory, {**terms, **window}, profile))
    return found


def free(title: int, *, today: datetime.date, territories: Sequence[str], profile: str) -> Avails:
    """What may be licensed of a title: to one alone, and beside others where not to one alone.

    Queries: four.
    """
    work = works_of({title})[title]
    found = Avails()
    for avail in avails_of(title, today=today, territories=territories):
        if not avail.shared:
            continue
        media = media_of(avail.media, work, found)
        kinds = [(Exclusivity.EXCLUSIVE, avail.exclusive)]
        if avail.shared != avail.exclusive:
            kinds.append((Exclusivity.NON_EXCLUSIVE, avail.shared))
        for exclusivity, periods in kinds:
            for period in periods:
                window = {
                    "AvailTrans/Start": period.since.isoformat() if period.since else OPEN,
                    "AvailTrans/End": period.until.isoformat() if period.until else OPEN,
                    **exclusive(exclusivity),
                }
                for territory in avail.territories:
                    found.add(rows_of(work, media, territory, window, profile))
    return found


def works_of(titles: Collection[int]) -> dict[int, Production]:
    """Titles with what the sheet says of each.  Queries: three."""
    rows = Production.objects.filter(pk__in=titles).select_related("programme__sponsor")
    return {row.pk: row for row in rows.prefetch_related("identifiers", "seasons")}


def media_of(codes: Iterable[str], work: Production, found: Avails) -> list[str]:
    """The media that the sheet has a word for; the others are said to be left out."""
    codes = list(codes)
    others = [str(leaf) for leaf in LEAVES if leaf in codes and leaf not in WORDS_OF_MEDIA]
    if others:
        found.leave_out(name_of(work), f"the sheet has no word for {', '.join(others)}")
    return [code for code in codes if code in WORDS_OF_MEDIA]


def exclusive(exclusivity: str) -> Row:
    """Whether it is for one alone; the sheet has no word for co-exclusive but a free text."""
    return {
        "AvailTrans/Exclusive": "TRUE" if exclusivity == Exclusivity.EXCLUSIVE else "FALSE",
        "AvailTrans/ExclusiveAttributes": CO_EXCLUSIVE
        if exclusivity == Exclusivity.CO_EXCLUSIVE
        else "",
    }


def bound(
    grant: Grant, end: str, territory: str, worked_out: Any, work: Production, found: Avails
) -> Row:
    """One end of a window: a day, Open, or a condition with its lag; empty where neither can be said."""
    name = f"AvailTrans/{end.capitalize()}"
    kind = getattr(grant, f"{end}_kind")
    if kind == Bound.OPEN:
        return {name: OPEN}
    if kind == Bound.DATE:
        return {name: getattr(grant, f"{end}_date").isoformat()}
    event: Any = getattr(grant, f"{end}_event")
    lag = lag_as_text(getattr(grant, f"{end}_lag_months"), getattr(grant, f"{end}_lag_days"))
    word = WORDS_OF_EVENTS.get(event.kind)
    if word and lag is not None and event.place in ("", territory):
        return {name: word, f"{name}Lag": lag}
    if worked_out is not None:
        return {name: worked_out.isoformat()}
    found.leave_out(
        name_of(work),
        f"{territory} hangs on an event that the sheet has no word for, and that has no date",
    )
    return {}


def rows_of(
    work: Production, media: Iterable[str], territory: str, terms: Row, profile: str
) -> Iterator[Row]:
    """One row for each medium, and of a series for each season that is known."""
    for medium in media:
        for about in abouts_of(work):
            yield {
                **about,
                "Disposition/EntryType": "Full Extract",
                "AvailTrans/Territory": territory,
                "AvailTrans/LicenseType": WORDS_OF_MEDIA[medium],
                "AvailTrans/FormatProfile": profile,
                "AvailTrans/PriceType": "NA",
                **terms,
            }


def abouts_of(work: Production) -> list[Row]:
    """What the sheet says of a title, or of each season of a series."""
    eidr = next((row.value for row in work.identifiers.all() if row.scheme == WorkScheme.EIDR), "")
    number = f"eidr-s:{eidr.partition('/')[2]}" if eidr else f"org:topsheet:{work.slug}"
    sponsor = work.programme.sponsor
    common: Row = {
        "Avail/DisplayName": name_of(sponsor) or name_of(work.programme),
        "Avail/ALID": f"md:alid:{number}",
        "AvailAsset/TitleID": eidr,
        "AvailMetadata/ReleaseYear": work.year,
    }
    if work.format not in SERIES_FORMATS:
        minutes = work.runtime_minutes
        return [
            {
                **common,
                "AvailAsset/WorkType": "Short" if work.format == Format.SHORT_FILM else "Movie",
                "AvailAsset/ContentID": f"md:cid:{number}",
                "AvailAsset/AltID": work.slug,
                "AvailMetadata/TitleInternalAlias": name_of(work),
                "AvailMetadata/TitleDisplayUnlimited": name_of(work),
                "AvailMetadata/TotalRunTime": f"{minutes // 60:02}:{minutes % 60:02}:00"
                if minutes
                else "",
            }
        ]
    seasons = sorted(work.seasons.all(), key=lambda season: season.number)
    common |= {
        "AvailAsset/SeriesContentID": f"md:cid:{number}",
        "AvailMetadata/SeriesAltID": work.slug,
        "AvailMetadata/SeriesTitleInternalAlias": name_of(work),
        "AvailMetadata/SeriesTitleDisplayUnlimited": name_of(work),
        "AvailMetadata/SeasonCount": len(seasons) or None,
    }
    if not seasons:
        return [{**common, "AvailAsset/WorkType": "Series"}]
    return [
        {
            **common,
            "AvailAsset/WorkType": SEASON,
            "AvailAsset/SeasonContentID": f"md:cid:{number}:s{season.number}",
            "AvailMetadata/SeasonNumber": season.number,
            "AvailMetadata/SeasonTitleInternalAlias": season.title_for("en"),
            "AvailMetadata/EpisodeCount": season.planned_episodes,
        }
        for season in seasons
    ]


def name_of(row: Any) -> str:
    """A name in the script that there is, English first."""
    return "" if row is None else str(row.name_for("en"))


def workbook(avails: Avails) -> Iterator[bytes]:
    """The sheet as XLSX, piece by piece; columns that hold nothing are there and hidden."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    used = {name for row in avails.rows for name, value in row.items() if value not in (None, "")}
    for position, (group, name) in enumerate(COLUMNS, start=1):
        shape = sheet.column_dimensions[get_column_letter(position)]
        shape.width, shape.hidden = 18, f"{group}/{name}" not in used
    sheet.freeze_panes = "A4"
    for part in (0, 1):
        sheet.append([_cell(sheet, column[part], bold=True) for column in COLUMNS])
    sheet.append([])
    for row in avails.rows:
        sheet.append([_cell(sheet, row.get(f"{group}/{name}")) for group, name in COLUMNS])
    for said in avails.left_out:
        # Rows that begin with two slashes are remarks.
        sheet.append([_cell(sheet, f"// {said}")])
    with tempfile.TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while piece := file.read(65_536):
            yield piece


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    if isinstance(value, int):
        return value
    # A lag may begin with a minus; whatever else would look like a formula stands after an apostrophe.
    text = value if isinstance(value, str) and value.startswith("-P") else harmless(value or "")
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
