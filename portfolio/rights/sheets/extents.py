"""Rights as they can be held against rows of a sheet: one medium in one territory each."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, TextField

from portfolio.rights.choices import Direction, GrantState
from portfolio.rights.models import Extent

CODES = ArrayField(TextField())


def extents_for_sheets(direction: Direction, titles: Collection[int] | None) -> QuerySet[Any]:
    """What grants come to, with their media and territories as codes; of all titles where none is given.

    Queries: one.
    """
    which = Q() if titles is None else Q(title__in=titles)
    return (
        Extent.objects.filter(which, kind=direction)
        .exclude(grant__state=GrantState.ENDED)
        .annotate(
            media_codes=Func(F("media"), function="rights_media_codes", output_field=CODES),
            territory_codes=Func(
                F("territories"), function="rights_territory_codes", output_field=CODES
            ),
        )
        .defer("territories")
        .select_related(
            "title__programme__sponsor", "grant__agreement", "grant__other_side",
            "grant__start_event", "grant__end_event",
        )
        .order_by("title__sort_name", "title", "pk")
    )  # fmt: skip
