"""What the public is told of a round in numbers: once, and nothing that points at a few."""

from itertools import combinations
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portfolio.common.grants import ONLY_ADD
from scholarships.models.round import Round

SMALLEST_GROUP = 5
"""Groups of fewer people are not told, and neither is what two numbers would leave of one."""
# Each is part of the one before it.
COUNTED = ("applied", "eligible", "awarded")


def tells_of_nobody(number: Any) -> Q:
    """A number that is kept back, none at all, or large enough."""
    return (
        Q(**{f"{number}__isnull": True})
        | Q(**{number: 0})
        | Q(**{f"{number}__gte": SMALLEST_GROUP})
    )


def _difference_tells_of_nobody(whole: str, part: str) -> Q:
    return (
        Q(**{f"{whole}__isnull": True})
        | Q(**{f"{part}__isnull": True})
        | Q(**{whole: F(part)})
        | Q(**{f"{whole}__gte": F(part) + SMALLEST_GROUP})
    )


def _hides_small_groups() -> Q:
    condition = Q()
    for name in COUNTED:
        condition &= tells_of_nobody(name)
    for whole, part in combinations(COUNTED, 2):
        condition &= _difference_tells_of_nobody(whole, part)
    return condition


class RoundFigures(models.Model):
    """How many applied, were eligible and were awarded a place, as it is told once and for good.

    NULL is "not told". Figures of two days would tell what happened between them, so that there is one row
    a round and it never changes; sums over rounds are not told, so that none can be taken away from them.
    """

    round = models.OneToOneField(
        Round, on_delete=models.PROTECT, primary_key=True, related_name="figures"
    )
    applied = models.PositiveIntegerField(_("applied"), null=True)
    eligible = models.PositiveIntegerField(_("eligible"), null=True)
    awarded = models.PositiveIntegerField(_("awarded"), null=True)
    published_at = models.DateTimeField(_("published at"), db_default=Now())
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("published by"),
    )

    server_may = ONLY_ADD

    class Meta:
        verbose_name = _("figures of a round")
        verbose_name_plural = _("figures of rounds")
        constraints = [
            models.CheckConstraint(
                name="round_figures_hide_small_groups",
                condition=_hides_small_groups(),
                violation_error_message=_(
                    "A number below five, or one that two numbers leave, would point at somebody."
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.round)
