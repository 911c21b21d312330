"""Avails sheets for tests: made as others make them, read in, and read as what they say."""

import io

from openpyxl import Workbook, load_workbook

from portfolio.imports.importers import IMPORTERS
from portfolio.imports.operations.checking import check_file
from portfolio.rights.sheets.columns import COLUMNS, SHEET
from portfolio.rights.sheets.writing import workbook
from tests.imports.files import AT, TODAY, chief


def sheet_of(avails):
    return b"".join(workbook(avails))


def read(data, **context):
    return check_file(
        importer=IMPORTERS["avails"], data=data, file_name="avails.xlsx", actor=chief(), at=AT,
        today=TODAY, context={"direction": "OUT", "agreement": None, "other_side": None} | context,
    )  # fmt: skip


def lines(data):
    """The rows of a sheet with what each says."""
    rows = list(load_workbook(io.BytesIO(data))[SHEET].iter_rows(values_only=True))
    return [
        {
            f"{group}/{name}": cell
            for group, name, cell in zip(rows[0], rows[1], row, strict=True)
            if cell not in (None, "")
        }
        for row in rows[3:]
    ]


def file_of(*rows, columns=None):
    """A sheet as others write it: groups, names, an empty row, then the rows."""
    columns = columns or sorted({name for row in rows for name in row})
    book = Workbook()
    sheet = book.active
    sheet.append([column.split("/")[0] for column in columns])
    sheet.append([column.split("/")[1] for column in columns])
    sheet.append([])
    for row in rows:
        sheet.append([row.get(column) for column in columns])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def row_of(title, **given):
    usual = {
        "Avail/DisplayName": "A house", "AvailAsset/WorkType": "Movie", "AvailAsset/AltID": title.slug,
        "AvailTrans/Territory": "HK", "AvailTrans/LicenseType": "SVOD",
        "AvailTrans/FormatProfile": "HD", "AvailTrans/Start": "2026-01-01",
        "AvailTrans/End": "2026-12-31", "Disposition/EntryType": "Full Extract",
    }  # fmt: skip
    short = {name.split("/")[1]: name for name in usual}
    for group, name in COLUMNS:
        short.setdefault(name, f"{group}/{name}")
    return usual | {short[name]: value for name, value in given.items()}
