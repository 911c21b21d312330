"""Words of funding."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CommitmentState(models.TextChoices):
    """Where a commitment is in its life."""

    DRAFT = "DRAFT", _("Draft")
    SUBMITTED = "SUBMITTED", _("Submitted")
    APPROVED = "APPROVED", _("Approved")
    SIGNED = "SIGNED", _("Signed")
    CLOSED = "CLOSED", _("Closed")
    REJECTED = "REJECTED", _("Rejected")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    CANCELLED = "CANCELLED", _("Cancelled")


# What may follow what; the database holds the same table and is the one that refuses.
NEXT_STATES: dict[str, tuple[str, ...]] = {
    "DRAFT": ("SUBMITTED", "WITHDRAWN"),
    "SUBMITTED": ("DRAFT", "APPROVED", "REJECTED", "WITHDRAWN"),
    "APPROVED": ("DRAFT", "SIGNED", "WITHDRAWN"),
    "SIGNED": ("CLOSED", "CANCELLED"),
    "CLOSED": ("SIGNED",),
    "REJECTED": (),
    "WITHDRAWN": (),
    "CANCELLED": (),
}


class AmendmentState(models.TextChoices):
    """Where a change of a commitment is in its life."""

    DRAFT = "DRAFT", _("Draft")
    SUBMITTED = "SUBMITTED", _("Submitted")
    APPROVED = "APPROVED", _("Approved")
    SIGNED = "SIGNED", _("Signed")
    REJECTED = "REJECTED", _("Rejected")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


class TrancheState(models.TextChoices):
    """Where a tranche is on its way to be paid."""

    SCHEDULED = "SCHEDULED", _("Scheduled")
    REQUESTED = "REQUESTED", _("Requested")
    APPROVED = "APPROVED", _("Approved")
    PAID = "PAID", _("Paid")
    CANCELLED = "CANCELLED", _("Cancelled")


class ConditionKind(models.TextChoices):
    """What has to be so before a tranche is drawn."""

    DOCUMENT_ACCEPTED = "DOCUMENT_ACCEPTED", _("Document accepted")
    MILESTONE_REACHED = "MILESTONE_REACHED", _("Milestone reached")
    INSURANCE_IN_FORCE = "INSURANCE_IN_FORCE", _("Insurance in force")
    REPORT_ACCEPTED = "REPORT_ACCEPTED", _("Report accepted")


class RequestKind(models.TextChoices):
    """What an approval is asked for."""

    COMMITMENT = "COMMITMENT", _("Commitment")
    AMENDMENT = "AMENDMENT", _("Amendment")
    OVER_COMMITMENT = "OVER_COMMITMENT", _("Commitment beyond the allocation")
    PAYMENT = "PAYMENT", _("Payment of a tranche")
    OVERRIDE = "OVERRIDE", _("Payment in spite of an open condition or a block")
    CANCELLATION = "CANCELLATION", _("Cancellation of what is outstanding")
    WRITE_OFF = "WRITE_OFF", _("Write-off")
    REVERSAL = "REVERSAL", _("Reversal of an entry")


class RequestState(models.TextChoices):
    """What became of a request for approval."""

    OPEN = "OPEN", _("Open")
    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Rejected")
    CHANGES_REQUESTED = "CHANGES_REQUESTED", _("Changes requested")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    VOID = "VOID", _("Void")


class Decision(models.TextChoices):
    """What an approver says."""

    APPROVE = "APPROVE", _("Approve")
    REJECT = "REJECT", _("Reject")
    REQUEST_CHANGES = "REQUEST_CHANGES", _("Request changes")


class EntryKind(models.TextChoices):
    """What an entry of the ledger records."""

    COMMITMENT = "COMMITMENT", _("Commitment")
    DE_COMMITMENT = "DE_COMMITMENT", _("De-commitment")
    DISBURSEMENT = "DISBURSEMENT", _("Disbursement")
    REFUND = "REFUND", _("Refund")
    RECOUPMENT = "RECOUPMENT", _("Recoupment")
    WRITE_OFF = "WRITE_OFF", _("Write-off")


# Source: IATI 2.03, codelist TransactionType. A de-commitment is a commitment with a minus there;
# a write-off moves no money and has no code.
IATI_CODES: dict[str, str] = {
    "COMMITMENT": "2",
    "DE_COMMITMENT": "2",
    "DISBURSEMENT": "3",
    "REFUND": "7",
    "RECOUPMENT": "1",
    "WRITE_OFF": "",
}

# Which account an entry takes from and which it gives to: one amount, two sides, so that nothing
# can be posted out of balance. See docs/ledger.md.
ACCOUNTS: dict[str, tuple[str, str]] = {
    "COMMITMENT": ("AVAILABLE", "OUTSTANDING"),
    "DE_COMMITMENT": ("OUTSTANDING", "AVAILABLE"),
    "DISBURSEMENT": ("OUTSTANDING", "INVESTED"),
    "REFUND": ("INVESTED", "OUTSTANDING"),
    "RECOUPMENT": ("RESULTS", "RECEIVED"),
    "WRITE_OFF": ("INVESTED", "WRITTEN_OFF"),
}


class RateSource(models.TextChoices):
    """Where the rate of an entry comes from."""

    SAME_CURRENCY = "SAME_CURRENCY", _("Same currency, no rate needed")
    SERIES = "SERIES", _("Published series")
    AGREEMENT = "AGREEMENT", _("Fixed in the agreement")
    BANK = "BANK", _("What the bank charged")


class Span(models.TextChoices):
    """How long the time is that a kept total sums up."""

    YEAR = "YEAR", _("Year")
    MONTH = "MONTH", _("Month")
    DAY = "DAY", _("Day")
