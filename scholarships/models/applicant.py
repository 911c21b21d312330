"""Applicants: everything that is personal, apart from what is decided about it."""

import datetime
import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Person
from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD
from portfolio.common.history import keeps_history
from portfolio.common.sealed import SealedField
from scholarships.choices import ConsentUse, LinkPurpose

# Without letters and digits that are read for each other.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
PERSONAL = (
    "email", "name_en", "name_zh_hant", "name_zh_hans", "phone", "identity_number", "birth_date",
    "bank_account", "identity_fingerprint",
)  # fmt: skip


def new_reference() -> str:
    """A name that nobody guesses and that says nothing of the person, such as S-7F3KQ2MDXW."""
    return "S-" + "".join(secrets.choice(ALPHABET) for _n in range(10))


class ApplicantQuerySet(models.QuerySet["Applicant"]):
    """Applicants."""

    def known(self) -> "ApplicantQuerySet":
        """Those who were not erased."""
        return self.filter(erased_at__isnull=True)


@keeps_history(exclude=PERSONAL)
class Applicant(models.Model):
    """A person who applied, or was entered by staff.

    The history keeps that a row was changed, and never a personal value. What is erased leaves the row,
    its reference and nothing else.
    """

    reference = models.CharField(
        _("reference"), max_length=12, unique=True, default=new_reference, editable=False
    )
    email = models.EmailField(_("e-mail address"), blank=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    name_zh_hant = models.CharField(_("Traditional Chinese name"), max_length=200, blank=True)
    name_zh_hans = models.CharField(_("Simplified Chinese name"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(
        _("language of letters"),
        max_length=7,
        default="en",
        choices=[("en", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")],
    )
    identity_number = SealedField(_("identity number"), null=True, blank=True, editable=True)
    birth_date = SealedField(_("birth date"), null=True, blank=True, editable=True)
    bank_account = SealedField(_("bank account"), null=True, blank=True, editable=True)
    identity_fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    person = models.ForeignKey(
        Person,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person of the portfolio"),
        help_text=_("Only with consent: their credits are then shown as outcomes."),
    )
    created_at = models.DateTimeField(_("known since"), db_default=Now(), editable=False)
    changed_at = models.DateTimeField(_("changed at"), db_default=Now(), editable=False)
    held_until = models.DateField(
        _("kept at least until"),
        null=True,
        blank=True,
        help_text=_("A legal hold: nothing is erased before."),
    )
    held_reason = models.CharField(_("why it is kept"), max_length=300, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    objects = ApplicantQuerySet.as_manager()

    class Meta:
        verbose_name = _("applicant")
        verbose_name_plural = _("applicants")
        ordering = ["-pk"]
        # Its name is of the form that the table of roles can grant.
        permissions = [
            ("reveal_applicant", "Can reveal identity number, birth date and bank account")
        ]
        indexes = [
            models.Index(fields=["identity_fingerprint"], name="applicant_by_fingerprint"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=~Q(email=""),
                name="applicant_has_an_address_of_their_own",
                violation_error_message=_("Somebody else applied with this e-mail address."),
            ),
            models.CheckConstraint(
                name="applicant_email_is_lower_case",
                condition=Q(email__regex=r"^[^A-Z\s]*$"),
                violation_error_message=_("Write the e-mail address in lower case."),
            ),
            models.CheckConstraint(
                name="applicant_erased_is_empty",
                condition=Q(erased_at__isnull=True)
                | Q(
                    email="", name_en="", name_zh_hant="", name_zh_hans="", phone="",
                    identity_number__isnull=True, birth_date__isnull=True,
                    bank_account__isnull=True, identity_fingerprint="", person__isnull=True,
                ),
                violation_error_message=_("Of who was erased nothing is entered again."),
            ),
            models.CheckConstraint(
                name="applicant_hold_has_a_reason",
                condition=Q(held_until__isnull=True, held_reason="")
                | (Q(held_until__isnull=False) & ~Q(held_reason="")),
                violation_error_message=_("Say until when and why it is kept, or neither."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        # A name here would stand in logs, histories and messages.
        return self.reference

    @property
    def name(self) -> str:
        """The name as one script has it."""
        return self.name_en or self.name_zh_hant or self.name_zh_hans


class SecretLink(models.Model):
    """A secret address by which an applicant comes to what is theirs. Only its fingerprint is kept.

    Time: it opens until `expires_at`, unless it was revoked. Visits that began up to `left_at` are over.
    """

    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=8, choices=LinkPurpose)
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    first_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("secret address")
        verbose_name_plural = _("secret addresses")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="secret_link_keeps_a_fingerprint",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("Only the fingerprint of a secret address is kept."),
            ),
            is_one_of(
                name="secret_link_purpose_is_known",
                field="purpose",
                choices=LinkPurpose,
                message=_("Choose what the address is for from the list."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.applicant}"

    def opens_at(self, at: datetime.datetime) -> bool:
        """Whether the address is good at the instant `at`."""
        return self.revoked_at is None and at <= self.expires_at


class Consent(models.Model):
    """What somebody agreed to or took back, with the very words they saw. The last one counts."""

    applicant = models.ForeignKey(Applicant, on_delete=models.PROTECT, related_name="consents")
    use = models.CharField(_("what for"), max_length=12, choices=ConsentUse)
    is_given = models.BooleanField(_("given"))
    wording = models.TextField(_("words they saw"))
    language = models.CharField(_("language"), max_length=7)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["applicant", "pk"]
        constraints = [
            models.CheckConstraint(
                name="consent_has_its_words",
                condition=Q(use__in=ConsentUse.values) & ~Q(wording=""),
                violation_error_message=_("A consent is kept with the words that were shown."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.applicant}: {self.get_use_display()}"
