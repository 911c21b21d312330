"""What the page of a commitment shows: figures, parts, what each waits for, and the next steps."""

import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.funding.admin.timeline import timeline_of
from portfolio.funding.choices import RequestState, TrancheState
from portfolio.funding.models import CommitmentPosition
from portfolio.funding.operations.dossier import Dossier, TrancheFile, dossier_of
from portfolio.funding.operations.posting import outstanding
from portfolio.funding.operations.steps import Step, steps_of, what_tranche_waits_for

# The steps by which a life goes on: what most people came for.
ONWARD = {
    "submit", "sign", "drawdown", "pay", "submit-amendment", "sign-amendment", "cancel", "write-off",
    "reverse",
}  # fmt: skip
# States that an officer chose, with a reason of their own.
EXPLAINED = {"DRAFT", "WITHDRAWN", "CANCELLED"}
# Ends of a life in which nothing is left to do are quiet; what waits for somebody stands out.
QUIET = {"CLOSED", "PAID", "WITHDRAWN", "CANCELLED", "VOID"}
WAITING = {"SUBMITTED", "REQUESTED", "OPEN"}
BAD = {"REJECTED", "CHANGES_REQUESTED"}


def address_of(commitment: int) -> str:
    """The page of a commitment."""
    return reverse("admin:funding_commitment_change", args=[commitment])


def step_address(commitment: int, step: Step) -> str:
    """The page of a step."""
    if step.name == "edit":
        return reverse("admin:funding_commitment_edit", args=[commitment])
    return reverse("admin:funding_commitment_step", args=[commitment, step.name, step.key])


def state(code: str, words: Any) -> SafeString:
    """A state as a mark: what waits stands out, what is over is quiet."""
    tone = (
        "quiet" if code in QUIET else "waits" if code in WAITING else "bad" if code in BAD else "on"
    )
    return format_html('<span class="house-mark house-mark-{}">{}</span>', tone, words)


def context_of(commitment: int, user: Any, now: datetime.datetime) -> dict[str, Any]:
    """Everything on the page of a commitment.

    Queries: those of the dossier and of the timeline, whatever there is of each.
    """
    dossier = dossier_of(commitment, timezone.localdate(now))
    row = dossier.commitment
    buttons: dict[tuple[str, int], list[dict[str, Any]]] = {}
    missing = []
    for step in steps_of(dossier, user):
        about = step.about._meta.model_name if step.about is not None else ""
        if step.missing:
            missing.append({"label": step.label, "missing": step.missing})
            continue
        buttons.setdefault((about, step.key), []).append(
            {
                "label": step.label,
                "is_first": step.name in ONWARD,
                "url": step_address(commitment, step),
            }
        )
    steps = buttons.get(("", 0), [])
    language = get_language() or "en"
    return {
        "dossier": dossier,
        "commitment": row,
        "state": state(row.state, row.get_state_display()),
        # A step of an approver keeps what the officer said before; that is told by its request.
        "why": row.state_reason if row.state in EXPLAINED else "",
        "project_name": row.project.name_for(language),
        "payee_name": row.payee.name_for(language),
        "programme_name": row.programme.name_for(language),
        "project_url": reverse("admin:programmes_project_change", args=[row.project_id]),
        "payee_url": reverse("admin:partners_organisation_change", args=[row.payee_id]),
        "figures": _figures(dossier),
        "steps": steps,
        "missing": missing,
        "waits_for": _waits_for(dossier),
        "blocks": dossier.blocks,
        "budget": _budget(dossier),
        "tranches": [_tranche(dossier, file, buttons) for file in dossier.tranches],
        "amendments": [
            {
                "row": amendment,
                "state": state(amendment.state, amendment.get_state_display()),
                "amount": _signed(amendment.change_amount, row.currency),
                "splits": [
                    (split.allocation, _signed(split.change_amount, row.currency))
                    for split in amendment.splits.all()
                ],
                "steps": buttons.get(("commitmentamendment", amendment.pk), []),
            }
            for amendment in dossier.amendments
        ],
        "requests": [
            {
                "row": request,
                "state": state(request.state, request.get_state_display()),
                "amount": money(request.amount, request.currency),
                "decisions": request.decisions.all(),
                "steps": buttons.get(("approvalrequest", request.pk), []),
                "url": reverse("admin:funding_approvalrequest_change", args=[request.pk]),
            }
            for request in dossier.requests
        ],
        "entries": [
            {
                "row": entry,
                "amount": money(entry.amount, entry.currency),
                "base": money(entry.base_amount, row.programme.base_currency),
                "url": reverse("admin:funding_ledgerentry_change", args=[entry.pk]),
                "steps": buttons.get(("ledgerentry", entry.pk), []),
            }
            for entry in dossier.entries
        ],
        "is_foreign": row.currency != row.programme.base_currency,
        "base_currency": row.programme.base_currency,
        "entries_url": reverse("admin:funding_ledgerentry_changelist")
        + f"?commitment__id__exact={row.pk}",
        "agreement_url": reverse("admin:partners_agreement_change", args=[row.agreement_id])
        if row.agreement_id
        else "",
        "timeline": timeline_of(dossier),
    }


