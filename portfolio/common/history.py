"""History of every change, kept by triggers: who, when, what, from which request."""

from collections.abc import Callable

import pghistory
import pgtrigger
from django.contrib.postgres.indexes import BrinIndex
from django.db import models


def keeps_history[M: type[models.Model]](
    *, exclude: tuple[str, ...] = (), found_by_time: str = ""
) -> Callable[[M], M]:
    """Record every insert, update and delete of a model, also by bulk writes and raw SQL.

    Statement-level triggers: one call a statement, so that a COPY of 100 000 rows stays fast.
    `found_by_time` names an index for what happened since a moment: rows come in the order of time, so
    that it is a few pages whatever the size.
    """
    by_time = BrinIndex(fields=["pgh_created_at"], name=found_by_time) if found_by_time else None

    def decorate(model: M) -> M:
        # Only the columns of the model's own table: the parent of a production keeps its own history.
        generated = {f.name for f in model._meta.local_fields if f.generated}
        fields = [
            f.name
            for f in model._meta.local_fields
            if f.name not in generated and f.name not in exclude
        ]
        return pghistory.track(
            pghistory.InsertEvent(level=pgtrigger.Statement),
            pghistory.UpdateEvent(level=pgtrigger.Statement),
            pghistory.DeleteEvent(level=pgtrigger.Statement),
            fields=fields,
            append_only=True,
            meta={"indexes": [by_time]} if by_time else None,
            # The name that pghistory makes up lists every field.
            model_name=f"{model.__name__}Event",
        )(model)

    return decorate
