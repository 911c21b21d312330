"""The life of a commitment in the admin, as an officer, two approvers and finance live it.

The whole of it is lived as the role that serves requests, which owns nothing in the database.
"""

import datetime
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from partners.models import Document
from portfolio.funding.models import ApprovalRequest, Commitment, Condition, LedgerEntry
from portfolio.funding.operations.commitments import Slice
from portfolio.staff.models import User
from tests.admin.forms import answers_of, refusal_of, step_of
from tests.admin.people import browser
from tests.books import Books

PDF = b"%PDF-1.7\n1 0 obj\n"


@pytest.fixture
def approve(books: Books) -> Any:
    """Both approvers decide about the oldest request that waits for them."""
    clients = [browser(person, "Approver") for person in (books.approver, books.second_approver)]

    def decide(decision: str = "APPROVE", reason: str = "") -> None:
        for client in clients:
            rows = client.get("/admin/approvals/").context["rows"]
            if rows:
                sent = {"request": rows[0]["row"].pk, "decision": decision, "reason": reason}
                answer = client.post("/admin/approvals/", sent)
                assert answer.status_code == 302, answer.context["rows"][0]["form"].errors

    return decide


def drafted(desk: Client, books: Books, **changed: Any) -> Any:
    """Fill in the form of a new commitment: 60 : 40 over two years, two tranches with conditions."""
    page = desk.get("/admin/funding/commitment/add/")
    sent = answers_of(page) | {
        "title": "A film",
        "programme": books.programme.pk,
        "project": books.project.pk,
        "payee": books.payee.pk,
        "agreement": books.agreement(signed=None).pk,
        "amount": "10,000,000.01",
        "currency": "HKD",
        "splits-TOTAL_FORMS": 2,
        "splits-0-allocation": books.first.pk,
        "splits-0-percentage": "60",
        "splits-1-allocation": books.second.pk,
        "splits-1-percentage": "40",
        "tranches-TOTAL_FORMS": 2,
        "tranches-0-title": "On signature",
        "tranches-0-amount": "4000000.01",
        "tranches-0-due_date": "2026-09-01",
        "tranches-0-documents": "Shooting schedule\nChain of title",
        "tranches-0-insurances": "Completion bond",
        "tranches-1-title": "On delivery",
        "tranches-1-amount": "6,000,000",
        "tranches-1-due_date": "2027-09-01",
        "tranches-1-reports": "Final cost report",
    }
    return desk.post("/admin/funding/commitment/add/", sent | changed)


def test_whoever_takes_something_back_says_why(
    books: Books, desk: Client, till: Client, approve: Any
):
    commitment = books.signed("500000")
    tranche = commitment.tranches.get()
    condition = Condition.objects.create(
        tranche=tranche, kind="REPORT_ACCEPTED", description="First cut"
    )
    amendment = books.amend(commitment, "-1000", sign=False)
    step_of(desk, commitment, "meet-condition", condition)
    steps = [
        ("reopen-condition", condition, "The cut is of another film"),
        ("withdraw-amendment", amendment, "The parties agreed otherwise"),
    ]
    books.payable(commitment)
    steps.append(("take-back-drawdown", tranche, "The invoice was withdrawn"))

    for name, about, reason in steps:
        assert "required" in refusal_of(step_of(desk, commitment, name, about, reason=""))
        assert refusal_of(step_of(desk, commitment, name, about, reason=reason)) == ""
    step_of(desk, commitment, "ask-cancellation", reason="Rights are lost")
    request = ApprovalRequest.objects.get(kind="CANCELLATION")
    answer = step_of(desk, commitment, "take-back-request", request, reason="They were found")
    assert refusal_of(answer) == ""

    page = desk.get(f"/admin/funding/commitment/{commitment.pk}/change/")
    told = {moment.what: moment.why for moment in page.context["timeline"]}
    assert told["Condition open again"] == "First cut · The cut is of another film"
    assert told["Amendment 1: Withdrawn"] == "The parties agreed otherwise"
    assert told["Tranche 1: Scheduled"] == "The invoice was withdrawn"
    assert told["Request taken back: Cancellation of what is outstanding"] == "They were found"


