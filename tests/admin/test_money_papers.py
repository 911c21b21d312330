"""Documents and keys of other systems: what is kept of them, and who gets at it."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from partners.models import Document
from portfolio.staff.models import ApiToken, User
from portfolio.staff.tokens import digest_of
from tests.admin.forms import faults_of, save
from tests.admin.people import browser
from tests.admin.test_money_life import PDF
from tests.books import Books

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
