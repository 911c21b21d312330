"""Strands: what parts of an envelope are meant for."""

import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import never_changes, slug_is_lower_case
from portfolio.common.history import keeps_history
from portfolio.common.names import NamedInThreeScripts, has_a_name
from portfolio.common.publishing import is_public
from portfolio.common.search import SearchableQuerySet, search_index
from portfolio.programmes.models.programme import Programme
from portfolio.sources.models import Citation, Source, cited_once


class StrandQuerySet(SearchableQuerySet):
    """Strands."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Strands of the programmes that anyone may see at the instant `at`."""
        return self.filter(is_public(at, "programme__"))


@keeps_history()
class Strand(NamedInThreeScripts):
    """What part of the envelope is meant for, such as films or talent; as public as its programme."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="strands", verbose_name=_("programme")
    )
    slug = models.SlugField(_("address"), max_length=100, unique=True)
    position = models.PositiveSmallIntegerField(
        _("place"), help_text=_("Where it stands in the announcement: 1 comes first.")
    )
    sources = models.ManyToManyField(
        Source, through="StrandCitation", related_name="strands", verbose_name=_("sources")
    )

    objects = StrandQuerySet.as_manager()

    class Meta:
        verbose_name = _("strand")
        verbose_name_plural = _("strands")
        ordering = ["programme", "position", "pk"]
        indexes = [search_index(name="strand_search")]
        constraints = [
            has_a_name(name="strand_has_a_name"),
            slug_is_lower_case(name="strand_slug_is_lower_case"),
            models.UniqueConstraint(
                fields=["programme", "position"],
                name="strand_has_a_place_of_its_own",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Another strand stands in this place."),
            ),
        ]
        triggers = [
            never_changes(
                name="strand_stays_in_its_programme",
                field="programme",
                message="a strand stays in the programme it was announced in",
            )
        ]


@keeps_history()
class StrandCitation(Citation):
    """A source of a strand."""

    strand = models.ForeignKey(Strand, on_delete=models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("source of a strand")
        verbose_name_plural = _("sources of a strand")
        constraints = [cited_once(name="strand_citation_is_made_once", by="strand")]
