"""What staff do with results: make them public, and withdraw what was recorded by mistake."""

import datetime
from collections.abc import Sequence
from typing import Any

import pghistory

from portfolio.common.transactions import atomic_retrying
from portfolio.productions.models import Result, ResultWithdrawal

REPORTED = (
    "production_id", "territory", "medium", "measure", "start_date", "end_date", "value", "currency",
    "source_id",
)  # fmt: skip


@atomic_retrying
def publish_results(*, results: Sequence[int], at: datetime.datetime, actor: Any) -> list[Result]:
    """Record figures once more, now for anyone to see; those that are public or withdrawn are left out.

    A result never changes: what was recorded for staff stays as it was, and the public report counts
    from `at` on.  Queries: two.
    """
    rows = Result.objects.standing().newest_reports().filter(pk__in=results, is_public=False)
    with pghistory.context(user=actor.pk):
        return Result.objects.bulk_create(
            [
                Result(
                    **{name: getattr(row, name) for name in REPORTED},
                    is_public=True,
                    recorded_at=at,
                    recorded_by=actor,
                )
                for row in rows.order_by("pk")
            ]
        )


@atomic_retrying
def withdraw_result(
    *, result: Result, reason: str, at: datetime.datetime, actor: Any
) -> ResultWithdrawal:
    """Say that a figure was recorded by mistake, and why: it stays in the books and counts no more."""
    with pghistory.context(user=actor.pk):
        return ResultWithdrawal.objects.create(
            result=result, reason=reason, withdrawn_at=at, withdrawn_by=actor
        )