def test_a_commitment_lives_from_its_draft_to_its_end(
    books: Books, desk: Client, till: Client, approve: Any, settings: Any, tmp_path: Any,
    as_app_role: str,
):  # fmt: skip
    settings.MEDIA_ROOT = tmp_path
    today = timezone.localdate()

    answer = drafted(desk, books)
    commitment = Commitment.objects.get()
    assert answer.url == f"/admin/funding/commitment/{commitment.pk}/change/"
    assert commitment.reference == f"C-{today.year}-000001"
    assert [split.amount for split in commitment.splits.all()] == [
        Decimal("6000000.01"),
        Decimal("4000000.00"),
    ]
    first, second = commitment.tranches.order_by("number")
    assert {condition.description for condition in first.conditions.all()} == {
        "Shooting schedule",
        "Chain of title",
        "Completion bond",
    }

    step_of(desk, commitment, "submit", reason="The board saw it")
    approve()
    commitment.refresh_from_db()
    assert commitment.state == "APPROVED"
    parties = commitment.agreement.parties.all()  # type: ignore[union-attr]
    signed = {f"signed_{party.pk}": "2026-06-01" for party in parties}
    assert refusal_of(step_of(desk, commitment, "sign", **signed)) == ""
    commitment.refresh_from_db()
    assert (commitment.state, commitment.signed_date) == ("SIGNED", datetime.date(2026, 6, 1))

    file = SimpleUploadedFile("schedule.pdf", PDF)
    for condition in first.conditions.all():
        answers = {"upload": file} if condition.kind == "DOCUMENT_ACCEPTED" else {}
        file.seek(0)
        if condition.kind == "INSURANCE_IN_FORCE":
            answers = {"valid_until": "2099-12-31"}
        said = step_of(desk, commitment, "meet-condition", condition, **answers)
        assert refusal_of(said) == ""
    evidence = first.conditions.get(description="Shooting schedule").evidence
    assert evidence is not None
    assert evidence.title == "schedule.pdf"
    assert len(evidence.sha256) == 64

    step_of(desk, commitment, "drawdown", first, reference="INV-77")
    approve()
    assert refusal_of(step_of(till, commitment, "pay", first, reference="BANK-1")) == ""
    first.refresh_from_db()
    assert first.state == "PAID"

    step_of(
        desk, commitment, "amend", direction="-1", amount="1000000", reason="Fewer days",
        **{f"part_{books.second.pk}": "1,000,000"},
    )  # fmt: skip
    approve()
    amendment = commitment.amendments.get()
    said = step_of(desk, commitment, "sign-amendment", amendment, signed_date=str(today))
    assert refusal_of(said) == ""
    second.refresh_from_db()
    assert second.amount == Decimal("5000000.00")

    assert refusal_of(step_of(till, commitment, "refund", amount="1000000")) == ""
    assert refusal_of(step_of(till, commitment, "recoup", amount="250000.50")) == ""
    step_of(desk, commitment, "ask-cancellation", reason="Abandoned")
    approve()
    assert refusal_of(step_of(desk, commitment, "cancel")) == ""
    commitment.refresh_from_db()

    assert commitment.state == "CANCELLED"
    sums: dict[str, Decimal] = {}
    for kind, amount in LedgerEntry.objects.values_list("kind", "amount"):
        sums[kind] = sums.get(kind, Decimal(0)) + amount
    assert sums == {
        "COMMITMENT": Decimal("10000000.01"),
        "DISBURSEMENT": Decimal("4000000.01"),
        "DE_COMMITMENT": Decimal("7000000.00"),
        "REFUND": Decimal("1000000.00"),
        "RECOUPMENT": Decimal("250000.50"),
    }
    page = desk.get(f"/admin/funding/commitment/{commitment.pk}/change/")
    told = [moment.what for moment in page.context["timeline"]]
    assert "Drafted" in told
    assert "Disbursement HK$4,000,000.01" in told
    assert "Cancelled" in told


def test_a_wrong_payment_is_asked_to_be_reversed_and_then_is(
    books: Books, desk: Client, till: Client, approve: Any
):
    commitment = books.paid("500000")
    entry = LedgerEntry.objects.get(kind="DISBURSEMENT")

    step_of(desk, commitment, "ask-reversal", entry, reason="Wrong account")
    request = ApprovalRequest.objects.get(kind="REVERSAL")
    approve()
    assert refusal_of(step_of(till, commitment, "reverse", request)) == ""

    reversal = LedgerEntry.objects.get(reversal_of=entry)
    assert reversal.amount == -entry.amount
    assert commitment.tranches.get().state == "SCHEDULED"


