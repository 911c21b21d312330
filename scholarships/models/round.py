"""Rounds of a scheme: when one may apply, for how many places, by which rules and papers."""

import datetime
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_READ
from portfolio.common.history import keeps_history
from portfolio.common.money import (
    AmountField,
    CurrencyField,
    amount_has_its_currency,
    currency_is_iso4217,
)
from portfolio.common.publishing import (
    Publishable,
    PublishableQuerySet,
    is_public,
    publication_is_known,
)
from scholarships.choices import RuleKind
from scholarships.models.scheme import Scheme

SCRIPTS = {
    "en": ("en", "zh_hant", "zh_hans"),
    "zh-hant": ("zh_hant", "zh_hans", "en"),
    "zh-hans": ("zh_hans", "zh_hant", "en"),
}
PDF, JPEG, PNG = "PDF", "JPEG", "PNG"
FORMATS = (PDF, JPEG, PNG)


def only_pdf() -> list[str]:
    """The formats of a paper unless said otherwise."""
    return [PDF]


def said_in(row: models.Model, name: str, language: str | None = None) -> str:
    """A text of a row in the reader's language, or in the nearest there is."""
    order = SCRIPTS.get(language or get_language() or "en", SCRIPTS["en"])
    return next((text for tail in order if (text := getattr(row, f"{name}_{tail}"))), "")


def is_said(*, name: str, field: str, message: Any) -> models.CheckConstraint:
    """The text is there in one language at least."""
    return models.CheckConstraint(
        name=name,
        condition=~Q(**{f"{field}_{tail}": "" for tail in SCRIPTS["en"]}),
        violation_error_message=message,
    )


class RoundQuerySet(PublishableQuerySet):
    """Rounds of schemes."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Rounds of public schemes that anyone may see at the instant `at`."""
        return self.filter(
            is_public(at), is_public(at, "scheme__"), is_public(at, "scheme__programme__")
        )


@keeps_history()
class Round(Publishable):
    """One call for applications of a scheme.

    Units: `amount_per_place` in major units of `amount_currency`; NULL is "not disclosed".
    Time: from `opens_at` to `closes_at`, both instants included.
    """

    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("scheme")
    )
    code = models.SlugField(
        _("address"), max_length=40, help_text=_("Within its scheme, such as 2026.")
    )
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    name_zh_hant = models.CharField(_("Traditional Chinese name"), max_length=200, blank=True)
    name_zh_hans = models.CharField(_("Simplified Chinese name"), max_length=200, blank=True)
    call_en = models.TextField(_("English call"), blank=True)
    call_zh_hant = models.TextField(_("Traditional Chinese call"), blank=True)
    call_zh_hans = models.TextField(_("Simplified Chinese call"), blank=True)
    opens_at = models.DateTimeField(_("opens"), help_text=_("Hong Kong time."))
    closes_at = models.DateTimeField(
        _("closes"), help_text=_("Hong Kong time. What comes at this very moment is in time.")
    )
    places = models.PositiveSmallIntegerField(_("places"))
    amount_per_place = AmountField(
        _("amount per place"),
        null=True,
        blank=True,
        help_text=_("As it is announced; empty if not disclosed, never 0."),
    )
    amount_currency = CurrencyField(_("currency of the place"), blank=True)
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("agreement"),
        help_text=_("With the institution; places are paid under it."),
    )
    reviews_each = models.PositiveSmallIntegerField(_("reviews of each application"), default=3)
    reply_days = models.PositiveSmallIntegerField(_("days to accept an offer"), default=14)
    retention_months = models.PositiveSmallIntegerField(
        _("months that unsuccessful applications are kept"),
        default=12,
        help_text=_("Counted from the closing; then what is personal in them is erased."),
    )
    award_retention_years = models.PositiveSmallIntegerField(
        _("years that awards are kept"),
        default=7,
        help_text=_("Counted from their end, as long as the books of them are kept."),
    )

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-opens_at", "pk"]
        constraints = [
            publication_is_known(name="round_publication_is_known"),
            is_said(
                name="round_has_a_name",
                field="name",
                message=_("Give the round a name in one language at least."),
            ),
            models.UniqueConstraint(
                fields=["scheme", "code"],
                name="round_has_an_address_of_its_own",
                violation_error_message=_("Another round of the scheme has this address."),
            ),
            models.CheckConstraint(
                name="round_closes_after_it_opens",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("The round closes after it opens."),
            ),
            models.CheckConstraint(
                name="round_has_places",
                condition=Q(places__gte=1),
                violation_error_message=_("A round has at least one place."),
            ),
            models.CheckConstraint(
                name="round_terms_are_sensible",
                condition=Q(reviews_each__range=(1, 9))
                & Q(reply_days__range=(1, 180))
                & Q(retention_months__range=(1, 120))
                & Q(award_retention_years__range=(1, 30)),
                violation_error_message=_(
                    "Give 1 to 9 reviews, 1 to 180 days to accept, 1 to 120 months and 1 to 30 years to keep."
                ),
            ),
            amount_has_its_currency(
                name="round_amount_has_its_currency",
                amount="amount_per_place",
                currency="amount_currency",
            ),
            currency_is_iso4217(
                name="round_currency_is_iso4217", field="amount_currency", optional=True
            ),
        ]

    def __str__(self) -> str:
        return said_in(self, "name") or self.code

    def is_open(self, at: datetime.datetime) -> bool:
        """Whether one may apply at the instant `at`."""
        return self.opens_at <= at <= self.closes_at


