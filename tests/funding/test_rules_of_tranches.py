"""What the database refuses of tranches, their conditions and requests for them."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection

from partners.models import Block
from portfolio.funding.models import Commitment, Condition, DrawdownRequest, Tranche
from portfolio.funding.operations import commitments, entries, tranches
from tests.books import AT, DAY
from tests.conftest import drop_rule
from tests.factories import DocumentFactory
from tests.funding.rows import payment, reversal
from tests.refusals import refused

pytestmark = pytest.mark.django_db

NEXT_DAY = DAY + datetime.timedelta(days=1)
INSURANCE = ("INSURANCE_IN_FORCE", "Completion bond")


def take(tranche, state, **other):
    """A step past every operation."""
    Tranche.objects.filter(pk=tranche.pk).update(state=state, **other)


def new(commitment, number, amount="1", **other):
    values = {"due_date": DAY, "state_at": AT, "state_by": commitment.state_by} | other
    return Tranche.objects.create(
        commitment=commitment, number=number, amount=Decimal(amount), **values
    )


def with_condition(books, kind="REPORT_ACCEPTED"):
    """A signed commitment with one condition, and its tranche asked for and approved."""
    piece = commitments.Slice(Decimal(500000), DAY, conditions=[(kind, "Delivery")])
    tranche = books.payable(books.signed("500000", slices=[piece]))
    return tranche, tranche.conditions.get()


def test_a_tranche_has_an_amount_and_a_number_of_its_own(books):
    draft = books.draft()

    with refused("tranche_amount_is_positive"):
        new(draft, 2, "0")
    with refused("tranche_has_a_number_of_its_own"):
        new(draft, 1)
    new(draft, 2, "0.01")


def test_numbers_may_be_exchanged_within_a_transaction(books):
    draft = books.draft()
    first, second = draft.tranches.get(), new(draft, 2)

    Tranche.objects.filter(pk=first.pk).update(number=2)
    Tranche.objects.filter(pk=second.pk).update(number=1)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_tranche_begins_as_scheduled_in_a_draft_or_a_signed_commitment(books):
    approved, signed = books.approved("1000"), books.signed("1000")

    with refused("tranche_begins_as_scheduled"):
        new(books.draft(), 2, state="REQUESTED")
    with refused("tranche_schedule_is_open"):
        new(approved, 2)
    # More than is promised: it may be added, and has to add up when the transaction ends.
    with refused("tranches_add_up_to_the_commitment"):
        new(signed, 2)


def test_the_schedule_of_what_waits_for_its_signature_stays(books):
    tranche = books.approved("1000").tranches

    for other in ({"amount": Decimal(1)}, {"due_date": NEXT_DAY}, {"number": 7}):
        with refused("tranche_schedule_is_open"):
            tranche.update(**other)
    tranche.update(title="On signature")


def test_a_tranche_is_deleted_only_in_a_draft(books):
    tranche = books.signed("1000").tranches.get()
    books.draft("1000").tranches.all().delete()

    with refused("tranche_is_deleted_only_in_a_draft"):
        tranche.delete()


def test_a_tranche_stays_with_its_commitment(books):
    draft = books.draft()

    with refused("tranche_stays_with_its_commitment"):
        draft.tranches.update(commitment=books.draft())


def test_the_amount_stays_once_requested(books):
    tranche = books.payable(books.signed("1000"))

    for amount in ("999.99", "1000.01"):
        with refused("tranche_amount_stays_once_requested"):
            take(tranche, "APPROVED", amount=Decimal(amount))


def test_a_tranche_that_is_paid_in_part_may_end_with_that_part(books):
    tranche = books.payable(books.signed("1000"))
    books.pay(tranche, amount=Decimal(400))

    with refused("tranche_is_paid_when_the_ledger_says_so"):
        take(tranche, "PAID", amount=Decimal(500))
    # What is cut off is taken back from the promise in the same transaction.
    with refused("tranches_add_up_to_the_commitment"):
        take(tranche, "PAID", amount=Decimal(400))


def test_no_step_leads_past_the_others(books):
    tranche = books.signed("1000").tranches.get()

    for state in ("APPROVED", "PAID", "LOST"):
        with refused("tranche_takes_only_allowed_steps"):
            take(tranche, state)
    drop_rule("tranche_takes_only_allowed_steps")
    with refused("tranche_state_is_known"):
        take(tranche, "LOST")


def test_nothing_is_drawn_before_the_commitment_is_signed(books):
    tranche = books.approved("1000").tranches.get()

    with refused("tranche_is_drawn_from_a_signed_commitment"):
        tranches.record_drawdown(tranche=tranche, received_date=DAY, at=AT, actor=books.officer)


def test_a_payment_is_approved_by_somebody_else(books):
    tranche = books.signed("1000").tranches.get()
    tranches.record_drawdown(tranche=tranche, received_date=DAY, at=AT, actor=books.officer)

    with refused("tranche_is_approved_by_another"):
        take(tranche, "APPROVED")


def test_a_tranche_is_paid_when_the_ledger_says_so(books):
    tranche = books.payable(books.signed("1000"))

    with refused("tranche_is_paid_when_the_ledger_says_so"):
        take(tranche, "PAID")
    payment(tranche, "999.99").save()
    for state in ("PAID", "SCHEDULED", "CANCELLED"):
        with refused("tranche_is_paid_when_the_ledger_says_so"):
            take(tranche, state)
    payment(tranche, "0.01").save()
    take(tranche, "PAID")
    with refused("tranche_is_paid_when_the_ledger_says_so"):
        take(tranche, "SCHEDULED")


def test_a_payment_that_is_taken_back_leaves_no_paid_tranche(books):
    tranche = books.payable(books.signed("1000"))
    (row,) = books.pay(tranche)
    request = entries.request_reversal(
        entry=row, at=AT, actor=books.officer, reason="Wrong bank account"
    )
    books.approve(request)

    with refused("tranche_is_unpaid_once_reversed"):
        reversal(row, approval=request).save()
    reversal(row, approval=request).save()
    take(tranche, "SCHEDULED")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_tranches_add_up_to_the_commitment_to_the_cent(books):
    pieces = [commitments.Slice(Decimal(part), DAY) for part in ("500.00", "499.99")]
    short = books.draft("1000", slices=pieces)

    with refused("tranches_add_up_to_the_commitment"):
        commitments.submit_commitment(commitment=short, at=AT, actor=books.officer)
    new(short, 3, "0.01")
    commitments.submit_commitment(commitment=short, at=AT, actor=books.officer)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


# --- Conditions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"kind": "MOOD"}, "condition_kind_is_known"),
        ({"description": ""}, "condition_has_a_description"),
        ({"met_at": AT}, "condition_met_is_met_by_somebody"),
    ],
)
def test_a_condition_says_what_must_be_so(books, other, rule):
    tranche = books.draft().tranches.get()
    values = {"tranche": tranche, "kind": "REPORT_ACCEPTED", "description": "First cut"}
    Condition.objects.create(**(values | {"met_at": AT, "met_by": books.officer}))

    with refused(rule):
        Condition.objects.create(**(values | other))
    with refused("condition_met_is_met_by_somebody"):
        Condition.objects.create(**(values | {"met_by": books.officer}))


def test_an_insurance_has_a_last_day_once_it_is_met(books):
    _tranche, condition = with_condition(books, "INSURANCE_IN_FORCE")

    with refused("condition_insurance_has_a_last_day"):
        tranches.meet_condition(condition=condition, at=AT, actor=books.officer)
    tranches.meet_condition(condition=condition, at=AT, actor=books.officer, valid_until=DAY)


def test_an_accepted_document_is_there(books):
    _tranche, condition = with_condition(books, "DOCUMENT_ACCEPTED")

    with refused("condition_accepted_document_is_there"):
        tranches.meet_condition(condition=condition, at=AT, actor=books.officer)
    paper = DocumentFactory()
    tranches.meet_condition(condition=condition, at=AT, actor=books.officer, evidence=paper)
    condition.refresh_from_db()
    assert condition.evidence == paper


def test_conditions_stay_once_submitted(books):
    draft = books.draft()
    free = Condition.objects.create(
        tranche=draft.tranches.get(), kind="REPORT_ACCEPTED", description="Cut"
    )
    free.description = "First cut"
    free.save()
    free.delete()
    _tranche, condition = with_condition(books)
    waiting = books.approved("1000").tranches.get()

    with refused("condition_stays_once_submitted"):
        Condition.objects.filter(pk=condition.pk).update(description="Something easier")
    with refused("condition_stays_once_submitted"):
        Condition.objects.filter(pk=condition.pk).update(tranche=waiting)
    with refused("condition_stays_once_submitted"):
        condition.delete()
    with refused("condition_stays_once_submitted"):
        Condition.objects.create(tranche=waiting, kind="REPORT_ACCEPTED", description="Cut")


def test_nothing_is_paid_while_a_condition_is_open(books):
    tranche, condition = with_condition(books)

    with refused("ledger_entry_conditions_are_met"):
        payment(tranche).save()
    tranches.meet_condition(condition=condition, at=AT, actor=books.officer)
    payment(tranche).save()


def test_an_insurance_counts_up_to_its_last_day(books):
    tranche, condition = with_condition(books, "INSURANCE_IN_FORCE")
    tranches.meet_condition(condition=condition, at=AT, actor=books.officer, valid_until=DAY)

    with refused("ledger_entry_conditions_are_met"):
        payment(tranche, value_date=NEXT_DAY).save()
    payment(tranche, value_date=DAY).save()


def test_nothing_is_paid_to_a_blocked_payee_on_the_days_of_the_block(books):
    tranche = books.payable(books.signed("1000"))
    Block.objects.create(
        organisation=books.payee, start_date=DAY, end_date=DAY, reason="Under review"
    )

    with refused("ledger_entry_payee_is_not_blocked"):
        payment(tranche, "500").save()
    payment(tranche, "500", value_date=NEXT_DAY).save()


def test_an_approved_exception_lets_a_payment_pass(books):
    tranche, _condition = with_condition(books)
    request = tranches.request_override(
        tranche=tranche, at=AT, actor=books.officer, reason="Festival deadline"
    )

    with refused("ledger_entry_conditions_are_met"):
        payment(tranche).save()
    books.approve(request)
    payment(tranche).save()


def test_an_exception_is_for_what_stood_in_the_way_when_it_was_asked_for(books):
    tranche, condition = with_condition(books)

    def excused():
        return books.approve(
            tranches.request_override(
                tranche=tranche, at=AT, actor=books.officer, reason="Festival deadline"
            )
        )

    excused()
    block = Block.objects.create(organisation=books.payee, start_date=DAY, reason="Sanctions")
    with refused("ledger_entry_payee_is_not_blocked"):
        payment(tranche).save()
    excused()
    block.end_date = NEXT_DAY
    block.save()
    tranches.meet_condition(condition=condition, at=AT, actor=books.officer)
    payment(tranche, "1").save()
    tranches.reopen_condition(condition=condition, actor=books.officer, reason="Wrong file")
    with refused("ledger_entry_(payee_is_not_blocked|conditions_are_met)"):
        payment(tranche, "1").save()


def test_an_insurance_that_lapses_later_is_no_part_of_an_exception(books):
    tranche, condition = with_condition(books, "INSURANCE_IN_FORCE")
    tranches.meet_condition(condition=condition, at=AT, actor=books.officer, valid_until=DAY)
    request = tranches.request_override(
        tranche=tranche, at=AT, actor=books.officer, reason="Festival deadline"
    )
    books.approve(request)

    with refused("ledger_entry_conditions_are_met"):
        payment(tranche, value_date=NEXT_DAY).save()


# --- What was asked for --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    ["UPDATE funding_drawdownrequest SET remarks = 'x'", "DELETE FROM funding_drawdownrequest"],
)
def test_a_drawdown_request_stays_as_it_came(books, statement):
    books.payable()
    assert DrawdownRequest.objects.count() == 1

    with refused("drawdown_request_never_changes"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nothing_is_asked_for_after_the_project_was_closed(books):
    [tranche] = books.signed("1000").tranches.all()
    books.project.closed_date = DAY
    books.project.save()
    asked = {"tranche": tranche, "at": AT, "actor": books.officer}

    with refused("drawdown_request_project_is_open"):
        tranches.record_drawdown(received_date=NEXT_DAY, **asked)
    assert Tranche.objects.get(pk=tranche.pk).state == "SCHEDULED"
    tranches.record_drawdown(received_date=DAY, **asked)


def test_taking_a_drawdown_back_makes_its_approval_void(books):
    tranche = books.payable(books.signed("1000"))
    request = tranche.approval_requests.get()

    tranches.take_back_drawdown(tranche=tranche, at=AT, actor=books.officer, reason="Too early")

    request.refresh_from_db()
    assert request.state == "VOID"
    assert Commitment.objects.get(pk=tranche.commitment_id).state == "SIGNED"
