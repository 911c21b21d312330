"""How organisations stand: blocked or not, owned by whom, and close to which of the staff."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partners.models.parties import Organisation
from portfolio.common.constraints import period_is_ordered
from portfolio.common.history import keeps_history


class BlockQuerySet(models.QuerySet["Block"]):
    """Blocks."""

    def active_on(self, day: datetime.date) -> Self:
        """Blocks in force on `day`, both ends included."""
        return self.filter(Q(end_date__isnull=True) | Q(end_date__gte=day), start_date__lte=day)


@keeps_history()
class Block(models.Model):
    """That nothing may be paid to an organisation, from when, until when and why.

    Time: civil dates, both ends included; an empty end holds until it is lifted.
    """

    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="blocks",
        verbose_name=_("organisation"),
    )
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("until"), null=True, blank=True)
    reason = models.TextField(_("reason"))

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        ordering = ["organisation", "-start_date", "pk"]
        constraints = [
            period_is_ordered(name="block_period_is_ordered"),
            models.CheckConstraint(
                name="block_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message=_("Say why the organisation is blocked."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:80]


@keeps_history()
class Ownership(models.Model):
    """That an organisation owns a share of another. Whole subsidiaries name their parent instead.

    Units: `share` in per cent.  Time: civil dates, both ends included.
    """

    owner = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="holdings", verbose_name=_("owner")
    )
    owned = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="owners", verbose_name=_("owned")
    )
    share = models.DecimalField(_("share in per cent"), max_digits=5, decimal_places=2)
    start_date = models.DateField(_("since"), null=True, blank=True)
    end_date = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("ownership")
        verbose_name_plural = _("ownerships")
        ordering = ["owned", "-share", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "owned", "start_date"],
                name="ownership_is_stated_once",
                nulls_distinct=False,
                violation_error_message=_("This ownership is already stated."),
            ),
            period_is_ordered(name="ownership_period_is_ordered"),
            models.CheckConstraint(
                name="ownership_is_of_another",
                condition=~Q(owner=F("owned")),
                violation_error_message=_("An organisation does not own itself."),
            ),
            models.CheckConstraint(
                name="ownership_share_is_a_percentage",
                condition=Q(share__gt=0, share__lte=100),
                violation_error_message=_("Give a share of more than 0 and at most 100 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} → {self.owned}: {self.share} %"


@keeps_history()
class Interest(models.Model):
    """That one of the staff declared to be close to an organisation: works for it, owns of it.

    Time: civil dates, both ends included.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="interests",
        verbose_name=_("member of staff"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="interests",
        verbose_name=_("organisation"),
    )
    nature = models.CharField(
        _("nature"), max_length=200, help_text=_("Such as: shareholder, former employee, spouse.")
    )
    start_date = models.DateField(_("since"), null=True, blank=True)
    end_date = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("declared interest")
        verbose_name_plural = _("declared interests")
        ordering = ["person", "pk"]
        constraints = [
            period_is_ordered(name="interest_period_is_ordered"),
            models.CheckConstraint(
                name="interest_has_a_nature",
                condition=~Q(nature=""),
                violation_error_message=_("Say what the interest is."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.organisation}"
