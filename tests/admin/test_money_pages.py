"""Pages of money: allocations, documents, tokens, the ledger; what they show and how many questions they ask."""

import datetime
import io
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partners.models import Document
from portfolio.funding.models import Commitment, Condition, LedgerEntry
from portfolio.funding.operations import commitments, tranches
from portfolio.programmes.models import AllocationRevision
from portfolio.staff.models import ApiToken, User
from portfolio.staff.tokens import digest_of
from tests import factories
from tests.admin.forms import faults_of, save
from tests.admin.test_money_life import PDF, browser
from tests.books import AT, Books


@pytest.fixture
def books(db: None) -> Books:
    return Books()


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


# --- How many questions a page asks ----------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "most"),
    [
        # Session, person, count, page.
        ("funding/commitment", 4),
        ("funding/tranche", 4),
        ("funding/ledgerentry", 4),
        ("funding/approvalrequest", 4),
        ("funding/approvaldecision", 4),
        ("partners/agreement", 4),
        # Session, person, the page with its commitments, names of those who lend their authority.
        ("approvals", 4),
        # Session, person, programmes, strands, allocations.
        ("programmes/allocation", 5),
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


# --- Documents (S9, S10) ---------------------------------------------------------------------


def office(part: str, *others: str) -> bytes:
    """An Office file with one part; enough for its kind to be told."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in ("[Content_Types].xml", part, *others):
            archive.writestr(name, "<x/>")
    return held.getvalue()


@pytest.fixture
def shelf(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def upload(client: Client, name: str, content: bytes, kind: str = "application/pdf") -> Any:
    return client.post(
        "/admin/partners/document/add/",
        {
            "title": "A paper.pdf", "kind": "OTHER", "reference": "",
            "file": SimpleUploadedFile(name, content, content_type=kind),
        },
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("A.PDF", PDF),
        ("a.png", b"\x89PNG\r\n\x1a\n123"),
        ("a.jpeg", b"\xff\xd8\xff\xe0123"),
        ("a.docx", office("word/document.xml")),
        ("a.xlsx", office("xl/workbook.xml")),
    ],
)
def test_an_allowed_file_is_kept_under_a_name_that_nobody_can_guess(
    books: Books, shelf: Any, name: str, content: bytes
):
    desk = browser(books.officer, "Programme officer")

    assert upload(desk, name, content).status_code == 302

    document = Document.objects.get()
    (kept,) = [path for path in shelf.rglob("*") if path.is_file()]
    assert len(kept.stem) == 32
    assert kept.read_bytes() == content
    assert len(document.sha256) == 64
    assert document.uploaded_by == books.officer


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg onload=alert(1)>"),
        ("a.html", b"<script>alert(1)</script>"),
        ("a.pdf", b"<script>alert(1)</script>"),
        ("a.pdf.exe", PDF),
        ("a.exe", b"MZ"),
        ("a", PDF),
        ("a.pdf", b""),
        ("a.png", PDF),
        ("a.docx", office("xl/workbook.xml")),
        ("a.docx", office("word/document.xml", "word/vbaProject.bin")),
        ("a.docx", b"PK\x03\x04 nothing more"),
        ("a.zip", office("word/document.xml")),
    ],
)
def test_any_other_file_is_refused(books: Books, shelf: Any, name: str, content: bytes):
    desk = browser(books.officer, "Programme officer")

    answer = upload(desk, name, content)

    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["file"]
    assert not Document.objects.exists()
    assert [path for path in shelf.rglob("*") if path.is_file()] == []


def test_a_file_that_is_too_large_is_refused(books: Books, shelf: Any, monkeypatch: Any):
    monkeypatch.setattr("partners.operations.LARGEST_FILE", 10)
    desk = browser(books.officer, "Programme officer")

    assert "larger than 20 MB" in faults_of(upload(desk, "a.pdf", PDF))


def test_a_path_in_the_name_leads_nowhere(books: Books, shelf: Any):
    desk = browser(books.officer, "Programme officer")

    upload(desk, "../../../etc/passwd.pdf", PDF)

    (kept,) = [path for path in shelf.rglob("*") if path.is_file()]
    assert kept.parent == shelf / "documents"


def test_a_document_is_saved_and_never_shown_by_who_may_see_it(books: Books, shelf: Any):
    desk = browser(books.officer, "Programme officer")
    upload(desk, "a.pdf", PDF)
    url = f"/admin/partners/document/{Document.objects.get().pk}/download/"

    answer = desk.get(url)

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="A_paper.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert "no-store" in answer["Cache-Control"]
    assert browser(User.objects.create(username="x")).get(url).status_code == 403
    assert Client().get(url).status_code == 302
    assert desk.get("/admin/partners/document/999999/download/").status_code == 404
    assert desk.get("/media/documents/").status_code == 404


def test_a_file_that_is_kept_is_not_exchanged(books: Books, shelf: Any):
    desk = browser(books.officer, "Programme officer")
    upload(desk, "a.pdf", PDF)
    document = Document.objects.get()

    save(
        desk, f"/admin/partners/document/{document.pk}/change/", title="Renamed",
        file=SimpleUploadedFile("b.pdf", PDF + b"other"), sha256="0" * 64,
    )  # fmt: skip

    after = Document.objects.get()
    assert (after.title, after.sha256, after.file.name) == (
        "Renamed",
        document.sha256,
        document.file.name,
    )


# --- Keys of other systems (S33) -------------------------------------------------------------


def test_a_key_is_shown_once_and_only_its_digest_is_kept(books: Books):
    root = browser(User.objects.create(username="root"), "Administrator")
    terms = {
        "name": "Finance system", "user": books.officer.pk, "scopes": ["FUNDING_READ"],
        "expires_at_0": "2026-12-31", "expires_at_1": "00:00",
    }  # fmt: skip

    answer = save(root, "/admin/staff/apitoken/add/", **terms)

    key = answer.context["key"]
    token = ApiToken.objects.get()
    assert key.startswith("ts_")
    assert bytes(token.digest) == digest_of(key)
    assert token.prefix == key[:12]
    assert "no-store" in answer["Cache-Control"]
    for page in ("change", "history"):
        text = root.get(f"/admin/staff/apitoken/{token.pk}/{page}/").content.decode()
        assert key not in text
        assert digest_of(key).hex() not in text
    assert key not in root.get("/admin/staff/apitoken/").content.decode()


def test_a_key_without_scopes_or_for_longer_than_a_year_is_refused(books: Books):
    root = browser(User.objects.create(username="root"), "Administrator")
    terms = {"name": "x", "user": books.officer.pk, "expires_at_1": "00:00"}

    bare = save(root, "/admin/staff/apitoken/add/", **terms, expires_at_0="2026-12-31")
    long = save(
        root, "/admin/staff/apitoken/add/", **terms, expires_at_0="2099-12-31",
        scopes=["FUNDING_READ"],
    )  # fmt: skip

    assert bare.status_code == long.status_code == 200
    assert "a year at most" in faults_of(long)
    assert not ApiToken.objects.exists()


def test_a_key_is_revoked_by_who_may_and_its_scopes_stay(books: Books):
    root = browser(User.objects.create(username="root"), "Administrator")
    save(
        root, "/admin/staff/apitoken/add/", name="x", user=books.officer.pk,
        scopes=["FUNDING_READ"], expires_at_0="2026-12-31", expires_at_1="00:00",
    )  # fmt: skip
    token = ApiToken.objects.get()
    change = f"/admin/staff/apitoken/{token.pk}/change/"
    revoke = f"/admin/staff/apitoken/{token.pk}/revoke/"

    save(root, change, name="Renamed", scopes=["LEDGER_WRITE"], user=books.approver.pk)
    assert browser(User.objects.create(username="a"), "Auditor").post(revoke).status_code == 403
    assert root.get(revoke).status_code == 200
    assert ApiToken.objects.get().revoked_at is None
    root.post(revoke)

    after = ApiToken.objects.get()
    assert (after.name, after.scopes, after.user) == ("Renamed", ["FUNDING_READ"], books.officer)
    assert after.revoked_at is not None
    assert after.revoked_by is not None
