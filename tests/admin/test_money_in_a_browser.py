"""A commitment from its draft to its payment in a real browser, by an officer and an approver."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from portfolio.funding.models import Commitment, LedgerEntry
from portfolio.staff.models import User
from portfolio.staff.roles import write_roles
from tests.books import Books
from tests.browser import settled

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCHEDULE = {
    "name": "schedule.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj\n",
}  # fmt: skip
PICTURES = Path(settings.BASE_DIR, "docs", "images")
PASSWORD = "a long pass phrase"


@pytest.fixture
def books(live_server: Any) -> Books:
    """Money to promise; the roles are made anew, for another browser test may have emptied the tables."""
    write_roles(apps, SimpleNamespace(connection=connection))
    books = Books()
    for row, english, chinese in (
        (books.programme, "Sample programme (fictional)", "虛構樣本計劃"),
        (books.strand, "Films", "電影"),
        (books.project, "The Harbour Clock", "海港時計"),
        (books.payee, "Imaginary Pictures", "想像影業"),
        (books.funder, "Sample Fund", "樣本基金"),
    ):
        row.name_en, row.name_zh_hant = english, chinese
        row.save()
    books.agreement(signed=None)
    return books


@pytest.fixture
def people(books: Books) -> list[str]:
    """An officer who may do everything but approve what they asked for, and an approver."""
    for person in (books.officer, books.approver):
        person.set_password(PASSWORD)
        person.is_staff = True
        person.is_superuser = person == books.officer
        person.save()
    return [books.officer.username, books.approver.username]


def signed_in(chromium: Any, site: str, name: str, **how: Any) -> Any:
    """A page of somebody who has signed in."""
    page = chromium.new_context(locale="en-GB", **how).new_page()
    page.faults = []
    page.on("console", lambda s: page.faults.append(s.text) if s.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(f"{site}/admin/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("main form:has([name=password]) button[type=submit]")
    page.wait_for_url(f"{site}/admin/")
    return page


def choose(page: Any, field: str, text: str) -> None:
    """Find a row by typing, as people do."""
    page.click(f"#id_{field} + .select2 .select2-selection")
    page.fill(".select2-search__field", text)
    page.click(f".select2-results__option--highlighted:has-text('{text}')")


def step(page: Any, label: str, **answers: str) -> None:
    """Press the button of a step, fill in what it asks and send it."""
    page.click(f"a.house-button:text-is('{label}')")
    for name, value in answers.items():
        page.fill(f"[name={name}]", value)
    page.click("button.house-button-first")
    page.wait_for_selector(".house-dossier")


def picture(page: Any, name: str) -> None:
    """Keep what is seen for the docs; nothing may be wider than the screen."""
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    if os.environ.get("TOPSHEET_SCREENSHOTS"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"admin-{name}.png", full_page=True)


def test_a_commitment_is_drafted_approved_signed_and_paid(
    chromium: Any, live_site: str, books: Books, people: list[str], settings: Any, tmp_path: Any
):
    settings.MEDIA_ROOT = tmp_path
    size = {"width": 1440, "height": 900}
    desk, office = (signed_in(chromium, live_site, name, viewport=size) for name in people)

    desk.goto(f"{live_site}/admin/funding/commitment/add/")
    desk.fill("[name=title]", "Production of a feature film")
    choose(desk, "programme", "Sample programme")
    choose(desk, "project", "Harbour")
    choose(desk, "payee", "Imaginary")
    choose(desk, "agreement", "Investment agreement")
    desk.fill("[name=amount]", "900,000")
    choose(desk, "splits-0-allocation", "Films 2026")
    desk.fill("[name=splits-0-percentage]", "100")
    desk.fill("[name=tranches-0-title]", "On signature")
    desk.fill("[name=tranches-0-amount]", "900,000")
    desk.fill("[name=tranches-0-due_date]", "2026-07-01")
    desk.fill("[name=tranches-0-documents]", "Shooting schedule")
    desk.click("button[name=_save]")
    desk.wait_for_selector(".house-dossier")
    step(desk, "Submit for approval", reason="The board saw it")

    office.goto(f"{live_site}/admin/approvals/")
    picture(office, "inbox")
    office.click("button[value=APPROVE]")
    office.wait_for_selector("text=Nothing waits for you.")

    desk.reload()
    parties = Commitment.objects.get().agreement.parties.all()  # type: ignore[union-attr]
    step(desk, "Record signature", **{f"signed_{party.pk}": "2026-06-01" for party in parties})
    desk.click("a.house-button:text-is('Record drawdown request')")
    desk.set_input_files("[name=upload]", SCHEDULE | {"name": "invoice.pdf"})
    # What is chosen is written nowhere else.
    assert desk.input_value("[name=reference]") == ""
    desk.fill("[name=reference]", "INV-1")
    desk.click("button.house-button-first")
    desk.wait_for_selector(".house-dossier")
    office.goto(f"{live_site}/admin/approvals/")
    office.click("button[value=APPROVE]")
    office.wait_for_selector("text=Nothing waits for you.")
    desk.reload()
    assert desk.is_visible("text=Not payable yet: Open: Shooting schedule.")
    desk.click("a.house-small:text-is('Mark met')")
    desk.click("button.house-button-first")
    desk.wait_for_selector("text=Name the document that was accepted.")
    picture(desk, "condition-refused")
    desk.set_input_files("[name=upload]", SCHEDULE)
    desk.click("button.house-button-first")
    desk.wait_for_selector(".house-dossier")
    picture(desk, "commitment")
    step(desk, "Pay", reference="BANK-1", value_date="2026-06-02")

    assert LedgerEntry.objects.filter(kind="DISBURSEMENT").count() == 1
    desk.goto(f"{live_site}/admin/programmes/allocation/?programme={books.programme.pk}")
    picture(desk, "allocations")
    assert desk.faults == office.faults == []


@pytest.mark.parametrize("scheme", ["dark", pytest.param("light", marks=pytest.mark.slow)])
def test_money_fits_on_a_phone(
    chromium: Any, live_site: str, books: Books, people: list[str], scheme: str
):
    commitment = books.paid("500000")
    books.draft("800000")
    page = signed_in(
        chromium, live_site, people[0], color_scheme=scheme, viewport={"width": 390, "height": 800}
    )

    for path in (
        "/admin/",
        "/admin/approvals/",
        "/admin/funding/commitment/",
        "/admin/funding/commitment/add/",
        f"/admin/funding/commitment/{commitment.pk}/change/",
        f"/admin/funding/commitment/{commitment.pk}/step/refund/0/",
        "/admin/programmes/allocation/",
        "/admin/funding/ledgerentry/",
    ):
        page.goto(f"{live_site}{path}")
        settled(page)

        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path

    assert page.faults == []
    assert User.objects.filter(username=people[0]).exists()
