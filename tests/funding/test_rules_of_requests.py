"""What the database refuses of requests for approval: of what was submitted, as it was asked."""

import datetime
from decimal import Decimal

import pytest

from portfolio.funding.models import ApprovalRequest
from portfolio.funding.operations import approvals, commitments, tranches
from tests.books import AT, DAY, Books
from tests.conftest import drop_rule
from tests.refusals import refused

pytestmark = pytest.mark.django_db

ONE = datetime.timedelta(days=1)


def submitted(books, amount="1000000", **terms):
    commitment = books.draft(amount, **terms)
    return commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)


def new_request(of, **other):
    values = {
        "kind": "WRITE_OFF", "programme": of.programme, "commitment": of, "amount": Decimal(1),
        "currency": "HKD", "reason": "Lost", "requested_by": of.state_by, "requested_at": AT,
    }  # fmt: skip
    return ApprovalRequest.objects.create(**(values | other))


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"state": "APPROVED"}, "approval_request_begins_open"),
        ({"kind": "WISH"}, "approval_request_kind_is_known"),
        ({"amount": Decimal(0)}, "approval_request_amount_is_positive"),
        ({"reason": ""}, "approval_request_for_an_exception_has_a_reason"),
        ({"currency": "USD"}, "approval_request_states_its_subject"),
    ],
)
def test_a_request_says_what_for_and_why(books, other, rule):
    commitment = books.signed("5000")

    with refused(rule):
        new_request(commitment, **other)
    new_request(commitment, amount=Decimal("0.01"))


def test_a_request_states_its_subject(books):
    commitment, other = books.signed("5000"), Books()
    tranche = commitment.tranches.get()
    tranches.record_drawdown(tranche=tranche, received_date=DAY, at=AT, actor=books.officer)
    request = {"kind": "OVERRIDE", "tranche": tranche}

    for wrong in (
        {"programme": other.programme, "amount": 5000},
        {"amount": Decimal("4999.99")},
        {"amount": 5000, "commitment": books.signed("5000")},
    ):
        with refused("approval_request_states_its_subject"):
            new_request(commitment, **(request | wrong))
    new_request(commitment, amount=5000, **request)


def test_a_request_for_a_promise_is_of_its_whole_amount(books):
    books.programme.over_commitment = "WARN"
    books.programme.save()
    sent = submitted(books, "5000").commitment

    with refused("approval_request_states_its_subject"):
        new_request(sent, kind="OVER_COMMITMENT", amount=1)
    new_request(sent, kind="OVER_COMMITMENT", amount=5000)


def test_a_request_is_in_a_currency_that_is_one(books):
    commitment = books.signed("5000")

    drop_rule("approval_request_states_its_subject")
    with refused("approval_request_currency_is_iso4217"):
        new_request(commitment, currency="XXX")


def test_a_request_names_exactly_its_subject(books):
    commitment = books.payable(books.signed("5000")).commitment
    tranche = commitment.tranches.get()

    # Who names the wrong subject asks at no step of it.
    drop_rule("approval_request_is_asked_at_its_step")
    for wrong in (
        {"kind": "WRITE_OFF", "tranche": tranche, "amount": 5000},
        {"kind": "COMMITMENT", "tranche": tranche, "amount": 5000},
        {"kind": "REVERSAL"},
    ):
        with refused("approval_request_names_its_subject"):
            new_request(commitment, **wrong)


def test_a_request_is_of_what_was_submitted(books):
    draft, signed = books.draft("5000"), books.signed("5000")
    amendment = books.amend(signed, "1000", sign=False)
    scheduled = {"tranche": signed.tranches.get(), "amount": 5000}

    for commitment, wrong in (
        (draft, {"kind": "COMMITMENT", "amount": 5000}),
        (draft, {"kind": "OVER_COMMITMENT", "amount": 5000}),
        (draft, {"kind": "CANCELLATION"}),
        (draft, {"kind": "WRITE_OFF"}),
        (signed, {"kind": "AMENDMENT", "amendment": amendment, "amount": 1000}),
        (signed, {"kind": "OVER_COMMITMENT", "amendment": amendment, "amount": 1000}),
        (signed, {"kind": "PAYMENT"} | scheduled),
        (signed, {"kind": "OVERRIDE"} | scheduled),
    ):
        with refused("approval_request_is_asked_at_its_step"):
            new_request(commitment, **wrong)


def test_an_approval_is_asked_for_once_at_a_time(books):
    commitment = books.signed("5000")
    first = new_request(commitment)

    with refused("approval_request_is_open_once"):
        new_request(commitment)
    approvals.take_back_request(request=first, actor=books.officer, reason="Too early")
    new_request(commitment)


def test_a_request_stays_as_it_was_asked(books):
    request = new_request(books.signed("5000"))
    rows = ApprovalRequest.objects.filter(pk=request.pk)

    for other in (
        {"amount": Decimal(2)},
        {"requested_by": books.second_officer},
        {"reason": "Found again"},
        {"requested_at": AT + ONE},
        {"kind": "CANCELLATION"},
    ):
        with refused("approval_request_stays_as_asked"):
            rows.update(**other)


def test_a_request_is_closed_by_decisions(books):
    request = new_request(books.signed("5000"))
    rows = ApprovalRequest.objects.filter(pk=request.pk)

    for state in ("APPROVED", "REJECTED", "CHANGES_REQUESTED", "LOST"):
        with refused("approval_request_is_closed_by_decisions"):
            rows.update(state=state)
    rows.update(state="WITHDRAWN")
    with refused("approval_request_is_closed_by_decisions"):
        rows.update(state="OPEN")
    drop_rule("approval_request_is_closed_by_decisions")
    with refused("approval_request_state_is_known"):
        rows.update(state="LOST")


def test_a_request_is_never_deleted(books):
    request = new_request(books.signed("5000"))

    with refused("approval_request_is_never_deleted"):
        request.delete()
