"""One page at its addresses in the three languages: English has no prefix."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.translation import get_language

# What <html lang> and every foreign name say. Source: BCP 47.
LANGUAGE_TAGS = {"en": "en", "zh-hant": "zh-Hant-HK", "zh-hans": "zh-Hans"}


@dataclass(frozen=True)
class Alternate:
    """The same page in one of the three languages."""

    code: str
    tag: str
    name: str
    path: str
    url: str
    is_current: bool


def path_in(language: str, path: str) -> str:
    """The address of a page in another language; English has no prefix."""
    prefix = get_script_prefix()
    rest = path.removeprefix(prefix)
    for code, _name in settings.LANGUAGES:
        if rest == code or rest.startswith(f"{code}/"):
            rest = rest[len(code) + 1 :]
            break
    return f"{prefix}{rest}" if language == settings.LANGUAGE_CODE else f"{prefix}{language}/{rest}"


def alternates(request: HttpRequest, *, path: str | None = None) -> list[Alternate]:
    """This page in each language, ours included; the language switch keeps what was asked."""
    path = request.path if path is None else path
    current = get_language()
    asked = f"?{query}" if (query := request.GET.urlencode()) else ""
    return [
        Alternate(
            code=code,
            tag=LANGUAGE_TAGS[code],
            name=str(name),
            path=path_in(code, path) + asked,
            url=request.build_absolute_uri(path_in(code, path)),
            is_current=code == current,
        )
        for code, name in settings.LANGUAGES
    ]
