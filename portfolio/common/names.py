"""Names in English, Traditional and Simplified Chinese, any of which may be missing."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

NAME_FIELDS = ("name_en", "name_zh_hant", "name_zh_hans")

# The reader's language first, then the scripts most likely to be read by the same person.
READING_ORDER: Mapping[str, tuple[str, ...]] = {
    "en": ("name_en", "name_zh_hant", "name_zh_hans"),
    "zh-hant": ("name_zh_hant", "name_zh_hans", "name_en"),
    "zh-hans": ("name_zh_hans", "name_zh_hant", "name_en"),
}

LANGUAGE_OF_NAME = {"name_en": "en", "name_zh_hant": "zh-Hant-HK", "name_zh_hans": "zh-Hans"}


class SearchText(Func):
    """The folded text of a row's names, as the search index keeps it. Source: sql/0001_search.sql."""

    function = "topsheet_search_text"
    output_field = models.TextField()


def search_text_of(*expressions: str, aliases: str | None = None) -> models.GeneratedField:
    """A stored column, kept by the database, of what search looks at."""
    # The array comes last: the function takes up to four texts and one array.
    texts: list[Any] = [F(name) for name in expressions]
    texts += [Value("")] * (4 - len(texts))
    array: Any = F(aliases) if aliases else Value(None)
    return models.GeneratedField(
        expression=SearchText(*texts, array),
        output_field=models.TextField(),
        db_persist=True,
        editable=False,
    )


def sort_name() -> models.GeneratedField:
    """A stored column to sort by: the first name there is, in lower case.

    Sorted by code point: sort orders must not depend on the collations a server was built with.
    """
    names: list[Any] = [NullIf(F(name), Value("")) for name in NAME_FIELDS]
    return models.GeneratedField(
        expression=Lower(Coalesce(*names)),
        output_field=models.TextField(),
        db_persist=True,
        editable=False,
    )


class NamedInThreeScripts(models.Model):
    """Three names and any number of aliases; nothing is converted from one script to another."""

    name_en = models.CharField(_("English name"), max_length=300, blank=True)
    name_zh_hant = models.CharField(_("Traditional Chinese name"), max_length=300, blank=True)
    name_zh_hans = models.CharField(_("Simplified Chinese name"), max_length=300, blank=True)
    aliases = ArrayField(
        models.CharField(max_length=300),
        verbose_name=_("aliases"),
        default=list,
        blank=True,
        help_text=_("Other names it is known or searched by, in any script. One a line."),
    )
    search_text = search_text_of(*NAME_FIELDS, aliases="aliases")
    sort_name = sort_name()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_for(get_language() or "en")

    def name_for(self, language: str) -> str:
        """The name that a reader of `language` sees: theirs, or the nearest there is."""
        order = READING_ORDER.get(language, READING_ORDER["en"])
        return next((name for field in order if (name := getattr(self, field))), "")


def has_a_name(*, name: str) -> models.CheckConstraint:
    """At least one of the three names is there."""
    blank = Q(name_en="", name_zh_hant="", name_zh_hans="")
    return models.CheckConstraint(
        name=name,
        condition=~blank,
        violation_error_message=_(
            "Give at least one name: English, Traditional or Simplified Chinese."
        ),
    )
