"""Signing: what it asks for, what it posts, and who signed in the history."""

import json
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from portfolio.common.money import converted
from portfolio.funding.models import Commitment
from portfolio.funding.operations import commitments, signature
from portfolio.funding.operations.exchange import Rate
from tests.books import AT, DAY, Books
from tests.funding.rows import add

pytestmark = pytest.mark.django_db

HKD = Rate(Decimal(1), DAY, "SAME_CURRENCY")
LEFT = {"left": "HKD 400.00", "strand": "Films", "year": 2026, "asked": "HKD 400.01"}


def told(call):
    """The rule that refuses a call, and its figures."""
    with pytest.raises(DatabaseError) as raised, transaction.atomic():
        call()
    diagnosis = raised.value.__cause__.diag
    return diagnosis.message_primary.split(":")[0], json.loads(diagnosis.message_detail)


def test_a_signature_without_room_says_what_is_left_and_writes_nothing():
    books = Books(allocated="1000.00")
    books.signed("600.00")
    second = books.approved("400.01")

    rule, figures = told(
        lambda: commitments.sign_commitment(commitment=second, at=AT, actor=books.officer)
    )

    assert rule == "commitments_stay_within_the_allocation"
    assert figures == LEFT | {"strand": books.strand.name_en}
    second.refresh_from_db()
    assert (second.state, second.entries.count()) == ("APPROVED", 0)


def test_whoever_writes_the_entry_itself_hears_the_same():
    books = Books(allocated="1000.00")
    books.signed("600.00")
    second = books.approved("400.01")

    def by_hand():
        Commitment.objects.filter(pk=second.pk).update(
            state="SIGNED", signed_date=DAY, rate=1, rate_date=DAY, rate_source="SAME_CURRENCY"
        )
        row = Commitment.objects.get(pk=second.pk)
        add(row, "COMMITMENT", "400.01", approval=row.approval_requests.get())

    assert told(by_hand) == (
        "commitments_stay_within_the_allocation",
        LEFT | {"strand": books.strand.name_en},
    )


def test_an_approval_to_pass_the_allocation_is_of_one_commitment_alone():
    books = Books(allocated="1000.00", over_commitment="WARN")
    books.signed("900.00")
    other, asked = books.approved("300.00"), books.approved("200.00")
    books.approve(
        commitments.request_over_commitment(
            commitment=other, at=AT, actor=books.officer, reason="It comes first"
        )
    )

    rule, _figures = told(
        lambda: commitments.sign_commitment(commitment=asked, at=AT, actor=books.officer)
    )

    assert rule == "commitments_stay_within_the_allocation"
    commitments.sign_commitment(commitment=other, at=AT, actor=books.officer)


def test_what_was_signed_meanwhile_is_not_signed_again():
    books = Books()
    commitment = books.approved("600.00")
    commitments.sign_commitment(commitment=commitment, at=AT, actor=books.officer)

    with pytest.raises(commitments.NotApproved, match="Only an approved commitment is signed"):
        commitments.sign_commitment(commitment=commitment, at=AT, actor=books.officer)
    # As somebody finds it who read before the other one wrote.
    for terms in ({}, {"day": DAY, "rate": HKD}):
        assert not signature.record_signature(commitment, at=AT, actor=books.officer, **terms)
    assert [entry.amount for entry in commitment.entries.all()] == [Decimal("600.00")]


def test_somebody_who_was_quicker_is_told_of(monkeypatch):
    books = Books()
    commitment = books.approved("600.00", currency="USD")
    before = signature.read_signature(commitment)
    rate = Rate(Decimal("7.8"), DAY, "AGREEMENT")
    commitments.sign_commitment(commitment=commitment, at=AT, actor=books.officer, rate=rate)
    monkeypatch.setattr(commitments, "read_signature", lambda _commitment: before)

    with pytest.raises(commitments.NotApproved, match="Only an approved commitment is signed"):
        commitments.sign_commitment(commitment=commitment, at=AT, actor=books.officer, rate=rate)


def test_a_promise_in_the_currency_of_the_books_is_signed_by_one_statement(
    django_assert_num_queries,
):
    books = Books()
    commitment = books.approved("600.00")

    # And the two of the savepoint around it.
    with django_assert_num_queries(3):
        commitments.sign_commitment(commitment=commitment, at=AT, actor=books.officer)

    commitment.refresh_from_db()
    assert (commitment.signed_date, commitment.rate, commitment.rate_date) == (DAY, 1, DAY)
    assert commitment.rate_source == "SAME_CURRENCY"


def test_a_promise_in_another_currency_is_never_signed_without_its_rate():
    books = Books()
    commitment = books.approved("600.00", currency="USD")

    assert not signature.record_signature(commitment, at=AT, actor=books.officer)
    commitment.refresh_from_db()
    assert (commitment.state, commitment.entries.count()) == ("APPROVED", 0)


def test_a_draft_and_what_nobody_made_are_not_signed():
    books = Books()

    for nothing in (books.draft("600.00"), Commitment(pk=0)):
        with pytest.raises(commitments.NotApproved):
            commitments.sign_commitment(commitment=nothing, at=AT, actor=books.officer)


def test_a_party_that_has_not_signed_is_asked_for():
    books = Books()
    commitment = books.approved("600.00", agreement=books.agreement(signed=None))

    with pytest.raises(commitments.NotSigned, match="each of its parties signed"):
        commitments.sign_commitment(commitment=commitment, at=AT, actor=books.officer)


def test_each_allocation_bears_its_share_at_the_rate_of_the_agreement_to_the_even_cent():
    books = Books()
    # 1000.01 × 7.5 and 0.03 × 7.5 lie between two cents: one falls and one rises, to the even one.
    rate = Rate(Decimal("7.5"), DAY, "AGREEMENT")
    shares = [
        commitments.Share(books.first, amount=Decimal("1000.01")),
        commitments.Share(books.second, amount=Decimal("0.03")),
    ]

    commitment = books.signed("1000.04", currency="USD", shares=shares, rate=rate)

    posted = list(commitment.entries.order_by("allocation__fiscal_year"))
    assert [(e.allocation_id, e.amount, e.base_amount) for e in posted] == [
        (books.first.pk, Decimal("1000.01"), Decimal("7500.08")),
        (books.second.pk, Decimal("0.03"), Decimal("0.22")),
    ]
    for entry in posted:
        assert entry.base_amount == converted(entry.amount, rate.rate, "HKD")
        assert entry.promised_base_amount == entry.base_amount
        assert (entry.value_date, entry.rate, entry.rate_source) == (DAY, rate.rate, "AGREEMENT")
        assert entry.approval == commitment.approval_requests.get()
        assert entry.recorded_by == books.officer
    assert len({entry.posting for entry in posted}) == 1


def test_the_history_of_a_signature_names_who_signed():
    books = Books()
    commitment = books.approved("600.00")

    commitments.sign_commitment(commitment=commitment, at=AT, actor=books.second_officer)

    commitment.refresh_from_db()
    assert (commitment.state, commitment.state_at, commitment.state_by) == (
        "SIGNED", AT, books.second_officer,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.state, x.metadata->>'user' FROM funding_commitmentevent e "
            "JOIN pghistory_context x ON x.id = e.pgh_context_id "
            "WHERE e.pgh_obj_id = %s ORDER BY e.pgh_id DESC LIMIT 1",
            [commitment.pk],
        )
        assert cursor.fetchone() == ("SIGNED", str(books.second_officer.pk))
