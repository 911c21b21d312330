"""Random histories: whatever officers do in whatever order, no rule breaks and every total is right.

Threats L5 and L17: the database is asked after every step, as if the step had been committed.
"""

import datetime
import os
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from portfolio.common.refusals import Refused
from portfolio.funding.models import Commitment, LedgerEntry, Tranche
from portfolio.funding.operations import commitments, entries, posting, tranches
from portfolio.funding.operations.exchange import Rate
from tests.books import AT, DAY, Books
from tests.funding.naive import assert_the_books_are_right, at_commit

pytestmark = pytest.mark.django_db

PROVING = os.environ.get("TOPSHEET_PROVE") == "1"
HISTORIES, STEPS = (400, 50) if PROVING else (12, 25)

amounts = st.decimals(min_value="1000.01", max_value="60000000", places=2)
fractions = st.sampled_from([Decimal(n) for n in ("0.1", "0.333333", "0.5", "1", "1.000001", "3")])
rates = st.decimals(min_value="7.70", max_value="7.90", places=6)
days = st.integers(min_value=0, max_value=170).map(lambda n: DAY + datetime.timedelta(days=n))
places = st.integers(min_value=0, max_value=50)
# Late enough that every day of a history is today or before.
LATER = AT + datetime.timedelta(days=400)


