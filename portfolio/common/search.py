"""Search in three scripts with a typo: one column, one index, one function for page, admin and API.

How it works and what it cannot do: docs/search.md.
"""

from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Value


class Folded(Func):
    """What the reader typed, folded as the index is: small letters, no accents, one Chinese script."""

    function = "topsheet_fold"
    output_field = models.TextField()


class WordSimilarity(Func):
    """How well the best words of a row match the query, 0 to 1. Source: pg_trgm."""

    function = "word_similarity"
    output_field = models.FloatField()


class MatchesWords(Func):
    """True where the words match well enough; uses the trigram index. Source: pg_trgm `<%`."""

    template = "%(expressions)s"
    arg_joiner = " <%% "
    output_field = models.BooleanField()


class SearchableQuerySet(models.QuerySet[Any]):
    """Rows with a `search_text` column."""

    def matching(self, query: str, *, field: str = "search_text") -> Self:
        """Rows that a reader who typed `query` may mean, without an order.

        `field` may follow a relation, such as `project__search_text`.
        """
        return self.filter(MatchesWords(Folded(Value(query)), F(field)))

    def best_match_first(self, query: str, *, field: str = "search_text") -> Self:
        """The same rows, the nearest first.

        Annotates `search_rank`, smallest first: 0 is every word found as typed.
        """
        rank = Value(1.0) - WordSimilarity(Folded(Value(query)), F(field))
        return (
            self.matching(query, field=field)
            .annotate(search_rank=rank)
            .order_by("search_rank", "pk")
        )


def search_index(*, name: str, field: str = "search_text") -> GinIndex:
    """The trigram index that `matching` uses."""
    return GinIndex(OpClass(F(field), name="gin_trgm_ops"), name=name)
