"""Programmes: an announced envelope and the organisations behind it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portfolio.common.constraints import is_one_of, slug_is_lower_case
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
    publication_is_known,
)
from portfolio.common.search import SearchableQuerySet, search_index
from portfolio.programmes.choices import OverCommitment, ProgrammeRole, Qualifier
from portfolio.sources.models import Citation, Source, cited_once


class ProgrammeQuerySet(SearchableQuerySet, PublishableQuerySet):
    """Programmes."""


@keeps_history()
class Programme(NamedInThreeScripts, Publishable):
    """An announced envelope of money, the organisations behind it and the strands it is for.

    Units: `envelope_amount` in major units of `envelope_currency`: an intention, not money owed.
    Everything that is allocated and posted is counted in `base_currency`; a fiscal year is called by
    the calendar year in which it begins.
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
    base_currency = CurrencyField(
        _("base currency"), default="HKD", help_text=_("In which the books are kept.")
    )
    fiscal_year_start_month = models.PositiveSmallIntegerField(
        _("fiscal year begins in month"), default=1, help_text=_("1 to 12, on its first day.")
    )
    over_commitment = models.CharField(
        _("beyond an allocation"),
        max_length=4,
        choices=OverCommitment,
        default=OverCommitment.STOP,
        help_text=_("What happens when commitments would pass what is allocated."),
    )
    is_fictional = models.BooleanField(
        _("fictional sample"),
        default=False,
        editable=False,
        help_text=_("Made up for trying Topsheet; every page says so."),
    )
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
            is_one_of(
                name="programme_qualifier_is_known",
                field="envelope_qualifier",
                choices=Qualifier,
                message=_("Choose how exactly the envelope was stated."),
            ),
            currency_is_iso4217(name="programme_base_currency_is_iso4217", field="base_currency"),
            models.CheckConstraint(
                name="programme_base_currency_is_of_the_envelope",
                condition=Q(envelope_currency="") | Q(envelope_currency=F("base_currency")),
                violation_error_message=_("The books are kept in the currency of the envelope."),
            ),
            models.CheckConstraint(
                name="programme_fiscal_year_begins_in_a_month",
                condition=Q(fiscal_year_start_month__gte=1, fiscal_year_start_month__lte=12),
                violation_error_message=_("Give a month from 1 to 12."),
            ),
            is_one_of(
                name="programme_over_commitment_is_known",
                field="over_commitment",
                choices=OverCommitment,
                message=_("Choose what happens beyond an allocation."),
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
            is_one_of(
                name="programme_partner_role_is_known",
                field="role",
                choices=ProgrammeRole,
                message=_("Choose the role from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_role_display()}"


@keeps_history()
class ProgrammeCitation(Citation):
    """A source of a programme."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="citations")

    class Meta:
        verbose_name = _("source of a programme")
        verbose_name_plural = _("sources of a programme")
        constraints = [cited_once(name="programme_citation_is_made_once", by="programme")]
