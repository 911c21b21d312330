"""The life of a show, and what is reported of it."""

import datetime
from decimal import Decimal
from typing import Any

import pghistory

from portfolio.common.transactions import atomic_retrying
from portfolio.live.choices import ShowStatus
from portfolio.live.models import Show, ShowReport
from portfolio.sources.models import Source

# What may become of a show, in the order of its life. Source: the rule show_takes_only_allowed_steps.
STEPS: dict[str, tuple[ShowStatus, ...]] = {
    ShowStatus.PLANNED: (
        ShowStatus.ON_SALE, ShowStatus.HELD, ShowStatus.POSTPONED, ShowStatus.CANCELLED,
    ),
    ShowStatus.ON_SALE: (
        ShowStatus.HELD, ShowStatus.PLANNED, ShowStatus.POSTPONED, ShowStatus.CANCELLED,
    ),
    ShowStatus.POSTPONED: (ShowStatus.PLANNED, ShowStatus.ON_SALE, ShowStatus.CANCELLED),
    ShowStatus.CANCELLED: (ShowStatus.PLANNED,),
    ShowStatus.HELD: (ShowStatus.PLANNED,),
}  # fmt: skip


def needs_reason(before: str, after: str) -> bool:
    """Whether a step has to say why: those that take something back."""
    return after in (ShowStatus.CANCELLED, ShowStatus.POSTPONED) or before in (
        ShowStatus.CANCELLED,
        ShowStatus.HELD,
    )


@atomic_retrying
def set_status(
    *,
    show: Show,
    status: ShowStatus,
    actor: Any,
    at: datetime.datetime,
    reason: str = "",
    moved_to: Show | None = None,
) -> Show:
    """Say what became of a show; a postponed one may name the show that takes its place.

    Raises: IntegrityError where no such step is allowed, or it lacks its reason.
    """
    row = Show.objects.select_for_update(no_key=True).get(pk=show.pk)
    values = {
        "status": status,
        "status_at": at,
        "status_by": actor,
        "status_reason": reason,
        "moved_to": moved_to if status == ShowStatus.POSTPONED else None,
    }
    for name, value in values.items():
        setattr(row, name, value)
    with pghistory.context(user=actor.pk):
        row.save(update_fields=list(values))
    return row


@atomic_retrying
def report_show(
    *,
    show: Show,
    as_of_date: datetime.date,
    actor: Any,
    at: datetime.datetime,
    tickets_offered: int | None = None,
    tickets_sold: int | None = None,
    tickets_free: int | None = None,
    gross_amount: Decimal | None = None,
    gross_currency: str = "",
    source: Source | None = None,
    reported_by: str = "",
    remarks: str = "",
    is_public: bool = False,
) -> ShowReport:
    """Write down what was reported of a show; what was reported before stays beside it.

    Units: `gross_amount` in major units of `gross_currency`; None is "not disclosed".
    """
    with pghistory.context(user=actor.pk):
        return ShowReport.objects.create(
            show=show,
            as_of_date=as_of_date,
            tickets_offered=tickets_offered,
            tickets_sold=tickets_sold,
            tickets_free=tickets_free,
            gross_amount=gross_amount,
            gross_currency=gross_currency if gross_amount is not None else "",
            source=source,
            reported_by=reported_by,
            remarks=remarks,
            is_public=is_public,
            recorded_at=at,
            recorded_by=actor,
        )
