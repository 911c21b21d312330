"""Writes the SQL functions of search, with the Chinese characters folded by OpenCC."""

from pathlib import Path
from typing import Any

import opencc
from django.core.management.base import BaseCommand, CommandParser

HAN = [*range(0x3400, 0xA000), *range(0x20000, 0x323B0)]

TEMPLATE = """\
-- Written by `manage.py write_search_sql` from OpenCC's tables; do not edit by hand.
--
-- topsheet_fold(text): what a name or a query looks like to search. Compatibility forms are made
-- plain (NFKD), capitals small, accents dropped; each Chinese character is brought to one script
-- and made a word of its own, because two characters are already a search and a trigram index
-- looks at words. Immutable: stored columns and their index are computed with it.
CREATE OR REPLACE FUNCTION topsheet_fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $fold$
SELECT CASE
    WHEN octet_length(value) = char_length(value) THEN lower(value)
    ELSE (
        SELECT string_agg(
            CASE WHEN ch ~ '[㐀-鿿𠀀-𲎯]' THEN ' ' || coalesce(
'{mapping}'::jsonb ->> ch, ch) || ' ' ELSE ch END, '' ORDER BY place)
        FROM unnest(string_to_array(
            normalize(regexp_replace(
                lower(normalize(value, NFKD)), '[\\u0300-\\u036f]', '', 'g'), NFC),
            NULL)) WITH ORDINALITY AS letters(ch, place)
    )
END
$fold$;

-- The text of a row that search looks at: its names and aliases, folded, a line each.
CREATE OR REPLACE FUNCTION topsheet_search_text(a text, b text, c text, d text, aliases text[])
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $search$
SELECT public.topsheet_fold(
    concat_ws_immutable
)
$search$;
"""

JOINED = (
    "coalesce(a, '') || E'\\n' || coalesce(b, '') || E'\\n' || coalesce(c, '') || E'\\n' || "
    "coalesce(d, '') || E'\\n' || coalesce(array_to_string(aliases, E'\\n'), '')"
)


def folded_characters() -> dict[str, str]:
    """Each Chinese character that another stands for in search, by OpenCC's tables.

    Hong Kong and Taiwan forms go to OpenCC's standard Traditional form, that to Simplified.
    """
    to_standard = [opencc.OpenCC("hk2t"), opencc.OpenCC("tw2t")]
    to_simplified = opencc.OpenCC("t2s")
    folded = {}
    for code in HAN:
        letter = one = chr(code)
        for converter in to_standard:
            one = converter.convert(one)
        one = to_simplified.convert(one)
        if one != letter and len(one) == 1:
            folded[letter] = one
    return folded


def search_sql() -> str:
    """The file's text."""
    mapping = "{" + ",\n".join(f'"{a}":"{b}"' for a, b in sorted(folded_characters().items())) + "}"
    # Twenty pairs a line keep the file readable in a diff.
    pairs = mapping.split(",\n")
    lines = [",".join(pairs[i : i + 20]) for i in range(0, len(pairs), 20)]
    return TEMPLATE.replace("{mapping}", ",\n".join(lines)).replace("concat_ws_immutable", JOINED)


class Command(BaseCommand):
    """Write portfolio/common/sql/NAME; a changed file needs a new migration that runs it."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        options["file"].write_text(search_sql(), encoding="utf-8")
        self.stdout.write(f"Wrote {options['file']}.")
