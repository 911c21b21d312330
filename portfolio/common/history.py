"""History of every change, kept by triggers: who, when, what, from which request."""

from collections.abc import Callable

import pghistory
import pgtrigger
from django.db import models


def keeps_history[M: type[models.Model]](*, exclude: tuple[str, ...] = ()) -> Callable[[M], M]:
    """Record every insert, update and delete of a model, also by bulk writes and raw SQL.

    Statement-level triggers: one call a statement, so that a COPY of 100 000 rows stays fast.
    """

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
            # The name that pghistory makes up lists every field.
            model_name=f"{model.__name__}Event",
        )(model)

    return decorate
