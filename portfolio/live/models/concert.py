"""Concerts and tours, and who is billed."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation, Person
from portfolio.common.constraints import is_one_of, slug_is_lower_case
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
from portfolio.live.choices import BillingRole, Form
from portfolio.programmes.choices import ProjectKind
from portfolio.programmes.models import Project, ProjectQuerySet, project_is_of_kind


class ActQuerySet(SearchableQuerySet, PublishableQuerySet):
    """Acts."""


@keeps_history()
class Act(NamedInThreeScripts, Publishable):
    """A band, an orchestra or another group that performs under one name."""

    slug = models.SlugField(_("address"), max_length=100, unique=True)
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff; never public."))

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        ordering = ["sort_name", "pk"]
        indexes = [search_index(name="act_search")]
        constraints = [
            has_a_name(name="act_has_a_name"),
            slug_is_lower_case(name="act_slug_is_lower_case"),
            publication_is_known(name="act_publication_is_known"),
        ]


class ConcertQuerySet(ProjectQuerySet):
    """Concerts."""


@keeps_history()
class Concert(Project):
    """A concert, a tour or a festival: a project with its artists, its promoter and its shows.

    Units: `budget_amount` and `break_even_amount` in major units of their currencies; NULL is
    "not disclosed". What the programme puts in is told by its commitments, not here.
    """

    form = models.CharField(_("form"), max_length=10, choices=Form, default=Form.CONCERT)
    promoter = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="promoted_concerts",
        verbose_name=_("promoter"),
        help_text=_("Empty where no source says."),
    )
    budget_amount = AmountField(
        _("budget"), null=True, blank=True, help_text=_("Empty if not disclosed, never 0.")
    )
    budget_currency = CurrencyField(_("currency of the budget"), blank=True)
    break_even_amount = AmountField(
        _("break-even"),
        null=True,
        blank=True,
        help_text=_("The gross at which all costs are met; empty if not disclosed, never 0."),
    )
    break_even_currency = CurrencyField(_("currency of the break-even"), blank=True)

    objects = ConcertQuerySet.as_manager()

    class Meta:
        verbose_name = _("concert")
        verbose_name_plural = _("concerts")
        ordering = ["sort_name", "pk"]
        constraints = [
            is_one_of(
                name="concert_form_is_known",
                field="form",
                choices=Form,
                message=_("Choose the form from the list."),
            ),
            amount_has_its_currency(
                name="concert_budget_has_its_currency",
                amount="budget_amount",
                currency="budget_currency",
            ),
            currency_is_iso4217(
                name="concert_budget_currency_is_iso4217", field="budget_currency", optional=True
            ),
            amount_has_its_currency(
                name="concert_break_even_has_its_currency",
                amount="break_even_amount",
                currency="break_even_currency",
            ),
            currency_is_iso4217(
                name="concert_break_even_currency_is_iso4217",
                field="break_even_currency",
                optional=True,
            ),
        ]
        triggers = [project_is_of_kind(name="concert_is_a_concert", kind=ProjectKind.CONCERT)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.kind and "kind" not in self.get_deferred_fields():
            self.kind = ProjectKind.CONCERT


class BillingQuerySet(models.QuerySet["Billing"]):
    """Billings."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Billings of which anyone may see both ends at the instant `at`."""
        return self.filter(
            Q(person__isnull=True) | is_public(at, "person__"),
            Q(act__isnull=True) | is_public(at, "act__"),
            is_public(at, "concert__"),
            is_public(at, "concert__programme__"),
        )


@keeps_history()
class Billing(models.Model):
    """That a person or an act performs in a concert, and how it is billed."""

    concert = models.ForeignKey(
        Concert, on_delete=models.CASCADE, related_name="billings", verbose_name=_("concert")
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="billings",
        verbose_name=_("person"),
    )
    act = models.ForeignKey(
        Act,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="billings",
        verbose_name=_("act"),
    )
    role = models.CharField(
        _("billed as"), max_length=14, choices=BillingRole, default=BillingRole.HEADLINER
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    objects = BillingQuerySet.as_manager()

    class Meta:
        verbose_name = _("artist")
        verbose_name_plural = _("artists")
        ordering = ["concert", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="billing_is_of_one_artist",
                condition=Q(person__isnull=False, act__isnull=True)
                | Q(person__isnull=True, act__isnull=False),
                violation_error_message=_("Give either a person or an act."),
            ),
            models.UniqueConstraint(
                fields=["concert", "person", "act", "role"],
                name="billing_is_given_once",
                nulls_distinct=False,
                violation_error_message=_("This artist is already billed so here."),
            ),
            is_one_of(
                name="billing_role_is_known",
                field="role",
                choices=BillingRole,
                message=_("Choose the billing from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person or self.act}: {self.get_role_display()}"
