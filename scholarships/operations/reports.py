"""Progress reports: handed in, accepted or returned; an accepted one meets its condition."""

import datetime
from typing import Any

from portfolio.common.transactions import atomic_retrying
from portfolio.funding.operations.tranches import meet_condition
from scholarships.choices import ReportState
from scholarships.models import ProgressReport
from scholarships.operations.applications import context


@atomic_retrying
def save_report(*, report: ProgressReport, text: str) -> ProgressReport:
    """Put aside what is written so far of a report that is still expected."""
    with context(None):
        row = ProgressReport.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
        if row.state in (ReportState.EXPECTED, ReportState.RETURNED):
            row.text = text
            row.save(update_fields=["text"])
    return row


@atomic_retrying
def hand_in_report(
    *, report: ProgressReport, text: str, at: datetime.datetime, actor: Any = None
) -> ProgressReport:
    """Hand in a report that is expected, or once more one that was returned."""
    with context(actor):
        row = ProgressReport.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
        row.state, row.text, row.submitted_at = ReportState.SUBMITTED, text, at
        row.decided_at = row.decided_by = None
        row.save()
    return row


@atomic_retrying
def decide_report(
    *,
    report: ProgressReport,
    accept: bool,
    at: datetime.datetime,
    actor: Any,
    reason: str = "",
) -> ProgressReport:
    """Accept a report, which meets what its instalment waits for, or return it with what is missing."""
    with context(actor):
        row = ProgressReport.objects.select_for_update(of=("self",), no_key=True).get(pk=report.pk)
        row.state = ReportState.ACCEPTED if accept else ReportState.RETURNED
        row.decided_at, row.decided_by, row.reason = at, actor, reason
        row.save()
        if accept and row.condition is not None and row.condition.met_at is None:
            meet_condition(condition=row.condition, at=at, actor=actor)
    return row
