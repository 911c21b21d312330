"""Why a whole file is not read, in words that say what to do instead."""

from typing import Any

from django.utils.translation import gettext as _

from portfolio.imports.reading.table import (
    MOST_BYTES,
    MOST_CHARACTERS_A_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    Unreadable,
)


def too_large() -> Unreadable:
    return Unreadable(
        _("The file is larger than %(most)s MB: split it.") % {"most": MOST_BYTES // 1_000_000}
    )


def empty_file() -> Unreadable:
    return Unreadable(_("The file is empty: its first row holds the headings, the next the data."))


def too_many_rows() -> Unreadable:
    return Unreadable(
        _("The file has more than %(most)s rows: split it.") % {"most": f"{MOST_ROWS:,}"}
    )


def too_many_columns() -> Unreadable:
    return Unreadable(
        _("The file has more than %(most)s columns: leave out those that are not imported.")
        % {"most": MOST_COLUMNS}
    )


def heading_twice(name: str) -> Unreadable:
    return Unreadable(_("Two columns are called “%(name)s”: rename one.") % {"name": name[:60]})


def cell_too_long() -> Unreadable:
    return Unreadable(
        _("A cell holds more than %(most)s characters: shorten it, or close its quotes.")
        % {"most": f"{MOST_CHARACTERS_A_CELL:,}"}
    )


def unpacks_too_large() -> Unreadable:
    return Unreadable(
        _("The workbook unpacks to far more than it weighs: save only the sheet that is imported.")
    )


def no_workbook() -> Unreadable:
    return Unreadable(_("This is no XLSX workbook, or a broken one: save it again as XLSX or CSV."))


def cells_far_out() -> Unreadable:
    return Unreadable(
        _("A cell lies far outside of the table: delete the rows and columns beyond it.")
    )


def not_text() -> Unreadable:
    return Unreadable(
        _("The file is no CSV, XLSX or JSON that can be read: save it as CSV in UTF-8, or as XLSX.")
    )


def not_in(encoding: Any) -> Unreadable:
    return Unreadable(
        _(
            "The file is not written in %(encoding)s: let the encoding be detected, or choose another."
        )
        % {"encoding": encoding}
    )


def broken_csv(line: int) -> Unreadable:
    return Unreadable(_("Near line %(line)s a quote is opened and not closed.") % {"line": line})


def broken_json() -> Unreadable:
    return Unreadable(
        _("The JSON cannot be read: it has to be one list of objects without lists inside.")
    )
