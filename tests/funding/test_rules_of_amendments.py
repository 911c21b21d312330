"""What the database refuses of amendments: approved, signed on paper once, posted, added up."""

import datetime
from decimal import Decimal

import pytest

from partners.models import AgreementAmendment
from portfolio.funding.models import AmendmentSplit, CommitmentAmendment
from portfolio.funding.operations import amendments, approvals
from tests.books import AT, DAY
from tests.conftest import drop_rule
from tests.funding.rows import add
from tests.refusals import refused

pytestmark = pytest.mark.django_db

NEXT_DAY = DAY + datetime.timedelta(days=1)


def take(amendment, state, **other):
    """A step past every operation."""
    CommitmentAmendment.objects.filter(pk=amendment.pk).update(state=state, **other)


def approved(books, change="1000", commitment=None):
    amendment = books.amend(commitment or books.signed("5000"), change, sign=False)
    books.approve(amendments.submit_amendment(amendment=amendment, at=AT, actor=books.officer))
    amendment.refresh_from_db()
    return amendment


def new(commitment, number=1, **other):
    values = {
        "change_amount": Decimal(1), "reason": "More days", "due_date": DAY, "state_at": AT,
        "state_by": commitment.state_by,
    }  # fmt: skip
    return CommitmentAmendment.objects.create(
        commitment=commitment, number=number, **(values | other)
    )


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"change_amount": Decimal(0)}, "commitment_amendment_changes_something"),
        ({"due_date": None}, "commitment_amendment_increase_has_a_due_date"),
        ({"reason": ""}, "commitment_amendment_has_a_reason"),
        ({"number": 1}, "commitment_amendment_has_a_number_of_its_own"),
    ],
)
def test_an_amendment_says_how_much_when_and_why(books, other, rule):
    commitment = books.signed("5000")
    new(commitment, 1, change_amount=Decimal("0.01"))
    new(commitment, 2, change_amount=Decimal("-0.01"), due_date=None)

    with refused(rule):
        new(commitment, **({"number": 3} | other))


def test_a_signed_commitment_is_amended(books):
    with refused("amendment_is_of_a_signed_commitment"):
        new(books.approved("5000"))
    with refused("amendment_is_of_a_signed_commitment"):
        new(books.signed("5000"), state="SUBMITTED")


def test_only_a_draft_is_deleted(books):
    amendment = approved(books)
    draft = new(books.signed("5000"))
    draft.delete()

    with refused("amendment_is_deleted_only_as_a_draft"):
        CommitmentAmendment.objects.filter(pk=amendment.pk)._raw_delete("default")


def test_terms_stay_once_submitted(books):
    amendment = approved(books)
    rows = CommitmentAmendment.objects.filter(pk=amendment.pk)

    for other in ({"change_amount": Decimal(2)}, {"due_date": NEXT_DAY}, {"number": 9}):
        with refused("amendment_terms_stay_once_submitted"):
            rows.update(**other)
    rows.update(reason="More days of shooting, and rain")


def test_no_step_leads_past_the_others(books):
    amendment = books.amend(books.signed("5000"), "1000", sign=False)

    for state in ("APPROVED", "SIGNED", "LOST"):
        with refused("amendment_takes_only_allowed_steps"):
            take(amendment, state)
    drop_rule("amendment_takes_only_allowed_steps")
    with refused("commitment_amendment_state_is_known"):
        take(amendment, "LOST")


def test_shares_add_up_and_go_one_way(books):
    amendment = books.amend(books.signed("5000"), "1000", sign=False)
    amendment.splits.update(change_amount=Decimal("999.99"))

    with refused("amendment_splits_add_up"):
        take(amendment, "SUBMITTED")
    amendment.splits.update(change_amount=Decimal("1000.01"))
    AmendmentSplit.objects.create(
        amendment=amendment, allocation=books.second, change_amount=Decimal("-0.01")
    )
    with refused("amendment_splits_go_one_way"):
        take(amendment, "SUBMITTED")


