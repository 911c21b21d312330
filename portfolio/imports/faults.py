"""What is wrong with a row, or worth a look, in words that name the mend.

A row keeps the code and the figures; the sentence is made when it is read, in the reader's language.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Any] = {
    # Of the file.
    "more_cells_than_headings": _(
        "The row has more cells than there are headings (%(count)s): give each column a heading."
    ),
    "name_twice": _("“%(column)s” stands twice in the object: leave one."),
    "list_in_cell": _("“%(column)s” holds a list or an object: give one value."),
    "control_character": _(
        "“%(column)s” holds the control character %(sign)s, which shows nothing: delete it."
    ),
    "lost_character": _(
        "“%(column)s” holds the sign � for a character that was lost before: write the character."
    ),
    "half_character": _("“%(column)s” holds half of a character (%(sign)s): write it anew."),
    "turns_direction": _(
        "“%(column)s” holds %(sign)s, which turns the direction of the text: see that it is meant."
    ),
    "is_formula": _("“%(column)s” holds a formula without a value: give the value."),
    # Of a cell.
    "missing": _("“%(column)s” is empty: give it."),
    "too_long": _("“%(column)s” is longer than %(most)s characters: shorten it."),
    "no_number": _("“%(column)s” is no number: %(value)s. Write it as 1234.50."),
    "no_whole_number": _("“%(column)s” is no whole number: %(value)s. Write it as 1234."),
    "too_many_decimals": _("“%(column)s” has more than two decimals: %(value)s. Round it."),
    "number_too_large": _("“%(column)s” is too large for a number of ours: %(value)s."),
    "out_of_range": _("“%(column)s” is %(value)s: give a number from %(least)s to %(most)s."),
    "no_day": _("“%(column)s” is no day: %(value)s. Write it as 2026-11-23."),
    "day_has_two_readings": _(
        "“%(column)s” can be read as two days: %(value)s. Write it as 2026-11-23."
    ),
    "no_such_word": _("“%(column)s” knows no %(value)s: give one of %(words)s."),
    "text_is_a_number": _("“%(column)s” is a number in the file: %(value)s. See that it is meant."),
    # Of a row beside others.
    "twice_in_file": _("Rows %(rows)s speak of the same: leave one."),
}  # fmt: skip
"""The sentence of each code; an app adds those that only its rows can have."""


def in_words(code: str, figures: Mapping[str, Any]) -> str:
    """The sentence of a fault, in the reader's language."""
    said = {name: _shown(value) for name, value in figures.items()}
    return str(SENTENCES[code]) % said


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        # What shows nothing, or turns the line around, is shown by its number.
        return "".join(sign if sign.isprintable() else number_of(sign) for sign in value[:80])
    return value


def number_of(sign: str) -> str:
    """A character by its number in Unicode: U+0000."""
    return f"U+{ord(sign):04X}"
