"""Who decides about a request, on whose authority, and what is refused of it."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from portfolio.funding.models import (
    ApprovalDecision,
    ApprovalRequest,
    Delegation,
)
from portfolio.funding.operations import commitments
from portfolio.staff.models import User
from tests.admin.people import browser
from tests.books import AT, DAY, Books


def submitted(books: Books, amount: str = "500000", **terms: Any) -> ApprovalRequest:
    return commitments.submit_commitment(
        commitment=books.draft(amount, **terms), at=AT, actor=books.officer
    )


def decide(
    client: Client, request: ApprovalRequest, decision: str = "APPROVE", reason: str = ""
) -> Any:
    return client.post(
        "/admin/approvals/", {"request": request.pk, "decision": decision, "reason": reason}
    )


# --- Who decides (L15, S6, S7) ---------------------------------------------------------------


def test_the_requester_decides_nothing_though_an_approver(books: Books):
    request = submitted(books)
    client = browser(books.officer, "Approver", "Programme officer")

    answer = decide(client, request)

    assert "who asks for an approval cannot give it" in answer.content.decode().lower()
    assert not ApprovalDecision.objects.exists()
    request.refresh_from_db()
    assert request.state == "OPEN"


def test_a_deputy_decides_nothing_in_the_name_of_the_requester(books: Books):
    books.officer.groups.add(Group.objects.get(name="Approver"))
    request = submitted(books)
    Delegation.objects.create(
        principal=books.officer, deputy=books.second_officer, reason="Leave",
        start_date=DAY.replace(year=2020), end_date=DAY.replace(year=2099),
    )  # fmt: skip
    client = browser(books.second_officer, "Finance")
    client.get("/admin/")
    books.second_officer.user_permissions.add(
        *Group.objects.get(name="Approver").permissions.filter(codename="add_approvaldecision")
    )

    assert client.get("/admin/approvals/").context["rows"] == []
    answer = decide(client, request)

    assert answer.status_code == 200
    assert not ApprovalDecision.objects.exists()


def test_a_deputy_decides_on_the_authority_of_who_is_away(books: Books):
    request = submitted(books)
    deputy = User.objects.create(username="deputy")
    Delegation.objects.create(
        principal=books.approver, deputy=deputy, reason="Leave",
        start_date=DAY.replace(year=2020), end_date=DAY.replace(year=2099),
    )  # fmt: skip
    client = browser(deputy)
    deputy.user_permissions.add(
        *Group.objects.get(name="Approver").permissions.filter(
            codename__in=["add_approvaldecision", "view_commitment"]
        )
    )

    (row,) = client.get("/admin/approvals/").context["rows"]
    assert row["for"] == books.approver
    assert decide(client, request).status_code == 302

    decision = ApprovalDecision.objects.get()
    assert (decision.decided_by, decision.authority) == (deputy, books.approver)


@pytest.mark.parametrize(
    "role", ["Viewer", "Programme officer", "Finance", "Auditor", "Administrator"]
)
def test_the_inbox_is_closed_to_who_does_not_decide(books: Books, role: str):
    request = submitted(books)
    client = browser(User.objects.create(username="x"), role)

    assert client.get("/admin/approvals/").status_code == 403
    assert decide(client, request).status_code == 403
    assert not ApprovalDecision.objects.exists()


def test_an_amount_above_the_limit_does_not_wait_and_is_refused(books: Books):
    request = submitted(books, "100000000.01", shares=[
        commitments.Share(books.first, amount=Decimal("60000000.01")),
        commitments.Share(books.second, amount=Decimal(40000000)),
    ])  # fmt: skip
    client = browser(books.approver, "Approver")

    assert client.get("/admin/approvals/").context["rows"] == []
    assert "above the limit of approval" in decide(client, request).content.decode()
    assert not ApprovalDecision.objects.exists()


def test_a_second_approver_is_needed_above_the_first_limit(books: Books):
    request = submitted(books, "2000000")
    first, second = (
        browser(person, "Approver") for person in (books.approver, books.second_approver)
    )

    decide(first, request)
    request.refresh_from_db()
    assert request.state == "OPEN"
    assert first.get("/admin/approvals/").context["rows"] == []
    again = decide(first, request)
    assert "has decided already" in again.content.decode()
    decide(second, request)

    request.refresh_from_db()
    assert request.state == "APPROVED"
    assert request.commitment.state != "DRAFT"


def test_a_decision_that_comes_too_late_is_told_kindly_with_what_was_typed(books: Books):
    request = submitted(books)
    client = browser(books.approver, "Approver")
    client.get("/admin/approvals/")
    commitments.take_back_commitment(
        commitment=request.commitment, at=AT, actor=books.officer, reason="Another amount"
    )

    answer = decide(client, request, "REJECT", "Too much for one title")

    text = answer.content.decode()
    assert "not open any more" in text
    assert "Too much for one title" in text
    assert not ApprovalDecision.objects.exists()


def test_a_rejection_needs_its_reason(books: Books):
    request = submitted(books)
    client = browser(books.approver, "Approver")

    answer = decide(client, request, "REJECT")

    assert "Say why, so that it can be mended." in answer.content.decode()
    assert not ApprovalDecision.objects.exists()


def test_the_inbox_shows_the_oldest_first_and_takes_one_decision_at_a_time(books: Books):
    requests = [submitted(books), submitted(books, "600000")]
    client = browser(books.approver, "Approver")

    page = client.get("/admin/approvals/")
    assert [row["row"] for row in page.context["rows"]] == requests
    client.post(
        "/admin/approvals/",
        {"request": [request.pk for request in requests], "decision": "APPROVE", "reason": ""},
    )

    assert ApprovalDecision.objects.count() == 1


def test_a_request_is_edited_by_no_form(books: Books):
    request = submitted(books)
    client = browser(books.approver, "Approver", "Programme officer", "Administrator")

    answer = client.post(
        f"/admin/funding/approvalrequest/{request.pk}/change/", {"state": "APPROVED", "amount": 1}
    )

    assert answer.status_code == 403
    request.refresh_from_db()
    assert (request.state, request.amount) == ("OPEN", Decimal(500000))
