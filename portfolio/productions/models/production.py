"""Films and series."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from portfolio.common.constraints import is_one_of
from portfolio.common.history import keeps_history
from portfolio.common.languages import languages_are_bcp47, languages_field
from portfolio.common.territories import ISO_3166_1, ListedTerritoryField
from portfolio.productions.choices import Format, Genre, Stage
from portfolio.programmes.choices import ProjectKind
from portfolio.programmes.models import Project, ProjectQuerySet, project_is_of_kind

LONGEST_RUNTIME = 1_440


class ProductionQuerySet(ProjectQuerySet):
    """Productions."""


@keeps_history()
class Production(Project):
    """A film or a series: a project with its form, its stage and those who make it.

    `stage` is the one of the last StageChange or, where there is none, the one it was entered with.
    Units: `runtime_minutes` of the whole film, or of an episode of a series.
    """

    format = models.CharField(_("format"), max_length=20, choices=Format)
    stage = models.CharField(
        _("stage"),
        max_length=24,
        choices=Stage,
        default=Stage.ANNOUNCED,
        help_text=_("How far it has come when it is entered; from then on it moves by steps."),
    )
    genre = models.CharField(
        _("genre as a source has it"), max_length=100, blank=True, help_text=_("Public.")
    )
    genres = ArrayField(
        models.CharField(max_length=20, choices=Genre),
        verbose_name=_("genres"),
        default=list,
        db_default=[],
        blank=True,
    )
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, help_text=_("Of first release; empty before it.")
    )
    runtime_minutes = models.PositiveSmallIntegerField(
        _("runtime in minutes"),
        null=True,
        blank=True,
        help_text=_("Of a series, the usual one of an episode."),
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RUNTIME)],
    )
    spoken_languages = languages_field(
        _("spoken languages"),
        help_text=_("Tags of BCP 47, one a line, the main one first: yue, cmn, en."),
    )
    subtitle_languages = languages_field(
        _("subtitle languages"),
        help_text=_("Tags of BCP 47, one a line: zh-Hant, zh-Hans, en."),
    )
    countries = ArrayField(
        ListedTerritoryField(),
        verbose_name=_("countries"),
        default=list,
        db_default=[],
        blank=True,
        help_text=_("Codes of ISO 3166-1, one a line, the leading one first: HK, CN."),
    )
    logline_en = models.CharField(
        _("English logline"), max_length=300, blank=True, default="", db_default=""
    )
    logline_zh_hant = models.CharField(
        _("Traditional Chinese logline"), max_length=300, blank=True, default="", db_default=""
    )
    logline_zh_hans = models.CharField(
        _("Simplified Chinese logline"), max_length=300, blank=True, default="", db_default=""
    )
    synopsis_en = models.TextField(_("English synopsis"), blank=True, default="", db_default="")
    synopsis_zh_hant = models.TextField(
        _("Traditional Chinese synopsis"), blank=True, default="", db_default=""
    )
    synopsis_zh_hans = models.TextField(
        _("Simplified Chinese synopsis"), blank=True, default="", db_default=""
    )

    objects = ProductionQuerySet.as_manager()

    class Meta:
        verbose_name = _("production")
        verbose_name_plural = _("productions")
        ordering = ["sort_name", "pk"]
        indexes = [
            models.Index(fields=["format"], name="production_by_format"),
            models.Index(fields=["stage"], name="production_by_stage"),
            GinIndex(fields=["genres"], name="production_by_genre"),
            # The API's order by year, in which a row without one has the smallest: 0.
            models.Index(Coalesce("year", Value(0)), "project_ptr", name="production_by_year"),
        ]
        constraints = [
            is_one_of(
                name="production_format_is_known",
                field="format",
                choices=Format,
                message=_("Choose the format from the list."),
            ),
            is_one_of(
                name="production_stage_is_known",
                field="stage",
                choices=Stage,
                message=_("Choose the stage from the list."),
            ),
            models.CheckConstraint(
                name="production_genres_are_known",
                condition=Q(genres__contained_by=Genre.values),
                violation_error_message=_("Choose genres from the list."),
            ),
            models.CheckConstraint(
                name="production_year_is_of_the_cinema",
                condition=Q(year__isnull=True) | Q(year__gte=1888, year__lte=2200),
                violation_error_message=_("Give a year from 1888 to 2200, or leave it empty."),
            ),
            models.CheckConstraint(
                name="production_runtime_is_of_a_day_at_most",
                condition=Q(runtime_minutes__isnull=True)
                | Q(runtime_minutes__range=(1, LONGEST_RUNTIME)),
                violation_error_message=_("Give a runtime from 1 to 1440 minutes."),
            ),
            models.CheckConstraint(
                name="production_countries_are_iso3166",
                condition=Q(countries__contained_by=list(ISO_3166_1)),
                violation_error_message=_("Give country codes of ISO 3166-1, one a line."),
            ),
            languages_are_bcp47(
                name="production_spoken_languages_are_bcp47", field="spoken_languages"
            ),
            languages_are_bcp47(
                name="production_subtitle_languages_are_bcp47", field="subtitle_languages"
            ),
        ]
        triggers = [
            project_is_of_kind(name="production_is_a_production", kind=ProjectKind.PRODUCTION)
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.kind and "kind" not in self.get_deferred_fields():
            self.kind = ProjectKind.PRODUCTION
