"""Random rounds: whatever officers and applicants do in whatever order, no place is given twice.

The database is asked after every step, as if the step had been committed.
"""

import datetime
import os
import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portfolio.common.refusals import Refused
from portfolio.funding.models import ApprovalRequest, LedgerEntry
from portfolio.funding.operations import commitments, entries, tranches
from scholarships.choices import AwardState
from scholarships.models import Application, Award, Round, RoundPlaces
from scholarships.operations import applications, awards
from scholarships.operations.reports import decide_report, hand_in_report
from tests.books import AT
from tests.factories import DocumentFactory
from tests.funding.naive import assert_the_books_are_right, at_commit
from tests.scholarships.calls import Call

pytestmark = pytest.mark.django_db
PROVING = os.environ.get("TOPSHEET_PROVE") == "1"
SEEDS, STEPS = (range(60), 120) if PROVING else (range(2), 40)


class History:
    """A round of three places and seven applications, and everything that anybody may try."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.call = Call(places=3)
        self.rows = self.call.decided(7)
        for row in self.rows[:4]:
            self.call.fund(row)
        self.refusals: dict[str, int] = {}
        self.steps = [
            self.offer, self.offer, self.accept, self.move_up, self.give_up, self.withdraw,
            self.fund, self.cancel, self.pay, self.report, self.refund, self.change_places,
            self.complete,
        ]  # fmt: skip

    def attempt(self) -> None:
        """One step by somebody as one transaction: it is whole, or it leaves nothing."""
        act = self.chance.choice(self.steps)
        before = LedgerEntry.objects.count()
        try:
            with transaction.atomic():
                act(self.chance.choice([self.call.officer, self.call.second_officer]))
                at_commit()
        except (Refused, IntegrityError) as refusal:
            rule = str(refusal).partition(":")[0]
            self.refusals[rule] = self.refusals.get(rule, 0) + 1
            assert LedgerEntry.objects.count() == before

    def row(self) -> Application:
        return Application.objects.get(pk=self.chance.choice(self.rows).pk)

    def award(self, *states: str) -> Award | None:
        found = list(Award.objects.filter(state__in=states or AwardState.values).order_by("pk"))
        return self.chance.choice(found) if found else None

    def offer(self, actor: Any) -> None:
        awards.offer_place(application=self.row(), at=self.call.now, actor=actor)

    def fund(self, _actor: Any) -> None:
        row = self.row()
        if row.commitment is None:
            self.call.fund(row, self.chance.choice(["100000", "80000.02", "33333.34"]))

    def accept(self, _actor: Any) -> None:
        if award := self.award():
            days = datetime.timedelta(days=self.chance.choice([0, 14, 15]))
            awards.accept_offer(award=award, at=award.offered_at + days)

    def give_up(self, actor: Any) -> None:
        if award := self.award():
            late = datetime.timedelta(days=self.chance.choice([0, 15]))
            awards.give_up(
                award=award, at=award.offered_at + late, actor=actor, reason="Said.",
                state=self.chance.choice(
                    [AwardState.DECLINED, AwardState.LAPSED, AwardState.RESIGNED,
                     AwardState.TERMINATED]
                ),
            )  # fmt: skip

    def move_up(self, actor: Any) -> None:
        awards.move_up(round_pk=self.call.round.pk, at=self.call.now, actor=actor)

    def withdraw(self, _actor: Any) -> None:
        if self.chance.random() < 0.3:
            applications.withdraw_application(application=self.row(), at=self.call.now)

    def cancel(self, actor: Any) -> None:
        if award := self.award():
            for request in ApprovalRequest.objects.filter(
                commitment=award.commitment, kind="CANCELLATION", state="OPEN"
            ):
                self.call.books.approve(request)
            commitments.cancel_commitment(
                commitment=award.commitment, value_date=self.call.today, at=AT, actor=actor
            )

    def pay(self, actor: Any) -> None:
        award = self.award("ACCEPTED", "DEFERRED", "COMPLETED", "TERMINATED")
        tranche = award and award.commitment.tranches.filter(state="SCHEDULED").first()
        if award and tranche:
            for condition in tranche.conditions.filter(kind="DOCUMENT_ACCEPTED"):
                tranches.meet_condition(
                    condition=condition, at=AT, actor=actor, evidence=DocumentFactory()
                )
            self.call.books.pay(
                self.call.books.payable(award.commitment), value_date=self.call.today
            )

    def report(self, actor: Any) -> None:
        award = self.award("ACCEPTED", "DEFERRED")
        report = award and award.reports.first()
        if report:
            if report.state in ("EXPECTED", "RETURNED"):
                hand_in_report(report=report, text="A year.", at=self.call.now)
            decide_report(
                report=report, accept=self.chance.random() < 0.7, at=self.call.now, actor=actor,
                reason="More.",
            )  # fmt: skip

    def refund(self, actor: Any) -> None:
        if award := self.award():
            paid = sum((p.disbursed for p in award.commitment.positions.all()), Decimal(0))
            amount = (paid * self.chance.choice([Decimal("0.25"), Decimal(2)])).quantize(
                Decimal("0.01")
            )
            if amount:
                entries.record_refund(
                    commitment=award.commitment,
                    amount=amount,
                    value_date=self.call.today,
                    actor=actor,
                )

    def complete(self, actor: Any) -> None:
        if award := self.award("ACCEPTED"):
            awards.complete_award(award=award, at=self.call.now, actor=actor)

    def change_places(self, _actor: Any) -> None:
        Round.objects.filter(pk=self.call.round.pk).update(places=self.chance.choice([1, 2, 3, 4]))

    def assert_it_is_right(self) -> None:
        """No place is taken twice; who holds one has its money; the list is in its order."""
        call = Round.objects.get(pk=self.call.round.pk)
        holding = list(Award.objects.holding().filter(round=call).select_related("commitment"))
        assert RoundPlaces.objects.get(round=call).taken == len(holding) <= call.places
        assert {award.commitment.state for award in holding} <= {"SIGNED", "CLOSED"}
        assert set(Award.objects.values_list("application", flat=True)) == set(
            Application.objects.filter(state="AWARDED").values_list("pk", flat=True)
        )
        waiting = list(
            Application.objects.filter(round=call, state="WAITING")
            .order_by("waiting_place")
            .values_list("pk", flat=True)
        )
        # They were made best first, and nobody passes another.
        assert waiting == sorted(waiting)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_round_stays_right_whatever_is_tried(seed: int):
    history = History(seed)

    for step in range(STEPS):
        history.attempt()
        history.assert_it_is_right()
        if step % 20 == 19:
            assert_the_books_are_right()

    assert_the_books_are_right()
    assert Award.objects.exists()
