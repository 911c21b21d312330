"""Programmes, their strands, and the projects that money can be promised to."""

import datetime
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portfolio.common.constraints import never_changes, slug_is_lower_case
from portfolio.common.history import keeps_history
from portfolio.common.money import (
    AmountField,
    CurrencyField,
    amount_has_its_currency,
    amount_is_positive,
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
from portfolio.programmes.choices import ProgrammeRole, ProjectKind, Qualifier, Standing
from portfolio.sources.models import Citation, Source


class ProgrammeQuerySet(SearchableQuerySet, PublishableQuerySet):
    """Programmes."""


@keeps_history()
class Programme(NamedInThreeScripts, Publishable):
    """An announced envelope of money, the organisations behind it and the strands it is for.

    Units: `envelope_amount` in major units of `envelope_currency`: an intention, not money owed.
    """

    slug = models.SlugField(_("address"), max_length=100, unique=True)
    sponsor = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("sponsor")
    )
    envelope_amount = AmountField(
        _("envelope"), null=True, blank=True, help_text=_("In major units; empty if not disclosed.")
    )
    envelope_currency = CurrencyField(_("currency"), blank=True)
    envelope_qualifier = models.CharField(
        _("stated as"), max_length=10, choices=Qualifier, default=Qualifier.EXACT
    )
    years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)
    announced_date = models.DateField(_("announced on"), null=True, blank=True)
    announced_where = models.CharField(_("announced where"), max_length=300, blank=True)
    remarks = models.TextField(
        _("remarks"), blank=True, help_text=_("What a source adds, in a sentence; public.")
    )
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff; never public."))
    sources = models.ManyToManyField(
        Source, through="ProgrammeCitation", related_name="programmes", verbose_name=_("sources")
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["sort_name", "pk"]
        indexes = [search_index(name="programme_search")]
        constraints = [
            has_a_name(name="programme_has_a_name"),
            slug_is_lower_case(name="programme_slug_is_lower_case"),
            publication_is_known(name="programme_publication_is_known"),
            amount_has_its_currency(
                name="programme_envelope_has_its_currency",
                amount="envelope_amount",
                currency="envelope_currency",
            ),
            currency_is_iso4217(
                name="programme_currency_is_iso4217", field="envelope_currency", optional=True
            ),
            models.CheckConstraint(
                name="programme_qualifier_is_known",
                condition=Q(envelope_qualifier__in=Qualifier.values),
                violation_error_message=_("Choose how exactly the envelope was stated."),
            ),
            models.CheckConstraint(
                name="programme_lasts_at_least_a_year",
                condition=Q(years__isnull=True) | Q(years__gt=0),
                violation_error_message=_("Give one year or more, or leave it empty."),
            ),
        ]


@keeps_history()
class QuotedEquivalent(models.Model):
    """The envelope in another currency, as a source quoted it; never converted by us."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="quoted_equivalents"
    )
    amount = AmountField(_("amount"))
    currency = CurrencyField(_("currency"))

    class Meta:
        verbose_name = _("quoted equivalent")
        verbose_name_plural = _("quoted equivalents")
        ordering = ["currency"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "currency"],
                name="quoted_equivalent_is_one_a_currency",
                violation_error_message=_("An equivalent in this currency is already given."),
            ),
            amount_is_positive(name="quoted_equivalent_amount_is_positive", amount="amount"),
            currency_is_iso4217(name="quoted_equivalent_currency_is_iso4217"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"


@keeps_history()
class ProgrammePartner(models.Model):
    """What an organisation is to the programme as a whole, such as one of its co-initiators."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="programme_partners"
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="programme_roles",
        verbose_name=_("organisation"),
    )
    role = models.CharField(
        _("role"), max_length=20, choices=ProgrammeRole, default=ProgrammeRole.CO_INITIATOR
    )

    class Meta:
        verbose_name = _("partner of the programme")
        verbose_name_plural = _("partners of the programme")
        ordering = ["programme", "organisation__sort_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "organisation", "role"],
                name="programme_partner_has_a_role_once",
                violation_error_message=_("This organisation already has this role."),
            ),
            models.CheckConstraint(
                name="programme_partner_role_is_known",
                condition=Q(role__in=ProgrammeRole.values),
                violation_error_message=_("Choose the role from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_role_display()}"


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
            models.CheckConstraint(
                name="project_kind_is_known",
                condition=Q(kind__in=ProjectKind.values),
                violation_error_message=_("A project is a production or a scholarship scheme."),
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
            models.CheckConstraint(
                name="project_amount_is_positive",
                condition=Q(announced_amount__isnull=True) | Q(announced_amount__gt=0),
                violation_error_message=_(
                    "The announced amount must be more than zero; leave it empty if it is not disclosed."
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
class ProgrammeCitation(Citation):
    """A source of a programme."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("source of a programme")
        verbose_name_plural = _("sources of a programme")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "source"],
                name="programme_citation_is_made_once",
                violation_error_message=_("This source is already given."),
            )
        ]


@keeps_history()
class StrandCitation(Citation):
    """A source of a strand."""

    strand = models.ForeignKey(Strand, on_delete=models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("source of a strand")
        verbose_name_plural = _("sources of a strand")
        constraints = [
            models.UniqueConstraint(
                fields=["strand", "source"],
                name="strand_citation_is_made_once",
                violation_error_message=_("This source is already given."),
            )
        ]


@keeps_history()
class ProjectCitation(Citation):
    """A source of a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("source of a project")
        verbose_name_plural = _("sources of a project")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "source"],
                name="project_citation_is_made_once",
                violation_error_message=_("This source is already given."),
            )
        ]
