"""What the database refuses of approvals: by another, within the authority of the day, once."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction

from portfolio.funding.models import (
    ApprovalDecision,
    ApprovalLimit,
    Delegation,
)
from portfolio.funding.operations import approvals, commitments, entries
from portfolio.staff.models import User
from tests.books import AT, DAY, Books
from tests.refusals import refused

pytestmark = pytest.mark.django_db

ONE = datetime.timedelta(days=1)


def submitted(books, amount="1000000", **terms):
    commitment = books.draft(amount, **terms)
    return commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)


def decide(request, person, decision="APPROVE", **other):
    values = {"authority": person, "decided_at": AT, "reason": "Seen"} | other
    return ApprovalDecision.objects.create(
        request=request, decision=decision, decided_by=person, **values
    )


# --- Decisions -----------------------------------------------------------------------------------


def test_a_decision_is_one_of_three_and_says_why_not(books):
    request = submitted(books)

    with refused("approval_decision_is_known"):
        decide(request, books.approver, "SHRUG")
    for no in ("REJECT", "REQUEST_CHANGES"):
        with refused("approval_decision_against_has_a_reason"):
            decide(request, books.approver, no, reason="")
    decide(request, books.approver, reason="")


def test_who_asks_does_not_approve(books):
    books.officer.groups.add(Group.objects.get(name="Approver"))
    request = submitted(books)

    with refused("approver_is_not_the_requester"):
        decide(request, books.officer)
    with refused("approver_is_not_the_requester"):
        decide(request, books.officer, authority=books.approver)


def test_a_deputy_of_who_asks_does_not_approve_in_that_name(books):
    books.officer.groups.add(Group.objects.get(name="Approver"))
    deputy(books.officer, books.second_officer)
    request = submitted(books)

    with refused("approver_is_not_the_requester"):
        decide(request, books.second_officer, authority=books.officer)


@pytest.mark.parametrize("decision", ["APPROVE", "REJECT", "REQUEST_CHANGES"])
def test_what_is_decided_is_not_open_any_more(books, decision):
    request = submitted(books)
    decide(request, books.approver, decision)

    with refused("approval_request_is_open:"):
        decide(request, books.second_approver)


def test_an_approver_decides_once_and_a_second_one_is_needed(books):
    request = submitted(books, "1000000.01")
    decide(request, books.approver)
    request.refresh_from_db()
    assert request.state == "OPEN"

    with refused("approver_decides_once"):
        decide(request, books.approver)
    decide(request, books.second_approver)
    request.refresh_from_db()
    assert request.state == "APPROVED"


def test_two_decisions_of_one_statement_are_not_two_people(books):
    request = submitted(books, "1000000.01")
    terms = {"decision": "APPROVE", "decided_by": books.approver, "decided_at": AT}

    with refused("approver_decides_once"):
        ApprovalDecision.objects.bulk_create(
            ApprovalDecision(request=request, authority=books.approver, **terms) for _ in range(2)
        )


def test_an_approver_and_the_own_deputy_are_one(books):
    deputy(books.approver, books.second_officer)
    deputy(books.second_approver, books.approver)
    request = submitted(books, "1000000.01")
    decide(request, books.second_officer, authority=books.approver)

    with refused("approver_decides_once"):
        decide(request, books.approver)
    with refused("approver_decides_once"):
        decide(request, books.approver, authority=books.second_approver)
    decide(request, books.second_approver)


def test_a_deputy_decides_on_the_days_of_the_delegation(books):
    deputy(books.approver, books.second_officer, DAY, DAY)
    terms = {"authority": books.approver}

    for at in (AT - ONE, AT + ONE):
        with refused("approver_acts_for_one_who_delegated"):
            decide(submitted(books), books.second_officer, decided_at=at, **terms)
    decide(submitted(books), books.second_officer, **terms)


@pytest.mark.parametrize(
    ("amount", "state"),
    [("1000000", "APPROVED"), ("1000000.01", "OPEN"), ("100000000", "OPEN")],
)
def test_a_limit_holds_to_the_cent(amount, state):
    books = Books(allocated="200000000")
    request = submitted(books, amount)
    decide(request, books.approver)

    request.refresh_from_db()
    assert request.state == state


def test_what_is_above_the_limit_needs_another_role():
    books = Books(allocated="200000000")
    request = submitted(books, "100000000.01")

    with refused("approver_has_the_authority"):
        decide(request, books.approver)
    # Who may not say yes to it may still say no.
    decide(request, books.approver, "REJECT")


def test_the_limit_of_the_day_in_hong_kong_counts(books):
    limit = ApprovalLimit.objects.get(currency="HKD")
    ApprovalLimit.objects.filter(pk=limit.pk).update(end_date=DAY)
    last = datetime.datetime(2026, 6, 1, 15, 59, 59, tzinfo=datetime.UTC)

    with refused("approver_has_the_authority"):
        decide(submitted(books), books.approver, decided_at=last + datetime.timedelta(seconds=1))
    decide(submitted(books), books.approver, decided_at=last)


def test_authority_is_held_by_who_is_there(books):
    nobody = User.objects.create(username="nobody")
    books.approver.is_active = False
    books.approver.save()

    with refused("approver_has_the_authority"):
        decide(submitted(books), nobody)
    with refused("approver_has_the_authority"):
        decide(submitted(books), books.approver)
    with refused("approver_has_the_authority"):
        decide(submitted(books, "100", currency="EUR"), books.second_approver)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE funding_approvaldecision SET reason = 'x'", "approval_decision_never_changes"),
        ("DELETE FROM funding_approvaldecision", "approval_decision_never_changes"),
        ("TRUNCATE funding_approvaldecision", "approval_decision_is_never_emptied"),
    ],
)
def test_what_was_decided_stays(books, statement, rule):
    books.approved()

    with refused(rule), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def test_a_changed_promise_is_approved_anew(books):
    commitment = books.approved("1000")
    request = commitment.approval_requests.get()

    commitments.take_back_commitment(
        commitment=commitment, at=AT, actor=books.officer, reason="Another budget"
    )

    request.refresh_from_db()
    assert request.state == "VOID"
    with refused("approval_request_is_open:"):
        decide(request, books.second_approver)


# --- Limits and delegations ----------------------------------------------------------------------


def limit(**other):
    role, _made = Group.objects.get_or_create(name="Committee")
    values = {
        "role": role, "currency": "HKD", "alone_up_to": 1, "jointly_up_to": 1,
        "start_date": DAY, "end_date": DAY, "decision": "Board of 1 June",
    }  # fmt: skip
    return ApprovalLimit.objects.create(**(values | other))


def delete(rows):
    """As SQL does it: Django would not ask the database at all."""
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(f"DELETE FROM {rows.model._meta.db_table} WHERE id = %s", [row.pk])


def deputy(principal, instead, first=DAY, last=DAY, **other):
    values = {"start_date": first, "end_date": last, "reason": "Leave"}
    return Delegation.objects.create(principal=principal, deputy=instead, **(values | other))


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"start_date": DAY - ONE}, "approval_limit_is_one_a_role_and_day"),
        ({"start_date": DAY + ONE}, "approval_limit_period_is_ordered"),
        ({"currency": "XXX"}, "approval_limit_currency_is_iso4217"),
        ({"currency": "EUR", "alone_up_to": 2}, "approval_limit_second_is_not_below_the_first"),
        ({"currency": "EUR", "alone_up_to": -1}, "approval_limit_second_is_not_below_the_first"),
        (
            {"currency": "EUR", "alone_up_to": 0, "jointly_up_to": 0},
            "approval_limit_second_is_not_below_the_first",
        ),
        ({"currency": "EUR", "decision": ""}, "approval_limit_has_a_decision"),
    ],
)
def test_a_limit_makes_sense(db, other, rule):
    limit(alone_up_to=0)

    with refused(rule):
        limit(**other)
    limit(start_date=DAY + ONE, end_date=None)


def test_a_limit_stays_once_it_was_used(books):
    request = submitted(books)
    rows = ApprovalLimit.objects.filter(currency="HKD")
    decide(request, books.approver)

    for other in (
        {"alone_up_to": Decimal(99000000)},
        {"jointly_up_to": Decimal(200000000)},
        {"start_date": DAY},
        {"end_date": DAY - ONE},
    ):
        with refused("approval_limit_stays_once_used"):
            rows.update(**other)
    with refused("approval_limit_stays_once_used"):
        delete(rows)
    rows.update(end_date=DAY)
    ApprovalLimit.objects.filter(currency="USD").update(alone_up_to=1)


def test_a_limit_stays_once_it_was_used_whoever_holds_the_role_since(books):
    request = submitted(books)
    decide(request, books.approver)
    books.approver.groups.clear()

    with refused("approval_limit_stays_once_used"):
        ApprovalLimit.objects.filter(currency="HKD").update(alone_up_to=Decimal(99000000))


def test_a_decision_names_the_limit_and_the_delegation_that_it_was_made_within(books):
    committee = limit(alone_up_to=0, jointly_up_to=Decimal(900000000))
    books.approver.groups.add(committee.role)
    own = ApprovalLimit.objects.get(currency="HKD", role__name="Approver")
    away = deputy(books.second_approver, books.second_officer)
    deputy(books.second_approver, books.second_officer, DAY + ONE, DAY + ONE)
    large = submitted(books, "5000000")

    decide(submitted(books), books.approver)
    decide(large, books.approver)
    decide(large, books.second_officer, authority=books.second_approver, limit=committee)

    # The limit that is enough alone; then the one that reaches furthest; never one that was sent along.
    assert [(row.limit, row.delegation) for row in ApprovalDecision.objects.order_by("pk")] == [
        (own, None),
        (committee, None),
        (own, away),
    ]


def test_a_delegation_stays_once_something_was_decided_by_it(books):
    away = Delegation.objects.filter(
        pk=deputy(books.approver, books.second_officer, DAY - ONE, DAY + ONE).pk
    )
    away.update(reason="Travel")
    decide(submitted(books), books.second_officer, authority=books.approver)

    for other in (
        {"principal": books.second_approver},
        {"deputy": books.officer},
        {"start_date": DAY},
        {"end_date": DAY - ONE},
        {"reason": "Leave"},
    ):
        with refused("delegation_stays_once_used"):
            away.update(**other)
    with refused("delegation_stays_once_used"):
        delete(away)
    away.update(end_date=DAY)


def test_a_refused_decision_is_in_the_log(books, caplog):
    request = submitted(books)

    with pytest.raises(DatabaseError), transaction.atomic():
        approvals.decide(request=request, decision="APPROVE", actor=books.officer, at=AT)

    (line,) = [r.getMessage() for r in caplog.records if r.name.endswith("operations.approvals")]
    assert line == (
        f"Request for approval {request.pk}: the decision of user {books.officer.pk} is refused, "
        "approver_is_not_the_requester"
    )


def test_a_delegation_is_to_another_says_why_and_may_last_a_day(books):
    deputy(books.approver, books.officer)

    with refused("delegation_is_to_another"):
        deputy(books.approver, books.approver)
    with refused("delegation_has_a_reason"):
        deputy(books.approver, books.officer, reason="")
    with refused("delegation_period_is_ordered"):
        deputy(books.approver, books.officer, DAY, DAY - ONE)


def test_an_approved_write_off_is_used_once(books):
    request = entries.request_write_off(
        commitment=books.paid("5000"), amount=Decimal(1000), at=AT, actor=books.officer,
        reason="Lost",
    )  # fmt: skip
    books.approve(request)
    entries.write_off(request=request, value_date=DAY, actor=books.officer)

    with refused("ledger_entry_stays_within_its_approval"):
        entries.write_off(request=request, value_date=DAY, actor=books.officer)
