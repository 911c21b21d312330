"""After the panel: the offer, reports, and what came of it, by the scholar's own pages."""

import datetime

import pytest
from django.core import mail
from django.core.management import call_command

from scholarships.models import Consent, Letter, Outcome
from scholarships.operations.awards import complete_award, offer_place
from scholarships.operations.consenting import record_consents
from scholarships.operations.consents import consents_of
from scholarships.operations.letters import write_reminders, write_surveys
from scholarships.operations.reports import decide_report
from scholarships.views import awards
from tests.scholarships.applying import Applying
from tests.scholarships.calls import Call
from tests.website.conftest import text_of

pytestmark = pytest.mark.django_db


def words(response):
    return text_of(response.content.decode())


class Scholar(Applying):
    """Somebody who was offered a place, and came in by a letter."""

    def __init__(self) -> None:
        call = Call(places=1, publication="PUBLIC")
        (row,) = call.decided(1)
        super().__init__(call, row.applicant.email)
        call.fund(row)
        self.award = offer_place(application=row, at=call.now, actor=call.officer)
        self.inside()

    def accept(self) -> "Scholar":
        self.post("offer/", {"accept": "1", "bank_account": "Bank of Samples, 012-345678-9"})
        self.award.refresh_from_db()
        return self


@pytest.fixture
def scholar():
    return Scholar()


def test_a_place_is_taken_up_with_the_account_to_pay_to(scholar):
    without = scholar.post("offer/", {"accept": "1", "bank_account": ""})
    scholar.award.refresh_from_db()
    assert (without.status_code, scholar.award.state) == (200, "OFFERED")

    scholar.accept()

    assert (scholar.award.state, scholar.award.state_by) == ("ACCEPTED", None)
    assert scholar.applicant.bank_account == "Bank of Samples, 012-345678-9"
    page = scholar.get("bank/").content.decode()
    assert "345678" not in page
    assert "•••• 6789" in page
    assert scholar.get("offer/").status_code == 302


def test_a_place_is_declined_and_free_again(scholar):
    scholar.post("offer/", {"decline": "1"})

    scholar.award.refresh_from_db()
    assert scholar.award.state == "DECLINED"
    assert scholar.award.round.taken.taken == 0


def test_an_offer_is_taken_up_by_its_day_and_not_after(scholar, monkeypatch):
    class Later:
        """The clock of the views, a second after the last."""

        @staticmethod
        def now():
            return scholar.award.reply_by + datetime.timedelta(seconds=1)

    monkeypatch.setattr(awards, "timezone", Later)

    looked = scholar.get("offer/")
    answer = scholar.post("offer/", {"accept": "1", "bank_account": "Bank of Samples, 0123456"})

    scholar.award.refresh_from_db()
    assert (looked.status_code, answer.status_code) == (409, 409)
    assert "The offer lapsed at" in words(answer)
    assert scholar.award.state == "OFFERED"
    assert not scholar.applicant.bank_account


def test_a_report_is_put_aside_and_handed_in(scholar):
    assert scholar.get("reports/1/").status_code == 404
    scholar.accept()

    scholar.post("reports/1/", {"text": "Half", "stay": "1"})
    assert ">\nHalf</textarea>" in scholar.get("reports/1/").content.decode()
    empty = scholar.post("reports/1/", {"text": " "})
    scholar.post("reports/1/", {"text": "All of it."})
    again = scholar.post("reports/1/", {"text": "Other words."})

    report = scholar.award.reports.get()
    assert (empty.status_code, again.status_code) == (400, 409)
    assert (report.state, report.text) == ("SUBMITTED", "All of it.")
    assert scholar.get("reports/2/").status_code == 404


def test_a_returned_report_says_what_is_missing_and_is_handed_in_again(scholar):
    scholar.accept()
    scholar.post("reports/1/", {"text": "Short."})
    report = scholar.award.reports.get()
    decide_report(
        report=report, accept=False, at=scholar.call.now, actor=scholar.call.officer,
        reason="Say more of the shoot.",
    )  # fmt: skip

    assert "Say more of the shoot." in words(scholar.get("reports/1/"))
    scholar.post("reports/1/", {"text": "Long."})

    report.refresh_from_db()
    assert (report.state, report.text) == ("SUBMITTED", "Long.")


