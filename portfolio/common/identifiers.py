"""Numbers of works in public registers: how they are written, and whether the check character is right."""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import isan
from stdnum.exceptions import ValidationError as WrongNumber
from stdnum.iso7064 import mod_37_36

SYNTAX: Mapping[str, str] = {
    "EIDR": r"^10\.5240/([0-9A-F]{4}-){5}[0-9A-Z]$",
    "ISAN": r"^([0-9A-F]{4}-){4}[0-9A-Z](-([0-9A-F]{4}-){2}[0-9A-Z])?$",
    "IMDB": r"^tt[0-9]{7,10}$",
    "WIKIDATA": r"^Q[1-9][0-9]{0,11}$",
    "DOUBAN": r"^[1-9][0-9]{4,9}$",
}
"""How a number is kept, by register; the database holds to the same."""

# What people paste: an address of the register, or the number with its name before it.
_AROUND: Mapping[str, str] = {
    "EIDR": r"^(https?://(dx\.)?doi\.org/|https?://ui\.eidr\.org/view/content\?id=|doi:|EIDR[: ]\s*)",
    "ISAN": r"^ISAN[: ]?\s*",
    "IMDB": r"^https?://(www\.|m\.)?imdb\.com/title/",
    "WIKIDATA": r"^https?://(www\.|m\.)?wikidata\.org/(wiki|entity)/",
    "DOUBAN": r"^https?://(movie|m)\.douban\.com/(movie/)?subject/",
}
_EXAMPLES: Mapping[str, str] = {
    "EIDR": "10.5240/7791-8534-2C23-9030-8610-5",
    "ISAN": "0000-0000-D07A-0090-Q-0000-0000-X",
    "IMDB": "tt0118694",
    "WIKIDATA": "Q1074",
    "DOUBAN": "1291557",
}


def canonical(scheme: str, text: str) -> str:
    """A number as it is kept, from how people write or paste it.

    Raises: ValidationError, with the code `syntax`, `check_missing` or `check_wrong`.
    Source: EIDR and ISAN are checked by ISO 7064 Mod 37,36; ISAN has a character for the work and
    another for the version.
    """
    bare = re.sub(_AROUND[scheme], "", text.strip(), flags=re.IGNORECASE).rstrip("/")
    number = {"EIDR": _eidr, "ISAN": _isan}.get(scheme, _plain)(bare)
    if not re.match(SYNTAX[scheme], number):
        raise ValidationError(
            _("%(number)s is not written as such a number is, for example %(example)s."),
            params={"number": text.strip()[:80], "example": _EXAMPLES[scheme]},
            code="syntax",
        )
    if scheme == "EIDR":
        _check(number, number.removeprefix("10.5240/").replace("-", ""))
    elif scheme == "ISAN":
        bare = number.replace("-", "")
        _check(number, bare[:17])
        if len(bare) > 17:
            _check(number, bare[:16] + bare[17:])
    return number


def _plain(text: str) -> str:
    return text


def _eidr(text: str) -> str:
    text = text.upper()
    if re.fullmatch(r"10\.5240/([0-9A-F]{4}-){4}[0-9A-F]{4}", text):
        raise _lacks_its_check(text)
    return text


def _lacks_its_check(text: str) -> ValidationError:
    return ValidationError(
        _("%(number)s lacks its check characters; give the whole number."),
        params={"number": text[:80]},
        code="check_missing",
    )


def _isan(text: str) -> str:
    """In groups, with both check characters where it has them."""
    bare = re.sub(r"[-\s]", "", text).upper()
    if re.fullmatch(r"[0-9A-F]{16}|[0-9A-F]{24}", bare):
        raise _lacks_its_check(text)
    if not re.fullmatch(r"[0-9A-F]{16}[0-9A-Z]([0-9A-F]{8}[0-9A-Z])?", bare):
        return text
    return str(isan.format(bare, add_check_digits=False)) if len(bare) == 26 else _groups(bare)


def _groups(bare: str) -> str:
    return "-".join([bare[n : n + 4] for n in range(0, 16, 4)] + [bare[16]])


def _check(number: str, digits: str) -> None:
    try:
        mod_37_36.validate(digits)
    except WrongNumber:
        raise ValidationError(
            _("The check character of %(number)s is wrong: a digit was mistyped."),
            params={"number": number},
            code="check_wrong",
        ) from None
