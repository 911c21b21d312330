"""Releases: where, in which medium and when a production comes out."""

import datetime
from typing import Any, Self

from django.contrib.postgres.functions import RandomUUID
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from partners.models import Organisation
from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.publishing import Publishable, is_public, publication_is_known
from portfolio.common.territories import ISO_3166_1
from portfolio.productions.choices import WORLD, ReleaseMedium
from portfolio.productions.models.production import Production

PLACES = (WORLD, *ISO_3166_1)
PLACE_HELP = _("A code of ISO 3166-1, such as HK, or WORLD.")


def place_is_known(*, name: str) -> models.CheckConstraint:
    """The territory is one of ISO 3166-1, or the world."""
    return models.CheckConstraint(
        name=name,
        condition=Q(territory__in=PLACES),
        violation_error_message=_("Give a territory of ISO 3166-1, such as HK, or WORLD."),
    )


def random_address() -> "models.CharField[Any, Any]":
    """An address that tells nothing of how many rows there are that nobody may see yet."""
    return models.CharField(
        _("address"),
        max_length=36,
        unique=True,
        editable=False,
        db_default=Cast(RandomUUID(), models.CharField(max_length=36)),
    )


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Releases."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Releases of public productions that anyone may see at the instant `at`."""
        return self.filter(
            is_public(at),
            is_public(at, "production__"),
            is_public(at, "production__programme__"),
        )


@keeps_history()
class Release(Publishable):
    """That a production comes out in a territory and a medium from a day on.

    Units: `screens` on the first day; NULL is "not disclosed".
    """

    slug = random_address()
    production = models.ForeignKey(
        Production, on_delete=models.CASCADE, related_name="releases", verbose_name=_("production")
    )
    territory = models.CharField(_("territory"), max_length=5, help_text=PLACE_HELP)
    medium = models.CharField(_("medium"), max_length=20, choices=ReleaseMedium)
    date = models.DateField(_("date"))
    distributor = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="releases",
        verbose_name=_("distributor"),
    )
    distributor_name = models.CharField(
        _("distributor as a source has it"), max_length=200, blank=True
    )
    screens = models.PositiveIntegerField(
        _("screens"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["date", "pk"]
        indexes = [models.Index(fields=["date", "id"], name="release_by_date")]
        constraints = [
            publication_is_known(name="release_publication_is_known"),
            place_is_known(name="release_territory_is_known"),
            is_one_of(
                name="release_medium_is_known",
                field="medium",
                choices=ReleaseMedium,
                message=_("Choose the medium from the list."),
            ),
            models.UniqueConstraint(
                fields=["production", "territory", "medium", "date"],
                name="release_is_there_once",
                violation_error_message=_("The production has this release already."),
            ),
            models.CheckConstraint(
                name="release_screens_are_counted",
                condition=Q(screens__isnull=True) | Q(screens__gt=0),
                violation_error_message=_("Give the number of screens, or leave it empty."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.production} · {self.territory} · {self.get_medium_display()} · {self.date}"
