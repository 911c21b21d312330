"""Seasons and episodes of series."""

import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portfolio.common.history import keeps_history
from portfolio.common.names import READING_ORDER
from portfolio.common.publishing import Publishable, is_public, publication_is_known
from portfolio.productions.models.production import LONGEST_RUNTIME, Production


class Titled(models.Model):
    """Three titles, each of which may be missing."""

    title_en = models.CharField(_("English title"), max_length=300, blank=True)
    title_zh_hant = models.CharField(_("Traditional Chinese title"), max_length=300, blank=True)
    title_zh_hans = models.CharField(_("Simplified Chinese title"), max_length=300, blank=True)

    class Meta:
        abstract = True

    def title_for(self, language: str) -> str:
        """The title that a reader of `language` sees: theirs, or the nearest there is."""
        order = (name.replace("name", "title") for name in READING_ORDER.get(language, ()))
        return next((title for field in order if (title := getattr(self, field))), "")


class SeasonQuerySet(models.QuerySet["Season"]):
    """Seasons."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Seasons of public series that anyone may see at the instant `at`."""
        return self.filter(
            is_public(at),
            is_public(at, "production__"),
            is_public(at, "production__programme__"),
        )


@keeps_history()
class Season(Titled, Publishable):
    """A season of a series; its episodes are as public as it is."""

    production = models.ForeignKey(
        Production, on_delete=models.CASCADE, related_name="seasons", verbose_name=_("production")
    )
    number = models.PositiveSmallIntegerField(
        _("number"), validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    planned_episodes = models.PositiveSmallIntegerField(
        _("episodes planned"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    objects = SeasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("season")
        verbose_name_plural = _("seasons")
        ordering = ["production", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["production", "number"],
                name="season_has_a_number_of_its_own",
                violation_error_message=_("Another season of the series has this number."),
            ),
            models.CheckConstraint(
                name="season_number_begins_at_one",
                condition=Q(number__range=(1, 999)),
                violation_error_message=_("Give a number from 1 to 999."),
            ),
            models.CheckConstraint(
                name="season_plans_an_episode_at_least",
                condition=Q(planned_episodes__isnull=True) | Q(planned_episodes__gte=1),
                violation_error_message=_("Plan one episode at least, or leave it empty."),
            ),
            publication_is_known(name="season_publication_is_known"),
        ]

    def __str__(self) -> str:
        title = self.title_for(get_language() or "en")
        words = _("Season %(number)s") % {"number": self.number}
        return f"{words}: {title}" if title else words


@keeps_history()
class Episode(Titled):
    """An episode of a season.

    Time: `first_shown_date` is of its first showing anywhere; empty before it.
    """

    season = models.ForeignKey(
        Season, on_delete=models.CASCADE, related_name="episodes", verbose_name=_("season")
    )
    number = models.PositiveSmallIntegerField(
        _("number"), validators=[MinValueValidator(1), MaxValueValidator(9_999)]
    )
    first_shown_date = models.DateField(_("first shown on"), null=True, blank=True)
    runtime_minutes = models.PositiveSmallIntegerField(
        _("runtime in minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RUNTIME)],
    )

    class Meta:
        verbose_name = _("episode")
        verbose_name_plural = _("episodes")
        ordering = ["season", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["season", "number"],
                name="episode_has_a_number_of_its_own",
                violation_error_message=_("Another episode of the season has this number."),
            ),
            models.CheckConstraint(
                name="episode_number_begins_at_one",
                condition=Q(number__range=(1, 9_999)),
                violation_error_message=_("Give a number from 1 to 9999."),
            ),
            models.CheckConstraint(
                name="episode_runtime_is_of_a_day_at_most",
                condition=Q(runtime_minutes__isnull=True)
                | Q(runtime_minutes__range=(1, LONGEST_RUNTIME)),
                violation_error_message=_("Give a runtime from 1 to 1440 minutes."),
            ),
        ]

    def __str__(self) -> str:
        title = self.title_for(get_language() or "en")
        words = _("Episode %(number)s") % {"number": self.number}
        return f"{words}: {title}" if title else words