def test_a_share_changes_something(books):
    amendment = books.amend(books.signed("5000"), "1000", sign=False)

    with refused("amendment_split_changes_something"):
        amendment.splits.update(change_amount=Decimal(0))
    with refused("amendment_split_names_an_allocation_once"):
        AmendmentSplit.objects.create(amendment=amendment, allocation=books.first, change_amount=1)


def test_shares_change_only_in_a_draft(books):
    amendment = approved(books)
    split = amendment.splits.get()

    with refused("amendment_split_changes_only_in_a_draft"):
        amendment.splits.update(allocation=books.second)
    with refused("amendment_split_changes_only_in_a_draft"):
        split.delete()
    with refused("amendment_split_changes_only_in_a_draft"):
        AmendmentSplit.objects.create(amendment=amendment, allocation=books.second, change_amount=1)


def test_an_amendment_is_approved_by_somebody_else(books):
    amendment = books.amend(books.signed("5000"), "1000", sign=False)
    request = amendments.submit_amendment(amendment=amendment, at=AT, actor=books.officer)

    with refused("amendment_is_approved_by_another"):
        take(amendment, "APPROVED")
    approvals.decide(request=request, decision="APPROVE", actor=books.approver, at=AT)
    amendment.refresh_from_db()
    assert amendment.state == "APPROVED"


def test_an_amendment_is_signed_on_paper_for_the_same_difference(books):
    amendment = approved(books)
    paper = AgreementAmendment.objects.filter(pk=amendment.agreement_amendment_id)
    elsewhere = books.amend(books.signed("5000"), "1000", sign=False).agreement_amendment

    for other in (
        {"signed_date": None},
        {"change_amount": Decimal("1000.01")},
        {"currency": "USD"},
    ):
        kept = paper.values(*other).get()
        paper.update(**other)
        with refused("amendment_is_signed_for_the_same_difference"):
            take(amendment, "SIGNED")
        paper.update(**kept)
    with refused("amendment_is_signed_for_the_same_difference"):
        take(amendment, "SIGNED", agreement_amendment=elsewhere)


def test_a_signed_amendment_names_its_paper(books):
    amendment = approved(books)

    drop_rule("amendment_is_signed_for_the_same_difference")
    with refused("commitment_amendment_signed_has_its_paper"):
        take(amendment, "SIGNED", agreement_amendment=None)


def test_one_paper_changes_one_commitment_once(books):
    commitment = books.signed("5000")
    first = books.amend(commitment, "1000")
    again = approved(books, commitment=commitment)
    again.agreement_amendment = first.agreement_amendment
    again.save()

    with refused("amendment_paper_is_used_once"):
        amendments.sign_amendment(amendment=again, at=AT, actor=books.officer)


def test_what_is_signed_is_in_the_ledger(books):
    amendment = approved(books)

    with refused("amendment_is_posted_when_signed"):
        take(amendment, "SIGNED")


def test_an_approved_decrease_is_no_increase(books):
    amendment = approved(books, "-1000")
    request = amendment.approval_requests.get()
    commitment = amendment.commitment

    with refused("ledger_entry_is_approved"):
        add(commitment, "COMMITMENT", "1000", approval=request)
    # Nor is anything posted before it is signed.
    with refused("ledger_entry_is_approved"):
        add(commitment, "DE_COMMITMENT", "1000", approval=request)


def test_the_paper_of_a_signed_amendment_stays(books):
    amendment = books.amend(books.signed("5000"), "1000")
    paper = AgreementAmendment.objects.filter(pk=amendment.agreement_amendment_id)
    paper.update(summary="As agreed by letter")

    for other in ({"signed_date": NEXT_DAY}, {"change_amount": Decimal(2000)}):
        with refused("agreement_amendment_stays_once_relied_upon"):
            paper.update(**other)


def test_taking_an_amendment_back_makes_its_approval_void(books):
    amendment = approved(books)
    request = amendment.approval_requests.get()

    amendments.take_back_amendment(
        amendment=amendment, at=AT, actor=books.officer, reason="Too early"
    )

    request.refresh_from_db()
    assert request.state == "VOID"