class History(RuleBasedStateMachine):
    """A programme, and everything that its officers and approvers may try."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.books = Books(allocated="50000000")
        # Money has moved already, so that no step waits for another to be possible.
        for currency, amount in (("HKD", "9000000.01"), ("USD", "300000.07")):
            usd = currency == "USD"
            third = (Decimal(amount) / 3).quantize(Decimal("0.01"))
            self.books.paid(
                amount,
                currency=currency,
                rate=Rate(Decimal("7.75"), DAY, "AGREEMENT") if usd else None,
                pay_rate=Rate(Decimal("7.812345"), DAY, "BANK") if usd else None,
                shares=[
                    commitments.Share(self.books.first, percentage=Decimal("66.6667")),
                    commitments.Share(self.books.second, percentage=Decimal("33.3333")),
                ],
                slices=[
                    commitments.Slice(part, DAY)
                    for part in (third, third, Decimal(amount) - 2 * third)
                ],
            )
        at_commit()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def attempt(self, act: Any) -> None:
        """Do it as one transaction: it is whole, or it leaves nothing."""
        before = LedgerEntry.objects.count()
        try:
            with transaction.atomic():
                act()
                at_commit()
        except (Refused, IntegrityError):
            # Anything else, such as a deadlock or a missing right, fails the test.
            assert LedgerEntry.objects.count() == before

    def commitment(self, place: int) -> Commitment | None:
        found = list(Commitment.objects.select_related("programme").order_by("pk"))
        return found[place % len(found)] if found else None

    @rule(
        amount=amounts,
        percent=st.integers(1, 99),
        pieces=st.integers(1, 4),
        usd=st.booleans(),
        rate=rates,
    )
    def promise(self, amount: Decimal, percent: int, pieces: int, usd: bool, rate: Decimal) -> None:
        """A commitment from draft to signature, on two fiscal years."""
        if usd:
            amount = (amount / 8).quantize(Decimal("0.01")) + Decimal("0.05")
        parts = [(amount / pieces).quantize(Decimal("0.01"))] * (pieces - 1)
        parts.append(amount - sum(parts, Decimal(0)))
        self.attempt(
            lambda: self.books.signed(
                str(amount),
                currency="USD" if usd else "HKD",
                rate=Rate(rate, DAY, "AGREEMENT") if usd else None,
                shares=[
                    commitments.Share(self.books.first, percentage=Decimal(percent)),
                    commitments.Share(self.books.second, percentage=Decimal(100 - percent)),
                ],
                slices=[commitments.Slice(part, DAY) for part in parts],
            )
        )

    @rule(amount=amounts, which=st.booleans())
    def revise_an_allocation(self, amount: Decimal, which: bool) -> None:
        """More or less for a fiscal year."""
        self.attempt(lambda: self.books.allocate(str(amount), year=2026 if which else 2027))

    @precondition(lambda self: Commitment.objects.exists())
    @rule(place=places)
    def ask_for_a_tranche(self, place: int) -> None:
        """A drawdown that two people approve."""
        commitment = self.commitment(place)
        if commitment and commitment.tranches.filter(state="SCHEDULED").exists():
            self.attempt(lambda: self.books.payable(commitment))

    @precondition(lambda self: Tranche.objects.filter(state="APPROVED").exists())
    @rule(place=places, fraction=fractions, rate=rates, day=days)
    def pay(self, place: int, fraction: Decimal, rate: Decimal, day: datetime.date) -> None:
        """A tranche in part, whole, or beyond itself."""
        approved = list(Tranche.objects.filter(state="APPROVED").order_by("pk"))
        tranche = approved[place % len(approved)]
        left = tranche.amount - posting.paid_of(tranche)
        amount = (left * fraction).quantize(Decimal("0.01"))
        usd = tranche.commitment.currency == "USD"
        self.attempt(
            lambda: tranches.pay_tranche(
                tranche=tranche, amount=amount, value_date=day, at=LATER, actor=self.books.officer,
                rate=Rate(rate, day, "BANK") if usd else None,
            )
        )  # fmt: skip

    @precondition(lambda self: LedgerEntry.objects.filter(kind="DISBURSEMENT").exists())
    @rule(place=places, fraction=fractions, rate=rates, day=days, kind=st.sampled_from("RCW"))
    def money_back(
        self, place: int, fraction: Decimal, rate: Decimal, day: datetime.date, kind: str
    ) -> None:
        """A refund, a recoupment or a write-off of some part of what was paid, or of more."""
        commitment = self.commitment(place)
        if commitment is None or commitment.state == "DRAFT":
            return
        paid = sum((p.disbursed - p.refunded for p in commitment.positions.all()), Decimal(0))
        amount = (paid * fraction).quantize(Decimal("0.01"))
        terms: dict[str, Any] = {"value_date": day, "actor": self.books.officer}
        if kind != "W":
            operation = entries.record_refund if kind == "R" else entries.record_recoupment
            if commitment.currency == "USD":
                terms["rate"] = Rate(rate, day, "BANK")
            self.attempt(lambda: operation(commitment=commitment, amount=amount, **terms))
        elif commitment.currency == "HKD":
            self.attempt(lambda: self.write_off(commitment, amount, day))

    def write_off(self, commitment: Commitment, amount: Decimal, day: datetime.date) -> None:
        request = self.books.approve(
            entries.request_write_off(
                commitment=commitment, amount=amount, at=AT, actor=self.books.officer, reason="Lost"
            )
        )
        entries.write_off(request=request, value_date=day, actor=self.books.officer)

    @precondition(lambda self: LedgerEntry.objects.exists())
    @rule(place=places, day=days)
    def reverse(self, place: int, day: datetime.date) -> None:
        """Take any posting back, also one that was taken back before."""
        found = list(LedgerEntry.objects.order_by("pk"))
        entry = found[place % len(found)]

        def act() -> None:
            request = entries.request_reversal(
                entry=entry, at=AT, actor=self.books.officer, reason="Wrong"
            )
            entries.reverse_posting(
                request=self.books.approve(request), value_date=day, at=LATER,
                actor=self.books.officer,
            )  # fmt: skip

        self.attempt(act)

    @precondition(lambda self: Commitment.objects.exists())
    @rule(place=places, change=amounts, more=st.booleans())
    def amend(self, place: int, change: Decimal, more: bool) -> None:
        """An increase or a decrease on the first allocation."""
        commitment = self.commitment(place)
        assert commitment is not None
        size = (change / 10).quantize(Decimal("0.01")) + Decimal("0.01")
        self.attempt(lambda: self.books.amend(commitment, str(size if more else -size)))

    @precondition(lambda self: Commitment.objects.exists())
    @rule(place=places, cancel=st.booleans())
    def end(self, place: int, cancel: bool) -> None:
        """Close or cancel, whether it is time or not."""
        commitment = self.commitment(place)
        assert commitment is not None

        def act() -> None:
            if not cancel:
                commitments.close_commitment(commitment=commitment, at=AT, actor=self.books.officer)
                return
            request = commitments.request_cancellation(
                commitment=commitment, at=AT, actor=self.books.officer, reason="Abandoned"
            )
            self.books.approve(request)
            commitments.cancel_commitment(
                commitment=commitment, value_date=DAY, at=LATER, actor=self.books.officer
            )

        self.attempt(act)

    @rule()
    def fold(self) -> None:
        """The totals may be folded at any moment."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT topsheet_fold_ledger()")

    @invariant()
    def the_books_are_right(self) -> None:
        assert_the_books_are_right()


def test_no_history_breaks_a_rule_or_a_total():
    run(
        History,
        settings=settings(
            derandomize=not PROVING,
            # The long run looks for the shortest history that fails; the short one only says so.
            phases=tuple(Phase) if PROVING else (Phase.generate,),
            max_examples=HISTORIES, stateful_step_count=STEPS, deadline=None,
            suppress_health_check=list(HealthCheck), print_blob=True, database=None,
        ),
    )  # fmt: skip
