"""Which steps a commitment may take next, and what is missing for those that are near.

A reading of the rules for people who look for the next button; the database judges when it is pressed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portfolio.common.admin_lists import money_or_undisclosed as money
from portfolio.funding.choices import AmendmentState as Amended
from portfolio.funding.choices import CommitmentState as Promise
from portfolio.funding.choices import RequestKind as Asked
from portfolio.funding.choices import RequestState as Answer
from portfolio.funding.choices import TrancheState as Slice
from portfolio.funding.models import CommitmentAmendment, Condition, LedgerEntry
from portfolio.funding.operations.dossier import Dossier, TrancheFile

CHANGE, POST, ASK = (
    "funding.change_commitment",
    "funding.add_ledgerentry",
    "funding.add_approvalrequest",
)

# The words of each button, and the permission that it takes.
STEPS: Mapping[str, tuple[Any, str]] = {
    "edit": (gettext_lazy("Edit the draft"), CHANGE),
    "submit": (gettext_lazy("Submit for approval"), CHANGE),
    "take-back": (gettext_lazy("Take back to draft"), CHANGE),
    "withdraw": (gettext_lazy("Withdraw"), CHANGE),
    "ask-over-commitment": (gettext_lazy("Ask to pass the allocation"), ASK),
    "sign": (gettext_lazy("Record signature"), CHANGE),
    "meet-condition": (gettext_lazy("Mark met"), "funding.change_condition"),
    "reopen-condition": (gettext_lazy("Not met after all"), "funding.change_condition"),
    "drawdown": (gettext_lazy("Record drawdown request"), "funding.add_drawdownrequest"),
    "take-back-drawdown": (gettext_lazy("Take back the drawdown"), "funding.change_tranche"),
    "ask-exception": (gettext_lazy("Ask for an exception"), ASK),
    "pay": (gettext_lazy("Pay"), POST),
    "amend": (gettext_lazy("Amend"), "funding.add_commitmentamendment"),
    "submit-amendment": (
        gettext_lazy("Submit the amendment"),
        "funding.change_commitmentamendment",
    ),
    "take-back-amendment": (
        gettext_lazy("Take the amendment back to draft"),
        "funding.change_commitmentamendment",
    ),
    "withdraw-amendment": (
        gettext_lazy("Withdraw the amendment"),
        "funding.change_commitmentamendment",
    ),
    "sign-amendment": (
        gettext_lazy("Record signature of the amendment"),
        "funding.change_commitmentamendment",
    ),
    "refund": (gettext_lazy("Record refund"), POST),
    "recoup": (gettext_lazy("Record recoupment"), POST),
    "schedule-again": (gettext_lazy("Schedule what came back"), "funding.add_tranche"),
    "ask-over-amendment": (gettext_lazy("Ask to pass the allocation"), ASK),
    "ask-cancellation": (gettext_lazy("Ask for cancellation"), ASK),
    "cancel": (gettext_lazy("Cancel what is outstanding"), CHANGE),
    "ask-write-off": (gettext_lazy("Ask for a write-off"), ASK),
    "write-off": (gettext_lazy("Write off"), POST),
    "ask-reversal": (gettext_lazy("Ask for reversal"), ASK),
    "reverse": (gettext_lazy("Reverse"), POST),
    "take-back-request": (gettext_lazy("Take back the request"), ASK),
    "close": (gettext_lazy("Close the commitment"), CHANGE),
    "reopen": (gettext_lazy("Open again"), CHANGE),
}


@dataclass(frozen=True)
class Step:
    """A step that may be taken now or, where `missing` says something, after that."""

    name: str
    about: Any = None
    missing: str = ""

    @property
    def label(self) -> str:
        """The words of the button."""
        return str(STEPS[self.name][0])

    @property
    def permission(self) -> str:
        """Who may take it."""
        return STEPS[self.name][1]

    @property
    def key(self) -> int:
        """The row that it is about; 0 is the commitment itself."""
        return 0 if self.about is None else self.about.pk


def steps_of(dossier: Dossier, user: Any) -> list[Step]:
    """The steps of a commitment and its parts that `user` may take, in the order of its life."""
    asked_by_others = {
        request.pk for request in dossier.requests if request.requested_by_id != user.pk
    }
    return [
        step
        for step in _all_steps(dossier)
        if user.has_perm(step.permission)
        and not (step.name == "take-back-request" and step.key in asked_by_others)
    ]


def _all_steps(dossier: Dossier) -> Iterator[Step]:
    match dossier.commitment.state:
        case Promise.DRAFT:
            yield Step("edit")
            yield Step("submit", missing=_before_submission(dossier))
            yield Step("withdraw")
        case Promise.SUBMITTED:
            yield Step("take-back")
            yield Step("withdraw")
        case Promise.APPROVED:
            shortage = _shortage(dossier)
            may_pass = dossier.commitment.programme.over_commitment == "WARN"
            asked = dossier.request(Asked.OVER_COMMITMENT, Answer.OPEN, Answer.APPROVED)
            # In another currency nobody knows before the day: the officer may ask beforehand.
            if (shortage or _is_foreign(dossier)) and may_pass and asked is None:
                yield Step("ask-over-commitment")
            lets_pass = may_pass and asked is not None and asked.state == Answer.APPROVED
            yield Step("sign", missing="" if lets_pass else shortage)
            yield Step("take-back")
            yield Step("withdraw")
        case Promise.SIGNED:
            yield from _while_signed(dossier)
        case Promise.CLOSED:
            yield Step("reopen")
        case Promise.CANCELLED if dossier.outstanding:
            # What came back after the end is taken back from the promise as well.
            yield from _cancellation(dossier)
    for tranche in dossier.tranches:
        yield from _of_tranche(dossier, tranche)
    for amendment in dossier.amendments:
        yield from _of_amendment(dossier, amendment)
    yield from _of_what_was_paid(dossier)
    for request in dossier.requests:
        # A promise, an amendment and a drawdown are taken back with their requests.
        if request.state == Answer.OPEN and request.kind not in (
            Asked.COMMITMENT,
            Asked.AMENDMENT,
            Asked.PAYMENT,
        ):
            yield Step("take-back-request", request)


def _while_signed(dossier: Dossier) -> Iterator[Step]:
    yield Step("amend")
    if dossier.to_be_scheduled > 0:
        yield Step("schedule-again")
    if dossier.outstanding:
        yield from _cancellation(dossier)
        left = money(dossier.outstanding, dossier.commitment.currency)
        yield Step("close", missing=_("%(left)s is outstanding.") % {"left": left})
    else:
        yield Step("close")


def _cancellation(dossier: Dossier) -> Iterator[Step]:
    asked = dossier.request(Asked.CANCELLATION, Answer.OPEN, Answer.APPROVED)
    if asked is None or dossier.is_used(asked):
        yield Step("ask-cancellation")
    elif asked.state == Answer.APPROVED:
        yield Step("cancel")


def _of_tranche(dossier: Dossier, file: TrancheFile) -> Iterator[Step]:
    tranche = file.row
    if tranche.state in (Slice.PAID, Slice.CANCELLED):
        return
    for condition in file.conditions:
        yield from _of_condition(condition, file)
    if dossier.commitment.state != Promise.SIGNED:
        return
    stands_in_the_way = what_tranche_waits_for(dossier, file)
    if tranche.state == Slice.SCHEDULED:
        yield Step("drawdown", tranche)
        return
    if file.paid == 0:
        yield Step("take-back-drawdown", tranche)
    asked = dossier.request(Asked.OVERRIDE, Answer.OPEN, tranche=tranche.pk)
    if stands_in_the_way and file.exception is None and asked is None:
        yield Step("ask-exception", tranche)
    if tranche.state == Slice.APPROVED:
        yield Step("pay", tranche, missing=" ".join(stands_in_the_way))


def _of_condition(condition: Condition, file: TrancheFile) -> Iterator[Step]:
    if condition in file.open_conditions:
        yield Step("meet-condition", condition)
    else:
        yield Step("reopen-condition", condition)


def what_tranche_waits_for(dossier: Dossier, file: TrancheFile) -> list[str]:
    """What stands between a tranche and its payment, beside the approval; nothing with an exception."""
    if file.exception is not None or file.row.state in (Slice.PAID, Slice.CANCELLED):
        return []
    found = [
        _("Open: %(condition)s.") % {"condition": condition.description.rstrip(".。")}
        for condition in file.open_conditions
    ]
    found += [
        _("The payee is blocked: %(reason)s.") % {"reason": block.reason.rstrip(".。")}
        for block in dossier.blocks
    ]
    return found


def _of_amendment(dossier: Dossier, amendment: CommitmentAmendment) -> Iterator[Step]:
    waits = amendment.state in (Amended.SUBMITTED, Amended.APPROVED)
    if waits and amendment.change_amount > 0:
        may_pass = dossier.commitment.programme.over_commitment == "WARN"
        asked = dossier.request(
            Asked.OVER_COMMITMENT, Answer.OPEN, Answer.APPROVED, amendment=amendment.pk
        )
        if may_pass and asked is None:
            yield Step("ask-over-amendment", amendment)
    match amendment.state:
        case Amended.DRAFT:
            yield Step("submit-amendment", amendment)
            yield Step("withdraw-amendment", amendment)
        case Amended.SUBMITTED:
            yield Step("take-back-amendment", amendment)
            yield Step("withdraw-amendment", amendment)
        case Amended.APPROVED:
            yield Step("sign-amendment", amendment)
            yield Step("take-back-amendment", amendment)
            yield Step("withdraw-amendment", amendment)


def _of_what_was_paid(dossier: Dossier) -> Iterator[Step]:
    if dossier.paid > 0:
        yield Step("refund")
        yield Step("recoup")
    if dossier.at_risk > 0 and dossier.request(Asked.WRITE_OFF, Answer.OPEN) is None:
        yield Step("ask-write-off")
    for request in dossier.requests:
        if request.state != Answer.APPROVED or dossier.is_used(request):
            continue
        if request.kind == Asked.WRITE_OFF:
            yield Step("write-off", request)
        if request.kind == Asked.REVERSAL:
            yield Step("reverse", request)
    asked_for = {
        request.entry.posting
        for request in dossier.requests
        if request.kind == Asked.REVERSAL
        and request.state in (Answer.OPEN, Answer.APPROVED)
        and request.entry is not None
    }
    for entry in dossier.entries:
        if is_reversible(entry) and entry.posting not in asked_for:
            yield Step("ask-reversal", entry)


def is_reversible(entry: LedgerEntry) -> bool:
    """Whether an entry is neither taken back nor takes one back."""
    return entry.reversal_of_id is None and not hasattr(entry, "reversal")


def _before_submission(dossier: Dossier) -> str:
    commitment = dossier.commitment
    parts = (
        (
            sum((split.amount for split in dossier.splits), Decimal(0)),
            _(
                "The shares of the allocations are %(parts)s together, and the commitment is %(all)s."
            ),
        ),
        (
            sum((file.row.amount for file in dossier.tranches), Decimal(0)),
            _("The tranches are %(parts)s together, and the commitment is %(all)s."),
        ),
    )
    return " ".join(
        words
        % {
            "parts": money(total, commitment.currency),
            "all": money(commitment.amount, commitment.currency),
        }
        for total, words in parts
        if total != commitment.amount
    )


def _is_foreign(dossier: Dossier) -> bool:
    commitment = dossier.commitment
    return commitment.currency != commitment.programme.base_currency


def _shortage(dossier: Dossier) -> str:
    """Which allocation has less left than its share; in another currency nobody knows before the day."""
    commitment = dossier.commitment
    if _is_foreign(dossier):
        return ""
    for split in dossier.splits:
        balance = getattr(split.allocation, "balance", None)
        left = balance.allocated - balance.committed if balance else Decimal(0)
        if left < split.amount:
            return _("Only %(left)s is left of %(allocation)s.") % {
                "left": money(left, commitment.currency),
                "allocation": split.allocation,
            }
    return ""
