"""Pages of money: allocations, documents, tokens, the ledger; what they show and how many questions they ask."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portfolio.funding.models import Commitment, Condition, LedgerEntry
from portfolio.funding.operations import commitments, tranches
from portfolio.programmes.models import AllocationRevision
from portfolio.staff.models import User
from tests import factories
from tests.admin.people import browser
from tests.books import AT, Books


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


# --- How many questions a page asks ----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "most"),
    [
        # Session, person, whether a programme is made up; count, page.
        ("funding/commitment", 5),
        ("funding/tranche", 5),
        ("funding/ledgerentry", 5),
        ("funding/approvalrequest", 5),
        ("funding/approvaldecision", 5),
        ("partners/agreement", 5),
        # Session, person, the page with its commitments, names of those who lend their authority.
        ("approvals", 4),
        # Session, person, whether a programme is made up; programmes, strands, allocations.
        ("programmes/allocation", 6),
    ],
)
def test_a_list_takes_the_same_queries_whatever_there_is(
    boss: Client, superuser: User, path: str, most: int
):
    books = Books()
    superuser.groups.set(books.approver.groups.all())
    books.paid("500000")
    commitments.submit_commitment(commitment=books.draft(), at=AT, actor=books.officer)
    few = queries_of(boss, f"/admin/{path}/")
    for _ in range(4):
        books.paid("500000")
        commitments.submit_commitment(commitment=books.draft(), at=AT, actor=books.officer)
    for year in range(2030, 2036):
        books.allocate("1000000", year=year)

    assert few == queries_of(boss, f"/admin/{path}/")
    assert few <= most


def test_the_page_of_a_commitment_takes_the_same_queries_whatever_there_is(boss: Client):
    books = Books()
    slices = [commitments.Slice(Decimal(100000), datetime.date(2026, 9, n)) for n in range(1, 10)]
    small = books.paid("500000")
    large = books.signed("900000", slices=slices)
    for tranche in large.tranches.all()[:6]:
        condition = Condition.objects.create(
            tranche=tranche, kind="REPORT_ACCEPTED", description=f"Report {tranche.number}"
        )
        tranches.meet_condition(condition=condition, at=AT, actor=books.officer)
        books.pay(books.payable(large))
    for commitment in (small, large):
        books.amend(commitment, "50000")

    few = queries_of(boss, f"/admin/funding/commitment/{small.pk}/change/")
    many = queries_of(boss, f"/admin/funding/commitment/{large.pk}/change/")

    # Session, person and the row; the dossier 14, shares of amendments with their allocations 3,
    # events 4 and the names of those who made them.
    assert few - 1 <= many <= few <= 28


# --- Lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    ["T-", "A film", "法證先鋒", "法证先锋", "Forensic heros", "想像影業", "imaginary pictures"],
)
def test_a_commitment_is_found_by_its_project_and_payee_in_any_script(
    boss: Client, books: Books, query: str
):
    books.project.name_en, books.project.name_zh_hant = "Forensic Heroes", "法證先鋒"
    books.project.save()
    books.payee.name_en, books.payee.name_zh_hant = "Imaginary Pictures", "想像影業"
    books.payee.save()
    commitment = books.draft()
    Books()

    found = boss.get("/admin/funding/commitment/", {"q": query}).context["cl"].result_list

    assert list(found) == [commitment]


def test_the_list_says_what_is_outstanding_and_due_next(boss: Client, books: Books):
    slices = [
        commitments.Slice(Decimal(300000), datetime.date(2026, 9, 1)),
        commitments.Slice(Decimal(200000), datetime.date(2027, 9, 1)),
    ]
    books.paid("500000", slices=slices)

    (row,) = boss.get("/admin/funding/commitment/").context["cl"].result_list

    assert (row.outstanding_now, row.due_next) == (Decimal(200000), datetime.date(2027, 9, 1))


def test_the_filters_of_commitments_find_exactly_theirs(boss: Client, books: Books):
    draft, signed = books.draft("800000"), books.signed("500000")
    other = Books().draft("800000")

    def found(**query: Any) -> set[Commitment]:
        page = boss.get("/admin/funding/commitment/", query)
        assert page.status_code == 200
        return set(page.context["cl"].result_list)

    assert found(state__exact="SIGNED") == {signed}
    assert found(programme__id__exact=books.programme.pk) == {draft, signed}
    assert found(splits__allocation__strand__id__exact=books.strand.pk) == {draft, signed}
    assert found(payee__id__exact=other.payee_id) == {other}
    assert found(agreement__id__exact=signed.agreement_id) == {signed}
    assert found(splits__allocation__id__exact=books.first.pk) == {draft, signed}


def test_overdue_tranches_are_those_of_signed_commitments(boss: Client, books: Books):
    long_ago = [commitments.Slice(Decimal(500000), datetime.date(2026, 6, 2))]
    late = books.signed("500000", slices=long_ago).tranches.get()
    books.paid("500000", slices=long_ago)
    books.draft("500000", slices=long_ago)

    found = boss.get("/admin/funding/tranche/?due=overdue").context["cl"].result_list
    today = boss.get("/admin/").context["today"]

    assert list(found) == [late]
    assert [row["url"] for row in today["overdue"]] == [
        f"/admin/funding/commitment/{late.commitment_id}/change/"
    ]


def test_the_ledger_is_filtered_by_kind_programme_and_value_date(boss: Client, books: Books):
    books.paid("500000")
    Books().signed("500000")

    def kinds(query: str) -> list[str]:
        page = boss.get(f"/admin/funding/ledgerentry/?{query}")
        assert page.status_code == 200
        return [entry.kind for entry in page.context["cl"].result_list]

    assert kinds(f"programme__id__exact={books.programme.pk}") == ["DISBURSEMENT", "COMMITMENT"]
    assert kinds("kind__exact=DISBURSEMENT") == ["DISBURSEMENT"]
    assert kinds("value_date_from=2026-06-02") == []
    assert len(kinds("value_date_from=2026-06-01&value_date_to=2026-06-01")) == 3


def test_an_entry_says_where_it_comes_from(boss: Client, books: Books):
    books.paid("500000")
    entry = LedgerEntry.objects.get(kind="DISBURSEMENT")
    connection.check_constraints()

    text = boss.get(f"/admin/funding/ledgerentry/{entry.pk}/change/").content.decode()

    assert "Promised and outstanding → Paid out" in text
    assert str(books.approver) in text
    assert bytes(entry.link.hash).hex() in text
    assert f"/step/ask-reversal/{entry.pk}/" in text


# --- Allocations -----------------------------------------------------------------------------


def test_the_matrix_shows_what_each_strand_has_left(boss: Client, books: Books):
    books.signed("10000000")

    matrix = boss.get(f"/admin/programmes/allocation/?programme={books.programme.pk}").context[
        "matrix"
    ]

    cells = {cell["year"]: cell for cell in matrix["rows"][0]["cells"]}
    assert cells[2026]["allocated"] == "HK$100,000,000.00"
    assert cells[2026]["committed"] == "HK$10,000,000.00"
    assert cells[2026]["available"] == "HK$90,000,000.00"
    assert matrix["total"]["available"] == "HK$140,000,000.00"
    assert matrix["left"] == "HK$4,850,000,000.00"


def test_an_undisclosed_envelope_is_not_disclosed_and_nothing_is_left_of_it(boss: Client):
    strand = factories.StrandFactory(
        programme=factories.ProgrammeFactory(envelope_amount=None, envelope_currency="")
    )

    page = boss.get(f"/admin/programmes/allocation/?programme={strand.programme_id}")

    assert str(page.context["matrix"]["envelope"]) == "not disclosed"
    assert page.context["matrix"]["left"] is None


def test_finance_revises_an_allocation_and_the_original_stays_visible(books: Books):
    till = browser(books.second_officer, "Finance")
    terms = {
        "strand": books.strand.pk, "fiscal_year": 2026, "effective_date": "2026-07-01",
        "decision": "Board paper 9", "reason": "A second season",
    }  # fmt: skip

    page = till.get(f"/admin/programmes/allocation/add/?strand={books.strand.pk}&year=2026")
    assert ("Allocated now", "HK$100,000,000.00") in page.context["facts"]
    answer = till.post("/admin/programmes/allocation/add/", terms | {"amount": "120,000,000"})
    assert answer.status_code == 302

    shown = till.get(f"/admin/programmes/allocation/{books.first.pk}/change/").context["revisions"]
    assert [(row["row"].kind, row["change"], row["total"]) for row in shown] == [
        ("ORIGINAL", "+HK$100,000,000.00", "HK$100,000,000.00"),
        ("REVISION", "+HK$20,000,000.00", "HK$120,000,000.00"),
    ]


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("100000000", "has this amount already"),
        ("5000000000", "the envelope is HKD 5,000,000,000.00"),
        ("9999999", "HKD 10,000,000.00 is committed already"),
        ("-1", "greater than or equal to 0"),
        ("", "required"),
    ],
)
def test_a_wrong_allocation_is_refused_in_words(books: Books, amount: str, said: str):
    books.signed("10000000")
    till = browser(books.second_officer, "Finance")
    number = AllocationRevision.objects.count()

    answer = till.post(
        "/admin/programmes/allocation/add/",
        {
            "strand": books.strand.pk, "fiscal_year": 2026, "effective_date": "2026-07-01",
            "decision": "Board paper 9", "reason": "Cut", "amount": amount,
        },
    )  # fmt: skip

    assert answer.status_code == 200
    assert said.lower() in answer.context["form"].errors.as_text().lower()
    assert answer.context["form"]["decision"].value() == "Board paper 9"
    assert AllocationRevision.objects.count() == number


def test_an_officer_sets_no_allocation(books: Books):
    desk = browser(books.officer, "Programme officer")

    assert desk.get("/admin/programmes/allocation/").status_code == 200
    assert desk.get("/admin/programmes/allocation/add/").status_code == 403
    assert desk.post("/admin/programmes/allocation/add/", {}).status_code == 403
