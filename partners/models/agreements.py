"""Agreements: who signed what, when, and how it was amended."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from partners.choices import AgreementKind, AmendmentKind, PartyRole
from partners.models.documents import Document
from partners.models.parties import Organisation
from portfolio.common.constraints import is_one_of, period_is_ordered
from portfolio.common.history import keeps_history
from portfolio.common.money import LARGEST_AMOUNT, AmountField, CurrencyField, currency_is_iso4217


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Agreements."""

    def active_on(self, day: datetime.date) -> Self:
        """Agreements whose period, both ends included, contains `day`."""
        open_ended = Q(end_date__isnull=True)
        return self.filter(open_ended | Q(end_date__gte=day), start_date__lte=day)

    def signed(self, day: datetime.date) -> Self:
        """Agreements that two parties or more, and all there are, had signed on `day`."""
        parties = AgreementParty.objects.filter(agreement=OuterRef("pk"))
        unsigned = parties.filter(Q(signed_date__isnull=True) | Q(signed_date__gt=day))
        several = parties.order_by().values("agreement").annotate(n=models.Count("pk"))
        return self.filter(Exists(several.filter(n__gte=2)), ~Exists(unsigned))


@keeps_history()
class Agreement(models.Model):
    """A written agreement between organisations, under which money is promised.

    Time: civil dates, both ends included; an empty end is open.
    """

    reference = models.CharField(_("reference"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("kind"), max_length=20, choices=AgreementKind)
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("until"), null=True, blank=True)
    notes = models.TextField(_("notes"), blank=True, help_text=_("For staff; never public."))
    documents = models.ManyToManyField(
        Document,
        through="AgreementDocument",
        related_name="agreements",
        verbose_name=_("documents"),
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-start_date", "pk"]
        constraints = [
            period_is_ordered(name="agreement_period_is_ordered"),
            is_one_of(
                name="agreement_kind_is_known",
                field="kind",
                choices=AgreementKind,
                message=_("Choose the kind of agreement from the list."),
            ),
            models.CheckConstraint(
                name="agreement_has_a_title",
                condition=~Q(title="") & ~Q(reference=""),
                violation_error_message=_("Give the agreement a reference and a title."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


@keeps_history()
class AgreementParty(models.Model):
    """That an organisation is a party to an agreement, and when and by whom it signed."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="agreement_parties",
        verbose_name=_("organisation"),
    )
    role = models.CharField(_("role"), max_length=20, choices=PartyRole)
    signatory = models.CharField(
        _("signatory"), max_length=200, blank=True, help_text=_("Who signed for it.")
    )
    signed_date = models.DateField(_("signed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["agreement", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "organisation", "role"],
                name="agreement_party_has_a_role_once",
                violation_error_message=_("This organisation already has this role here."),
            ),
            is_one_of(
                name="agreement_party_role_is_known",
                field="role",
                choices=PartyRole,
                message=_("Choose the role from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_role_display()}"


@keeps_history()
class AgreementAmendment(models.Model):
    """A later change of an agreement, typed, with the difference that it makes.

    Units: `change_amount` in major units of `currency`, the difference to what held before: more than
    zero for an increase, less for a decrease, none for the other kinds.
    """

    agreement = models.ForeignKey(
        Agreement, on_delete=models.CASCADE, related_name="amendments", verbose_name=_("agreement")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=AmendmentKind)
    signed_date = models.DateField(
        _("signed on"), null=True, blank=True, help_text=_("By the last of the parties.")
    )
    change_amount = AmountField(_("difference"), null=True, blank=True)
    currency = CurrencyField(_("currency"), blank=True)
    new_end_date = models.DateField(_("new last day"), null=True, blank=True)
    summary = models.TextField(_("what it changes"))
    document = models.ForeignKey(
        Document,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document"),
    )

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="agreement_amendment_has_a_number_of_its_own",
                violation_error_message=_("Another amendment of the agreement has this number."),
            ),
            is_one_of(
                name="agreement_amendment_kind_is_known",
                field="kind",
                choices=AmendmentKind,
                message=_("Choose the kind of amendment from the list."),
            ),
            models.CheckConstraint(
                name="agreement_amendment_difference_fits_its_kind",
                condition=(
                    Q(
                        kind=AmendmentKind.INCREASE,
                        change_amount__isnull=False,
                        change_amount__gt=0,
                        change_amount__lte=LARGEST_AMOUNT,
                    )
                    | Q(
                        kind=AmendmentKind.DECREASE,
                        change_amount__isnull=False,
                        change_amount__lt=0,
                        change_amount__gte=-LARGEST_AMOUNT,
                    )
                    | Q(
                        kind=AmendmentKind.EXTENSION,
                        change_amount__isnull=True,
                        new_end_date__isnull=False,
                    )
                    | Q(kind=AmendmentKind.TERMS, change_amount__isnull=True)
                ),
                violation_error_message=_(
                    "Give the difference: more than zero for an increase, less for a decrease; "
                    "a new last day for an extension."
                ),
            ),
            models.CheckConstraint(
                name="agreement_amendment_amount_has_its_currency",
                condition=Q(change_amount__isnull=True, currency="")
                | (Q(change_amount__isnull=False) & ~Q(currency="")),
                violation_error_message=_("Give the difference with its currency, or neither."),
            ),
            currency_is_iso4217(name="agreement_amendment_currency_is_iso4217", optional=True),
        ]

    def __str__(self) -> str:
        return f"{self.agreement.reference} / {self.number}"


@keeps_history()
class AgreementDocument(models.Model):
    """That a document belongs to an agreement."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="papers")
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="+", verbose_name=_("document")
    )

    class Meta:
        verbose_name = _("document of an agreement")
        verbose_name_plural = _("documents of an agreement")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "document"],
                name="agreement_document_is_given_once",
                violation_error_message=_("This document is already given."),
            )
        ]

    def __str__(self) -> str:
        return str(self.document)
