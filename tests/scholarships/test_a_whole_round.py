"""One full round in a real browser, from the call to what came of it; all people in it are made up."""

import os
import re
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from portfolio.common.publishing import Publication
from portfolio.funding.models import LedgerEntry
from portfolio.funding.operations import tranches
from portfolio.staff.models import User
from scholarships.choices import ApplicationState
from scholarships.models import (
    Applicant,
    Application,
    Award,
    Letter,
    Outcome,
    PersonalRead,
    RequiredPaper,
    Review,
    Round,
)
from tests.admin.screens import serious_of, tab_of
from tests.factories import DocumentFactory
from tests.scholarships.calls import A_PDF, Call

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

PICTURES = Path(settings.BASE_DIR, "docs", "images")
# Prefix of the pages, and the field and the name that somebody of that language gives.
LANGUAGES = [
    ("", "name_en", "Fictional Applicant {n}"),
    ("/zh-hant", "name_zh_hant", "虛構申請人{n}"),
    ("/zh-hans", "name_zh_hans", "虚构申请人{n}"),
]
# In `make prove` twelve; a quick run takes as few as still fill two places, a waiting list and a refusal.
HOW_MANY = 12 if os.environ.get("TOPSHEET_PROVE") or os.environ.get("TOPSHEET_SCREENSHOTS") else 4
LAST, RECUSED = HOW_MANY - 1, HOW_MANY // 2
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture
def call(live_server: Any) -> Call:
    """A public round of a fictional scheme with two places, whose paper reviewers may read."""
    call = Call(
        places=2,
        publication=Publication.PUBLIC,
        name_zh_hant="第一輪（虛構）",
        name_zh_hans="第一轮（虚构）",
        call_en="For students of film with a story of the harbour. A fictional call.",
        call_zh_hant="給有海港故事的電影學生。此為虛構申請。",
        call_zh_hans="给有海港故事的电影学生。此为虚构申请。",
    )
    call.scheme.name_en, call.scheme.name_zh_hant = (
        "Harbour Scholarship (fictional)",
        "海港獎學金（虛構）",
    )
    call.scheme.name_zh_hans = "海港奖学金（虚构）"
    call.scheme.save()
    RequiredPaper.objects.filter(pk=call.paper.pk).update(
        is_for_reviewers=True, name_zh_hant="故事大綱", name_zh_hans="故事大纲"
    )
    return call


def keep(page: Any, name: str) -> None:
    """A picture for the docs."""
    if os.environ.get("TOPSHEET_SCREENSHOTS"):
        page.screenshot(path=PICTURES / f"scholarship-{name}.png", full_page=True)


def letter_to(email: str, site: str) -> Any:
    """The last letter to an address; what the server left for later is sent as the daily job does."""
    for _try in range(50):
        call_command("send_letters", site=site, stdout=StringIO())
        found = [each for each in mail.outbox if each.to == [email]]
        if found:
            return found[-1]
        time.sleep(0.1)
    raise AssertionError(f"No letter came to {email}.")


class Applying:
    """Somebody at the public pages, in a browser of their own."""

    def __init__(self, chromium: Any, site: str, call: Call, number: int) -> None:
        self.site, self.call, self.number = site, call, number
        self.prefix, self.name_field, name = LANGUAGES[number % 3]
        self.name = name.format(n=number)
        self.email = f"fictional-{number}@example.org"
        self.context = chromium.new_context(viewport=PHONE if number % 2 else DESK)
        self.page = self.context.new_page()

    def rest(self) -> None:
        """Close the browser and keep who one is: an open one holds a connection of the server."""
        kept = self.context.storage_state()
        browser, size = self.context.browser, self.page.viewport_size
        self.context.close()
        self.context = browser.new_context(viewport=size, storage_state=kept)
        self.page = self.context.new_page()

    def go(self, path: str) -> Any:
        self.page.goto(f"{self.site}{self.prefix}{path}")
        return self.page

    def press(self, form: str = "main form") -> None:
        self.page.locator(f"{form} button[type=submit]").first.click()
        self.page.wait_for_load_state()

    def own(self, name: str = "") -> Any:
        return self.go(f"/apply/mine/{self.row.number}/{name}")

    @property
    def row(self) -> Application:
        return Application.objects.get(applicant__email=self.email)

    def come_in(self) -> None:
        """Ask for the letter, follow its link, press its button."""
        page = self.go(f"/apply/to/{self.call.scheme.slug}/{self.call.round.code}/")
        page.fill("input[name=email]", self.email)
        self.press("form:has(input[name=email])")
        letter = letter_to(self.email, self.site)
        link = re.search(r"http\S+/apply/open/\S+", str(letter.body))
        assert link, letter.body
        page.goto(link[0])
        self.press("form:has(input[name=secret])")

    def apply(self, paper: Path, *, year: int = 3) -> None:
        """Every step of the form, and the button at its end."""
        self.come_in()
        page = self.own("person/")
        page.fill(f"input[name={self.name_field}]", self.name)
        self.press("form:has(input[name=phone])")
        page.fill("input[name=programme_of_study]", "Film")
        page.fill("input[name=year_of_study]", str(year))
        page.select_option("select[name=residence]", "HK")
        page.fill("input[name=project_title]", f"Boat {self.number}")
        page.fill("textarea[name=statement]", f"A boat at night, the {self.number}th.")
        self.press("form:has(textarea[name=statement])")
        page.set_input_files("input[type=file]", paper)
        self.press("form:has(input[type=file])")
        page = self.own("check/")
        page.check("input[name=declares]")
        if self.number < 3:
            assert serious_of(page) == []
            keep(page, f"check-{self.number}")
        self.press("form:has(input[name=declares])")

    def agree(self) -> None:
        """To be named, with the work."""
        page = self.go("/apply/mine/consents/")
        for use in ("PUBLIC_NAME", "PUBLIC_WORK"):
            page.check(f"input[name={use}]")
        self.press("form:has(input[name=PUBLIC_NAME])")