def test_what_was_paid_is_written_off_in_part(
    books: Books, desk: Client, till: Client, approve: Any
):
    commitment = books.paid("500000")

    step_of(desk, commitment, "ask-write-off", amount="100000", reason="Insolvent")
    approve()
    request = ApprovalRequest.objects.get(kind="WRITE_OFF")
    assert refusal_of(step_of(till, commitment, "write-off", request)) == ""

    assert LedgerEntry.objects.get(kind="WRITE_OFF").amount == Decimal(100000)


def test_what_came_back_is_scheduled_again_and_can_be_closed_once_paid(
    books: Books, desk: Client, till: Client, approve: Any
):
    commitment = books.paid("500000")
    step_of(till, commitment, "refund", amount="100000")

    assert refusal_of(step_of(desk, commitment, "schedule-again", due_date="2027-01-31")) == ""
    again = commitment.tranches.get(number=2)
    step_of(desk, commitment, "drawdown", again)
    approve()
    step_of(till, commitment, "pay", again)
    assert refusal_of(step_of(desk, commitment, "close")) == ""

    commitment.refresh_from_db()
    assert commitment.state == "CLOSED"
    assert refusal_of(step_of(desk, commitment, "reopen", reason="One more report")) == ""


def test_an_approver_asks_for_changes_and_the_draft_is_mended(
    books: Books, desk: Client, approve: Any
):
    drafted(desk, books)
    commitment = Commitment.objects.get()
    step_of(desk, commitment, "submit")
    approve("REQUEST_CHANGES", "Name the delivery date")
    commitment.refresh_from_db()
    assert commitment.state == "DRAFT"

    url = f"/admin/funding/commitment/{commitment.pk}/edit/"
    sent = answers_of(desk.get(url))
    answer = desk.post(url, sent | {"tranches-1-title": "On delivery in May"})

    assert answer.status_code == 302
    assert [tranche.title for tranche in commitment.tranches.order_by("number")] == [
        "On signature",
        "On delivery in May",
    ]
    assert [split.amount for split in commitment.splits.all()] == [
        Decimal("6000000.01"),
        Decimal("4000000.00"),
    ]


def test_the_page_offers_what_may_be_done_and_says_what_is_missing(
    books: Books, desk: Client, till: Client
):
    half = [Slice(Decimal(400000), datetime.date(2026, 9, 1))]
    commitment = books.draft("800000", slices=half)

    page = desk.get(f"/admin/funding/commitment/{commitment.pk}/change/").context

    assert [step["label"] for step in page["steps"]] == ["Edit the draft", "Withdraw"]
    (missing,) = page["missing"]
    assert missing["label"] == "Submit for approval"
    assert "The tranches are HK$400,000.00 together" in missing["missing"]
    paid = books.paid("500000")
    seen = till.get(f"/admin/funding/commitment/{paid.pk}/change/").context
    assert "Record refund" in [step["label"] for step in seen["steps"]]
    seen = desk.get(f"/admin/funding/commitment/{paid.pk}/change/").context
    assert "Record refund" not in [step["label"] for step in seen["steps"]]


def test_an_approver_and_a_viewer_are_offered_no_step(books: Books):
    commitment = books.signed()
    for person, role in (
        (books.approver, "Approver"),
        (User.objects.create(username="v"), "Viewer"),
    ):
        client = browser(person, role)

        page = client.get(f"/admin/funding/commitment/{commitment.pk}/change/").context

        assert page["steps"] == []
        assert page["missing"] == []


def test_documents_of_refused_steps_are_not_kept(
    books: Books, desk: Client, settings: Any, tmp_path: Any
):
    settings.MEDIA_ROOT = tmp_path
    commitment = books.signed()
    tranche = commitment.tranches.get()
    file = SimpleUploadedFile("invoice.pdf", PDF)
    url = f"/admin/funding/commitment/{commitment.pk}/step/drawdown/{tranche.pk}/"
    sent = {"received_date": "2026-06-01", "once": str(uuid.uuid4()), "upload": file}
    step_of(desk, commitment, "drawdown", tranche)

    answer = desk.post(url, sent)

    assert "not possible any more" in refusal_of(answer)
    assert not Document.objects.exists()
    assert list(tmp_path.rglob("*.pdf")) == []


def test_a_form_that_is_sent_twice_is_recorded_once(books: Books, till: Client):
    commitment = books.paid("500000")
    url = f"/admin/funding/commitment/{commitment.pk}/step/refund/0/"
    sent = {"amount": "1000", "value_date": "2026-06-02", "once": str(uuid.uuid4())}

    answers = [till.post(url, sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert LedgerEntry.objects.filter(kind="REFUND").count() == 1
