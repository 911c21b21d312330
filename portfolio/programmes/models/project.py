"""Projects: the unit that money can be promised to."""

import datetime
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of, never_changes, slug_is_lower_case
from portfolio.common.history import keeps_history
from portfolio.common.money import (
    AmountField,
    CurrencyField,
    amount_has_its_currency,
    currency_is_iso4217,
)
from portfolio.common.names import NamedInThreeScripts, has_a_name
from portfolio.common.publishing import (
    Publishable,
    PublishableQuerySet,
    is_public,
    publication_is_known,
)
from portfolio.common.search import SearchableQuerySet, search_index
from portfolio.programmes.choices import ProjectKind, Standing
from portfolio.programmes.models.programme import Programme
from portfolio.programmes.models.strand import Strand
from portfolio.sources.models import Citation, Source, cited_once


class ProjectQuerySet(SearchableQuerySet, PublishableQuerySet):
    """Projects, whatever sort of work they are."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Projects of public programmes that anyone may see at the instant `at`."""
        return self.filter(is_public(at), is_public(at, "programme__"))

    def in_programme(self) -> Self:
        """Projects that count in the programme's totals; a track record does not."""
        return self.filter(standing=Standing.IN_PROGRAMME)

    def track_record(self) -> Self:
        """Work that came before the programme."""
        return self.filter(standing=Standing.TRACK_RECORD)


@keeps_history()
class Project(NamedInThreeScripts, Publishable):
    """The fundable unit: one row for everything that money can be promised to.

    Units: `announced_amount` in major units of `announced_currency`; NULL is "not disclosed".
    """

    slug = models.SlugField(_("address"), max_length=100, unique=True)
    kind = models.CharField(_("sort of work"), max_length=20, choices=ProjectKind, editable=False)
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="projects", verbose_name=_("programme")
    )
    standing = models.CharField(
        _("standing"), max_length=12, choices=Standing, default=Standing.IN_PROGRAMME
    )
    strand = models.ForeignKey(
        Strand,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("strand"),
        help_text=_("Empty only for a track record."),
    )
    announced_amount = AmountField(
        _("announced amount"),
        null=True,
        blank=True,
        help_text=_("What a source says the programme puts in; empty if not disclosed, never 0."),
    )
    announced_currency = CurrencyField(_("currency"), blank=True)
    closed_date = models.DateField(
        _("closed on"),
        null=True,
        blank=True,
        help_text=_("From the day after, nothing more is promised or paid; empty while open."),
    )
    claimed_result = models.TextField(
        _("claimed result"),
        blank=True,
        help_text=_("What a source says came of it; shown as a claim."),
    )
    remarks = models.TextField(
        _("remarks"), blank=True, help_text=_("What a source adds, in a sentence; public.")
    )
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff; never public."))
    sources = models.ManyToManyField(
        Source, through="ProjectCitation", related_name="projects", verbose_name=_("sources")
    )

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["sort_name", "pk"]
        indexes = [
            search_index(name="project_search"),
            models.Index(fields=["sort_name", "id"], name="project_by_name"),
            models.Index(fields=["strand", "sort_name", "id"], name="project_by_strand"),
            models.Index(fields=["programme", "standing"], name="project_by_standing"),
        ]
        constraints = [
            has_a_name(name="project_has_a_name"),
            slug_is_lower_case(name="project_slug_is_lower_case"),
            publication_is_known(name="project_publication_is_known"),
            is_one_of(
                name="project_kind_is_known",
                field="kind",
                choices=ProjectKind,
                message=_("Choose the sort of work from the list."),
            ),
            models.CheckConstraint(
                name="project_in_programme_has_a_strand",
                condition=(
                    Q(standing=Standing.IN_PROGRAMME, strand__isnull=False)
                    | Q(standing=Standing.TRACK_RECORD, strand__isnull=True)
                ),
                violation_error_message=_(
                    "Give the strand of a project in the programme; a track record has none."
                ),
            ),
            amount_has_its_currency(
                name="project_amount_has_its_currency",
                amount="announced_amount",
                currency="announced_currency",
            ),
            currency_is_iso4217(
                name="project_currency_is_iso4217", field="announced_currency", optional=True
            ),
        ]
        triggers = [
            never_changes(
                name="project_kind_never_changes",
                field="kind",
                message="a project stays the sort of work that it is",
            ),
            pgtrigger.Trigger(
                name="project_strand_is_of_its_programme",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("strand_id", "programme_id"),
                when=pgtrigger.After,
                condition=pgtrigger.Q(new__strand__isnull=False),
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (
                        SELECT 1 FROM programmes_strand s
                        WHERE s.id = NEW.strand_id AND s.programme_id = NEW.programme_id
                    ) THEN
                        RAISE EXCEPTION
                            'project_strand_is_of_its_programme: choose a strand of the project''s own programme'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
        ]


def project_is_of_kind(*, name: str, kind: ProjectKind) -> pgtrigger.Trigger:
    """A trigger for the detail table of one sort of work: its project is of that sort."""
    return pgtrigger.Trigger(
        name=name,
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.After,
        func=pgtrigger.Func(
            f"""
            IF NOT EXISTS (
                SELECT 1 FROM programmes_project p
                WHERE p.id = NEW.project_ptr_id AND p.kind = '{kind.value}'
            ) THEN
                RAISE EXCEPTION '{name}: the project is another sort of work'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
            """  # noqa: S608 - made of our own constants
        ),
    )


@keeps_history()
class ProjectCitation(Citation):
    """A source of a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("source of a project")
        verbose_name_plural = _("sources of a project")
        constraints = [cited_once(name="project_citation_is_made_once", by="project")]
