"""What rows of money say alike: the few columns of other rows, and whether it is all made up."""

from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Subquery

from portfolio.common.api.fields import RowField

COMMITMENT = {"reference": "reference"}
TRANCHE = {"id": "pk", "number": "number"}
ALLOCATION = {"id": "pk", "strand": "strand__slug", "fiscal_year": "fiscal_year"}
DOCUMENT = {"title": "title", "kind": "kind"}


class MadeUp(RowField):
    """Whether the row belongs to a fictional programme: then nothing in it is true of anybody.

    `path` leads from the row to its programme.
    """

    schema = {"type": "boolean"}

    def __init__(self, path: str = "programme") -> None:
        super().__init__(help_text="Whether its programme is a fictional sample.")
        self.first, _, self.rest = f"{path}__is_fictional".partition("__")

    def expression(self, model: type[models.Model], name: str) -> Any:
        """A subquery by the key, which is read only for rows that are shown."""
        relation: Any = model._meta.get_field(self.first)
        rows = relation.related_model._base_manager.filter(pk=OuterRef(relation.attname))
        return Subquery(rows.order_by().values(found=F(self.rest))[:1])
