"""Amounts, dates and countries as a reader of one of the three languages writes them."""

import datetime
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    get_currency_name,
    get_currency_symbol,
)
from django.utils.translation import gettext as _

from portfolio.common.locales import locale_of

# Babel knows the words for ten thousand and a hundred million only under the script itself.
COMPACT_LOCALES = {"zh-hant": "zh_Hant", "zh-hans": "zh_Hans"}


def amount_in_full(amount: Decimal, currency: str, language: str) -> str:
    """Every digit, such as HK$5,000,000,000.00."""
    return format_currency(amount, currency, locale=locale_of(language))


def amount_in_words(amount: Decimal, currency: str, language: str) -> str:
    """The figure as people say it, such as HK$5 billion or 50億港元."""
    locale = locale_of(language)
    if language in COMPACT_LOCALES:
        number = format_compact_decimal(
            amount,
            format_type="short",
            locale=COMPACT_LOCALES[language],
            fraction_digits=2,
        )
        return f"{number}{get_currency_name(currency, locale=locale)}"
    number = format_compact_decimal(
        amount,
        format_type="long",
        locale=locale,
        fraction_digits=2,
    )
    # A space that does not break: the figure and its unit stay on one line.
    return f"{get_currency_symbol(currency, locale=locale)}{number}".replace(" ", "\u00a0")


def date_in_full(day: datetime.date, language: str) -> str:
    """The day as written out, such as 11 March 2024."""
    return format_date(day, format="long", locale=locale_of(language))


def date_in_short(day: datetime.date, language: str) -> str:
    """The day where there is little room, such as 11 Mar 2024."""
    return format_date(day, format="medium", locale=locale_of(language))


def language_name(tag: str, language: str) -> str:
    """The name of a language, with its script and region where the tag has them. Source: CLDR."""
    if tag == "cmn":
        return _("Mandarin")  # CLDR has it as zh, which is any Chinese
    names = Locale.parse(locale_of(language))
    if known := names.languages.get(tag.replace("-", "_")):
        return str(known)
    first, *rest = tag.split("-")
    found = [str(names.languages.get(first, first))]
    for part in rest:
        found.append(str(names.scripts.get(part) or names.territories.get(part) or part))
    return f"{found[0]} ({', '.join(found[1:])})" if rest else found[0]
