"""Files for tests of imports, and what reading them leads to."""

import datetime
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
from django.conf import settings

from portfolio.imports.choices import Encoding
from portfolio.imports.importers import IMPORTERS
from portfolio.imports.models import ImportBatch
from portfolio.imports.operations.checking import check_file
from portfolio.staff.models import User
from tests import factories

AT = datetime.datetime(2026, 11, 23, 4, tzinfo=datetime.UTC)
TODAY = datetime.date(2026, 11, 23)


def movies() -> bytes:
    """movies.json of vega-datasets 3.2.1; see tests/data/README.md."""
    packed = Path(settings.BASE_DIR, "tests", "data", "vega-datasets-movies.json.gz")
    return gzip.decompress(packed.read_bytes())


def csv_of(*lines: str, codec: str = "utf-8") -> bytes:
    return "\r\n".join(lines).encode(codec)


def xlsx_of(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def workbook(**members: str | bytes) -> bytes:
    """An XLSX by hand: `sheet`, and what else is to be another than usual."""
    space = "http://schemas.openxmlformats.org"
    usual: dict[str, str | bytes] = {
        "xl/workbook.xml": (
            f'<workbook xmlns="{space}/spreadsheetml/2006/main" '
            f'xmlns:r="{space}/officeDocument/2006/relationships">'
            '<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{space}/package/2006/relationships">'
            '<Relationship Id="rId1" Type="sheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
    }
    usual["xl/worksheets/sheet1.xml"] = members.pop("sheet")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in (usual | members).items():
            book.writestr(name, text)
    return made.getvalue()


def sheet(rows: str) -> str:
    return f"<worksheet><sheetData>{rows}</sheetData></worksheet>"


def chief() -> User:
    return User.objects.get_or_create(
        username="chief", defaults={"is_staff": True, "is_superuser": True}
    )[0]


def films(
    data: bytes, *, programme: Any = None, encoding: Encoding | None = None, **given: Any
) -> ImportBatch:
    """A file of productions, read for a programme's track record."""
    programme = programme or factories.ProgrammeFactory()
    context = {"programme": programme.pk, "strand": None, "format": "FEATURE_FILM"}
    return check_file(
        importer=IMPORTERS["productions"],
        data=data,
        file_name="films.csv",
        actor=given.pop("actor", None) or chief(),
        at=AT,
        today=TODAY,
        encoding=encoding,
        context=context,
    )


def states(batch: ImportBatch) -> dict[int, str]:
    return dict(batch.rows.values_list("number", "state"))


def reasons(batch: ImportBatch) -> dict[int, list[str]]:
    """The codes of each row's reasons."""
    rows = batch.rows.exclude(reasons=[])
    return {row.number: [code for code, _figures in row.reasons] for row in rows}


def json_of(*rows: Any) -> bytes:
    return json.dumps(rows).encode()
