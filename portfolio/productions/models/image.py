"""Posters and stills of productions."""

import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.publishing import Publishable, is_public, publication_is_known
from portfolio.productions.choices import ImageKind, Licence
from portfolio.productions.models.production import Production


class ProductionImageQuerySet(models.QuerySet["ProductionImage"]):
    """Images of productions."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Images of public productions that anyone may see at the instant `at`."""
        return self.filter(
            is_public(at),
            is_public(at, "production__"),
            is_public(at, "production__programme__"),
        )


@keeps_history()
class ProductionImage(Publishable):
    """A poster or a still, drawn again from what was uploaded, in several widths.

    `sha256` is of the widest one's bytes and names the files: the same picture lies there once.
    Units: `width` and `height` of the widest, in pixels.
    """

    production = models.ForeignKey(
        Production, on_delete=models.CASCADE, related_name="images", verbose_name=_("production")
    )
    kind = models.CharField(_("kind"), max_length=6, choices=ImageKind)
    position = models.PositiveSmallIntegerField(
        _("place"), default=1, help_text=_("1 comes first among those of its kind.")
    )
    licence = models.CharField(_("licence"), max_length=20, choices=Licence)
    credit_line = models.CharField(
        _("credit line"), max_length=200, help_text=_("As it is shown beside the image.")
    )
    alt_en = models.CharField(_("English description"), max_length=300, blank=True)
    alt_zh_hant = models.CharField(_("Traditional Chinese description"), max_length=300, blank=True)
    alt_zh_hans = models.CharField(_("Simplified Chinese description"), max_length=300, blank=True)
    sha256 = models.CharField(_("fingerprint"), max_length=64, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    widths = ArrayField(models.PositiveIntegerField(), verbose_name=_("widths"), editable=False)
    uploaded_at = models.DateTimeField(_("added at"), editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )

    objects = ProductionImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["production", "kind", "position", "pk"]
        indexes = [models.Index(fields=["sha256"], name="image_by_fingerprint")]
        constraints = [
            is_one_of(
                name="image_kind_is_known",
                field="kind",
                choices=ImageKind,
                message=_("Choose the kind of image from the list."),
            ),
            is_one_of(
                name="image_licence_is_known",
                field="licence",
                choices=Licence,
                message=_("Choose the licence from the list."),
            ),
            models.UniqueConstraint(
                fields=["production", "sha256"],
                name="image_is_kept_once",
                violation_error_message=_("The production has this image already."),
            ),
            models.CheckConstraint(
                name="image_has_a_credit_line",
                condition=~Q(credit_line=""),
                violation_error_message=_("Say whom to name beside the image."),
            ),
            models.CheckConstraint(
                name="image_is_described",
                condition=~Q(alt_en="", alt_zh_hant="", alt_zh_hans=""),
                violation_error_message=_(
                    "Describe the image in one language at least, for those who do not see it."
                ),
            ),
            models.CheckConstraint(
                name="image_fingerprint_is_hexadecimal",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$") & Q(widths__len__gt=0),
                violation_error_message=_("The fingerprint names the files of the image."),
            ),
            publication_is_known(name="image_publication_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.position}"

    def path_of(self, width: int) -> str:
        """Where the file of a width lies, below MEDIA_ROOT."""
        return f"images/{self.sha256[:2]}/{self.sha256}-{width}.jpg"
