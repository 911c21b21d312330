"""What lists of productions may be asked."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from portfolio.common.api.filters import Givens, LinkedParameter, WordParameter, YearParameter
from portfolio.common.publishing import is_public
from portfolio.productions.choices import Format, ParticipationRole, Stage
from portfolio.productions.models import Participation
from portfolio.programmes.filtersets import WorkFilterSet


class ProductionFilterSet(WorkFilterSet):
    """Questions about productions."""

    format = WordParameter("format", Format, help_text="The form of the production.")
    stage = WordParameter("stage", Stage, help_text="How far it has come.")
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