class Staff:
    """Somebody at the admin."""

    def __init__(self, page: Any, site: str) -> None:
        self.page, self.base = page, f"{site}/admin/scholarships"

    def see(self, path: str) -> Any:
        self.page.goto(f"{self.base}/{path}")
        return self.page

    def step(self, model: str, key: int, name: str, **said: str) -> None:
        """A step, filled in and taken."""
        page = self.see(f"{model}/{key}/step/{name}/")
        for field, value in said.items():
            page.fill(f"[name={field}]", value)
        page.locator(".house-step button[type=submit]").first.click()
        page.wait_for_load_state()
        assert "/step/" not in page.url, page.locator(".house-step").inner_text()


def officer_of(chromium: Any, site: str, call: Call) -> Staff:
    return Staff(tab_of(chromium, site, call.officer, viewport=DESK, locale="en-GB"), site)


def reviewer_of(chromium: Any, site: str, person: User) -> Staff:
    """A tab of a reviewer who may review, and nothing else."""
    person.user_permissions.add(
        Permission.objects.get(content_type__app_label="scholarships", codename="change_review")
    )
    client = Client()
    client.force_login(person)
    context = chromium.new_context(viewport=DESK, locale="en-GB")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
    return Staff(context.new_page(), site)


def judge(staff: Staff, review: Review, points: tuple[int, int]) -> str:
    """Declare, read blind, give points, complete; what was read."""
    page = staff.see(f"desk/{review.pk}/")
    page.select_option("select[name=declared]", "NONE")
    page.locator(".house-step button[type=submit]").click()
    page.wait_for_load_state()
    read = page.inner_text("body")
    for field, value in zip(page.locator("input[name^=points_]").all(), points, strict=True):
        field.fill(str(value))
    page.locator("button[name=complete]").click()
    page.wait_for_load_state()
    return str(read)


def recuse(staff: Staff, review: Review) -> None:
    page = staff.see(f"desk/{review.pk}/")
    page.select_option("select[name=declared]", "RECUSED")
    page.fill("textarea[name=reason]", "Taught this student.")
    page.locator(".house-step button[type=submit]").click()
    page.wait_for_load_state()


