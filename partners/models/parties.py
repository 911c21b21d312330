"""Organisations and people, and how they belong together."""

import datetime
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.choices import IdentifierScheme, OrganisationKind
from portfolio.common.constraints import is_one_of, period_is_ordered, slug_is_lower_case
from portfolio.common.history import keeps_history
from portfolio.common.names import NamedInThreeScripts, has_a_name
from portfolio.common.publishing import (
    Publishable,
    PublishableQuerySet,
    is_public,
    publication_is_known,
)
from portfolio.common.search import SearchableQuerySet, search_index
from portfolio.common.territories import TerritoryField, territory_is_iso3166
from portfolio.sources.models import Citation, Source, cited_once


class OrganisationQuerySet(SearchableQuerySet, PublishableQuerySet):
    """Organisations."""


@keeps_history()
class Organisation(NamedInThreeScripts, Publishable):
    """A firm, school or public body that takes part; one may own others."""

    slug = models.SlugField(_("address"), max_length=100, unique=True)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=OrganisationKind),
        verbose_name=_("kinds"),
        help_text=_("What it does; one or several."),
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent"),
        help_text=_("The organisation that it belongs to."),
    )
    country = TerritoryField(
        _("country"), blank=True, help_text=_("ISO 3166-1, such as HK; empty where no source says.")
    )
    listed_on = models.CharField(
        _("listed on"), max_length=200, blank=True, help_text=_("The exchange its shares trade on.")
    )
    remarks = models.TextField(
        _("remarks"), blank=True, help_text=_("What a source adds, in a sentence; public.")
    )
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff; never public."))
    sources = models.ManyToManyField(
        Source,
        through="OrganisationCitation",
        related_name="organisations",
        verbose_name=_("sources"),
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["sort_name", "pk"]
        indexes = [
            search_index(name="organisation_search"),
            models.Index(fields=["sort_name", "id"], name="organisation_by_name"),
            GinIndex(fields=["kinds"], name="organisation_by_kind"),
        ]
        constraints = [
            has_a_name(name="organisation_has_a_name"),
            slug_is_lower_case(name="organisation_slug_is_lower_case"),
            publication_is_known(name="organisation_publication_is_known"),
            territory_is_iso3166(name="organisation_country_is_iso3166"),
            models.CheckConstraint(
                name="organisation_kinds_are_known",
                condition=Q(kinds__contained_by=OrganisationKind.values) & Q(kinds__len__gt=0),
                violation_error_message=_("Choose at least one kind from the list."),
            ),
            models.CheckConstraint(
                name="organisation_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("pk")),
                violation_error_message=_("An organisation cannot belong to itself."),
            ),
        ]
        triggers = [
            # Two officers who each save one half of a circle would otherwise both succeed: the walk
            # is done under one lock for the whole tree, which is small and seldom changed.
            pgtrigger.Trigger(
                name="organisation_tree_has_no_circle",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                when=pgtrigger.After,
                condition=pgtrigger.Q(new__parent__isnull=False),
                func=pgtrigger.Func(
                    """
                    PERFORM pg_advisory_xact_lock(hashtext('partners_organisation.parent'));
                    IF EXISTS (
                        WITH RECURSIVE above(id) AS (
                            SELECT NEW.parent_id
                            UNION
                            SELECT o.parent_id FROM {meta.db_table} o JOIN above a ON o.id = a.id
                            WHERE o.parent_id IS NOT NULL
                        )
                        SELECT 1 FROM above WHERE id = NEW.id
                    ) THEN
                        RAISE EXCEPTION
                            'organisation_tree_has_no_circle: an organisation cannot belong to its own part'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                    """
                ),
            )
        ]


@keeps_history()
class OrganisationIdentifier(models.Model):
    """The number that a register gave an organisation."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="identifiers"
    )
    scheme = models.CharField(_("register"), max_length=20, choices=IdentifierScheme)
    value = models.CharField(_("number"), max_length=100)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        ordering = ["scheme", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "value"],
                name="organisation_identifier_belongs_to_one",
                violation_error_message=_("Another organisation has this number."),
            ),
            is_one_of(
                name="organisation_identifier_scheme_is_known",
                field="scheme",
                choices=IdentifierScheme,
                message=_("Choose the register from the list."),
            ),
            models.CheckConstraint(
                name="organisation_identifier_has_a_value",
                condition=~Q(value=""),
                violation_error_message=_("Give the number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class PersonQuerySet(SearchableQuerySet, PublishableQuerySet):
    """People."""


@keeps_history()
class Person(NamedInThreeScripts, Publishable):
    """One who speaks for, works for or makes something."""

    slug = models.SlugField(_("address"), max_length=100, unique=True)
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff; never public."))
    sources = models.ManyToManyField(
        Source, through="PersonCitation", related_name="people", verbose_name=_("sources")
    )

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["sort_name", "pk"]
        indexes = [
            search_index(name="person_search"),
            models.Index(fields=["sort_name", "id"], name="person_by_name"),
        ]
        constraints = [
            has_a_name(name="person_has_a_name"),
            slug_is_lower_case(name="person_slug_is_lower_case"),
            publication_is_known(name="person_publication_is_known"),
        ]


class PositionQuerySet(models.QuerySet["Position"]):
    """Positions."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Positions of public people, at public organisations or at none."""
        return self.filter(
            is_public(at, "person__"),
            Q(organisation__isnull=True) | is_public(at, "organisation__"),
        )


@keeps_history()
class Position(models.Model):
    """What a person does, at an organisation or on their own account.

    Time: civil dates, both ends included; an end that no source states is open.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="positions")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="positions",
        verbose_name=_("organisation"),
    )
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    title_zh_hant = models.CharField(_("title in Traditional Chinese"), max_length=200, blank=True)
    title_zh_hans = models.CharField(_("title in Simplified Chinese"), max_length=200, blank=True)
    start_date = models.DateField(_("since"), null=True, blank=True)
    end_date = models.DateField(_("until"), null=True, blank=True)

    objects = PositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["person", "pk"]
        constraints = [
            period_is_ordered(name="position_period_is_ordered"),
            models.CheckConstraint(
                name="position_has_a_title",
                condition=~Q(title_en="", title_zh_hant="", title_zh_hans=""),
                violation_error_message=_("Give the title of the position."),
            ),
        ]

    def __str__(self) -> str:
        return self.title_en or self.title_zh_hant or self.title_zh_hans


@keeps_history()
class Contact(models.Model):
    """How staff reach an organisation. Never public, on no page and in no API."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="contacts"
    )
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    notes = models.TextField(_("notes"), blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="contact_can_be_reached",
                condition=~Q(email="", phone=""),
                violation_error_message=_("Give an e-mail address or a telephone number."),
            )
        ]

    def __str__(self) -> str:
        return self.name


@keeps_history()
class OrganisationCitation(Citation):
    """A source of an organisation."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="citations"
    )

    class Meta:
        verbose_name = _("source of an organisation")
        verbose_name_plural = _("sources of an organisation")
        constraints = [cited_once(name="organisation_citation_is_made_once", by="organisation")]


@keeps_history()
class PersonCitation(Citation):
    """A source of a person."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("source of a person")
        verbose_name_plural = _("sources of a person")
        constraints = [cited_once(name="person_citation_is_made_once", by="person")]
