"""What finance systems post, and that each is written once: L6, L7, L9."""

import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portfolio.funding.models import (
    ApprovalRequest,
    CommitmentPosition,
    DrawdownRequest,
    LedgerEntry,
)
from portfolio.funding.operations import commitments
from portfolio.funding.operations.exchange import Rate
from portfolio.staff.models import Scope
from tests.api.money import DRAWDOWNS, LEDGER, Caller, faults, head, money_back, payment, person
from tests.books import DAY, Books

pytestmark = pytest.mark.django_db

# --- What is written -------------------------------------------------------------------------


def test_a_payment_is_posted_and_its_tranche_is_paid(books, finance):
    tranche = books.payable()
    body = payment(tranche, remarks="First slice")

    with CaptureQueriesContext(connection) as queries:
        response = finance.post(LEDGER, body)

    # The key and the note of its use; the answer of this Idempotency-Key with the locks and what the
    # books say, the entry, the tranche, the answer; and the transaction's two.
    assert len(queries) == 8
    entry = LedgerEntry.objects.get(kind="DISBURSEMENT")
    tranche.refresh_from_db()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/ledger-entries/{entry.pk}/"
    assert "Idempotency-Replayed" not in response
    assert json.loads(response.content) == {
        "address": f"/api/v1/ledger-entries/{entry.pk}/",
        "posting": str(entry.posting),
        "kind": "DISBURSEMENT",
        "commitment": tranche.commitment.reference,
        "tranche": 1,
        "tranche_state": "PAID",
        "amount": "10000000.00",
        "currency": "HKD",
        "value_date": "2026-06-01",
        "entries": [
            {
                "id": entry.pk, "strand": books.strand.slug, "fiscal_year": 2026,
                "amount": "10000000.00", "base_amount": "10000000.00",
            }
        ],
    }  # fmt: skip
    assert (tranche.state, tranche.state_by) == ("PAID", finance.user)
    assert entry.recorded_by == finance.user
    assert (entry.reference, entry.remarks) == ("FT-1", "First slice")
    assert entry.approval.tranche_id == tranche.pk


def test_the_api_and_the_admin_post_the_same(finance):
    """The same payment, in parts and over two allocations, by both ways."""
    posted = []
    for by_api in (False, True):
        books = Books()
        commitment = books.signed(
            "300.01", currency="USD", rate=Rate(Decimal("7.811111"), DAY, "AGREEMENT"),
            shares=[
                commitments.Share(books.first, amount=Decimal("100.01")),
                commitments.Share(books.second, amount=Decimal(200)),
            ],
        )  # fmt: skip
        tranche = books.payable(commitment)
        for amount in ("150.55", "149.46"):
            if by_api:
                body = payment(tranche, amount=amount, rate="7.79")
                assert finance.post(LEDGER, body).status_code == 201
            else:
                books.pay(tranche, amount=Decimal(amount), rate=Rate(Decimal("7.79"), DAY, "BANK"))
        tranche.refresh_from_db()
        rows = LedgerEntry.objects.filter(tranche=tranche).order_by("pk")
        posted.append(
            [
                (e.fiscal_year, e.amount, e.rate, e.rate_date, e.rate_source, e.base_amount,
                 e.promised_base_amount)
                for e in rows
            ]
        )  # fmt: skip
        assert tranche.state == "PAID"

    assert posted[0] == posted[1]
    assert [(row[0], row[1]) for row in posted[0]] == [
        (2026, Decimal("100.01")), (2027, Decimal("50.54")), (2027, Decimal("149.46")),
    ]  # fmt: skip


def test_money_back_is_posted_to_who_paid(books, finance):
    commitment = books.paid()

    refund = finance.post(LEDGER, money_back(commitment))
    recoupment = finance.post(LEDGER, money_back(commitment, "RECOUPMENT", amount="0.5"))

    assert (refund.status_code, recoupment.status_code) == (201, 201)
    assert json.loads(recoupment.content)["amount"] == "0.50"
    position = CommitmentPosition.objects.get(commitment=commitment)
    assert (position.refunded, position.recouped) == (Decimal(1000), Decimal("0.50"))


