"""The three interface languages as Babel names them."""

# English as Hong Kong writes it; the key is Django's name of the interface language.
LOCALES = {"en": "en_HK", "zh-hant": "zh_Hant_HK", "zh-hans": "zh_Hans_CN"}


def locale_of(language: str) -> str:
    """Babel's locale of an interface language."""
    return LOCALES.get(language, LOCALES["en"])