@pytest.fixture
def paper(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "outline.pdf"
    file.write_bytes(A_PDF)
    return file


def test_a_round_from_the_call_to_what_came_of_it(
    chromium: Any, live_server: Any, call: Call, paper: Path
):
    site = str(live_server.url)
    officer = officer_of(chromium, site, call)
    for prefix, name in (("", "en"), ("/zh-hant", "zh-hant"), ("/zh-hans", "zh-hans")):
        with chromium.new_context(viewport=PHONE) as context:
            page = context.new_page()
            page.goto(f"{site}{prefix}/apply/to/{call.scheme.slug}/{call.round.code}/")
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            keep(page, f"call-{name}")

    # People apply in three languages; the last is in the first year.
    people = [Applying(chromium, site, call, n) for n in range(HOW_MANY)]
    for each in people:
        each.apply(paper, year=1 if each.number == LAST else 3)
        each.rest()
    people[0].agree()
    assert Application.objects.filter(state="SUBMITTED").count() == HOW_MANY
    call_command("send_letters", site=site, stdout=StringIO())
    assert Letter.objects.filter(kind="RECEIPT", sent_at__isnull=False).count() == HOW_MANY
    keep(people[0].own(), "receipt")

    # Eligibility by the rules; the reviews are shared out.
    key = call.round.pk
    officer.step("round", key, "apply-rules")
    officer.step("round", key, "share-out")
    assert people[LAST].row.state == ApplicationState.INELIGIBLE
    assert Review.objects.count() == 3 * LAST

    # Three reviewers judge blind; one steps aside for one application.
    for place, person in enumerate(call.reviewers):
        staff = reviewer_of(chromium, site, person)
        if place == 0:
            keep(staff.see("desk/"), "desk")
        for each in people[:LAST]:
            review = Review.objects.get(reviewer=person, application=each.row)
            if (place, each.number) == (0, RECUSED):
                recuse(staff, review)
                continue
            read = judge(staff, review, (10 - each.number // 2, 10 - each.number % 2))
            assert f"A boat at night, the {each.number}th." in read
            assert each.name not in read
        answer = staff.page.goto(f"{staff.base}/application/{people[0].row.pk}/change/")
        assert answer.status == 403
        staff.page.context.close()
    assert Review.objects.filter(completed_at__isnull=False).count() == 3 * LAST - 1
    page = officer.see(f"rounds/{key}/ranking/")
    assert people[0].row.number in page.inner_text("tbody tr:first-child")
    assert "1 recused" in page.inner_text("tbody")
    keep(page, "ranking")

    # The panel decides; two are selected, nine wait.
    Round.objects.filter(pk=key).update(closes_at=call.now)
    meeting = call.meeting("The panel followed the scores.")
    officer.step("panelmeeting", meeting.pk, "propose")
    keep(officer.see(f"panelmeeting/{meeting.pk}/change/"), "panel")
    officer.step("panelmeeting", meeting.pk, "close")
    assert [each.row.state for each in people[:3]] == ["SELECTED", "SELECTED", "WAITING"]
    assert people[2].row.waiting_place == 1

    # The first accepts, the second declines, the third moves up.
    def offer(each: Applying) -> None:
        officer.step(
            "application", each.row.pk, "prepare-money", amount="100,000", currency="HKD",
            instalments="2", first_due="2026-12-01", months="6",
        )  # fmt: skip
        call.books.approve(each.row.commitment.approval_requests.get())
        officer.step("application", each.row.pk, "offer-place", starts_on="2026-12-01")
        assert letter_to(each.email, site).subject

    offer(people[0])
    offer(people[1])
    page = people[0].own("offer/")
    keep(page, "offer")
    page.fill("[name=bank_account]", "Fictional Bank 012-345-678901")
    page.locator("button[name=accept]").click()
    page.wait_for_load_state()
    page = people[1].own("offer/")
    page.locator("button[name=decline]").click()
    page.wait_for_load_state()
    officer.step("round", key, "move-up")
    offer(people[2])
    assert [a.state for a in Award.objects.order_by("pk")] == ["ACCEPTED", "DECLINED", "OFFERED"]

    # The first instalment is paid, against the proof of enrolment.
    award = Award.objects.get(application=people[0].row)
    tranche = award.commitment.tranches.get(number=1)
    tranches.meet_condition(
        condition=tranche.conditions.get(),
        at=call.now,
        actor=call.second_officer,
        evidence=DocumentFactory(),
    )
    paid_on = timezone.localdate(call.now)
    call.books.pay(call.books.payable(award.commitment), value_date=paid_on)
    paid = LedgerEntry.objects.get(commitment=award.commitment, kind="DISBURSEMENT")
    assert str(paid.amount) == "50000.00"
    keep(officer.see(f"award/{award.pk}/change/"), "award")

    # A report, which opens the second instalment.
    page = people[0].own("reports/1/")
    page.fill("textarea[name=text]", "The first cut is done.")
    people[0].press("form:has(textarea[name=text])")
    report = award.reports.get()
    page = officer.see(f"progressreport/{report.pk}/step/decide/")
    page.select_option("select[name=decision]", "accept")
    page.locator(".house-step button[type=submit]").click()
    page.wait_for_load_state()
    assert award.commitment.tranches.get(number=2).conditions.get().met_at is not None

    # What came of it: told by the scholar, published by staff, seen by everybody.
    page = people[0].go("/apply/mine/survey/")
    page.select_option("select[name=kind]", "FESTIVAL")
    page.fill("input[name=title]", "A fictional prize")
    page.locator("button[name=add]").click()
    page.wait_for_load_state()
    Outcome.objects.update(publication=Publication.PUBLIC)
    with chromium.new_context(viewport=DESK) as context:
        page = context.new_page()
        page.goto(f"{site}/scholarships/{call.scheme.slug}/")
        text = page.inner_text("main")
        assert people[0].name in text
        assert "A fictional prize" in text
        assert not any(each.name in text for each in people[1:])
        assert serious_of(page) == []
        keep(page, "scheme")

    # Every step of staff that opened a person is on record.
    assert set(PersonalRead.objects.values_list("read_by__username", flat=True)) >= {
        person.username for person in call.reviewers
    }
    assert Applicant.objects.count() == HOW_MANY
    for each in people:
        each.context.close()
    officer.page.context.close()
