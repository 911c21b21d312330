"""How a row says what it became, when, and by whom."""

import datetime
from typing import Any

from portfolio.funding.models import Commitment, CommitmentAmendment, Tranche


def stamp(
    row: Commitment | CommitmentAmendment | Tranche,
    state: Any,
    *,
    at: datetime.datetime,
    actor: Any,
    **more: Any,
) -> None:
    """Save a state with its moment and its person, and what changes with it, in one statement."""
    values = {"state": state, "state_at": at, "state_by": actor, **more}
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
