"""Writes that several apps share: making rows public, and taking them back."""

from typing import Any

import pghistory
from django.db import transaction
from django.db.models import QuerySet

from portfolio.common.publishing import Publication


@transaction.atomic
def set_publication(*, rows: QuerySet[Any], publication: Publication, actor: Any) -> int:
    """Make `rows` public, or drafts, at once; give back how many were changed.

    An embargo needs a moment of its own for each row and is set in its form.

    Raises: ValueError for an embargo.
    """
    if publication == Publication.EMBARGOED:
        raise ValueError("An embargo is set row by row, with its moment.")
    keys = list(
        rows.exclude(publication=publication).order_by().values_list("pk", flat=True).distinct()
    )
    with pghistory.context(user=actor.pk):
        return rows.model._default_manager.filter(pk__in=keys).update(
            publication=publication, embargoed_until=None
        )
