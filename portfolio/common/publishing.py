"""Whether the public may see a row: a draft, embargoed until a moment, or public."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Publication(models.TextChoices):
    """The publication states of a row, apart from any workflow state."""

    DRAFT = "DRAFT", _("Draft")
    EMBARGOED = "EMBARGOED", _("Embargoed until")
    PUBLIC = "PUBLIC", _("Public")


def is_public(at: datetime.datetime | models.Expression, prefix: str = "") -> Q:
    """The condition that a row, or the one behind the relation `prefix`, is public at `at`.

    Time: an embargo ends at its moment, that instant included.
    """
    open_ = Q(**{f"{prefix}publication": Publication.PUBLIC})
    released = Q(
        **{f"{prefix}publication": Publication.EMBARGOED, f"{prefix}embargoed_until__lte": at}
    )
    return open_ | released


class PublishableQuerySet(models.QuerySet[Any]):
    """Rows that know whether the public may see them."""

    def public(self, at: datetime.datetime | models.Expression) -> Self:
        """Rows that anyone may see at the instant `at`."""
        return self.filter(is_public(at))


class Publishable(models.Model):
    """A row that starts as a draft and that staff make public, now or at a moment."""

    publication = models.CharField(
        _("publication"), max_length=10, choices=Publication, default=Publication.DRAFT
    )
    embargoed_until = models.DateTimeField(_("embargoed until"), null=True, blank=True)

    class Meta:
        abstract = True


def publication_is_known(*, name: str) -> models.CheckConstraint:
    """The state is one of the three, and exactly an embargo has a moment."""
    embargoed = Q(publication=Publication.EMBARGOED, embargoed_until__isnull=False)
    other = Q(publication__in=[Publication.DRAFT, Publication.PUBLIC], embargoed_until__isnull=True)
    return models.CheckConstraint(
        name=name,
        condition=embargoed | other,
        violation_error_message=_(
            "Give the moment an embargo ends, and only for an embargo: a draft or a public row has none."
        ),
    )
