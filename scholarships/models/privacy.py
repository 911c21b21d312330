"""Who read what of whom, and what was erased."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.grants import ONLY_ADD
from portfolio.common.history import keeps_history
from scholarships.choices import ErasureBasis, ReadKind
from scholarships.models.applicant import Applicant


class PersonalRead(models.Model):
    """That somebody of the staff opened personal data: who, when, whose, why; none of the data."""

    applicant = models.ForeignKey(
        Applicant, on_delete=models.PROTECT, related_name="reads", verbose_name=_("applicant")
    )
    kind = models.CharField(_("what"), max_length=9, choices=ReadKind)
    purpose = models.CharField(_("what for"), max_length=200, blank=True)
    path = models.CharField(_("page"), max_length=200, blank=True)
    read_at = models.DateTimeField(_("read at"), db_default=Now())
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by")
    )

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("reading of personal data")
        verbose_name_plural = _("readings of personal data")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["applicant", "-id"], name="personal_read_of_whom")]
        constraints = [
            models.CheckConstraint(
                name="personal_read_sensitive_has_a_purpose",
                condition=Q(kind__in=[ReadKind.RECORD, ReadKind.FILE])
                | (Q(kind__in=[ReadKind.SENSITIVE, ReadKind.EXPORT]) & ~Q(purpose="")),
                violation_error_message=_("Say what you need it for."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.applicant} {self.read_at:%Y-%m-%d %H:%M}"


@keeps_history()
class Erasure(models.Model):
    """The register of erasures: asked for, decided by another, carried out. It names nobody.

    Whoever serves requests may ask and decide; the command that erases runs as the owner and says when it
    was done. It is replayed after a backup was restored that is older than it.
    """

    applicant = models.OneToOneField(
        Applicant, on_delete=models.PROTECT, related_name="erasure", verbose_name=_("applicant")
    )
    basis = models.CharField(_("basis"), max_length=10, choices=ErasureBasis)
    asked_at = models.DateTimeField(_("asked at"), db_default=Now(), editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("asked by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    done_at = models.DateTimeField(_("carried out at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-pk"]
        constraints = [
            is_one_of(
                name="erasure_basis_is_known",
                field="basis",
                choices=ErasureBasis,
                message=_("Choose the basis from the list."),
            ),
            models.CheckConstraint(
                name="erasure_at_request_says_who_entered_it",
                condition=~Q(basis=ErasureBasis.REQUEST) | Q(asked_by__isnull=False),
                violation_error_message=_("An erasure at request says who entered it."),
            ),
            models.CheckConstraint(
                name="erasure_is_decided_by_another",
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False)
                    & (Q(asked_by__isnull=True) | ~Q(decided_by=F("asked_by")))
                ),
                violation_error_message=_("Somebody else than who entered it decides."),
            ),
            models.CheckConstraint(
                name="erasure_done_was_decided",
                condition=Q(done_at__isnull=True)
                | ~Q(basis=ErasureBasis.REQUEST)
                | Q(decided_at__isnull=False),
                violation_error_message=_("What was asked for is decided before it is done."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.applicant)
