"""A round in the staff admin: rules applied, reviewed blind, decided, awarded, reported."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.test import Client

from scholarships.models import (
    ApplicationFile,
    Award,
    PanelMeeting,
    PersonalRead,
    RequiredPaper,
    Review,
)
from scholarships.operations import papers
from tests.admin.people import browser
from tests.scholarships.calls import A_PDF, Call

pytestmark = pytest.mark.django_db


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def step(client: Client, model: str, key: int, name: str, **said: Any) -> Any:
    """Take a step; what was refused is said."""
    path = f"/admin/scholarships/{model}/{key}/step/{name}/"
    page(client, path)
    answer = client.post(path, said)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer


@pytest.fixture
def call() -> Call:
    return Call(places=1)


@pytest.fixture
def officer(call: Call) -> Client:
    return browser(call.officer, "Scholarship officer")


def reviewer_of(call: Call, number: int = 0) -> Client:
    user = call.reviewers[number]
    user.user_permissions.add(
        *Permission.objects.filter(
            content_type__app_label="scholarships", codename__in=["change_review", "view_review"]
        )
    )
    return browser(user)


def test_a_round_goes_through_the_admin_from_rules_to_an_accepted_report(call, officer):
    best, other = call.submitted(), call.submitted()
    late_year = call.submitted(year_of_study=1)
    key = call.round.pk

    step(officer, "round", key, "apply-rules")
    for row in (best, other, late_year):
        row.refresh_from_db()
    assert [r.state for r in (best, other, late_year)] == ["ELIGIBLE", "ELIGIBLE", "INELIGIBLE"]
    step(officer, "application", late_year.pk, "eligible", reason="Studied elsewhere before.")
    late_year.refresh_from_db()
    assert late_year.state == "ELIGIBLE"

    step(officer, "round", key, "share-out")
    assert Review.objects.filter(application__round=call.round).count() == 9
    for row, points in ((best, [9, 9]), (other, [8, 8]), (late_year, [2, 3])):
        for reviewer in call.reviewers:
            call.review(row, reviewer, points)
    html = page(officer, f"/admin/scholarships/rounds/{key}/ranking/")
    assert html.index(best.number) < html.index(other.number) < html.index(late_year.number)
    assert best.applicant.name_en not in html

    meeting = PanelMeeting.objects.get(pk=call.meeting().pk)
    step(officer, "panelmeeting", meeting.pk, "propose")
    html = page(officer, f"/admin/scholarships/panelmeeting/{meeting.pk}/change/")
    assert "1 place is free" in html
    step(officer, "panelmeeting", meeting.pk, "close")
    for row in (best, other, late_year):
        row.refresh_from_db()
    assert [r.state for r in (best, other, late_year)] == ["SELECTED", "WAITING", "WAITING"]

    step(
        officer, "application", best.pk, "prepare-money", amount="100,000", currency="HKD",
        allocation=call.books.first.pk, instalments=3, first_due="2026-12-01", months=6,
    )  # fmt: skip
    best.refresh_from_db()
    assert [str(t.amount) for t in best.commitment.tranches.order_by("number")] == [
        "33333.34", "33333.33", "33333.33",
    ]  # fmt: skip
    call.books.approve(best.commitment.approval_requests.get())
    step(officer, "application", best.pk, "offer-place", starts_on="2026-12-01", replaces="")
    award = Award.objects.get(application=best)
    step(officer, "award", award.pk, "accept")
    html = page(officer, f"/admin/scholarships/award/{award.pk}/change/")
    assert "Proof of enrolment" in html

    report = award.reports.first()
    step(officer, "progressreport", report.pk, "hand-in", text="The first cut is done.")
    assert "first cut" in page(officer, f"/admin/scholarships/progressreport/{report.pk}/change/")
    step(officer, "progressreport", report.pk, "decide", decision="accept", reason="")
    report.refresh_from_db()
    assert report.condition.met_at is not None

    step(officer, "award", award.pk, "resign", reason="A film of her own.")
    step(officer, "round", key, "move-up")
    other.refresh_from_db()
    assert other.state == "SELECTED"


def test_a_reviewer_sees_no_name_and_nothing_before_the_declaration(call):
    application = call.eligible(school="Academy of Names", statement="A boat at night.")
    review = Review.objects.create(
        application=application, reviewer=call.reviewers[0], assigned_by=call.officer
    )
    desk = reviewer_of(call)
    path = f"/admin/scholarships/desk/{review.pk}/"

    assert application.number in page(desk, "/admin/scholarships/desk/")
    assert "A boat at night." not in page(desk, path)
    assert desk.post(path, {"declared": "NONE", "reason": ""}).status_code == 302
    html = page(desk, path)

    assert "A boat at night." in html
    for hidden in (application.applicant.name_en, "Academy of Names", application.applicant.email):
        assert hidden not in html
    assert PersonalRead.objects.filter(read_by=call.reviewers[0]).count() == 1


def test_points_are_kept_completed_and_then_locked(call):
    application = call.eligible()
    review = call.review(application, call.reviewers[0])
    desk = reviewer_of(call)
    path = f"/admin/scholarships/desk/{review.pk}/"
    one, two = (f"points_{c.pk}" for c in call.criteria)

    assert desk.post(path, {one: "7", two: "", "comment": "Fine.", "keep": ""}).status_code == 302
    answer = desk.post(path, {one: "7", two: "", "comment": "Fine.", "complete": ""})
    assert answer.status_code == 200
    assert "1 criteria have no points yet" in answer.content.decode()
    assert desk.post(path, {one: "7", two: "9", "comment": "", "complete": ""}).status_code == 302
    review.refresh_from_db()
    assert review.completed_at is not None
    assert "its points stay" in page(desk, path)


def test_a_reviewer_who_recuses_says_why_and_sees_nothing(call):
    application = call.eligible(statement="A boat at night.")
    review = Review.objects.create(
        application=application, reviewer=call.reviewers[0], assigned_by=call.officer
    )
    desk = reviewer_of(call)
    path = f"/admin/scholarships/desk/{review.pk}/"

    assert desk.post(path, {"declared": "RECUSED", "reason": ""}).status_code == 200
    assert desk.post(path, {"declared": "RECUSED", "reason": "My student."}).status_code == 302

    html = page(desk, path)
    assert "You recused yourself" in html
    assert "A boat at night." not in html


def test_a_reviewer_who_guesses_another_address_finds_nothing(call):
    paper = RequiredPaper.objects.create(
        round=call.round, name_en="Reel", is_for_reviewers=True, is_mandatory=False
    )
    draft = call.draft()
    papers.keep_paper(application=draft, paper=paper, file=ContentFile(A_PDF, name="reel.pdf"))
    mine = call.eligible(draft.applicant)
    review = call.review(mine, call.reviewers[0])
    shown = ApplicationFile.objects.get(application=mine, paper=paper)
    hidden = ApplicationFile.objects.get(application=mine, paper=call.paper)
    desk, another = reviewer_of(call), reviewer_of(call, 1)
    path = f"/admin/scholarships/desk/{review.pk}/"

    assert desk.get(f"{path}paper/{shown.pk}/").status_code == 200
    assert desk.get(f"{path}paper/{hidden.pk}/").status_code == 404
    for address in (path, f"{path}paper/{shown.pk}/", "/admin/scholarships/desk/999999/"):
        assert another.get(address).status_code == 404
    for address in (
        f"/admin/scholarships/application/{mine.pk}/change/",
        f"/admin/scholarships/application/{mine.pk}/paper/{shown.pk}/",
        f"/admin/scholarships/rounds/{call.round.pk}/ranking/",
    ):
        assert another.get(address).status_code == 403


def test_the_page_of_an_application_shows_the_person_to_who_may_and_keeps_that(call, officer):
    application = call.submitted(school="Academy of Names")
    path = f"/admin/scholarships/application/{application.pk}/change/"

    html = page(officer, path)
    without = browser(call.second_officer, "Viewer")
    without_group = Group.objects.get(name="Viewer")
    without_group.permissions.add(Permission.objects.get(codename="view_application"))

    assert application.applicant.name_en in html
    assert "Academy of Names" in html
    assert PersonalRead.objects.filter(applicant=application.applicant).count() == 1
    html = page(without, path)
    assert application.applicant.name_en not in html
    assert "Academy of Names" not in html
