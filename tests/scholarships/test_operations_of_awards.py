"""Awards and their money: whatever happens to a place is a new entry of the ledger, never an edit."""

import datetime
from decimal import Decimal

import pytest

from portfolio.funding.models import ApprovalRequest, LedgerEntry
from portfolio.funding.operations import commitments, entries, tranches
from scholarships.choices import AwardState
from scholarships.models import Application, Award, Letter, RoundPlaces
from scholarships.operations import applications, awards, panels
from scholarships.operations.reports import decide_report, hand_in_report
from tests.books import AT
from tests.factories import DocumentFactory
from tests.funding.naive import assert_the_books_are_right, at_commit
from tests.refusals import refused
from tests.scholarships.calls import Call

pytestmark = pytest.mark.django_db
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def call():
    return Call(places=1)


def ledger():
    """Every entry as it stands: kind and amount, in order."""
    return list(LedgerEntry.objects.order_by("pk").values_list("pk", "kind", "amount"))


def amounts(found):
    return [(kind, str(amount)) for _pk, kind, amount in found]


def taken(call):
    return RoundPlaces.objects.get(round=call.round).taken


def cancellations(award):
    return list(
        ApprovalRequest.objects.filter(
            commitment=award.commitment, kind="CANCELLATION"
        ).values_list("state", "amount")
    )


def cancel(call, award):
    """Approve the cancellation that was asked for, and carry it out."""
    award.commitment.refresh_from_db()
    call.books.approve(
        ApprovalRequest.objects.get(commitment=award.commitment, kind="CANCELLATION", state="OPEN")
    )
    commitments.cancel_commitment(
        commitment=award.commitment, value_date=call.today, at=call.now, actor=call.officer
    )


def pay(call, award):
    """Ask for the next instalment, have it approved, and pay it."""
    award.commitment.refresh_from_db()
    call.books.pay(call.books.payable(award.commitment), value_date=call.today)


def enrol(call, award):
    """Pay the first instalment, which waits for proof of enrolment."""
    first = award.commitment.tranches.get(number=1)
    tranches.meet_condition(
        condition=first.conditions.get(), at=AT, actor=call.officer, evidence=DocumentFactory()
    )
    pay(call, award)


def end(award, call, state, **more):
    return awards.give_up(
        award=award, state=state, at=call.now, **({"actor": call.officer, "reason": "Said."} | more)
    )


def test_an_offer_commits_its_money_under_a_letter_of_its_own(call):
    award = call.offered()

    commitment = award.commitment
    assert amounts(ledger()) == [("COMMITMENT", "100000.00")]
    assert commitment.agreement != call.round.agreement
    assert commitment.agreement.reference.startswith(call.round.agreement.reference)
    assert {p.organisation for p in commitment.agreement.parties.all()} == {
        p.organisation for p in call.round.agreement.parties.all()
    }
    assert award.reply_by - award.offered_at == datetime.timedelta(days=call.round.reply_days)


def test_without_approved_money_or_a_signed_agreement_nothing_is_offered(call):
    (best,) = call.decided(1)

    with pytest.raises(awards.NoMoney):
        awards.offer_place(application=best, at=call.now, actor=call.officer)
    call.fund(best)
    call.round.agreement.parties.first().delete()
    with pytest.raises(awards.NoAgreement):
        awards.offer_place(application=best, at=call.now, actor=call.officer)

    assert (taken(call), ledger()) == (0, [])
    best.refresh_from_db()
    assert (best.state, best.commitment.state) == ("SELECTED", "APPROVED")


def test_a_declined_place_goes_to_the_next_and_its_money_is_taken_back(call):
    best, second, third = call.decided(3)
    award = call.offered(best)
    before = ledger()

    end(award, call, AwardState.DECLINED, actor=None, reason="")

    assert (taken(call), ledger()) == (0, before)
    assert cancellations(award) == [("OPEN", Decimal("100000.00"))]
    cancel(call, award)
    assert amounts(ledger()) == [("COMMITMENT", "100000.00"), ("DE_COMMITMENT", "100000.00")]
    assert awards.move_up(round_pk=call.round.pk, at=call.now, actor=call.officer) == second
    call.fund(second)
    replacement = awards.offer_place(
        application=second, at=call.now, actor=call.officer, replaces=award
    )

    award.refresh_from_db()
    assert (award.state, award.replaced_by) == ("DECLINED", replacement)
    assert ledger()[: len(before)] == before
    assert [r.state for r in Application.objects.order_by("pk")] == [
        "AWARDED",
        "AWARDED",
        "WAITING",
    ]
    assert third.waiting_place == 2
    assert taken(call) == 1
    at_commit()
    assert_the_books_are_right()


def test_an_offer_that_lapsed_is_free_again(call):
    award = call.offered()

    awards.give_up(
        award=award, state=AwardState.LAPSED, at=award.reply_by + SECOND, actor=call.officer
    )

    assert taken(call) == 0
    assert cancellations(award) == [("OPEN", Decimal("100000.00"))]
    assert not award.reports.exists()


