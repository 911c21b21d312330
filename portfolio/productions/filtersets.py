"""What lists of productions may be asked."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from portfolio.common.api.filters import (
    AnyWordParameter,
    CountryParameter,
    Givens,
    LinkedParameter,
    Parameter,
    WordParameter,
    YearParameter,
)
from portfolio.common.languages import LONGEST_TAG, ONE_TAG
from portfolio.common.publishing import is_public
from portfolio.productions.choices import Debut, Format, Genre, ParticipationRole, Stage
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