def test_a_drawdown_is_recorded_and_asks_for_an_approval_by_somebody_else(books, finance):
    commitment = books.signed("3000000")
    body = {
        "commitment": commitment.reference, "tranche": 1, "received_date": "2026-06-02",
        "reference": "INV-7", "remarks": "Principal photography begins",
    }  # fmt: skip

    response = finance.post(DRAWDOWNS, body)

    row, request = DrawdownRequest.objects.get(), ApprovalRequest.objects.get(kind="PAYMENT")
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/drawdown-requests/{row.pk}/"
    answered = json.loads(response.content)
    assert (answered["id"], answered["approval_request"]) == (row.pk, request.pk)
    assert (answered["tranche_state"], answered["amount"]) == ("REQUESTED", "3000000.00")
    assert (row.reference, row.recorded_by) == ("INV-7", finance.user)
    assert (request.requested_by, request.state) == (finance.user, "OPEN")
    assert finance.post(DRAWDOWNS, body).status_code == 409


# --- Once ------------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", [LEDGER, DRAWDOWNS])
def test_l6_the_same_key_and_body_give_the_same_answer_and_write_nothing(books, finance, endpoint):
    commitment = books.signed("3000000")
    body = {"commitment": commitment.reference, "tranche": 1, "received_date": "2026-06-02"}
    if endpoint == LEDGER:
        body = payment(books.payable(commitment))
    first = finance.post(endpoint, body, key="once")
    before = head()

    again = finance.post(endpoint, dict(reversed(body.items())), key="once")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert head() == before


def test_l7_the_same_key_for_another_body_is_refused(books, finance):
    commitment = books.paid()
    finance.post(LEDGER, money_back(commitment), key="once")
    before = head()

    response = finance.post(LEDGER, money_back(commitment, amount="1000.01"), key="once")

    assert response.status_code == 409
    assert "another body" in json.loads(response.content)["detail"]
    assert head() == before


def test_l7_keys_of_others_and_of_other_endpoints_are_independent(books, finance):
    commitment = books.signed(
        slices=[commitments.Slice(Decimal(5000000), DAY), commitments.Slice(Decimal(5000000), DAY)]
    )
    books.pay(books.payable(commitment))
    body = money_back(commitment)
    other = Caller(person("Finance", "erik"))

    answers = [
        finance.post(LEDGER, body, key="once"),
        other.post(LEDGER, body, key="once"),
        finance.post(
            DRAWDOWNS,
            {"commitment": commitment.reference, "tranche": 2, "received_date": "2026-06-02"},
            key="once",
        ),
    ]

    assert [a.status_code for a in answers] == [201, 201, 201]
    assert len({a["Location"] for a in answers}) == 3
    assert not any("Idempotency-Replayed" in a for a in answers)


def test_a_new_key_of_the_same_person_replays_too(books, finance):
    commitment = books.paid()
    first = finance.post(LEDGER, money_back(commitment), key="once")
    renewed = Caller(finance.user, Scope.LEDGER_WRITE)

    again = renewed.post(LEDGER, money_back(commitment), key="once")

    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"


def test_l9_a_refused_request_keeps_no_answer_and_asks_anew(books, finance):
    commitment = books.signed()
    tranche = commitment.tranches.get()
    refused = finance.post(LEDGER, payment(tranche), key="once")
    books.payable(commitment)

    accepted = finance.post(LEDGER, payment(tranche), key="once")

    assert (refused.status_code, accepted.status_code) == (409, 201)
    assert "Idempotency-Replayed" not in accepted


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "ключ", "a\tb"])
def test_a_write_needs_a_key_of_visible_ascii(books, finance, key):
    commitment = books.paid()

    response = finance.post(LEDGER, money_back(commitment), key=key.encode().decode("latin-1"))

    assert response.status_code == 400
    assert "Idempotency-Key" in faults(response)
    assert finance.post(LEDGER, money_back(commitment), key="!" * 200).status_code == 201


def test_the_role_that_serves_requests_may_post(books, finance, as_app_role):
    tranche = books.payable(books.signed())
    body = payment(tranche)

    assert finance.post(LEDGER, body, key="once").status_code == 201
    assert finance.post(LEDGER, body, key="once")["Idempotency-Replayed"] == "true"
    assert finance.get("ledger-entries/", format="csv").getvalue().count(b"\n") == 3