@pytest.mark.parametrize("state", [AwardState.RESIGNED, AwardState.TERMINATED])
def test_who_leaves_halfway_keeps_no_place_and_owes_back_what_is_refunded(call, state):
    award = call.accepted()
    enrol(call, award)
    before = ledger()

    end(award, call, state)
    assert ledger() == before
    assert cancellations(award) == [("OPEN", Decimal("50000.00"))]
    cancel(call, award)
    award.commitment.refresh_from_db()
    assert award.commitment.state == "CANCELLED"

    assert amounts(ledger()) == [
        ("COMMITMENT", "100000.00"),
        ("DISBURSEMENT", "50000.00"),
        ("DE_COMMITMENT", "50000.00"),
    ]
    assert ledger()[: len(before)] == before
    assert taken(call) == 0
    at_commit()
    assert_the_books_are_right()


def test_what_was_paid_and_is_owed_back_comes_back_as_a_refund(call):
    award = call.accepted()
    enrol(call, award)
    end(award, call, AwardState.TERMINATED)
    before = ledger()

    entries.record_refund(
        commitment=award.commitment,
        amount=Decimal("20000.00"),
        value_date=call.today,
        actor=call.officer,
    )

    assert amounts(ledger()[len(before) :]) == [("REFUND", "20000.00")]
    assert ledger()[: len(before)] == before
    at_commit()
    assert_the_books_are_right()


def test_an_award_that_is_put_off_moves_what_is_not_due_yet(call):
    award = call.accepted()
    enrol(call, award)

    row = awards.defer_award(
        award=award, starts_on=datetime.date(2027, 9, 1), days=365, at=call.now,
        actor=call.officer, reason="National service.",
    )  # fmt: skip

    assert (row.state, row.starts_on, taken(call)) == ("DEFERRED", datetime.date(2027, 9, 1), 1)
    assert [(t.state, str(t.due_date)) for t in award.commitment.tranches.order_by("number")] == [
        ("PAID", "2026-09-01"),
        ("SCHEDULED", "2028-02-29"),
    ]
    assert [str(r.due_date) for r in award.reports.all()] == ["2028-02-29"]
    assert awards.resume_award(award=award, at=call.now, actor=call.officer).state == "ACCEPTED"


def test_a_report_that_is_accepted_lets_its_instalment_be_paid(call):
    award = call.accepted()
    enrol(call, award)
    report = award.reports.get()
    second = call.books.payable(award.commitment)

    with refused("ledger_entry_conditions_are_met"):
        call.books.pay(second, value_date=call.today)
    hand_in_report(report=report, text="Half a film.", at=call.now)
    with refused("ledger_entry_conditions_are_met"):
        call.books.pay(second, value_date=call.today)
    decide_report(
        report=report, accept=False, at=call.now, actor=call.officer, reason="The other half?"
    )
    with refused("ledger_entry_conditions_are_met"):
        call.books.pay(second, value_date=call.today)
    hand_in_report(report=report, text="A film.", at=call.now)
    decide_report(report=report, accept=True, at=call.now, actor=call.officer)

    report.condition.refresh_from_db()
    assert report.condition.met_by == call.officer
    call.books.pay(second, value_date=call.today)
    assert amounts(ledger()) == [
        ("COMMITMENT", "100000.00"),
        ("DISBURSEMENT", "50000.00"),
        ("DISBURSEMENT", "50000.00"),
    ]
    assert awards.complete_award(award=award, at=call.now, actor=call.officer).state == "COMPLETED"
    assert taken(call) == 1


def test_an_award_that_ends_owes_no_report_that_was_not_handed_in(call):
    award = call.accepted()
    report = award.reports.get()
    hand_in_report(report=report, text="A year.", at=call.now)

    end(award, call, AwardState.RESIGNED)

    assert list(award.reports.all()) == [report]


def test_with_nothing_left_to_take_back_nothing_is_asked_for(call):
    award = call.accepted()
    report = award.reports.get()
    hand_in_report(report=report, text="A year.", at=call.now)
    decide_report(report=report, accept=True, at=call.now, actor=call.officer)
    enrol(call, award)
    pay(call, award)

    end(award, call, AwardState.TERMINATED)

    assert cancellations(award) == []


def test_a_panel_tells_those_who_get_no_place_and_orders_those_who_wait(call):
    best, second, third = call.decided(3)
    later = call.eligible()
    call.review(later, call.reviewers[0], [10, 10])
    meeting = call.meeting()
    panels.propose_decisions(meeting=meeting, actor=call.officer)
    panels.close_meeting(meeting=meeting, at=call.now, actor=call.officer)

    later.refresh_from_db()
    # Whoever came first onto the list stays before, however good the later one is.
    assert [(r.state, r.waiting_place) for r in (best, second, third, later)] == [
        ("SELECTED", None), ("WAITING", 1), ("WAITING", 2), ("WAITING", 3),
    ]  # fmt: skip
    assert set(Letter.objects.filter(kind="RESULT").values_list("application", flat=True)) == {
        second.pk, third.pk, later.pk,
    }  # fmt: skip


def test_who_withdraws_from_the_waiting_list_leaves_the_others_in_their_order(call):
    best, second, third = call.decided(3)
    applications.withdraw_application(application=second, at=call.now)
    applications.withdraw_application(application=best, at=call.now)

    assert awards.move_up(round_pk=call.round.pk, at=call.now, actor=call.officer) == third
    with pytest.raises(awards.NobodyWaits):
        awards.move_up(round_pk=call.round.pk, at=call.now, actor=call.officer)
    assert not Award.objects.exists()