class RoundPlaces(models.Model):
    """How many places of a round are taken: kept by the database with each award."""

    round = models.OneToOneField(
        # The server may remove no row here; a trigger does, with its round.
        Round,
        on_delete=models.DO_NOTHING,
        primary_key=True,
        related_name="taken",
    )
    taken = models.PositiveSmallIntegerField()

    server_may = ONLY_READ

    class Meta:
        verbose_name = _("places taken")
        verbose_name_plural = _("places taken")

    def __str__(self) -> str:
        return f"{self.round_id}: {self.taken}"


@keeps_history()
class EligibilityRule(models.Model):
    """What one must be to get a place, as data.

    Units: `values` are words that the answer must be one of; `least` and `most` bound a number, both
    included. Of these each kind uses its own.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(_("place"), default=1)
    kind = models.CharField(_("what it looks at"), max_length=20, choices=RuleKind)
    values = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("one of"),
        default=list,
        blank=True,
        help_text=_("One a line; of places of residence two letters each, such as HK."),
    )
    least = models.PositiveSmallIntegerField(_("at least"), null=True, blank=True)
    most = models.PositiveSmallIntegerField(_("at most"), null=True, blank=True)
    text_en = models.CharField(_("in English"), max_length=400, blank=True)
    text_zh_hant = models.CharField(_("in Traditional Chinese"), max_length=400, blank=True)
    text_zh_hans = models.CharField(_("in Simplified Chinese"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("eligibility rule")
        verbose_name_plural = _("eligibility rules")
        ordering = ["round", "position", "pk"]
        constraints = [
            is_one_of(
                name="eligibility_rule_kind_is_known",
                field="kind",
                choices=RuleKind,
                message=_("Choose what the rule looks at from the list."),
            ),
            is_said(
                name="eligibility_rule_is_said",
                field="text",
                message=_("Say the rule as applicants read it, in one language at least."),
            ),
            models.CheckConstraint(
                name="eligibility_rule_has_its_measure",
                condition=(
                    Q(
                        kind__in=[RuleKind.PROGRAMME_OF_STUDY, RuleKind.RESIDENCE],
                        values__len__gt=0,
                        least__isnull=True,
                        most__isnull=True,
                    )
                    | (
                        Q(kind__in=[RuleKind.YEAR_OF_STUDY, RuleKind.AGE], values=[])
                        & (Q(least__isnull=False) | Q(most__isnull=False))
                    )
                    | Q(
                        kind__in=[RuleKind.FIRST_FEATURE, RuleKind.DECLARATION],
                        values=[],
                        least__isnull=True,
                        most__isnull=True,
                    )
                ),
                violation_error_message=_(
                    "Give the words that are allowed, or the least and most of a number: whichever the rule looks at."
                ),
            ),
            models.CheckConstraint(
                name="eligibility_rule_bounds_are_ordered",
                condition=Q(least__isnull=True) | Q(most__isnull=True) | Q(most__gte=F("least")),
                violation_error_message=_("The most is not below the least."),
            ),
            models.UniqueConstraint(
                fields=["round", "kind"],
                condition=~Q(kind=RuleKind.DECLARATION),
                name="eligibility_rule_is_given_once",
                violation_error_message=_("The round already has a rule of this kind."),
            ),
        ]

    def __str__(self) -> str:
        return said_in(self, "text")


@keeps_history()
class RequiredPaper(models.Model):
    """A paper that an applicant hands in.

    Units: `largest_mb` in megabytes.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="papers")
    position = models.PositiveSmallIntegerField(_("place"), default=1)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    name_zh_hant = models.CharField(_("Traditional Chinese name"), max_length=200, blank=True)
    name_zh_hans = models.CharField(_("Simplified Chinese name"), max_length=200, blank=True)
    is_mandatory = models.BooleanField(_("mandatory"), default=True)
    is_for_reviewers = models.BooleanField(
        _("shown to reviewers"),
        default=False,
        help_text=_("Only if it names nobody: reviewers judge without knowing whom."),
    )
    formats = ArrayField(
        models.CharField(max_length=4, choices=[(name, name) for name in FORMATS]),
        verbose_name=_("formats"),
        default=only_pdf,
    )
    largest_mb = models.PositiveSmallIntegerField(_("largest size in MB"), default=10)

    class Meta:
        verbose_name = _("required paper")
        verbose_name_plural = _("required papers")
        ordering = ["round", "position", "pk"]
        constraints = [
            is_said(
                name="required_paper_has_a_name",
                field="name",
                message=_("Give the paper a name in one language at least."),
            ),
            models.CheckConstraint(
                name="required_paper_formats_are_known",
                condition=Q(formats__len__gt=0) & Q(formats__contained_by=list(FORMATS)),
                violation_error_message=_("Choose PDF, JPEG or PNG."),
            ),
            models.CheckConstraint(
                name="required_paper_size_is_sensible",
                condition=Q(largest_mb__range=(1, 50)),
                violation_error_message=_("Allow 1 to 50 MB."),
            ),
        ]

    def __str__(self) -> str:
        return said_in(self, "name")
