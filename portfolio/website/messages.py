"""Which words the public pages say, and whether all of them are translated.

The templates stand outside the app and the labels of choices come from other apps, so the pages keep
one catalogue of everything that a reader can meet on them. Nothing but Babel is needed.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def files() -> Iterator[Path]:
    """The templates and modules that hold words a reader of the pages meets."""
    base = Path(settings.BASE_DIR)
    yield from sorted((base / "templates" / "website").glob("*.html"))
    yield from (base / "templates" / name for name in ("403.html", "404.html"))
    yield from sorted((base / "portfolio" / "website").rglob("*.py"))
    # Words of funding, of rights and of imports are for staff; no page shows them.
    for_staff = {"funding", "rights", "imports"}
    yield from sorted(
        path for path in base.glob("portfolio/*/choices.py") if path.parent.name not in for_staff
    )
    yield base / "partners" / "choices.py"
    # What applicants read, letters and refused papers among it.
    yield base / "scholarships" / "choices.py"
    yield from sorted((base / "templates" / "scholarships").glob("*.html"))
    yield from sorted((base / "scholarships" / "views").glob("*.py"))
    for name in ("outcomes", "papers", "words_of_letters"):
        yield base / "scholarships" / "operations" / f"{name}.py"


def said() -> Catalog:
    """Every text that the pages may say."""
    catalog = Catalog()
    for path in files():
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            lines = templatize(text, origin=str(path)).splitlines()
            # What is left of a template is no Python: only its calls are, one a line.
            text = "\n".join(line.strip() for line in lines)
        for _line, message, _comments, context in extract(
            "python", BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
        ):
            if isinstance(message, str | tuple) and message:
                catalog.add(message, context=context)
    return catalog


def folder(language: str) -> Path:
    """Where the catalogue of a language stands."""
    locale = to_locale(language)
    return Path(__file__).parent / "locale" / locale / "LC_MESSAGES"


def translated(language: str) -> Catalog:
    """The catalogue of a language as it is in the tree."""
    with (folder(language) / "django.po").open("rb") as file:
        return read_po(file, locale=to_locale(language))


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    target = BytesIO()
    write_mo(target, catalog)
    return target.getvalue()


def update(language: str) -> list[str]:
    """Bring a catalogue up to date and compile it; returns what is still to be translated."""
    path = folder(language) / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = translated(language) if path.exists() else Catalog(locale=to_locale(language))
    made = catalog.creation_date
    catalog.update(said(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    # The same words make the same file, whenever they are collected.
    catalog.creation_date = made
    catalog.fuzzy = False
    catalog.header_comment = "# Every text of the public pages; see portfolio/website/messages.py."
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = "Topsheet"
    with path.open("wb") as file:
        write_po(file, catalog, width=100, omit_header=False, sort_output=True, no_location=True)
    (path.parent / "django.mo").write_bytes(compiled(translated(language)))
    return [str(message.id) for message in catalog if message.id and not all_said(message.string)]


def all_said(string: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether every form of a message has its translation."""
    return all(string) if isinstance(string, list | tuple) else bool(string)
