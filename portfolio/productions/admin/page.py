"""What stands around the form of a production: its stage, the next steps, dates, deliverables."""

import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portfolio.productions.admin.steps import MAY_MOVE, STEPS, address_of, name_of
from portfolio.productions.admin.title_money import links_of
from portfolio.productions.choices import DeliverableState, Format, Stage
from portfolio.productions.models import Deliverable, Production, StageChange
from portfolio.productions.operations.gates import what_gate_waits_for
from portfolio.productions.operations.stages import ORDER, back_from, onward_from

NEXT_OF_DELIVERABLE = {
    DeliverableState.EXPECTED: ("receive",),
    DeliverableState.RECEIVED: ("accept", "reject"),
    DeliverableState.REJECTED: ("receive",),
    DeliverableState.ACCEPTED: ("reject",),
}
TONES = {
    DeliverableState.EXPECTED: "quiet",
    DeliverableState.RECEIVED: "waits",
    DeliverableState.REJECTED: "bad",
    DeliverableState.ACCEPTED: "on",
}


def context_of(row: Production, user: Any, today: datetime.date) -> dict[str, Any]:
    """Everything around the form.

    Queries: one each for the steps taken, milestones, versions and deliverables; one a gate ahead.
    """
    changes = list(
        StageChange.objects.filter(production=row)
        .select_related("decided_by", "document")
        .order_by("-pk")[:200]
    )
    may_move = user.has_perm(MAY_MOVE)
    return {
        "rail": _rail(row, changes),
        "money": links_of(row.pk, user),
        "onward": _onward(row) if may_move else [],
        "elsewhere": _elsewhere(row, changes) if may_move else [],
        "changes": changes,
        "milestones": [milestone_line(m, today) for m in row.milestones.with_slip().in_order()],
        "versions": _versions(row, user),
        "keep_url": address_of(row.pk, "keep-schedule")
        if user.has_perm(STEPS["keep-schedule"].permission)
        else "",
        "deliverables": [deliverable_line(d, user, today) for d in _deliverables(row)],
    }


def _deliverables(row: Production) -> Any:
    return row.deliverables.select_related("received_by", "decided_by", "document")


def _rail(row: Production, changes: list[StageChange]) -> list[dict[str, Any]]:
    """The stages in their order: since when each was reached, and which it is at."""
    since: dict[str, datetime.date] = {}
    for change in changes:
        since.setdefault(change.to_stage, change.effective_date)
    here = Stage(row.stage)
    shown = [*ORDER, Stage.ABANDONED] if here == Stage.ABANDONED else ORDER
    place = shown.index(here)
    return [
        {
            "label": stage.label,
            "is_here": stage == here,
            "is_past": number < place and here != Stage.ABANDONED,
            "since": since.get(stage) if number <= place else None,
        }
        for number, stage in enumerate(shown)
    ]


def _onward(row: Production) -> list[dict[str, Any]]:
    return [
        {
            "label": stage.label,
            "url": address_of(row.pk, name_of(stage)),
            "waits": what_gate_waits_for(row, stage),
        }
        for stage in onward_from(Stage(row.stage), Format(row.format))
    ]


def _elsewhere(row: Production, changes: list[StageChange]) -> list[dict[str, Any]]:
    """Back to an earlier stage, the nearest first; or given up."""
    here = Stage(row.stage)
    reached = Stage(changes[0].from_stage) if changes else None
    stages = back_from(here, reached)[::-1]
    found = [
        {
            "label": _("Back to: %(stage)s") % {"stage": stage.label},
            "url": address_of(row.pk, name_of(stage)),
        }
        for stage in stages
    ]
    if here not in (Stage.ARCHIVED, Stage.ABANDONED):
        found.append({"label": _("Abandon"), "url": address_of(row.pk, name_of(Stage.ABANDONED))})
    return found


def slip_words(days: int) -> str:
    """How much later or earlier, in words; nothing where it is as planned."""
    if days > 0:
        return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}
    if days < 0:
        return ngettext("%(days)d day early", "%(days)d days early", -days) % {"days": -days}
    return _("as planned")


def slip_mark(row: Any) -> SafeString:
    """The slip of a milestone; what is late stands out."""
    if row.slip is None:
        return SafeString("")
    tone = "house-wrong" if row.slip.days > 0 else "house-quiet"
    return format_html('<span class="{}">{}</span>', tone, slip_words(row.slip.days))


def milestone_line(row: Any, today: datetime.date) -> dict[str, Any]:
    """A milestone with its slip."""
    return {
        "row": row,
        "url": reverse("admin:productions_milestone_change", args=[row.pk]),
        "slip": slip_mark(row),
        "is_overdue": row.actual_date is None and row.expected < today,
    }


def _versions(row: Production, user: Any) -> list[dict[str, Any]]:
    may_lock = user.has_perm(STEPS["lock-schedule"].permission)
    return [
        {
            "row": version,
            "url": reverse("admin:productions_scheduleversion_change", args=[version.pk]),
            "lock_url": address_of(row.pk, "lock-schedule", version.pk)
            if may_lock and version.locked_at is None
            else "",
        }
        for version in row.schedule_versions.select_related("locked_by")
    ]


def state_mark(row: Deliverable) -> SafeString:
    """The state as a mark: what waits stands out, what is over is quiet."""
    return format_html(
        '<span class="house-mark house-mark-{}">{}</span>',
        TONES[DeliverableState(row.state)],
        row.get_state_display(),
    )


def deliverable_line(row: Deliverable, user: Any, today: datetime.date) -> dict[str, Any]:
    """A deliverable with its state and the steps that this person may take."""
    waited_for = row.state in (DeliverableState.EXPECTED, DeliverableState.REJECTED)
    names = [
        name
        for name in NEXT_OF_DELIVERABLE[DeliverableState(row.state)]
        if user.has_perm(STEPS[name].permission)
        # Who took it in does not decide about it.
        and not (name in ("accept", "reject") and row.received_by_id == user.pk)
    ]
    return {
        "row": row,
        "url": reverse("admin:productions_deliverable_change", args=[row.pk]),
        "state": state_mark(row),
        "is_late": bool(waited_for and row.due_date and row.due_date < today),
        "steps": [
            {"label": STEPS[name].label, "url": address_of(row.production_id, name, row.pk)}
            for name in names
        ],
    }
