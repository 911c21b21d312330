"""Pages of scholarships in a real browser: accessible, no wider than the screen, nothing broken."""

import os
from typing import Any

import pytest

from scholarships.choices import ConsentUse
from scholarships.models import Review
from scholarships.operations import reviews
from scholarships.operations.applications import set_personal
from scholarships.operations.consents import record_consent
from scholarships.operations.requests import ask_for_erasure
from tests.admin.screens import picture, serious_of, tab_of
from tests.scholarships.calls import Call

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def call(live_server: Any) -> Call:
    """A round with applications in every state that a page shows."""
    call = Call(places=1, name_zh_hant="第一輪（虛構）", call_en="Films about the harbour.")
    call.accepted(call.decided(2)[0])
    late = call.submitted(year_of_study=1, school="An academy with a very long name of its own")
    for points in ([9, 8], [9, 8], [2, 1]):
        row = call.eligible(statement="A boat at night.\nAnd what it carries.")
        for reviewer, more in zip(call.reviewers[:2], (0, 1), strict=True):
            call.review(row, reviewer, [max(0, each - more) for each in points])
    reviews.share_out_reviews(round=call.round, actor=call.officer)
    call.late = late  # type: ignore[attr-defined]
    return call


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(1440, "light", "en-GB"), (390, "dark", "zh-HK")]
)
def test_pages_of_scholarships_can_be_read_by_everyone_on_every_screen(
    chromium: Any, live_site: str, call: Call, width: int, scheme: str, locale: str
):
    page = tab_of(
        chromium, live_site, call.reviewers[2], viewport={"width": width, "height": 900},
        color_scheme=scheme, locale=locale,
    )  # fmt: skip
    base = "/admin/scholarships"
    first, second = Review.objects.filter(reviewer=call.reviewers[2]).order_by("pk")[:2]
    call.review(second.application, call.reviewers[2])
    award = call.round.awards.get()
    late = call.late  # type: ignore[attr-defined]

    for name, path, is_form in (
        ("round", f"{base}/round/{call.round.pk}/change/", True),
        ("application", f"{base}/application/{late.pk}/change/", False),
        ("apply-rules", f"{base}/round/{call.round.pk}/step/apply-rules/", False),
        ("desk", f"{base}/desk/", False),
        ("declaration", f"{base}/desk/{first.pk}/", False),
        ("review", f"{base}/desk/{second.pk}/", False),
        ("ranking", f"{base}/rounds/{call.round.pk}/ranking/", False),
        ("panel", f"{base}/panelmeeting/{call.meeting().pk}/change/", True),
        ("award", f"{base}/award/{award.pk}/change/", True),
        ("report", f"{base}/progressreport/{award.reports.get().pk}/change/", False),
    ):
        page.goto(f"{live_site}{path}")
        looked_at(page, name, width, is_form=is_form)
        if width == 1440 and name in ("application", "review", "ranking", "award"):
            picture(page, f"scholarships-{name}")

    assert page.faults == []


@pytest.mark.parametrize(
    ("width", "scheme", "locale"), [(1440, "light", "en-GB"), (390, "dark", "zh-HK")]
)
def test_pages_of_people_can_be_read_by_everyone_on_every_screen(
    chromium: Any, live_site: str, call: Call, width: int, scheme: str, locale: str
):
    page = tab_of(
        chromium, live_site, call.officer, viewport={"width": width, "height": 900},
        color_scheme=scheme, locale=locale,
    )  # fmt: skip
    base = "/admin/scholarships"
    person = call.round.awards.get().application.applicant
    set_personal(
        applicant=person, name_en="Wai Yin Quillfeather of the Outlying Islands (fictional)",
        identity_number="A123456(3)", bank_account="012-345-678901", actor=call.officer,
    )  # fmt: skip
    record_consent(
        applicant=person, use=ConsentUse.PUBLIC_NAME, is_given=True, wording="I agree.",
        language="en", actor=call.officer,
    )  # fmt: skip
    asked = ask_for_erasure(applicant=call.late.applicant, at=call.now, actor=call.officer)

    for name, path, is_form in (
        ("people", f"{base}/applicant/", False),
        ("find", f"{base}/applicant/find/", False),
        ("person", f"{base}/applicant/{person.pk}/change/", True),
        ("reveal", f"{base}/applicant/{person.pk}/reveal/", False),
        ("export", f"{base}/applicant/{person.pk}/export/", False),
        ("sensitive", f"{base}/applicant/{person.pk}/step/sensitive/", False),
        ("consent", f"{base}/applicant/{person.pk}/step/consent/", False),
        ("ask-erasure", f"{base}/applicant/{person.pk}/step/ask-erasure/", False),
        ("asked", f"{base}/applicant/{call.late.applicant_id}/change/", True),
        ("erasures", f"{base}/erasure/", False),
        ("erasure", f"{base}/erasure/{asked.pk}/change/", False),
        ("decide", f"{base}/erasure/{asked.pk}/step/decide/", False),
        ("reads", f"{base}/personalread/", False),
    ):
        page.goto(f"{live_site}{path}")
        looked_at(page, name, width, is_form=is_form)
    page.goto(f"{live_site}{base}/applicant/{person.pk}/reveal/")
    page.get_by_role("textbox").last.fill("Payment of the first instalment")
    with page.expect_navigation():
        page.locator("form button[type=submit]").last.click()
    assert "A123456(3)" in page.content()
    looked_at(page, "revealed", width)
    page.goto(f"{live_site}{base}/personalread/")
    assert "Payment of the first instalment" in page.content()
    if width == 1440:
        page.goto(f"{live_site}{base}/applicant/{person.pk}/change/")
        picture(page, "scholarships-person")

    assert page.faults == []


def looked_at(page: Any, name: str, width: int, *, is_form: bool = False) -> None:
    """No wider than the screen, and nothing that axe finds."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, (name, wide)
    # The fields that find rows by typing are Unfold's and Select2's, and carry no name for axe.
    if not is_form:
        assert serious_of(page) == [], name
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=f"{folder}/{width}-{name}.png", full_page=True)
