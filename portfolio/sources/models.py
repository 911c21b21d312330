"""Where a fact comes from, and what was said but is not yet a fact."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of, slug_is_lower_case
from portfolio.common.history import keeps_history
from portfolio.common.names import search_text_of
from portfolio.common.publishing import (
    Publishable,
    PublishableQuerySet,
    is_public,
    publication_is_known,
)
from portfolio.common.search import SearchableQuerySet, search_index
from portfolio.sources.choices import ClaimKind, Language, SourceKind


class SourceQuerySet(SearchableQuerySet, PublishableQuerySet):
    """Sources."""


@keeps_history()
class Source(Publishable):
    """A document that states a fact: an article, a release, a filing, an agreement."""

    slug = models.SlugField(_("address"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=500)
    kind = models.CharField(_("kind"), max_length=20, choices=SourceKind)
    language = models.CharField(_("language"), max_length=10, choices=Language)
    publisher = models.CharField(_("publisher"), max_length=300, blank=True)
    published_date = models.DateField(_("published on"), null=True, blank=True)
    url = models.URLField(_("link"), max_length=1000, blank=True)
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff; never public."))
    search_text = search_text_of("title", "publisher")

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["-published_date", "pk"]
        indexes = [search_index(name="source_search")]
        constraints = [
            slug_is_lower_case(name="source_slug_is_lower_case"),
            publication_is_known(name="source_publication_is_known"),
            is_one_of(
                name="source_kind_is_known",
                field="kind",
                choices=SourceKind,
                message=_("Choose the kind of source from the list."),
            ),
            is_one_of(
                name="source_language_is_known",
                field="language",
                choices=Language,
                message=_("Choose the language from the list."),
            ),
            models.CheckConstraint(
                name="source_has_a_title",
                condition=~Q(title=""),
                violation_error_message=_("Give the title of the source, in its own language."),
            ),
            models.CheckConstraint(
                name="source_link_is_http",
                condition=Q(url="") | Q(url__regex=r"^https?://"),
                violation_error_message=_("Give a link that begins with https:// or http://."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Citation(models.Model):
    """That a source states a row, and where in it."""

    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="+", verbose_name=_("source")
    )
    locator = models.CharField(
        _("where in it"), max_length=200, blank=True, help_text=_("Page, paragraph or minute.")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.source)


def cited_once(*, name: str, by: str) -> models.UniqueConstraint:
    """A row names a source once, however many places in it there are."""
    return models.UniqueConstraint(
        fields=[by, "source"],
        name=name,
        violation_error_message=_("This source is already given."),
    )


class ClaimQuerySet(SearchableQuerySet, PublishableQuerySet):
    """Claims."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Claims whose speaker and subject anyone may see as well at the instant `at`."""
        return self.filter(
            is_public(at),
            Q(speaker__isnull=True) | is_public(at, "speaker__"),
            Q(programme__isnull=True) | is_public(at, "programme__"),
            Q(organisation__isnull=True) | is_public(at, "organisation__"),
            Q(project__isnull=True)
            | (is_public(at, "project__") & is_public(at, "project__programme__")),
        )


@keeps_history()
class Claim(Publishable):
    """A statement that a source attributes to a speaker; not yet a fact about its subject.

    The speaker and the subject live in packages above this one and are named, not imported: see
    docs/adr/0003.
    """

    slug = models.SlugField(_("address"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=ClaimKind)
    speaker = models.ForeignKey(
        "partners.Person",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("speaker"),
        help_text=_("Who said so; empty where the source names nobody."),
    )
    programme = models.ForeignKey(
        "programmes.Programme",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("about the programme"),
    )
    organisation = models.ForeignKey(
        "partners.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("about the organisation"),
    )
    project = models.ForeignKey(
        "programmes.Project",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("about the project"),
    )
    text_en = models.TextField(_("text in English"), blank=True)
    text_zh_hant = models.TextField(_("text in Traditional Chinese"), blank=True)
    text_zh_hans = models.TextField(_("text in Simplified Chinese"), blank=True)
    sources = models.ManyToManyField(
        Source, through="ClaimCitation", related_name="claims", verbose_name=_("sources")
    )
    search_text = search_text_of("text_en", "text_zh_hant", "text_zh_hans")

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["slug"]
        indexes = [search_index(name="claim_search")]
        constraints = [
            slug_is_lower_case(name="claim_slug_is_lower_case"),
            publication_is_known(name="claim_publication_is_known"),
            is_one_of(
                name="claim_kind_is_known",
                field="kind",
                choices=ClaimKind,
                message=_("Choose the kind of claim from the list."),
            ),
            models.CheckConstraint(
                name="claim_has_a_text",
                condition=~Q(text_en="", text_zh_hant="", text_zh_hans=""),
                violation_error_message=_("Give the text of the claim in at least one language."),
            ),
            models.CheckConstraint(
                name="claim_is_about_exactly_one",
                condition=(
                    Q(programme__isnull=False, organisation__isnull=True, project__isnull=True)
                    | Q(programme__isnull=True, organisation__isnull=False, project__isnull=True)
                    | Q(programme__isnull=True, organisation__isnull=True, project__isnull=False)
                ),
                violation_error_message=_(
                    "A claim is about one programme, one organisation or one project: choose exactly one."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.text_en or self.text_zh_hant or self.text_zh_hans


@keeps_history()
class ClaimCitation(Citation):
    """A source of a claim."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("source of a claim")
        verbose_name_plural = _("sources of a claim")
        constraints = [cited_once(name="claim_citation_is_made_once", by="claim")]
