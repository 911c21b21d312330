"""What the database and the roles forbid about money is refused in words, whatever is sent."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from partners.models import Block
from portfolio.funding.models import (
    ApprovalDecision,
    ApprovalRequest,
    Commitment,
    Condition,
    Delegation,
    LedgerEntry,
    PeriodClosing,
)
from portfolio.funding.operations import commitments
from portfolio.staff.models import User
from tests.admin.forms import answers_of, faults_of, refusal_of, save, step_of
from tests.admin.test_money_life import browser
from tests.books import AT, DAY, Books


@pytest.fixture
def books(db: None) -> Books:
    return Books()


@pytest.fixture
def desk(books: Books) -> Client:
    return browser(books.officer, "Programme officer")


@pytest.fixture
def till(books: Books) -> Client:
    return browser(books.second_officer, "Finance")


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


def post(client: Client, commitment: Any, name: str, key: int = 0, **answers: Any) -> Any:
    url = f"/admin/funding/commitment/{commitment.pk}/step/{name}/{key}/"
    return client.post(url, {"once": str(uuid.uuid4()), **answers})


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


# --- Steps -----------------------------------------------------------------------------------


def test_a_state_cannot_be_typed_into_the_form_of_a_draft(books: Books, desk: Client):
    commitment = books.draft("800000")
    url = f"/admin/funding/commitment/{commitment.pk}/edit/"

    save(desk, url, state="SIGNED", state_by=books.approver.pk, signed_date="2026-01-01", rate="2")

    commitment.refresh_from_db()
    assert (commitment.state, commitment.signed_date, commitment.rate) == ("DRAFT", None, None)
    assert commitment.state_by == books.officer


def test_terms_stay_once_submitted(books: Books, desk: Client):
    commitment = books.draft("800000")
    sent = answers_of(desk.get(f"/admin/funding/commitment/{commitment.pk}/edit/"))
    commitments.submit_commitment(commitment=commitment, at=AT, actor=books.officer)

    for page in ("edit", "change"):
        answer = desk.post(
            f"/admin/funding/commitment/{commitment.pk}/{page}/", sent | {"amount": "900000"}
        )
        assert answer.status_code == 403

    commitment.refresh_from_db()
    assert commitment.amount == Decimal(800000)


def test_shares_that_do_not_add_up_are_refused_at_submission(books: Books, desk: Client):
    commitment = books.draft(
        "800000", shares=[commitments.Share(books.first, amount=Decimal(700000))]
    )

    answer = post(desk, commitment, "submit", reason="")

    said = "The shares of the allocations are HKD 700,000.00 together"
    assert said in refusal_of(answer)
    commitment.refresh_from_db()
    assert commitment.state == "DRAFT"
    assert not ApprovalRequest.objects.exists()


def test_a_payment_with_an_open_condition_is_refused_in_words(books: Books, till: Client):
    commitment = books.signed("500000")
    tranche = books.payable(commitment)
    Condition.objects.create(
        tranche=tranche, kind="DOCUMENT_ACCEPTED", description="Chain of title"
    )

    answer = post(till, commitment, "pay", tranche.pk, amount="500000", value_date="2026-06-02",
                  reference="BANK-9")  # fmt: skip

    assert "condition of the tranche is open: Chain of title" in refusal_of(answer)
    assert answer.context["form"]["reference"].value() == "BANK-9"
    assert not LedgerEntry.objects.filter(kind="DISBURSEMENT").exists()
    page = till.get(f"/admin/funding/commitment/{commitment.pk}/change/").content.decode()
    assert "Open: Chain of title." in page


def test_a_blocked_payee_is_paid_only_by_an_approved_exception(
    books: Books, desk: Client, till: Client
):
    commitment = books.signed("500000")
    tranche = books.payable(commitment)
    Block.objects.create(organisation=books.payee, start_date=DAY, reason="Accounts overdue")
    terms = {"amount": "500000", "value_date": "2026-06-02"}

    assert (
        "the payee is blocked"
        in refusal_of(post(till, commitment, "pay", tranche.pk, **terms)).lower()
    )
    step_of(desk, commitment, "ask-exception", tranche, reason="Salaries of the crew")
    books.approve(ApprovalRequest.objects.get(kind="OVERRIDE"))

    assert refusal_of(post(till, commitment, "pay", tranche.pk, **terms)) == ""


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "greater than or equal to 0.01"),
        ("-5", "greater than or equal to 0.01"),
        ("1.001", "2 decimal places"),
        ("NaN", "Enter a number"),
        ("1e30", "digits"),
        ("ten", "Enter a number"),
        ("500000.01", "would be paid"),
    ],
)
def test_a_wrong_amount_is_refused(books: Books, till: Client, amount: str, said: str):
    commitment = books.signed("500000")
    tranche = books.payable(commitment)

    answer = post(till, commitment, "pay", tranche.pk, amount=amount, value_date="2026-06-02")

    assert said in refusal_of(answer)
    assert not LedgerEntry.objects.filter(kind="DISBURSEMENT").exists()


@pytest.mark.parametrize(
    ("day", "said"),
    [("2026-05-31", "was signed on"), ("2199-01-01", "31 days ahead"), ("soon", "valid date")],
)
def test_a_wrong_value_date_is_refused(books: Books, till: Client, day: str, said: str):
    commitment = books.signed("500000")
    tranche = books.payable(commitment)

    answer = post(till, commitment, "pay", tranche.pk, amount="500000", value_date=day)

    assert said in refusal_of(answer)


def test_a_payment_in_another_currency_without_a_rate_is_refused(books: Books, till: Client):
    from portfolio.funding.operations.exchange import Rate

    commitment = books.signed("1000", currency="USD", rate=Rate(Decimal("7.8"), DAY, "AGREEMENT"))
    tranche = books.payable(commitment)
    terms = {"amount": "1000", "value_date": "2026-06-02"}

    assert "There is no rate from USD to HKD" in refusal_of(
        post(till, commitment, "pay", tranche.pk, **terms)
    )
    assert "where the rate comes from" in refusal_of(
        post(till, commitment, "pay", tranche.pk, rate="7.81", **terms)
    )
    assert (
        refusal_of(
            post(till, commitment, "pay", tranche.pk, rate="7.81", rate_source="BANK", **terms)
        )
        == ""
    )
    assert LedgerEntry.objects.get(kind="DISBURSEMENT").base_amount == Decimal("7810.00")


def test_a_part_of_another_commitment_is_not_found(books: Books, till: Client, desk: Client):
    own, other = books.signed("500000"), books.signed("600000")
    tranche = books.payable(other)

    assert post(till, own, "pay", tranche.pk).status_code == 404
    assert post(desk, own, "drawdown", tranche.pk).status_code == 404
    assert post(desk, own, "nonsense").status_code == 404
    assert post(desk, own, "submit", 7).status_code == 404
    assert desk.get("/admin/funding/commitment/999999/step/submit/0/").status_code == 404


def test_each_step_is_for_those_who_may(books: Books):
    from portfolio.funding.admin.steps import FORMS
    from portfolio.funding.operations.steps import STEPS
    from portfolio.staff.roles import ROLES, permissions_of

    commitment = books.paid("500000")
    for role in ROLES:
        client = browser(User.objects.create(username=role.replace(" ", "")), role)
        for name in FORMS:
            may = STEPS[name][1] in permissions_of(role)
            url = f"/admin/funding/commitment/{commitment.pk}/step/{name}/0/"

            assert (client.get(url).status_code != 403) is may, (role, name)
            if not may:
                assert client.post(url).status_code == 403, (role, name)


def test_only_who_asked_takes_a_request_back(books: Books, desk: Client):
    commitment = books.signed("500000")
    request = commitments.request_cancellation(
        commitment=commitment, at=AT, actor=books.second_officer, reason="Abandoned"
    )

    assert post(desk, commitment, "take-back-request", request.pk).status_code == 403
    request.refresh_from_db()
    assert request.state == "OPEN"


def test_a_step_without_its_csrf_token_is_refused(books: Books):
    commitment = books.draft("800000")
    client = Client(enforce_csrf_checks=True)
    browser(books.officer, "Programme officer")
    client.force_login(books.officer)

    assert post(client, commitment, "submit").status_code == 403
    commitment.refresh_from_db()
    assert commitment.state == "DRAFT"


def test_looking_at_a_step_changes_nothing(books: Books, desk: Client):
    commitment = books.draft("800000")

    desk.get(f"/admin/funding/commitment/{commitment.pk}/step/submit/0/")

    commitment.refresh_from_db()
    assert commitment.state == "DRAFT"
    assert not ApprovalRequest.objects.exists()


# --- Delegations, closings, entries ----------------------------------------------------------


def test_an_approver_delegates_only_their_own_authority(books: Books):
    client = browser(books.approver, "Approver")
    url = "/admin/funding/delegation/add/"
    terms = {"start_date": "2026-06-01", "end_date": "2026-06-14", "reason": "Leave"}

    other = save(client, url, principal=books.second_approver.pk, deputy=books.approver.pk, **terms)
    assert "only delegate your own authority" in faults_of(other)
    page = client.get(url)
    assert answers_of(page)["principal"] == books.approver.pk
    own = save(client, url, deputy=books.second_approver.pk, **terms)

    assert own.status_code == 302
    assert [d.principal for d in Delegation.objects.all()] == [books.approver]


def test_books_are_closed_by_finance_and_opened_again_by_the_administrator(
    books: Books, till: Client
):
    administrator = browser(User.objects.create(username="root"), "Administrator")
    add, reopen = (
        "/admin/funding/periodclosing/add/",
        "/admin/funding/periodclosing/reopen/",
    )
    terms = {"programme": books.programme.pk, "reason": "Year end"}

    assert save(till, add, through_date="2026-03-31", **terms).status_code == 302
    earlier = save(till, add, through_date="2025-12-31", **terms)
    assert "a step of its own" in faults_of(earlier)
    assert till.get(reopen).status_code == 403
    assert till.post(reopen, terms | {"through_date": "2025-12-31"}).status_code == 403
    assert administrator.post(reopen, terms | {"through_date": "2025-12-31"}).status_code == 302

    days = [str(row.through_date) for row in PeriodClosing.objects.order_by("pk")]
    assert days == ["2026-03-31", "2025-12-31"]


def test_an_entry_has_no_form(books: Books, till: Client):
    books.signed("500000")
    entry = LedgerEntry.objects.get()
    url = f"/admin/funding/ledgerentry/{entry.pk}/change/"

    assert till.get(url).status_code == 200
    assert till.post(url, {"amount": "1"}).status_code == 403
    assert till.post("/admin/funding/ledgerentry/add/", {"amount": "1"}).status_code == 403
    assert (
        till.post(f"/admin/funding/ledgerentry/{entry.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )
    assert LedgerEntry.objects.get().amount == Decimal(500000)


def test_a_draft_names_a_project_of_its_programme(books: Books, desk: Client):
    other = Books()
    url = f"/admin/funding/commitment/{books.draft('800000').pk}/edit/"

    answer = save(desk, url, project=other.project.pk)

    assert "This project is of another programme." in faults_of(answer)
    assert Commitment.objects.get().project_id == books.project.pk
