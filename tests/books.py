"""A small programme with money in it, for tests: two officers, two approvers, two allocations."""

import datetime
import itertools
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group

from partners.choices import PartyRole
from partners.models import Agreement, AgreementAmendment, AgreementParty
from portfolio.funding.choices import Decision
from portfolio.funding.models import ApprovalLimit, ApprovalRequest, Commitment, Tranche
from portfolio.funding.operations import amendments, approvals, commitments, tranches
from portfolio.funding.operations.exchange import Rate
from portfolio.programmes.models import Allocation
from portfolio.programmes.operations import set_allocation
from portfolio.staff.models import User
from tests.factories import OrganisationFactory, ProductionFactory, ProgrammeFactory, StrandFactory

NUMBERS = itertools.count(1)
DAY = datetime.date(2026, 6, 1)
AT = datetime.datetime(2026, 6, 1, 10, tzinfo=datetime.UTC)


class Books:
    """A programme with HK$100m and HK$50m allocated to a strand in 2026 and 2027, and its people.

    `officer` and `second_officer` ask; `approver` and `second_approver` may each approve up to HK$1m
    or US$100,000 alone, and up to HK$100m or US$10m together.
    """

    def __init__(self, *, allocated: str = "100000000", over_commitment: str = "STOP") -> None:
        n = next(NUMBERS)
        self.officer, self.second_officer, self.approver, self.second_approver = (
            User.objects.create(username=f"{name}-{n}")
            for name in ("officer", "second-officer", "approver", "second-approver")
        )
        role = Group.objects.get(name="Approver")
        for person in (self.approver, self.second_approver):
            person.groups.add(role)
        if not ApprovalLimit.objects.filter(role=role).exists():
            for currency, alone, jointly in (
                ("HKD", "1000000", "100000000"),
                ("USD", "100000", "10000000"),
                ("JPY", "100000000", "10000000000"),
            ):
                ApprovalLimit.objects.create(
                    role=role, currency=currency, alone_up_to=Decimal(alone),
                    jointly_up_to=Decimal(jointly), start_date=datetime.date(2020, 1, 1),
                    decision="Board of 1 January 2020",
                )  # fmt: skip
        self.programme = ProgrammeFactory(over_commitment=over_commitment)
        self.strand = StrandFactory(programme=self.programme)
        self.project = ProductionFactory(strand=self.strand).project_ptr
        self.payee, self.funder = OrganisationFactory(), OrganisationFactory()
        self.first = self.allocate(allocated, year=2026)
        self.second = self.allocate("50000000", year=2027)

    def allocate(self, amount: str, *, year: int = 2026, strand: Any = None) -> Allocation:
        """Set an allocation; a second time, revise it."""
        return set_allocation(
            strand=strand or self.strand, fiscal_year=year, amount=Decimal(amount),
            effective_date=datetime.date(2026, 1, 1), decision="Board paper 1", reason="Plan",
            actor=self.officer,
        ).allocation  # fmt: skip

    def agreement(self, *, signed: datetime.date | None = DAY, payee: Any = None) -> Agreement:
        """An agreement between the funder and the payee, signed by both."""
        agreement = Agreement.objects.create(
            reference=f"AG-{next(NUMBERS)}", title="Investment agreement", kind="INVESTMENT",
            start_date=DAY,
        )  # fmt: skip
        for organisation, role in (
            (self.funder, PartyRole.FUNDER),
            (payee or self.payee, PartyRole.PAYEE),
        ):
            AgreementParty.objects.create(
                agreement=agreement, organisation=organisation, role=role, signed_date=signed
            )
        return agreement

    def draft(
        self,
        amount: str = "10000000",
        *,
        currency: str = "HKD",
        shares: Any = None,
        slices: Any = None,
        agreement: Any = None,
        project: Any = None,
    ) -> Commitment:
        """A draft on the first allocation with one tranche, unless said otherwise."""
        return commitments.draft_commitment(
            programme=self.programme, project=project or self.project, payee=self.payee,
            title="A film", amount=Decimal(amount), currency=currency,
            shares=shares or [commitments.Share(self.first, percentage=Decimal(100))],
            slices=slices or [commitments.Slice(Decimal(amount), datetime.date(2026, 9, 1))],
            agreement=agreement or self.agreement(), at=AT, actor=self.officer,
            reference=f"T-{next(NUMBERS)}",
        )  # fmt: skip

    def approve(self, request: ApprovalRequest) -> ApprovalRequest:
        """Both approvers say yes, the second where one is not enough."""
        for person in (self.approver, self.second_approver):
            if request.state == "OPEN":
                approvals.decide(request=request, decision=Decision.APPROVE, actor=person, at=AT)
        return request

    def approved(self, amount: str = "10000000", **terms: Any) -> Commitment:
        """A commitment that is approved and not signed."""
        commitment = self.draft(amount, **terms)
        self.approve(
            commitments.submit_commitment(commitment=commitment, at=AT, actor=self.officer)
        )
        commitment.refresh_from_db()
        return commitment

    def signed(
        self, amount: str = "10000000", *, rate: Rate | None = None, **terms: Any
    ) -> Commitment:
        """A commitment that stands, with its entries in the ledger."""
        commitment = self.approved(amount, **terms)
        commitments.sign_commitment(commitment=commitment, at=AT, actor=self.officer, rate=rate)
        commitment.refresh_from_db()
        return commitment

    def payable(self, commitment: Commitment | None = None) -> Tranche:
        """The first scheduled tranche, asked for and approved."""
        commitment = commitment or self.signed()
        tranche = commitment.tranches.filter(state="SCHEDULED").first()
        assert tranche is not None
        _drawdown, request = tranches.record_drawdown(
            tranche=tranche, received_date=DAY, at=AT, actor=self.officer
        )
        self.approve(request)
        tranche.refresh_from_db()
        return tranche

    def pay(self, tranche: Tranche, **terms: Any) -> Any:
        """Pay an approved tranche."""
        return tranches.pay_tranche(
            tranche=tranche, at=AT, actor=self.officer, **({"value_date": DAY} | terms)
        )

    def paid(
        self, amount: str = "10000000", *, pay_rate: Rate | None = None, **terms: Any
    ) -> Commitment:
        """A commitment whose first tranche is paid."""
        commitment = self.signed(amount, **terms)
        self.pay(self.payable(commitment), rate=pay_rate)
        return commitment

    def amend(self, commitment: Commitment, change: str, *, sign: bool = True) -> Any:
        """An amendment by a difference on the first allocation; signed unless said otherwise."""
        amount = Decimal(change)
        paper = AgreementAmendment.objects.create(
            agreement=commitment.agreement, number=commitment.agreement.amendments.count() + 1,
            kind="INCREASE" if amount > 0 else "DECREASE", change_amount=amount,
            currency=commitment.currency, signed_date=DAY, summary="By agreement",
        )  # fmt: skip
        amendment = amendments.draft_amendment(
            commitment=commitment, change_amount=amount, shares=[(self.first, amount)],
            reason="More days of shooting", at=AT, actor=self.officer, agreement_amendment=paper,
            due_date=datetime.date(2026, 12, 1) if amount > 0 else None,
        )  # fmt: skip
        if sign:
            self.approve(
                amendments.submit_amendment(amendment=amendment, at=AT, actor=self.officer)
            )
            amendment.refresh_from_db()
            amendments.sign_amendment(amendment=amendment, at=AT, actor=self.officer)
        return amendment
