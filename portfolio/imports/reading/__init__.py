"""Files of others, read into one table."""

from dataclasses import dataclass

from portfolio.imports.choices import Encoding, FileKind
from portfolio.imports.reading import refusals
from portfolio.imports.reading.encodings import decoded
from portfolio.imports.reading.sheets import table_of_xlsx
from portfolio.imports.reading.table import MOST_BYTES, Cell, Line, Table, Unreadable
from portfolio.imports.reading.texts import table_of_csv, table_of_json

__all__ = ["Cell", "FileRead", "Line", "Table", "Unreadable", "read_file"]


@dataclass(frozen=True)
class FileRead:
    """A table with what the file was: its kind, and of a text its encoding."""

    table: Table
    kind: FileKind
    encoding: Encoding | None


def read_file(data: bytes, encoding: Encoding | None = None) -> FileRead:
    """Read a file by what is in it, whatever it is called.

    Raises: Unreadable with what to mend.
    """
    if len(data) > MOST_BYTES:
        raise refusals.too_large()
    if not data.strip():
        raise refusals.empty_file()
    if data.startswith(b"PK\x03\x04"):
        return FileRead(table_of_xlsx(data), FileKind.XLSX, None)
    text, encoding = decoded(data, encoding)
    if text.lstrip().startswith(("[", "{")):
        return FileRead(table_of_json(text), FileKind.JSON, encoding)
    return FileRead(table_of_csv(text), FileKind.CSV, encoding)