def _figures(dossier: Dossier) -> list[dict[str, Any]]:
    row = dossier.commitment
    base = row.programme.base_currency
    figures: list[tuple[str, Decimal, str]] = [(_("Promised"), dossier.promised, "")]
    if dossier.positions:
        figures += [
            (_("Paid"), dossier.paid, "disbursed"),
            (_("Outstanding"), dossier.outstanding, "outstanding"),
        ]
        figures += [
            (words, dossier.sum_of(name), name)
            for words, name in ((_("Recouped"), "recouped"), (_("Written off"), "written_off"))
            if dossier.sum_of(name)
        ]
    found = [
        {"label": words, "amount": money(amount, row.currency)} for words, amount, _n in figures
    ]
    if row.currency != base and dossier.positions:
        promised = dossier.sum_of("committed_base") - dossier.sum_of("de_committed_base")
        found[0]["base"] = money(promised, base)
        paid = dossier.sum_of("disbursed_paid_base") - dossier.sum_of("refunded_paid_base")
        found[1]["base"] = money(paid, base)
    if dossier.positions and dossier.promised != row.amount:
        found[0]["note"] = _("first promised: %(amount)s") % {
            "amount": money(row.amount, row.currency)
        }
    return found


def _waits_for(dossier: Dossier) -> list[Any]:
    """The requests that an approver has not answered."""
    return [request for request in dossier.requests if request.state == RequestState.OPEN]


def _budget(dossier: Dossier) -> list[dict[str, Any]]:
    currency = dossier.commitment.currency
    base = dossier.commitment.programme.base_currency
    shares = {split.allocation_id: split for split in dossier.splits}
    held = {position.allocation_id: position for position in dossier.positions}
    rows = []
    for key in dict.fromkeys([*shares, *held]):
        split, position = shares.get(key), held.get(key)
        source: Any = position or split
        balance = getattr(source.allocation, "balance", None)
        rows.append(
            {
                "allocation": source.allocation,
                "url": reverse("admin:programmes_allocation_change", args=[key]),
                "percentage": split.percentage if split else None,
                "amount": money(_promised(position) if position else split.amount, currency),  # type: ignore[union-attr]
                "left": money(outstanding(position), currency) if position else "",
                "available": money(balance.allocated - balance.committed, base) if balance else "",
            }
        )
    return rows


def _promised(position: CommitmentPosition) -> Decimal:
    return position.committed - position.de_committed


def _tranche(
    dossier: Dossier, file: TrancheFile, buttons: dict[tuple[str, int], list[dict[str, Any]]]
) -> dict[str, Any]:
    row = file.row
    is_open = row.state not in (TrancheState.PAID, TrancheState.CANCELLED)
    return {
        "row": row,
        "url": reverse("admin:funding_tranche_change", args=[row.pk]),
        "state": state(row.state, row.get_state_display()),
        "amount": money(row.amount, dossier.commitment.currency),
        "paid": money(file.paid, dossier.commitment.currency) if file.paid else "",
        "late": is_open and row.due_date < dossier.day and bool(dossier.positions),
        "waits": what_tranche_waits_for(dossier, file),
        "exception": file.exception,
        "conditions": [
            {
                "row": condition,
                "open": condition in file.open_conditions,
                "steps": buttons.get(("condition", condition.pk), []),
            }
            for condition in file.conditions
        ],
        "steps": buttons.get(("tranche", row.pk), []),
    }


def _signed(amount: Decimal, currency: str) -> str:
    words = money(amount, currency)
    return f"+{words}" if amount > 0 else str(words)
