"""The words for staff are complete in both Chinese scripts, and compiled."""

import io
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.utils.translation import override

from portfolio.common.grants import ONLY_READ, rights_of
from portfolio.funding.models import KeptAnswer
from scholarships.models import SecretLink

LANGUAGES = {"zh_Hant": "zh-hant", "zh_Hans": "zh-hans"}
# The same in every language.
NAMES = {"English", "ISNI", "Wikidata", "EIDR", "ISAN", "IMDb", "ID", ""}


def folder(language: str) -> Path:
    return Path(settings.BASE_DIR, "portfolio", "locale", language, "LC_MESSAGES")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_missing_or_doubtful(language: str):
    with (folder(language) / "django.po").open("rb") as file:
        words = [word for word in read_po(file) if word.id]

    for word in words:
        assert word.string, word.id
        assert "fuzzy" not in word.flags, word.id
        for place in set(str(word.id).split("%(")[1:]):
            assert f"%({place.split(')')[0]})" in str(word.string), word.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_words_are_those_of_the_list(language: str):
    compiled = io.BytesIO()
    with (folder(language) / "django.po").open("rb") as listed:
        write_mo(compiled, read_po(listed))

    assert (folder(language) / "django.mo").read_bytes() == compiled.getvalue()


@pytest.mark.parametrize("language", LANGUAGES.values())
def test_every_word_of_our_models_is_translated(language: str):
    untranslated = set()
    for model in apps.get_models():
        ours = model.__module__.startswith(("portfolio.", "partners.", "scholarships."))
        if not ours or model.__name__.endswith("Event"):
            continue
        # Totals, positions, kept answers and secret addresses are for programs: nobody sees the names of
        # their columns.
        if rights_of(model) == ONLY_READ or model in (KeptAnswer, SecretLink):
            continue
        words = [model._meta.verbose_name, model._meta.verbose_name_plural]
        for field in model._meta.local_fields:
            if field.name in (
                "id",
                "search_text",
                "sort_name",
                "identity_fingerprint",
            ) or field.name.endswith("_ptr"):
                continue
            words += [field.verbose_name, field.help_text, *dict(field.flatchoices or []).values()]
        words += [rule.violation_error_message for rule in model._meta.constraints]
        for word in words:
            with override("en"):
                english = str(word)
            with override(language):
                if str(word) == english and english not in NAMES:
                    untranslated.add((model._meta.label, english))

    # Names of fields that link a part to its owner are shown nowhere.
    shown = {pair for pair in untranslated if " " in pair[1] or pair[1][:1].isupper()}
    assert not shown
