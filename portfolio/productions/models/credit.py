"""What people did on productions."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models import Person
from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.publishing import is_public
from portfolio.productions.choices import CreditRole, Debut
from portfolio.productions.models.production import Production
from portfolio.sources.models import Source


class CreditQuerySet(models.QuerySet["Credit"]):
    """Credits."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Credits of which anyone may see both ends at the instant `at`."""
        return self.filter(
            is_public(at, "person__"),
            is_public(at, "production__"),
            is_public(at, "production__programme__"),
        )


@keeps_history()
class Credit(models.Model):
    """What a person did on a production, as it says on the screen.

    Whether it is somebody's first work is a mark of its own, with a source or with who declared it:
    the first credit in the portfolio proves nothing.
    """

    production = models.ForeignKey(
        Production, on_delete=models.CASCADE, related_name="credits", verbose_name=_("production")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="credits", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=CreditRole)
    position = models.PositiveSmallIntegerField(
        _("billing"),
        null=True,
        blank=True,
        help_text=_("1 stands first; empty stands after those with a number."),
    )
    character_en = models.CharField(
        _("English character"), max_length=200, blank=True, default="", db_default=""
    )
    character_zh_hant = models.CharField(
        _("Traditional Chinese character"), max_length=200, blank=True, default="", db_default=""
    )
    character_zh_hans = models.CharField(
        _("Simplified Chinese character"), max_length=200, blank=True, default="", db_default=""
    )
    credited_as = models.CharField(
        _("credited as"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where the screen has another name than ours."),
    )
    debut = models.CharField(
        _("first work"), max_length=20, choices=Debut, blank=True, default="", db_default=""
    )
    debut_source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source of the first work"),
    )
    debut_declared_by = models.CharField(
        _("first work declared by"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Who said so, where no source does: the producer, in the application."),
    )

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        ordering = ["production", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["production", "person", "role"],
                name="credit_is_given_once",
                violation_error_message=_("This person already has this credit here."),
            ),
            models.UniqueConstraint(
                fields=["person", "debut"],
                name="credit_is_a_first_work_once",
                condition=~Q(debut=""),
                violation_error_message=_("This person has had this first work already."),
            ),
            is_one_of(
                name="credit_role_is_known",
                field="role",
                choices=CreditRole,
                message=_("Choose the credit from the list."),
            ),
            models.CheckConstraint(
                name="credit_character_is_played",
                condition=Q(role__in=[CreditRole.CAST, CreditRole.VOICE_CAST])
                | Q(character_en="", character_zh_hant="", character_zh_hans=""),
                violation_error_message=_("Only who plays or voices has a character."),
            ),
            models.CheckConstraint(
                name="credit_first_work_is_of_its_role",
                condition=Q(debut="")
                | Q(debut=Debut.FIRST_FEATURE, role=CreditRole.DIRECTOR)
                | Q(debut=Debut.NEW_ACTOR, role=CreditRole.CAST),
                violation_error_message=_(
                    "A first feature is marked on a director, a new actor on one of the cast."
                ),
            ),
            models.CheckConstraint(
                name="credit_first_work_has_a_basis",
                condition=Q(debut="", debut_source__isnull=True, debut_declared_by="")
                | (~Q(debut="") & (Q(debut_source__isnull=False) | ~Q(debut_declared_by=""))),
                violation_error_message=_(
                    "Say which source has it that this is a first work, or who declared it; "
                    "and only for a first work."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"
