"""What came of a scholarship, as the scholar tells it: a draft until staff have looked at it."""

import datetime

from django.utils.translation import gettext as _

from portfolio.common.publishing import Publication
from portfolio.common.refusals import Refused
from portfolio.common.transactions import atomic_retrying
from scholarships.models import Award, Outcome
from scholarships.operations.applications import context


class AlreadyPublic(Refused):
    """Staff have published it."""


@atomic_retrying
def add_outcome(
    *,
    award: Award,
    kind: str,
    title: str,
    place: str = "",
    happened_on: datetime.date | None = None,
) -> Outcome:
    """Keep what a scholar told; nobody else sees it before staff make it public."""
    with context(None):
        return Outcome.objects.create(
            award=award,
            kind=kind,
            title=title,
            place=place,
            happened_on=happened_on,
            publication=Publication.DRAFT,
        )


@atomic_retrying
def remove_outcome(*, outcome: Outcome) -> None:
    """Take back what was told, while nobody made it public. Raises: AlreadyPublic."""
    with context(None):
        row = Outcome.objects.select_for_update(of=("self",)).get(pk=outcome.pk)
        if row.publication != Publication.DRAFT:
            raise AlreadyPublic(_("It is public already: write to us to have it changed."))
        row.delete()