def test_one_letter_a_week_reminds_of_all_reports_due(scholar):
    scholar.accept()
    day, at = datetime.date(2027, 2, 20), scholar.call.now

    written = [write_reminders(at=at, day=day), write_reminders(at=at, day=day)]
    Letter.objects.filter(kind="REPORTS_DUE").update(
        sent_at=at, written_at=at - datetime.timedelta(days=8)
    )
    written.append(write_reminders(at=at, day=day))

    assert written == [1, 0, 1]
    assert write_reminders(at=at, day=datetime.date(2027, 2, 1)) == 0


def graduate(scholar):
    scholar.accept()
    scholar.post("reports/1/", {"text": "All of it."})
    decide_report(
        report=scholar.award.reports.get(), accept=True, at=scholar.call.now,
        actor=scholar.call.second_officer,
    )  # fmt: skip
    complete_award(award=scholar.award, at=scholar.call.now, actor=scholar.call.officer)
    record_consents(
        applicant=scholar.applicant, given={"LATER_SURVEY": True},
        wordings={"LATER_SURVEY": "Yes, write to me."}, language="en",
    )  # fmt: skip


def test_who_agreed_is_asked_once_a_year_what_came_of_it(scholar):
    graduate(scholar)
    year = datetime.timedelta(days=365)
    later = scholar.call.now + datetime.timedelta(days=200)

    early = write_surveys(at=scholar.call.now)
    asked = [write_surveys(at=later), write_surveys(at=later)]
    Letter.objects.filter(kind="SURVEY").update(sent_at=later, written_at=later)
    asked.append(write_surveys(at=later + year + datetime.timedelta(days=1)))
    record_consents(
        applicant=scholar.applicant, given={"LATER_SURVEY": False},
        wordings={"LATER_SURVEY": "No more."}, language="en",
    )  # fmt: skip
    asked.append(write_surveys(at=later + 3 * year))

    assert (early, asked) == (0, [1, 0, 1, 0])


def test_the_survey_is_answered_by_its_own_link_that_opens_nothing_else(scholar):
    graduate(scholar)
    scholar.client.post("/apply/mine/leave/")
    scholar.award.refresh_from_db()
    write_surveys(at=scholar.call.now + datetime.timedelta(days=200))
    call_command("send_letters", site="http://testserver")

    assert mail.outbox[-1].subject == "What became of it?"
    arrived = scholar.enter()
    scholar.client.post(
        arrived["Location"],
        {"add": "1", "kind": "FESTIVAL", "title": "Best short", "place": "Sample Festival"},
    )

    row = Outcome.objects.get()
    assert arrived["Location"] == "/apply/mine/survey/"
    assert (row.title, row.publication, row.award) == ("Best short", "DRAFT", scholar.award)
    assert scholar.client.get("/apply/mine/").status_code == 302
    assert scholar.get().status_code == 302
    scholar.client.post("/apply/mine/consents/", {})
    assert consents_of(scholar.applicant)["LATER_SURVEY"] is False
    assert [each.is_given for each in Consent.objects.order_by("pk")] == [True, False]
    scholar.client.post("/apply/mine/survey/", {"remove": str(row.pk)})
    assert not Outcome.objects.exists()


def test_nobody_removes_what_is_public_or_of_somebody_else(scholar):
    graduate(scholar)
    row = Outcome.objects.create(
        award=scholar.award, kind="WORK", title="Editor", publication="PUBLIC"
    )

    answers = [
        scholar.client.post("/apply/mine/survey/", {"remove": wanted})
        for wanted in (str(row.pk), "0", "x", "9" * 30)
    ]

    assert [each.status_code for each in answers] == [404] * 4
    assert Outcome.objects.get() == row


def test_who_holds_no_award_has_no_account_report_or_survey():
    ming = Applying(Call(publication="PUBLIC")).inside().fill()

    for page in ("offer/", "bank/", "reports/1/"):
        assert ming.get(page).status_code == 404
    assert ming.client.get("/apply/mine/survey/").status_code == 404
