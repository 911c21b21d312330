"""Co-production: which producer holds which share of a title, from which day on."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from partners.models import Agreement, Organisation
from portfolio.common.grants import ONLY_ADD
from portfolio.productions.models.production import Production


class CoproductionTerms(models.Model):
    """How a production is shared among its producers from a day on. Only ever added, with all its shares.

    Time: of those whose day has come, the one with the latest day counts; of the same day, the last recorded.
    """

    production = models.ForeignKey(
        Production, on_delete=models.PROTECT, related_name="coproduction_terms",
        verbose_name=_("production"),
    )  # fmt: skip
    effective_date = models.DateField(_("in effect from"))
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("agreement"),
    )  # fmt: skip
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("Needed where there is no agreement.")
    )
    recorded_at = models.DateTimeField(_("recorded at"), db_default=Now(), editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, editable=False, related_name="+",
        verbose_name=_("recorded by"),
    )  # fmt: skip

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("co-production shares")
        verbose_name_plural = _("co-production shares")
        ordering = ["production", "-effective_date", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="coproduction_terms_are_agreed_or_have_a_reason",
                condition=Q(agreement__isnull=False) | ~Q(reason=""),
                violation_error_message=_("Give the agreement, or say why there is none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.production}, {self.effective_date}"


class CoproductionShare(models.Model):
    """What one producer holds. Only ever added; all of them together are 100 per cent."""

    terms = models.ForeignKey(
        CoproductionTerms, on_delete=models.PROTECT, related_name="shares",
        verbose_name=_("co-production shares"),
    )  # fmt: skip
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="coproduction_shares",
        verbose_name=_("co-producer"),
    )  # fmt: skip
    share = models.DecimalField(_("share %"), max_digits=7, decimal_places=4)

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("share of a co-producer")
        verbose_name_plural = _("shares of co-producers")
        ordering = ["terms", "-share", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["terms", "organisation"],
                name="coproduction_share_is_one_an_organisation",
                violation_error_message=_("This organisation already has a share."),
            ),
            models.CheckConstraint(
                name="coproduction_share_is_a_part",
                condition=Q(share__gt=0, share__lte=100),
                violation_error_message=_("Give more than 0 and at most 100 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.share} %"
