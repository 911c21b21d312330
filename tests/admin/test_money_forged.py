"""What the database and the roles forbid about money is refused in words, whatever is sent."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from partners.models import Block
from portfolio.funding.models import (
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
from tests.admin.people import browser
from tests.books import AT, DAY, Books


def post(client: Client, commitment: Any, name: str, key: int = 0, **answers: Any) -> Any:
    url = f"/admin/funding/commitment/{commitment.pk}/step/{name}/{key}/"
    return client.post(url, {"once": str(uuid.uuid4()), **answers})


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


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "must be more than zero"),
        ("-1", "must be more than zero"),
        ("NaN", "Enter a number"),
        ("Infinity", "Enter a number"),
        ("1000000000000000000", "digits"),
        ("1.005", "2 decimal places"),
        ("", "required"),
    ],
)
@pytest.mark.parametrize("place", ["amount", "splits-0-amount", "tranches-0-amount"])
def test_a_wrong_amount_in_a_draft_is_refused_in_words(
    books: Books, desk: Client, place: str, amount: str, said: str
):
    commitment = books.draft("800000")
    url = f"/admin/funding/commitment/{commitment.pk}/edit/"
    changed = {place: amount}
    if place.startswith("splits"):
        changed["splits-0-percentage"] = ""
        said = "per cent" if amount == "" else said

    answer = save(desk, url, **changed)

    assert answer.status_code == 200
    assert said in faults_of(answer), faults_of(answer)
    commitment.refresh_from_db()
    assert commitment.amount == Decimal(800000)
    assert [share.amount for share in commitment.splits.all()] == [Decimal(800000)]
    assert [tranche.amount for tranche in commitment.tranches.all()] == [Decimal(800000)]


@pytest.mark.parametrize("currency", ["XXQ", "HK", "12A", "港元", ""])
def test_a_draft_in_a_currency_that_is_none_is_refused_in_words(
    books: Books, desk: Client, currency: str
):
    commitment = books.draft("800000")

    answer = save(desk, f"/admin/funding/commitment/{commitment.pk}/edit/", currency=currency)

    assert answer.status_code == 200
    assert faults_of(answer).strip() not in ("", "[]")
    commitment.refresh_from_db()
    assert commitment.currency == "HKD"


def test_a_draft_in_a_currency_without_a_smaller_coin_takes_whole_amounts(
    books: Books, desk: Client
):
    commitment = books.draft("800000")
    url = f"/admin/funding/commitment/{commitment.pk}/edit/"

    answer = save(desk, url, currency="JPY", amount="800000.50")

    assert answer.status_code == 200
    assert "whole" in faults_of(answer) or "decimal" in faults_of(answer), faults_of(answer)
    commitment.refresh_from_db()
    assert (commitment.currency, commitment.amount) == ("HKD", Decimal(800000))
