"""Scholarship schemes and the institutions that run them."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portfolio.common.history import keeps_history
from portfolio.common.money import (
    AmountField,
    CurrencyField,
    amount_has_its_currency,
    currency_is_iso4217,
)
from portfolio.programmes.choices import ProjectKind
from portfolio.programmes.models import Project, ProjectQuerySet, project_is_of_kind


class SchemeQuerySet(ProjectQuerySet):
    """Scholarship schemes."""


@keeps_history()
class Scheme(Project):
    """A project that pays for places at an institution.

    Units: `amount_per_place` in major units of `amount_currency`; NULL is "not disclosed".
    """

    institution = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="scholarship_schemes",
        verbose_name=_("institution"),
    )
    places = models.PositiveIntegerField(_("places"))
    amount_per_place = AmountField(
        _("amount per place"),
        null=True,
        blank=True,
        help_text=_("Empty if not disclosed, never 0."),
    )
    amount_currency = CurrencyField(_("currency of the place"), blank=True)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = _("scholarship scheme")
        verbose_name_plural = _("scholarship schemes")
        ordering = ["sort_name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="scheme_has_a_place",
                condition=Q(places__gt=0),
                violation_error_message=_("A scheme has at least one place."),
            ),
            amount_has_its_currency(
                name="scheme_amount_has_its_currency",
                amount="amount_per_place",
                currency="amount_currency",
            ),
            currency_is_iso4217(
                name="scheme_currency_is_iso4217", field="amount_currency", optional=True
            ),
        ]
        triggers = [
            project_is_of_kind(name="scheme_is_a_scheme", kind=ProjectKind.SCHOLARSHIP_SCHEME)
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.kind and "kind" not in self.get_deferred_fields():
            self.kind = ProjectKind.SCHOLARSHIP_SCHEME
