"""What lists of productions may be asked."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from portfolio.common.api.filters import (
    AnyWordParameter,
    CountryParameter,
    DayParameter,
    DeclaredFilterSet,
    Givens,
    LinkedParameter,
    Parameter,
    SlugParameter,
    WordParameter,
    YearParameter,
)
from portfolio.common.api.private_filters import CodeParameter, MomentParameter
from portfolio.common.languages import LONGEST_TAG, ONE_TAG
from portfolio.common.publishing import is_public
from portfolio.productions.choices import (
    Debut,
    Format,
    Genre,
    Measure,
    ParticipationRole,
    ReleaseMedium,
    Stage,
)
from portfolio.productions.models import Credit, Participation
from portfolio.programmes.filtersets import WorkFilterSet


class ListedCountryParameter(CountryParameter):
    """Rows of which a list of countries holds at least one of the given."""

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """Whichever place it has in the list."""
        return queryset.filter(**{f"{self.field_name}__overlap": list(givens)})


class LanguageParameter(Parameter):
    """Rows of which a list of languages holds at least one of the given."""

    field_class = forms.RegexField
    schema = {"type": "string", "pattern": f"^{ONE_TAG}$", "maxLength": LONGEST_TAG}
    repeatable = True

    def __init__(self, field_name: str, *, help_text: str) -> None:
        super().__init__(
            field_name=field_name, regex=rf"^{ONE_TAG}\Z", max_length=LONGEST_TAG, strip=False,
            help_text=help_text, required=True,
            error_messages={"invalid": "Give a language tag of BCP 47, such as yue or zh-Hant."},
        )  # fmt: skip

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """The tag as it is written there."""
        return queryset.filter(**{f"{self.field_name}__overlap": list(givens)})


class DebutParameter(WordParameter):
    """Rows with a public credit that is marked as a first work."""

    def narrow(self, queryset: Any, givens: Givens) -> Any:
        """One probe a row."""
        credits_ = Credit.objects.filter(
            is_public(Now(), "person__"), production=OuterRef("pk"), debut__in=list(givens)
        )
        return queryset.filter(Exists(credits_))


class ProductionFilterSet(WorkFilterSet):
    """Questions about productions."""

    format = WordParameter("format", Format, help_text="The form of the production.")
    stage = WordParameter("stage", Stage, help_text="How far it has come.")
    genre = AnyWordParameter("genres", Genre, help_text="What sort of story it tells.")
    country = ListedCountryParameter("countries", help_text="ISO 3166-1, such as HK.")
    language = LanguageParameter("spoken_languages", help_text="Spoken in it: BCP 47, such as yue.")
    debut = DebutParameter("debut", Debut, help_text="With somebody whose first work it is.")
    partner = LinkedParameter(
        "participations",
        "organisation",
        help_text="The address of an organisation that takes part.",
    )
    role = WordParameter(
        "role",
        ParticipationRole,
        help_text="What an organisation does for it: the one of `partner`, or any.",
    )
    year = YearParameter("year", help_text="The year of first release.")
    year_from = YearParameter("year__gte", help_text="Released in this year or later.")
    year_to = YearParameter("year__lte", help_text="Released in this year or earlier.")

    @classmethod
    def narrow(cls, queryset: Any, givens: Mapping[str, Givens]) -> Any:
        """`partner` and `role` together mean one participation, not one of each."""
        others = {
            name: values for name, values in givens.items() if name not in ("partner", "role")
        }
        queryset = super().narrow(queryset, others)
        if "partner" not in givens and "role" not in givens:
            return queryset
        if "partner" in givens:
            partner = cls.parameters()["partner"]
            assert isinstance(partner, LinkedParameter)  # noqa: S101 - declared above
            links = partner.links(queryset.model, givens["partner"])
        else:
            links = Participation.objects.filter(
                is_public(Now(), "organisation__"), production=OuterRef("pk")
            )
        if "role" in givens:
            links = links.filter(role__in=list(givens["role"]))
        return queryset.filter(Exists(links))


class PlaceParameter(Parameter):
    """Rows of a territory, or of the world as a whole."""

    field_class = forms.RegexField
    schema = {"type": "string", "pattern": "^([A-Z]{2}|WORLD)$"}
    repeatable = True

    def __init__(self, field_name: str, *, help_text: str) -> None:
        super().__init__(
            field_name=field_name, regex=r"^([A-Z]{2}|WORLD)\Z", strip=False, help_text=help_text,
            required=True,
            error_messages={"invalid": "Give a code of ISO 3166-1, such as HK, or WORLD."},
        )  # fmt: skip


def _production() -> SlugParameter:
    return SlugParameter("production", help_text="The address of a production.")


def _medium() -> WordParameter:
    return WordParameter("medium", ReleaseMedium, help_text="In which way it reaches its viewers.")


class ReleaseFilterSet(DeclaredFilterSet):
    """Questions about releases."""

    production = _production()
    territory = PlaceParameter("territory", help_text="ISO 3166-1, such as HK, or WORLD.")
    medium = _medium()
    distributor = SlugParameter("distributor", help_text="The address of an organisation.")
    date_from = DayParameter("date__gte", help_text="From this day on.")
    date_to = DayParameter("date__lte", help_text="Until this day.")


class ResultFilterSet(DeclaredFilterSet):
    """Questions about results. Of each figure the last report is shown; earlier ones by `known_at`."""

    production = _production()
    territory = PlaceParameter("territory", help_text="ISO 3166-1, such as HK, or WORLD.")
    medium = _medium()
    measure = WordParameter("measure", Measure, help_text="What the figure counts.")
    currency = CodeParameter("currency", help_text="The currency of the figure.")
    source = SlugParameter("source", help_text="The address of the source that reported it.")
    period_from = DayParameter("start_date__gte", help_text="Periods that begin then or later.")
    period_to = DayParameter("start_date__lte", help_text="Periods that begin then or earlier.")
    as_of = DayParameter(
        "end_date__lte",
        help_text="Periods that had ended by this day; without an end, recorded by then.",
    )
    known_at = MomentParameter("recorded_at__lte", help_text="As recorded by this instant.")

    @classmethod
    def narrow(cls, queryset: Any, givens: Mapping[str, Givens]) -> Any:
        """`as_of` and `known_at` decide which report is the last; the others which figures are asked for."""
        others = {n: values for n, values in givens.items() if n not in ("as_of", "known_at")}
        if "as_of" in givens:
            day = givens["as_of"][0]
            queryset = queryset.filter(
                Q(end_date__lte=day) | Q(end_date__isnull=True, recorded_at__date__lte=day)
            )
        known_at = givens["known_at"][0] if "known_at" in givens else None
        return super().narrow(queryset.newest_reports(known_at), others)
