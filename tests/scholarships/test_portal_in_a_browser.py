"""The applicant's pages in a real browser: from a call to the offer on a telephone, without a script."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.core import mail

from scholarships.models import Applicant, Application, Letter
from scholarships.operations.awards import offer_place
from tests.scholarships.calls import A_PDF, Call

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is in order is not told node by node; that takes longer than to look for faults.
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
PICTURES = Path(django_settings.BASE_DIR) / "docs" / "images"


class Telephone:
    """A tab of 390 pixels without scripts; `look` holds each page to what all pages are held to."""

    def __init__(self, chromium: Any, site: str, *, width: int = 390, **how: Any) -> None:
        context = chromium.new_context(
            viewport={"width": width, "height": 844}, reduced_motion="reduce", **how
        )
        self.site, self.width = site, width
        self.page = context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        # The browser itself remarks on an answer of 4xx.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def go(self, path: str) -> None:
        self.page.goto(self.site + path)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def look(self, name: str) -> None:
        """Nothing is too wide, axe finds nothing; with TOPSHEET_SCREENSHOTS=1 a picture is kept."""
        if self.page.evaluate("document.documentElement.scrollWidth") > self.width:
            self.faults.append(f"{name} is wider than the screen")
        found = Axe().run(self.page, options=AXE)
        self.faults += [
            f"{name} {violation['id']}: {violation['nodes'][0]['html'][:160]}"
            for violation in found.response["violations"]
        ]
        if os.environ.get("TOPSHEET_SCREENSHOTS") == "1":
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"apply-{name}.png", full_page=True)


def last_letter(count: int) -> Any:
    """The last of so many letters: they go out once the page has been answered."""
    for _try in range(100):
        if len(mail.outbox) >= count:
            break
        time.sleep(0.1)
    return mail.outbox[count - 1]


def link() -> str:
    """The path of the link in the first letter."""
    words = str(last_letter(1).body)
    return "/" + words.partition("http://")[2].partition("/")[2].split()[0]


@pytest.fixture
def call() -> Call:
    return Call(
        places=1, publication="PUBLIC", name_zh_hant="2026年度獎學金",
        call_en="You study film in Hong Kong and have something to tell? Write to us.",
        call_zh_hant="你在香港修讀電影，有故事想說？歡迎申請。",
    )  # fmt: skip


def test_somebody_applies_on_a_telephone(chromium, live_server, call, tmp_path):
    paper = tmp_path / "treatment.pdf"
    paper.write_bytes(A_PDF)
    false_paper = tmp_path / "false.pdf"
    false_paper.write_text("<html>")
    phone = Telephone(chromium, live_server.url, color_scheme="light")
    page = phone.page

    phone.go("/apply/")
    phone.look("calls")
    page.get_by_role("link", name=call.round.name_en).click()
    phone.look("call")
    page.get_by_label("Your e-mail address").fill("siu.ming@example.org")
    phone.press("Send me the link")
    phone.look("on-its-way")
    phone.go(link())
    phone.look("open")
    phone.press("Open my applications")
    phone.look("draft")
    page.get_by_role("link", name="Go on writing").click()
    page.get_by_label("Name in English").fill("Sample Siu-ming")
    page.get_by_label("Identity card or passport number").fill("?")
    phone.press("Save and go on")
    phone.look("person-wrong")
    page.get_by_label("Identity card or passport number").fill("A123456(7)")
    phone.press("Save and go on")
    page.get_by_label("Programme of study").fill("Film")
    page.get_by_label("Year of study").fill("1")
    page.get_by_label("Place of residence").select_option("HK")
    page.get_by_label("What you want to make, and why").fill("A ferry, at night.")
    phone.look("answers")
    phone.press("Save and go on")
    page.get_by_label("File for").set_input_files(false_paper)
    phone.press("Upload")
    phone.look("papers-wrong")
    page.get_by_label("File for").set_input_files(paper)
    phone.press("Upload")
    phone.look("papers")
    page.get_by_role("link", name="Go on", exact=True).click()
    page.get_by_label("my name may stand").check()
    phone.look("consents")
    phone.press("Save and go on")
    phone.look("check")
    assert page.get_by_text("Not met").is_visible()
    page.get_by_label("I declare that all of this is true.").check()
    phone.press("Hand in my application")
    phone.look("receipt")

    row = Application.objects.get()
    assert page.get_by_text(row.number).first.is_visible()
    assert (row.state, row.broken_rules) == ("SUBMITTED", ["YEAR_OF_STUDY"])
    assert last_letter(2).subject == f"We received your application {row.number}"
    phone.go("/apply/mine/")
    phone.look("mine")
    phone.press("Leave")
    assert page.url.endswith("/apply/")
    assert phone.faults == []


@pytest.mark.parametrize(("prefix", "scheme"), [("/zh-hant", "dark"), ("/zh-hans", "light")])
def test_the_pages_speak_chinese_in_the_dark_as_well(chromium, live_server, call, prefix, scheme):
    phone = Telephone(chromium, live_server.url, color_scheme=scheme)
    page = phone.page
    name = prefix.strip("/")

    phone.go(f"{prefix}/apply/to/{call.scheme.slug}/{call.round.code}/")
    phone.look(f"call-{name}")
    page.locator("#id_email").fill("siu.ming@example.org")
    page.locator("main button[type=submit]").click()
    phone.go(link())
    page.locator("main form button[type=submit]").last.click()
    number = Application.objects.get().number
    for step in ("", "person/", "answers/", "papers/", "check/", "withdraw/"):
        phone.go(f"{prefix}/apply/mine/{number}/{step}")
        phone.look(f"{name}-{step.strip('/') or 'draft'}")
        assert page.locator("html").get_attribute("lang").startswith("zh-Han")
        assert "Save" not in page.locator("main").inner_text()
    phone.go(f"{prefix}/apply/mine/consents/")
    phone.look(f"{name}-consents")

    assert phone.faults == []


def test_a_scholar_answers_reports_and_tells_on_a_wide_screen(chromium, live_server, call):
    (best,) = call.decided(1)
    call.fund(best)
    offer_place(application=best, at=call.now, actor=call.officer)
    desk = Telephone(chromium, live_server.url, width=1280, color_scheme="dark")
    page = desk.page

    desk.go("/apply/")
    mail.outbox.clear()
    Letter.objects.all().delete()
    page.get_by_label("Your e-mail address").fill(Applicant.objects.get().email)
    desk.press("Send me the link")
    desk.go(link())
    desk.press("Open my applications")
    desk.go(f"/apply/mine/{best.number}/")
    desk.look("offered")
    page.get_by_role("link", name="Answer the offer").click()
    desk.look("offer")
    page.get_by_label("Bank account").fill("Bank of Samples, 012-345678-9, Sample Person")
    desk.press("Yes, I accept")
    desk.look("accepted")
    page.get_by_role("link", name="Report 1").click()
    page.get_by_label("Your report").fill("The first half is shot.")
    desk.look("report")
    desk.press("Hand in this report")
    desk.go("/apply/mine/survey/")
    page.get_by_label("What it was").fill("Best short, Sample Festival")
    desk.press("Add")
    desk.look("survey")
    desk.go(f"/apply/mine/{best.number}/bank/")
    desk.look("bank")

    assert desk.faults == []
