"""Everything about one commitment, read in a fixed number of queries."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Sum

from partners.models import AgreementParty, Block
from portfolio.funding.choices import RequestKind, RequestState, TrancheState
from portfolio.funding.models import (
    ApprovalDecision,
    ApprovalRequest,
    Commitment,
    CommitmentAmendment,
    CommitmentPosition,
    CommitmentSplit,
    Condition,
    DrawdownRequest,
    LedgerEntry,
    Tranche,
)
from portfolio.funding.operations.posting import outstanding

MOST_ENTRIES = 100
"""Of the ledger on the page; the list shows the rest."""


@dataclass(frozen=True)
class TrancheFile:
    """A tranche with what was paid of it and what it waits for."""

    row: Tranche
    paid: Decimal
    conditions: Sequence[Condition]
    open_conditions: Sequence[Condition]
    exception: ApprovalRequest | None

    @property
    def left(self) -> Decimal:
        """What is not paid of it."""
        return self.row.amount - self.paid


@dataclass(frozen=True)
class Dossier:
    """A commitment with its parts, as it stands on a day."""

    commitment: Commitment
    day: datetime.date
    splits: Sequence[CommitmentSplit]
    positions: Sequence[CommitmentPosition]
    tranches: Sequence[TrancheFile]
    drawdowns: Sequence[DrawdownRequest]
    requests: Sequence[ApprovalRequest]
    amendments: Sequence[CommitmentAmendment]
    parties: Sequence[AgreementParty]
    entries: Sequence[LedgerEntry]
    blocks: Sequence[Block]

    def sum_of(self, name: str) -> Decimal:
        """The total of one figure over all allocations."""
        return sum((getattr(p, name) for p in self.positions), Decimal(0))

    @property
    def promised(self) -> Decimal:
        """What is promised now, or is to be promised."""
        if not self.positions:
            return self.commitment.amount
        return self.sum_of("committed") - self.sum_of("de_committed")

    @property
    def paid(self) -> Decimal:
        """What was paid and did not come back."""
        return self.sum_of("disbursed") - self.sum_of("refunded")

    @property
    def outstanding(self) -> Decimal:
        """What is promised and neither paid nor taken back."""
        return sum((outstanding(p) for p in self.positions), Decimal(0))

    @property
    def to_be_scheduled(self) -> Decimal:
        """What came back and is outstanding, and has no tranche by which it is paid again."""
        open_ones = (TrancheState.SCHEDULED, TrancheState.REQUESTED, TrancheState.APPROVED)
        scheduled = sum((f.left for f in self.tranches if f.row.state in open_ones), Decimal(0))
        return self.outstanding - scheduled

    @property
    def at_risk(self) -> Decimal:
        """What was paid and neither came back nor was given up."""
        return self.paid - self.sum_of("written_off")

    def request(
        self, kind: RequestKind, *states: RequestState, **about: int
    ) -> ApprovalRequest | None:
        """The latest request of a kind in one of the states, about a tranche, amendment or entry."""
        for request in self.requests:
            is_about = all(getattr(request, f"{name}_id") == key for name, key in about.items())
            if request.kind == kind and request.state in states and is_about:
                return request
        return None

    def is_used(self, request: ApprovalRequest) -> bool:
        """Whether entries stand on an approval already; of the entries that are on the page."""
        return any(entry.approval_id == request.pk for entry in self.entries)


def dossier_of(commitment: int, day: datetime.date) -> Dossier:
    """A commitment with all that belongs to it.

    Time: conditions and blocks are judged for `day`.  Queries: fourteen.
    Raises: Commitment.DoesNotExist.
    """
    row = Commitment.objects.select_related(
        "programme", "project", "payee", "agreement", "state_by", "rate_series"
    ).get(pk=commitment)
    requests = list(
        row.approval_requests.select_related("requested_by", "tranche", "amendment", "entry")
        .prefetch_related(
            Prefetch(
                "decisions",
                ApprovalDecision.objects.select_related("decided_by", "authority").order_by("pk"),
            )
        )
        .order_by("-pk")
    )
    entries = row.entries.select_related(
        "allocation__strand",
        "document",
        "recorded_by",
        "reversal",
        "reversal_of",
        "tranche",
        "link",
    )
    return Dossier(
        commitment=row,
        day=day,
        splits=list(row.splits.select_related("allocation__strand", "allocation__balance")),
        positions=list(
            row.positions.select_related("allocation__strand", "allocation__balance").order_by(
                "allocation__fiscal_year", "allocation__strand__position", "pk"
            )
        ),
        tranches=_tranches_of(row, requests, day),
        drawdowns=list(
            DrawdownRequest.objects.filter(tranche__commitment=row)
            .select_related("recorded_by", "document", "tranche")
            .order_by("-pk")
        ),
        requests=requests,
        amendments=list(
            row.amendments.select_related("agreement_amendment", "state_by")
            .prefetch_related("splits__allocation__strand")
            .order_by("number")
        ),
        parties=list(
            AgreementParty.objects.filter(agreement=row.agreement_id)
            .select_related("organisation")
            .order_by("pk")
        ),
        entries=list(entries.order_by("-pk")[:MOST_ENTRIES]),
        blocks=list(Block.objects.active_on(day).filter(organisation=row.payee_id)),
    )


def _tranches_of(
    commitment: Commitment, requests: Sequence[ApprovalRequest], day: datetime.date
) -> list[TrancheFile]:
    drawn = commitment.entries.filter(tranche__isnull=False).order_by().values_list("tranche")
    paid = dict(drawn.annotate(total=Sum("amount")))
    exceptions = {
        request.tranche_id: request
        for request in requests
        if request.kind == RequestKind.OVERRIDE and request.state == RequestState.APPROVED
    }
    conditions = Condition.objects.select_related("met_by", "evidence").order_by("pk")
    found = []
    for tranche in commitment.tranches.prefetch_related(
        Prefetch("conditions", conditions)
    ).order_by("number"):
        # So that nothing asks again whose it is.
        tranche.commitment = commitment
        own = list(tranche.conditions.all())
        waits = tranche.state not in (TrancheState.PAID, TrancheState.CANCELLED)
        found.append(
            TrancheFile(
                row=tranche,
                paid=paid.get(tranche.pk, Decimal(0)),
                conditions=own,
                open_conditions=[c for c in own if not c.is_met_on(day)] if waits else [],
                exception=exceptions.get(tranche.pk),
            )
        )
    return found
