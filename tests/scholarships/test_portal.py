"""From a call to a receipt, by the applicant's own pages."""

import datetime

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from scholarships.models import Answers, Applicant, Application, Consent, Letter, SecretLink
from tests.scholarships.applying import Applying
from tests.scholarships.calls import Call
from tests.website.conftest import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return Call(publication="PUBLIC", call_en="Write to us.", call_zh_hant="請告訴我們。")


def erase(person, at):
    """As the command of the owner does it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('topsheet.erasing', 'on', true)")
    Applicant.objects.filter(pk=person.pk).update(email="", name_en="", erased_at=at)


def words(response):
    return text_of(response.content.decode())


def test_an_application_goes_from_the_call_to_its_receipt(call):
    ming = Applying(call).inside().fill()

    checked = words(ming.get("check/"))
    answer = ming.hand_in()
    row = ming.application

    assert "Met Studies film. Met Second year or later. Met Lives in Hong Kong." in checked
    assert (answer.status_code, answer["Location"]) == (302, ming.page())
    assert (row.state, row.is_eligible, row.broken_rules) == ("SUBMITTED", True, [])
    receipt = words(ming.get())
    assert "We have it. Thank you." in receipt
    assert row.number in receipt
    letter = mail.outbox[-1]
    assert letter.subject == f"We received your application {row.number}"
    assert letter.to == ["ming@example.org"]
    assert [(each.kind, each.sent_at is None) for each in Letter.objects.order_by("pk")] == [
        ("LINK", False), ("RECEIPT", False),
    ]  # fmt: skip


def test_a_draft_is_kept_half_filled_and_resumed_from_another_device(call):
    ming = Applying(call).inside()
    ming.post("answers/", {"project_title": "Half", "stay": "1"})

    elsewhere = Applying(call)
    elsewhere.ask()
    arrived = elsewhere.enter()

    assert arrived["Location"] == ming.page()
    assert 'value="Half"' in elsewhere.get("answers/").content.decode()
    assert Application.objects.count() == 1


def test_what_is_sealed_is_shown_masked_and_kept_when_left_empty(call):
    ming = Applying(call).inside()
    ming.post("person/", {"name_en": "Ming", "identity_number": "A123456(7)", "language": "en"})

    html = ming.get("person/").content.decode()
    ming.post("person/", {"name_en": "Ming C", "identity_number": "", "language": "en"})

    assert "A123456" not in html
    assert "•••• 4567" in html
    assert ming.applicant.identity_number == "A123456(7)"
    assert ming.applicant.name_en == "Ming C"


def test_the_answer_is_the_same_whether_an_address_is_known_or_not(call):
    known = Applying(call, "known@example.org")
    known.ask()
    call.round.closes_at = call.now - datetime.timedelta(minutes=1)
    call.round.save()

    answers = [
        Applying(call, email).ask().content.replace(email.encode(), b"")
        for email in ("known@example.org", "unknown@example.org")
    ]

    assert words_only(answers[0]) == words_only(answers[1])
    assert [each.to for each in mail.outbox] == [["known@example.org"]] * 2
    assert not Applicant.objects.filter(email="unknown@example.org").exists()


def words_only(content):
    return text_of(content.decode())


def test_an_address_gets_five_letters_an_hour(call):
    ming = Applying(call)

    answers = {words(ming.ask()) for _n in range(7)}

    assert len(answers) == 1
    assert len(mail.outbox) == 5


def test_a_link_opens_by_a_button_and_not_by_looking_at_it(call):
    ming = Applying(call)
    ming.ask()
    secret = ming.secret()

    looked = ming.client.get(f"/apply/open/{secret}/")

    assert looked.status_code == 200
    assert SecretLink.objects.get().first_used_at is None
    assert ming.client.get("/apply/mine/").status_code == 302
    assert ming.enter().status_code == 302
    assert ming.client.get("/apply/mine/").status_code == 200


def test_a_link_that_is_wrong_expired_or_revoked_opens_nothing(call):
    ming = Applying(call)
    ming.ask()
    link = SecretLink.objects.get()

    wrong = ming.enter("x" * 43)
    SecretLink.objects.update(expires_at=call.now - datetime.timedelta(seconds=1))
    expired = ming.enter()
    SecretLink.objects.update(expires_at=link.expires_at, revoked_at=call.now)
    revoked = ming.enter()

    assert [each.status_code for each in (wrong, expired, revoked)] == [404, 404, 404]
    assert words(wrong) == words(expired) == words(revoked)
    assert ming.client.get("/apply/mine/").status_code == 302


def test_closing_all_addresses_ends_every_visit_at_once(call):
    here, there = Applying(call).inside(), Applying(call)
    there.ask()
    there.enter()

    here.client.post("/apply/mine/close/")

    assert [each.client.get("/apply/mine/").status_code for each in (here, there)] == [302, 302]
    assert there.enter().status_code == 404


def test_who_was_erased_gets_in_no_more(call):
    ming = Applying(call).inside()
    secret = ming.secret()

    erase(ming.applicant, call.now)

    assert ming.client.get("/apply/mine/").status_code == 302
    assert ming.enter(secret).status_code == 404


def test_leaving_ends_the_visit_though_its_cookie_was_copied(call):
    ming = Applying(call).inside()
    copied = Client()
    copied.cookies = ming.client.cookies.copy()

    ming.client.post("/apply/mine/leave/")

    assert copied.get("/apply/mine/").status_code == 302
    assert ming.enter().status_code == 302
    assert ming.client.get("/apply/mine/").status_code == 200


def test_a_cookie_of_ones_own_making_opens_nothing(call):
    ming = Applying(call).inside()
    name = next(name for name in ming.client.cookies if "applicant" in name)

    ming.client.cookies[name] = ming.client.cookies[name].value[:-2] + "xx"

    assert ming.client.get("/apply/mine/").status_code == 302


PAGES = [
    "",
    "person/",
    "answers/",
    "papers/",
    "check/",
    "withdraw/",
    "offer/",
    "bank/",
    "reports/1/",
]


@pytest.mark.parametrize("page", PAGES)
def test_nobody_opens_what_is_somebody_elses(call, page):
    ming = Applying(call).inside().fill()
    other = Applying(call, "other@example.org").inside()

    for answer in (other.client.get(ming.page(page)), other.client.post(ming.page(page))):
        # What only takes GET says so before it looks.
        assert answer.status_code in (404, 405)
    assert other.client.post(ming.page("reopen/")).status_code == 404
    assert ming.application.state == "DRAFT"


def test_nobody_reads_a_file_of_somebody_else(call):
    ming = Applying(call).inside().fill()
    other = Applying(call, "other@example.org").inside().fill()
    file, foreign = ming.application.files.get(), other.application.files.get()

    own = ming.get(f"papers/{file.pk}/")

    assert own.status_code == 200
    assert own["Content-Disposition"] == 'attachment; filename="mine.pdf"'
    assert own["Cache-Control"] == "private, no-store"
    assert ming.get(f"papers/{foreign.pk}/").status_code == 404
    assert other.client.get(ming.page(f"papers/{file.pk}/")).status_code == 404
    assert Client().get(ming.page(f"papers/{file.pk}/")).status_code == 302


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><script>alert(1)</script>", "By its bytes the file is none of these: PDF."),
        (b"MZ\x90\x00 a program called mine.pdf", "By its bytes the file is none of these: PDF."),
        (b"%PDF-1.7\n1 0 obj\n<<>>\n", "The PDF is cut off"),
        (b"%PDF-1.7\n/OpenAction\n%%EOF\n", "The PDF runs something"),
        (b"", "The file is empty."),
    ],
)
def test_a_file_that_is_not_what_it_says_is_named_and_not_kept(call, content, said):
    ming = Applying(call).inside()

    answer = ming.upload(content)

    assert answer.status_code == 400
    # An empty field and an empty file look the same to a browser.
    assert said in words(answer) or "Choose a file first." in words(answer)
    assert not ming.application.files.exists()


def test_a_paper_of_another_round_is_no_paper_here(call):
    ming, elsewhere = Applying(call).inside(), Call(publication="PUBLIC")

    answer = ming.post("papers/", {"paper": str(elsewhere.paper.pk)})

    assert answer.status_code == 404


def test_rules_that_are_not_met_are_explained_and_forbid_nothing(call):
    ming = Applying(call).inside().fill()
    ming.post("answers/", {"programme_of_study": "Law", "residence": "HK"})

    checked = words(ming.get("check/"))
    ming.hand_in()

    assert (
        "Not met Studies film. Not answered Second year or later. Met Lives in Hong Kong."
        in checked
    )
    assert "You may hand it in all the same" in checked
    assert ming.application.state == "SUBMITTED"
    assert ming.application.broken_rules == ["PROGRAMME_OF_STUDY", "YEAR_OF_STUDY"]


def test_without_its_paper_or_declaration_nothing_is_handed_in(call):
    ming = Applying(call).inside()
    ming.post("person/", {"name_en": "Ming", "language": "en"})

    without_paper = ming.hand_in()
    ming.upload()
    undeclared = ming.post("check/")

    assert (without_paper.status_code, undeclared.status_code) == (409, 409)
    assert "A paper that is needed is missing" in words(without_paper)
    assert "eclare that all of it is true" in words(undeclared)
    assert not Answers.objects.get().declares
    assert ming.application.state == "DRAFT"
    assert [each.kind for each in Letter.objects.all()] == ["LINK"]


def test_what_was_handed_in_is_opened_again_changed_and_handed_in_anew(call):
    ming = Applying(call).inside().fill()
    ming.hand_in()

    closed = ming.post("answers/", {"project_title": "Other"})
    ming.post("reopen/")
    ming.post("answers/", {"project_title": "Other", "programme_of_study": "Film"})
    ming.hand_in()

    assert closed.status_code == 409
    assert Answers.objects.get().project_title == "Other"
    assert ming.application.state == "SUBMITTED"


def test_who_withdraws_may_begin_anew(call):
    ming = Applying(call).inside().fill()
    ming.hand_in()
    first = ming.application

    asked = ming.get("withdraw/")
    ming.post("withdraw/")
    ming.client.post("/apply/mine/begin/", {"round": str(call.round.pk)})

    assert asked.status_code == 200
    assert sorted(Application.objects.values_list("state", flat=True)) == ["DRAFT", "WITHDRAWN"]
    assert mail.outbox[-1].subject == f"Your application {first.number} is withdrawn"


def test_pressing_twice_hands_in_once(call):
    ming = Applying(call).inside().fill()

    ming.hand_in()
    again = ming.hand_in()

    assert again.status_code == 409
    assert Letter.objects.filter(kind="RECEIPT").count() == 1


def test_consents_are_kept_with_the_words_that_were_shown(call):
    ming = Applying(call, prefix="/zh-hant").inside()

    ming.client.post("/apply/mine/consents/", {"PUBLIC_NAME": "on", "LATER_SURVEY": "on"})
    ming.client.post("/zh-hant/apply/mine/consents/", {"LATER_SURVEY": "on"})

    rows = list(Consent.objects.order_by("pk"))
    assert [(row.use, row.is_given, row.language) for row in rows] == [
        ("PUBLIC_NAME", True, "en"), ("LATER_SURVEY", True, "en"), ("PUBLIC_NAME", False, "zh-hant"),
    ]  # fmt: skip
    assert rows[0].wording.startswith("If I receive a scholarship, my name may stand")
    assert "姓名" in rows[2].wording


def test_every_answer_is_kept_by_nobody_and_found_by_no_search(call):
    ming = Applying(call).inside()
    answers = [
        ming.client.get(path)
        for path in ("/apply/", ming.callpage, "/apply/mine/", ming.page(), "/apply/open/abc/")
    ]

    for answer in answers:
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"] == "noindex"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert b"<script" not in answer.content


def test_a_form_from_elsewhere_is_refused(call):
    ming = Applying(call).inside()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ming.client.cookies

    assert strict.post(ming.page("check/"), {"declares": "on"}).status_code == 403
    assert strict.post("/apply/open/", {"secret": "x"}).status_code == 403


def test_a_body_that_is_too_large_is_not_read(call):
    ming = Applying(call).inside()

    answer = ming.post("answers/", {"statement": "x" * 300_000})

    assert answer.status_code == 413


def test_the_secret_stands_in_no_history(call):
    from pghistory.models import Context

    ming = Applying(call).inside()
    secret = ming.secret()

    assert not any(secret in str(each.metadata) for each in Context.objects.all())


def test_a_call_that_is_a_draft_does_not_exist(call):
    hidden = Call()

    answer = Client().get(f"/apply/to/{hidden.scheme.slug}/{hidden.round.code}/")

    assert answer.status_code == 404
    assert hidden.round.name_en not in words(Client().get("/apply/"))


@pytest.mark.parametrize(
    ("prefix", "said"), [("/zh-hant", "請告訴我們。"), ("/zh-hans", "請告訴我們。")]
)
def test_letters_speak_the_language_in_which_one_applied(call, prefix, said):
    ming = Applying(call, prefix=prefix)

    assert said in words(ming.client.get(prefix + ming.callpage))
    ming.ask()

    assert f"http://testserver{prefix}/apply/open/" in str(mail.outbox[-1].body)
    assert "Dear" not in str(mail.outbox[-1].body)
